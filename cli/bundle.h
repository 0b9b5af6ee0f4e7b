/* SPDX-License-Identifier: Apache-2.0 */
/* What follows `bundle`: one function an action, options for all of them. */
#ifndef CLI_BUNDLE_H
#define CLI_BUNDLE_H

#include "cli/cli.h"

struct bundle_arguments {
	const char *root;    /* import, verify */
	const char *sources; /* names with commas between them */
	bool accept_expired;
	bool as_json;
	char **names; /* behind the action; NULL-terminated */
	int n_names;
};

int bundle_import(struct cli *cli, const struct bundle_arguments *a);
int bundle_verify(struct cli *cli, const struct bundle_arguments *a);
int bundle_list(struct cli *cli, const struct bundle_arguments *a);

#endif
