/* SPDX-License-Identifier: Apache-2.0 */
#include "cli/scan_run.h"
#include "indexer/generation.h"

int
cli_scan_run(const struct cli *cli, struct scan_request *r,
    struct scan_answer *answer, struct err *e)
{
	char path[GENERATION_PATH_SIZE];
	struct buf index = { 0 };
	struct state state;
	uint64_t number;
	int rc = -1;

	if (state_open(&state, cli->state, STATE_READ, 0, e) != 0)
		return -1;
	if (generation_current(state.dirfd, &number, e) != 0)
		goto out;
	if (number > 0) {
		buf_printf(
		    &index, "%s/%s", state.path, generation_path(number, path));
		r->index = buf_str(&index);
	}
	r->statefd = state.dirfd;
	rc = proc_scan(r, answer, e);
out:
	state_close(&state);
	buf_cleanup(&index);
	return rc;
}

int
cli_scan_status(enum verdict v)
{
	switch (v) {
	case VERDICT_PASS:
		return CLI_OK;
	case VERDICT_FAIL:
		return CLI_FAIL;
	default:
		return CLI_UNKNOWN;
	}
}
