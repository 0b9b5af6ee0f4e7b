/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "cli/cli.h"
#include "cli/scan_run.h"

int
cli_explain(struct cli *cli, int argc, char **argv)
{
	struct scan_request r = { .fd = STDOUT_FILENO, .policy_fd = -1 };
	const char *as_of = NULL;
	const struct cli_option options[] = {
		{ "document", "NAME", "look into this document only",
		    &r.options.document },
		{ "as-of", "WHEN", CLI_AS_OF_HELP, &as_of },
		{ "platform", "P", "which image of an index: linux/arm64",
		    &r.platform },
		{ NULL, NULL, NULL, NULL },
	};
	struct scan_answer answer = { 0 };
	struct as_of_when when;
	struct err e = { 0 };
	int n_args, status;

	status = cli_options(cli, options, argc, argv, &n_args);
	if (status != 1)
		return status == 0 ? CLI_OK : CLI_ERROR;
	if (n_args != 2)
		return cli_usage(cli, "name an image and an id");
	if (cli_as_of_parse(cli, "as-of", as_of, &when) != CLI_OK)
		return CLI_ERROR;
	r.target = argv[1];
	r.explain = argv[2];
	if (cli_scan_run(cli, &r, &when, &answer, &e) != 0)
		status = cli_error(&e);
	else
		status = cli_scan_status(answer.verdict);
	scan_answer_cleanup(&answer);
	return status;
}
