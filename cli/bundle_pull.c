/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "bundle/pull.h"
#include "cli/bundle_registry.h"
#include "cli/output.h"

static int
pull(const struct cli *cli, const char *target, const char *file)
{
	struct transfer_result result;
	struct bundle_way way;
	struct output output;
	struct err e = { 0 };
	int rc;

	if (output_open(&output, file, &e) != 0)
		return cli_error(&e);
	bundle_way_open(cli, &way, target, file);
	rc = pull_run(&way.options, output.fd, &result, &e);
	if (rc != 0)
		err_context(&e, "%s", target);
	else
		rc = output_commit(&output, &e);
	output_abandon(&output);
	if (rc == 0)
		progress_say(way.progress, "pull: %s: %" PRIu64 " bytes", file,
		    result.size_bytes);
	bundle_way_close(&way);
	if (rc != 0)
		return cli_refused(&e);
	if (strcmp(file, "-") != 0)
		bundle_way_print(&result);
	return CLI_OK;
}

int
bundle_pull(struct cli *cli, const struct bundle_arguments *a)
{
	if (a->n_names != 2)
		return cli_usage(
		    cli, "pull from a docker:// registry to a FILE, or -");
	if (!bundle_way_is_target(cli, a->names[0]))
		return CLI_ERROR;
	return pull(cli, a->names[0], a->names[1]);
}
