/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "cli/cli.h"
#include "syncd/daemon.h"
#include "syncd/sources.h"

struct reading {
	const char *path; /* NULL: the default file */
};

static struct config *
read_again(void *ctx, struct err *e)
{
	const struct reading *r = ctx;
	struct config *config = NULL;

	return config_open(&config, r->path, source_names_all(), e) == 0
	    ? config
	    : NULL;
}

int
cli_syncd(struct cli *cli, int argc, char **argv)
{
	const char *from = NULL;
	const struct cli_option options[] = {
		{ "from", "URL|DIR",
		    "a tree <host>/<path> in place of the upstreams", &from },
		{ 0 },
	};
	struct reading reading = { cli->config_path };
	struct daemon_options o = {
		.state = cli->state, .reload = read_again, .ctx = &reading
	};
	struct err e = { 0 };
	int rc;

	if (!cli_options_only(cli, options, argc, argv, &rc))
		return rc;
	rc = cli_check_sources(cli);
	if (rc != CLI_OK)
		return rc;
	/* It may change the configuration, which main() is to keep. */
	o.config = read_again(&reading, &e);
	o.from = from;
	if (o.config == NULL)
		return cli_error(&e);
	if (daemon_run(&o, &e) == 0)
		return CLI_OK;
	log_error("syncd: %s", e.msg);
	return CLI_ERROR;
}
