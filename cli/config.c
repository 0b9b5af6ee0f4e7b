/* SPDX-License-Identifier: Apache-2.0 */
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "cli/cli.h"
#include "server/serve.h"
#include "syncd/due.h"
#include "syncd/publish_bundles.h"

/* What is nobody's business stays out of terminals and logs. */
static bool
is_secret(const char *key)
{
	return span_has_suffix(span_of(key), ".api_key");
}

static void
print_key(void *ctx, const char *key, const char *value,
    const char *default_value, const char *help)
{
	(void)ctx;
	(void)help;
	if (strcmp(value, default_value) != 0)
		printf(
		    "%s = %s\n", key, is_secret(key) ? "(not shown)" : value);
}

/* CLI_OK, or the schedule that is none is told. */
static int
check_schedules(const struct cli *cli)
{
	struct schedule ignored;
	struct err e = { 0 };
	bool asked;
	size_t i;

	for (i = 0; i < n_sources; i++)
		if (due_schedule(
			&sources[i], cli->config, &ignored, &asked, &e) != 0)
			return cli_error(&e);
	return CLI_OK;
}

/* main() has read it by now: whatever was wrong has been told. */
int
cli_config(struct cli *cli, int argc, char **argv)
{
	static const struct cli_option options[] = { { 0 } };
	struct err e = { 0 };
	const char *path;
	int n_args, rc;

	rc = cli_options(cli, options, argc, argv, &n_args);
	if (rc != 1)
		return rc == 0 ? CLI_OK : CLI_ERROR;
	if (n_args != 1 || strcmp(argv[1], "check") != 0)
		return cli_usage(cli, "say `config check`");
	rc = cli_check_sources(cli);
	if (rc == CLI_OK)
		rc = check_schedules(cli);
	if (rc == CLI_OK &&
	    (publish_bundles_check(cli->config, &e) != 0 ||
		serve_check(cli->config, &e) != 0))
		rc = cli_error(&e);
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
