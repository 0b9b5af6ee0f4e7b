/* SPDX-License-Identifier: Apache-2.0 */
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json_out.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/printable.h"
#include "cli/scan_run.h"
#include "cli/stored.h"
#include "scanner/policy.h"

#define BATCH 64u /* verdicts of one transaction: others wait for it */

/* An image, and what comes out. */
struct judged {
	const struct results_image *image;
	struct results_verdict before; /* verdict 0: there was none */
	struct results_verdict now;    /* verdict 0: it cannot be judged */
	struct span why;               /* then */
};

struct rescan {
	struct results *results;
	bool writes;
	struct arena arena;
	struct judged *judged;
	size_t n;
	size_t next;
	size_t n_open; /* verdicts of the open transaction */
	const struct scan_options *options;
	struct out out;
	struct json_out json;
	bool as_json;
};

/* --- what there is --- */

static int
choose(struct rescan *r, const char *only, struct err *e)
{
	struct results_image *images;
	size_t i, n;

	if (results_images(r->results, &r->arena, &images, &n, e) != 0)
		return -1;
	r->judged = xcalloc(n, sizeof(*r->judged));
	for (i = 0; i < n; i++)
		if (only == NULL ||
		    fnmatch(only, arena_str(&r->arena, images[i].target), 0) ==
			0)
			r->judged[r->n++].image = &images[i];
	if (r->n == 0)
		return err_set(e, ERR_MISSING,
		    n == 0 ? "nothing was scanned yet: `scapcache scan` does it"
			   : "no stored image has a target like that");
	return 0;
}

/* --- judging --- */

/* 1: *bytes are its inventory; else *e says why it cannot be judged. */
static int
read_stored(
    struct rescan *r, struct judged *j, struct buf *bytes, struct err *e)
{
	int rc = results_verdict_last(r->results, j->image, &j->before, e);

	if (rc >= 0)
		rc = results_inventory_get(
		    r->results, &j->image->inventory, bytes, e);
	if (rc == 0)
		err_set(e, ERR_MISSING, "an inventory is not there any more");
	return rc;
}

static int
next_job(void *ctx, struct scan_job *job, struct buf *bytes, struct err *e)
{
	struct rescan *r = ctx;
	struct judged *j = NULL;
	struct err why;
	int rc = 0;

	(void)e;
	while (rc != 1 && r->next < r->n) {
		j = &r->judged[r->next++];
		buf_reset(bytes);
		rc = read_stored(r, j, bytes, &why);
		if (rc != 1)
			j->why = arena_span(&r->arena, span_of(why.msg));
	}
	if (rc != 1)
		return 0;
	*job = (struct scan_job){ .inventory = j->image->inventory,
		.target = j->image->target,
		.image = j->image->digest,
		.judged_at = r->options->judged_at,
		.fail_on_set = r->options->fail_on_set,
		.fail_on = r->options->fail_on,
		.tag = j };
	return 1;
}

static int
close_batch(struct rescan *r, struct err *e)
{
	size_t n = r->n_open;

	r->n_open = 0;
	return n > 0 ? results_commit(r->results, e) : 0;
}

static int
keep(struct rescan *r, const struct results_verdict *v, struct err *e)
{
	if (r->n_open == 0 && results_begin(r->results, e) != 0)
		return -1;
	r->n_open++;
	if (results_verdict_put(r->results, v, e) != 0)
		return -1;
	return r->n_open < BATCH ? 0 : close_batch(r, e);
}

static int
take_verdict(void *ctx, const struct scan_job *job,
    const struct results_verdict *v, struct err *e)
{
	struct rescan *r = ctx;
	struct judged *j = job->tag;
	struct err why;

	j->now = *v;
	j->now.record = SPAN_NONE;
	j->now.document = SPAN_NONE;
	j->now.target = SPAN_NONE;
	j->now.image = SPAN_NONE;
	if (!digest_eq(&v->inventory, &job->inventory) ||
	    !span_eq(v->target, job->target) || !span_eq(v->image, job->image))
		return err_set(
		    e, ERR_SYSTEM, "the scan process judged another image");
	if (r->writes && keep(r, v, &why) != 0) {
		log_info("results: not kept: %s", why.msg);
		results_rollback(r->results);
		r->n_open = 0;
		r->writes = false;
	}
	return 0;
}

static int
take_failure(
    void *ctx, const struct scan_job *job, const struct err *why, struct err *e)
{
	struct rescan *r = ctx;
	struct judged *j = job->tag;

	(void)e;
	j->why = arena_span(&r->arena, span_of(why->msg));
	return 0;
}

/* --- telling --- */

static enum verdict
verdict_of(const struct results_verdict *v)
{
	return (enum verdict)v->verdict;
}

static bool
is_changed(const struct judged *j)
{
	return j->before.verdict != j->now.verdict ||
	    j->before.n_findings != j->now.n_findings ||
	    j->before.n_failing != j->now.n_failing;
}

/* What an admin has to look at first. */
static unsigned
rank(const struct judged *j)
{
	enum verdict before = verdict_of(&j->before);
	enum verdict now = verdict_of(&j->now);

	if (now == VERDICT_FAIL)
		return before == VERDICT_PASS ? 0
		    : before != VERDICT_FAIL  ? 1
					      : 4;
	if (now != VERDICT_PASS)
		return before == VERDICT_PASS ? 2 : 3;
	return 5;
}

#define N_RANKS 6u

static const char *
before_name(const struct judged *j)
{
	return j->before.verdict == VERDICT_NONE
	    ? "new"
	    : verdict_name(verdict_of(&j->before));
}

static const char *
now_name(const struct judged *j)
{
	return verdict_name(j->now.verdict == VERDICT_NONE
		? VERDICT_UNKNOWN
		: verdict_of(&j->now));
}

static void
tell_text(struct rescan *r, const struct judged *j)
{
	struct buf target = { 0 };

	if (!is_changed(j) && j->why.len == 0)
		return;
	printable_add(&target, j->image->target);
	out_printf(&r->out,
	    "%-7s → %-7s  findings %" PRIu64 " → %" PRIu64 "  %s",
	    before_name(j), now_name(j), j->before.n_findings,
	    j->now.n_findings, buf_str(&target));
	if (j->why.len > 0)
		out_printf(&r->out, "  (%.*s)", SPAN_ARG(j->why));
	out_char(&r->out, '\n');
	buf_cleanup(&target);
}

static void
tell_json(struct rescan *r, const struct judged *j)
{
	struct json_out *o = &r->json;
	char text[STORED_DIGEST_SIZE];

	json_object(o, NULL);
	json_span(o, "target", j->image->target);
	json_span(o, "image_digest", j->image->digest);
	json_span(o, "platform", j->image->platform);
	json_str(o, "inventory", stored_digest(&j->image->inventory, text));
	json_str(o, "before",
	    j->before.verdict == VERDICT_NONE ? NULL : before_name(j));
	json_str(o, "verdict", now_name(j));
	json_uint(o, "findings_before", j->before.n_findings);
	json_uint(o, "findings", j->now.n_findings);
	json_bool(o, "changed", is_changed(j));
	json_str(o, "record",
	    j->now.verdict == VERDICT_NONE
		? NULL
		: stored_digest(&j->now.digest, text));
	if (j->why.len > 0)
		json_span(o, "why", j->why);
	json_object_end(o);
}

struct sums {
	size_t n[VERDICT_UNKNOWN + 1];
	size_t n_changed;
};

static void
tell_images(struct rescan *r, struct sums *sums)
{
	unsigned k;
	size_t i;

	for (k = 0; k < N_RANKS; k++)
		for (i = 0; i < r->n; i++) {
			const struct judged *j = &r->judged[i];

			if (rank(j) != k)
				continue;
			if (r->as_json)
				tell_json(r, j);
			else
				tell_text(r, j);
			sums->n[j->now.verdict == VERDICT_NONE
				? VERDICT_UNKNOWN
				: verdict_of(&j->now)]++;
			sums->n_changed += is_changed(j);
		}
}

static int
tell(struct rescan *r, uint64_t generation, struct sums *sums, struct err *e)
{
	if (r->as_json) {
		json_object(&r->json, NULL);
		json_uint(&r->json, "format", 1);
		json_uint(&r->json, "generation", generation);
		json_array(&r->json, "images");
	}
	tell_images(r, sums);
	if (r->as_json) {
		json_array_end(&r->json);
		json_uint(&r->json, "pass", sums->n[VERDICT_PASS]);
		json_uint(&r->json, "fail", sums->n[VERDICT_FAIL]);
		json_uint(&r->json, "unknown", sums->n[VERDICT_UNKNOWN]);
		json_uint(&r->json, "changed", sums->n_changed);
		json_object_end(&r->json);
		out_char(&r->out, '\n');
	} else {
		out_printf(&r->out,
		    "%zu image%s judged by generation %" PRIu64
		    ": %zu pass, %zu fail, %zu unknown; %zu changed\n",
		    r->n, r->n == 1 ? "" : "s", generation,
		    sums->n[VERDICT_PASS], sums->n[VERDICT_FAIL],
		    sums->n[VERDICT_UNKNOWN], sums->n_changed);
	}
	return out_flush(&r->out, e);
}

static int
status_of(const struct sums *sums)
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

/* Before the first verdict that names it. */
static void
keep_policy(struct rescan *r, const struct scan_request *request)
{
	struct buf bytes = { 0 };
	struct err e = { 0 };

	if (!r->writes || request->policy_fd == -1)
		return;
	if (file_read_fd(request->policy_fd, POLICY_SIZE_MAX, &bytes, &e) !=
		0 ||
	    results_policy_put(r->results, buf_span(&bytes),
		span_of(request->policy_name), &e) != 0) {
		log_info("results: not kept: %s", e.msg);
		r->writes = false;
	}
	buf_cleanup(&bytes);
}

static int
judge_all(const struct cli *cli, struct rescan *r, const struct arguments *a,
    struct scan_request *request, const struct state *state)
{
	const struct scan_jobs jobs = { request, r, next_job, take_verdict,
		take_failure };
	struct judge_at index = { 0 };
	struct sums sums = { { 0 }, 0 };
	struct err e = { 0 };
	int status = CLI_ERROR;

	if (stored_open(&r->results, state, &r->writes, &e) != 0 ||
	    choose(r, a->only, &e) != 0 ||
	    cli_scan_index(cli, state, &a->when, &index, &e) != 0)
		goto out;
	judge_at_use(request, &index);
	/* As of nothing: that is told, and nobody could work it out again. */
	if (request->options.no_content != NULL)
		r->writes = false;
	keep_policy(r, request);
	r->options = &request->options;
	if (proc_scan_jobs(&jobs, &e) == 0 && close_batch(r, &e) == 0 &&
	    tell(r, index.generation, &sums, &e) == 0)
		status = status_of(&sums);
out:
	if (status == CLI_ERROR)
		cli_error(&e);
	results_close(r->results);
	judge_at_cleanup(&index);
	return status;
}

static int
rescan(const struct cli *cli, const struct arguments *a,
    struct scan_request *request)
{
	struct rescan r = { .as_json = a->as_json };
	struct state state;
	int status = CLI_ERROR;

	if (cli_scan_rules(cli, a->policy, a->fail_on, request) != CLI_OK)
		return CLI_ERROR;
	if (cli_state(cli, &state, STATE_READ) != 0)
		goto out;
	out_init(&r.out, STDOUT_FILENO);
	json_out_init(&r.json, &r.out);
	status = judge_all(cli, &r, a, request, &state);
	out_cleanup(&r.out);
	free(r.judged);
	arena_cleanup(&r.arena);
	state_close(&state);
out:
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
	return rescan(cli, &a, &r);
}
