/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <unistd.h>

#include "cli/scan_run.h"
#include "cli/stored.h"
#include "server/rescan.h"

static int
status_of(const struct rescan_sums *sums)
{
	if (sums->n[VERDICT_FAIL] > 0)
		return CLI_FAIL;
	return sums->n[VERDICT_UNKNOWN] > 0 ? CLI_UNKNOWN : CLI_OK;
}

/* --- the whole --- */

struct arguments {
	const char *as_of;
	const char *policy;
	const char *fail_on;
	const char *only;
	const char *evaluator;
	struct as_of_when when;
	bool as_json;
};

static int
judge_all(const struct cli *cli, const struct arguments *a,
    struct scan_request *request, const struct state *state, struct out *out)
{
	struct judge_at at = { 0 };
	struct rescan_options o = { .at = &at,
		.request = request,
		.only = a->only,
		.out = out,
		.as_json = a->as_json };
	struct rescan_sums sums;
	struct err e = { 0 };
	int status = CLI_ERROR;

	if (stored_open(&o.results, state, &o.writes, &e) == 0 &&
	    cli_scan_index(cli, state, &a->when, &at, &e) == 0 &&
	    rescan(&o, &sums, &e) == 0)
		status = status_of(&sums);
	else
		cli_error(&e);
	results_close(o.results);
	judge_at_cleanup(&at);
	return status;
}

static int
run(const struct cli *cli, const struct arguments *a,
    struct scan_request *request)
{
	struct state state;
	struct out out;
	int status = CLI_ERROR;

	if (cli_scan_rules(cli, a->policy, a->fail_on, request) != CLI_OK)
		return CLI_ERROR;
	if (cli_state(cli, &state, STATE_READ) == 0) {
		out_init(&out, STDOUT_FILENO);
		status = judge_all(cli, a, request, &state, &out);
		out_cleanup(&out);
		state_close(&state);
	}
	cli_scan_close(request);
	return status;
}

int
cli_rescan(struct cli *cli, int argc, char **argv)
{
	struct arguments a = { 0 };
	const struct cli_option options[] = {
		{ "as-of", "WHEN", CLI_AS_OF_HELP, &a.as_of },
		{ "policy", "FILE", "judge by this policy", &a.policy },
		{ "fail-on", "SEVERITY",
		    "fail on findings of this severity or above, and on "
		    "unrated ones",
		    &a.fail_on },
		{ "only", "GLOB", "only images whose target is like that",
		    &a.only },
		{ "evaluator", "E",
		    "fast (default) or plain, which judges each image as a "
		    "whole: tests",
		    &a.evaluator },
		{ "json", NULL, "for programs: all images", &a.as_json },
		{ 0 },
	};
	struct scan_request r = { .policy_fd = -1 };
	int n_args, rc;

	rc = cli_options(cli, options, argc, argv, &n_args);
	if (rc != 1)
		return rc == 0 ? CLI_OK : CLI_ERROR;
	if (n_args != 0)
		return cli_usage(cli, "takes no arguments: see --only");
	r.by_package = a.evaluator == NULL || strcmp(a.evaluator, "fast") == 0;
	if (!r.by_package && strcmp(a.evaluator, "plain") != 0)
		return cli_usage(
		    cli, "--evaluator is fast or plain, not %s", a.evaluator);
	if (cli_as_of_parse(cli, "as-of", a.as_of, &a.when) != CLI_OK)
		return CLI_ERROR;
	return run(cli, &a, &r);
}
