/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "cli/cli.h"

int
cli_version(struct cli *cli, int argc, char **argv)
{
	static const struct cli_option options[] = { { 0 } };
	int n_args, rc;

	rc = cli_options(cli, options, argc, argv, &n_args);
	if (rc != 1)
		return rc == 0 ? CLI_OK : CLI_ERROR;
	if (n_args != 0)
		return cli_usage(cli, "takes no arguments");
	printf("scapcache %s\n", SCAPCACHE_VERSION);
	return CLI_OK;
}
