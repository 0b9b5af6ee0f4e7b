/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "cli/cli.h"

int
cli_version(struct cli *cli, int argc, char **argv)
{
	static const struct cli_option options[] = { { 0 } };
	int rc;

	if (!cli_options_only(cli, options, argc, argv, &rc))
		return rc;
	printf("scapcache %s\n", SCAPCACHE_VERSION);
	return CLI_OK;
}
