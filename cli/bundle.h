/* SPDX-License-Identifier: Apache-2.0 */
/* The verbs of `bundle`, each in a file of its own. */
#ifndef CLI_BUNDLE_H
#define CLI_BUNDLE_H

#include "cli/cli.h"

/* argv[0] is the verb's name; it reads its options itself. */
int bundle_export(struct cli *cli, int argc, char **argv);

/* What the verbs that read a bundle, and the list, have in common. */
struct bundle_arguments {
	const char *root;    /* import, verify */
	const char *sources; /* names with commas between them */
	bool accept_expired;
	bool as_json;
	char **names; /* behind the verb; NULL-terminated */
	int n_names;
};

int bundle_import(struct cli *cli, const struct bundle_arguments *a);
int bundle_verify(struct cli *cli, const struct bundle_arguments *a);
int bundle_list(struct cli *cli, const struct bundle_arguments *a);
int bundle_push(struct cli *cli, const struct bundle_arguments *a);
int bundle_pull(struct cli *cli, const struct bundle_arguments *a);

#endif
