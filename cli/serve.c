/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "cli/cli.h"
#include "cli/desk_hooks.h"
#include "server/serve.h"
#include "syncd/sources.h"

int
cli_serve(struct cli *cli, int argc, char **argv)
{
	const char *listen = NULL;
	const struct cli_option options[] = {
		{ "listen", "ADDR:PORT",
		    "or unix:/PATH, several with commas between; in place of "
		    "serve.listen",
		    &listen },
		{ 0 },
	};
	struct serve_options o = { .state = cli->state,
		.config_path = cli->config_path,
		.config = cli->config,
		.source_names = source_names_all(),
		.hooks = &cli_desk_hooks,
		.quiet = cli->quiet };
	struct err e = { 0 };
	int rc;

	if (!cli_options_only(cli, options, argc, argv, &rc))
		return rc;
	rc = cli_check_sources(cli);
	if (rc != CLI_OK)
		return rc;
	o.listen = listen;
	if (serve_run(&o, &e) == 0)
		return CLI_OK;
	log_error("serve: %s", e.msg);
	return CLI_ERROR;
}
