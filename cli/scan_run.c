/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "base/clock.h"
#include "server/registry_settings.h"
#include "cli/scan_run.h"

int
cli_scan_index(const struct cli *cli, const struct state *s,
    const struct as_of_when *when, struct judge_at *out, struct err *e)
{
	char made[CLOCK_TEXT_SIZE];

	if (judge_at_find(s, when, true, out, e) != 0)
		return -1;
	if (as_of_is_asked(when) && out->generation > 0 && !cli->quiet)
		fprintf(stderr, "Generation %" PRIu64 " of %s\n",
		    out->generation, clock_text(out->made, made));
	return 0;
}

int
cli_scan_run(const struct cli *cli, struct scan_request *r,
    const struct as_of_when *when, struct scan_answer *answer, struct err *e)
{
	struct registry_options registry;
	struct judge_at index = { 0 };
	struct state state;
	int rc = -1;

	if (state_open(&state, cli->state, STATE_READ, 0, e) != 0)
		return -1;
	if (cli_scan_index(cli, &state, when, &index, e) != 0)
		goto out;
	judge_at_use(r, &index);
	r->statefd = state.dirfd;
	if (r->explain == NULL)
		r->state = &state;
	registry_settings(cli->config, &registry);
	r->registry = &registry;
	rc = proc_scan(r, answer, e);
out:
	r->state = NULL;
	r->registry = NULL;
	state_close(&state);
	judge_at_cleanup(&index);
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

int
cli_scan_rules(const struct cli *cli, const char *policy, const char *fail_on,
    struct scan_request *r)
{
	const char *severity =
	    fail_on != NULL ? fail_on : config_str(cli->config, "scan.fail_on");
	struct err e = { 0 };

	r->policy_fd = -1;
	r->options.fail_on_set = severity[0] != '\0';
	if (r->options.fail_on_set &&
	    (!severity_parse(span_of(severity), &r->options.fail_on) ||
		r->options.fail_on == SEVERITY_NONE))
		return cli_usage(cli,
		    "%s is no severity: negligible, low, medium, high, "
		    "critical",
		    severity);
	r->policy_name =
	    policy != NULL ? policy : config_str(cli->config, "scan.policy");
	if (r->policy_name[0] == '\0')
		return CLI_OK;
	r->policy_fd = open(r->policy_name, O_RDONLY | O_CLOEXEC);
	if (r->policy_fd == -1) {
		err_system(&e, "%s", r->policy_name);
		return cli_error(&e);
	}
	return CLI_OK;
}

void
cli_scan_close(struct scan_request *r)
{
	if (r->policy_fd != -1)
		close(r->policy_fd);
	r->policy_fd = -1;
	if (r->variables_name != NULL)
		close(r->variables_fd);
	r->variables_name = NULL;
}
