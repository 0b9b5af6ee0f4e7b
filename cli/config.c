/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"

static void
print_key(void *ctx, const char *key, const char *value,
    const char *default_value, const char *help)
{
	(void)ctx;
	(void)help;
	if (strcmp(value, default_value) != 0)
		printf("%s = %s\n", key, value);
}

/* main() has read it by now: whatever was wrong has been told. */
int
cli_config(struct cli *cli, int argc, char **argv)
{
	static const struct cli_option options[] = { { 0 } };
	const char *path;
	int n_args, rc;

	rc = cli_options(cli, options, argc, argv, &n_args);
	if (rc != 1)
		return rc == 0 ? CLI_OK : CLI_ERROR;
	if (n_args != 1 || strcmp(argv[1], "check") != 0)
		return cli_usage(cli, "say `config check`");
	rc = cli_check_sources(cli);
	if (rc != CLI_OK)
		return rc;
	path = config_path(cli->config);
	if (path == NULL)
		printf("No configuration file: the defaults hold.\n");
	else
		printf("%s is good.\n", path);
	config_each(cli->config, print_key, NULL);
	return CLI_OK;
}
