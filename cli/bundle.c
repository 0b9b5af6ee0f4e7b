/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "cli/bundle.h"

static const struct {
	const char *name;
	int (*run)(struct cli *cli, const struct bundle_arguments *a);
} actions[] = {
	{ "import", bundle_import },
	{ "verify", bundle_verify },
	{ "list", bundle_list },
};

int
cli_bundle(struct cli *cli, int argc, char **argv)
{
	struct bundle_arguments a = { 0 };
	const struct cli_option options[] = {
		{ "root", "ROOT.json",
		    "import and verify: the root to trust, the first time",
		    &a.root },
		{ "accept-expired", NULL,
		    "import and verify: take what has expired, as stale",
		    &a.accept_expired },
		{ "source", "SOURCE[,SOURCE…]",
		    "import and verify: these sources only", &a.sources },
		{ "json", NULL, "list: for programs", &a.as_json },
		{ 0 },
	};
	int n_args, rc;
	size_t i;

	rc = cli_options(cli, options, argc, argv, &n_args);
	if (rc != 1)
		return rc == 0 ? CLI_OK : CLI_ERROR;
	a.names = argv + 2;
	a.n_names = n_args - 1;
	for (i = 0; n_args > 0 && i < sizeof(actions) / sizeof(*actions); i++)
		if (strcmp(argv[1], actions[i].name) == 0)
			return actions[i].run(cli, &a);
	return cli_usage(cli, "say import FILE…, verify FILE… or list");
}
