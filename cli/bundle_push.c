/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "bundle/push.h"
#include "bundle/refusal.h"
#include "cli/bundle_input.h"
#include "cli/bundle_registry.h"

static int
push(const struct cli *cli, const char *const *files, const char *target)
{
	struct transfer_result result;
	struct bundle_way way;
	struct err e = { 0 };
	int rc;

	bundle_way_open(cli, &way, target, files[0]);
	rc = push_run(&way.options, files, &result, &e);
	if (rc == 0)
		progress_say(way.progress,
		    "push: %s: %" PRIu64 " of %" PRIu64 " blobs sent, %" PRIu64
		    " bytes",
		    target, result.n_sent, result.n_blobs, result.sent_bytes);
	bundle_way_close(&way);
	if (rc != 0 && refusal_of(&e) != REFUSAL_NONE)
		err_context(&e, "%s", files[0]);
	else if (rc != 0 && e.code == ERR_NETWORK)
		err_context(&e, "%s", target);
	if (rc != 0)
		return cli_refused(&e);
	bundle_way_print(&result);
	return CLI_OK;
}

int
bundle_push(struct cli *cli, const struct bundle_arguments *a)
{
	struct bundle_arguments files = *a;
	struct arena arena = { 0 };
	const char *target;
	uint64_t size_bytes;
	int status;

	if (a->n_names < 2)
		return cli_usage(cli, "push a FILE to a docker:// registry");
	target = a->names[--files.n_names];
	if (!bundle_way_is_target(cli, target))
		return CLI_ERROR;
	status = push(cli, bundle_parts(&files, &arena, &size_bytes), target);
	arena_cleanup(&arena);
	return status;
}
