/* SPDX-License-Identifier: Apache-2.0 */
#include <fnmatch.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/json_out.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/printable.h"
#include "scanner/policy.h"
#include "server/rescan.h"

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
	struct out *out;
	struct json_out json;
	bool as_json;
};

/* --- what there is --- */

/* By its target, or by its public id; NULL and empty: all. */
static bool
is_meant(struct rescan *r, const struct results_image *i,
    const struct rescan_options *o)
{
	char name[RESULTS_NAME_SIZE];

	if (o->image.len > 0)
		return span_is(o->image, results_image_name(i, name));
	return o->only == NULL ||
	    fnmatch(o->only, arena_str(&r->arena, i->target), 0) == 0;
}

static int
choose(struct rescan *r, const struct rescan_options *o, struct err *e)
{
	struct results_image *images;
	size_t i, n;

	if (results_images(r->results, &r->arena, &images, &n, e) != 0)
		return -1;
	r->judged = xcalloc(n, sizeof(*r->judged));
	for (i = 0; i < n; i++)
		if (is_meant(r, &images[i], o))
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
keep(struct rescan *r, struct results_verdict *v, struct err *e)
{
	if (r->n_open == 0 && results_begin(r->results, e) != 0)
		return -1;
	r->n_open++;
	if (results_verdict_put(r->results, v, e) != 0)
		return -1;
	return r->n_open < BATCH ? 0 : close_batch(r, e);
}

static int
take_verdict(void *ctx, const struct scan_job *job, struct results_verdict *v,
    struct err *e)
{
	struct rescan *r = ctx;
	struct judged *j = job->tag;
	struct err why;

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
	if (!r->writes)
		digest_of(v->record, &v->digest);
	j->now = *v;
	j->now.record = SPAN_NONE;
	j->now.document = SPAN_NONE;
	j->now.target = SPAN_NONE;
	j->now.image = SPAN_NONE;
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
	out_printf(r->out,
	    "%-7s → %-7s  findings %" PRIu64 " → %" PRIu64 "  %s",
	    before_name(j), now_name(j), j->before.n_findings,
	    j->now.n_findings, buf_str(&target));
	if (j->why.len > 0)
		out_printf(r->out, "  (%.*s)", SPAN_ARG(j->why));
	out_char(r->out, '\n');
	buf_cleanup(&target);
}

static void
tell_json(struct rescan *r, const struct judged *j)
{
	struct json_out *o = &r->json;
	char text[DIGEST_HEX_SIZE + 7] = "sha256:";
	char name[RESULTS_NAME_SIZE];

	json_object(o, NULL);
	json_str(o, "id", results_image_name(j->image, name));
	json_span(o, "target", j->image->target);
	json_span(o, "image_digest", j->image->digest);
	json_span(o, "platform", j->image->platform);
	digest_hex(&j->image->inventory, text + 7);
	json_str(o, "inventory", text);
	json_str(o, "before",
	    j->before.verdict == VERDICT_NONE ? NULL : before_name(j));
	json_str(o, "verdict", now_name(j));
	json_uint(o, "findings_before", j->before.n_findings);
	json_uint(o, "findings", j->now.n_findings);
	json_bool(o, "changed", is_changed(j));
	digest_hex(&j->now.digest, text + 7);
	json_str(o, "record", j->now.verdict == VERDICT_NONE ? NULL : text);
	if (j->why.len > 0)
		json_span(o, "why", j->why);
	json_object_end(o);
}

static void
tell_images(struct rescan *r, struct rescan_sums *sums)
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
tell(struct rescan *r, uint64_t generation, struct rescan_sums *sums,
    struct err *e)
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
		out_char(r->out, '\n');
	} else {
		out_printf(r->out,
		    "%zu image%s judged by generation %" PRIu64
		    ": %zu pass, %zu fail, %zu unknown; %zu changed\n",
		    r->n, r->n == 1 ? "" : "s", generation,
		    sums->n[VERDICT_PASS], sums->n[VERDICT_FAIL],
		    sums->n[VERDICT_UNKNOWN], sums->n_changed);
	}
	return out_flush(r->out, e);
}

/* --- the whole --- */

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

int
rescan(const struct rescan_options *o, struct rescan_sums *sums, struct err *e)
{
	struct rescan r = { .results = o->results,
		.writes = o->writes,
		.options = &o->request->options,
		.out = o->out,
		.as_json = o->as_json };
	const struct scan_jobs jobs = { o->request, &r, next_job, take_verdict,
		take_failure };
	int rc = -1;

	*sums = (struct rescan_sums){ { 0 }, 0 };
	json_out_init(&r.json, o->out);
	judge_at_use(o->request, o->at);
	/* As of nothing: that is told, and nobody could work it out again. */
	if (o->request->options.no_content != NULL)
		r.writes = false;
	if (choose(&r, o, e) == 0) {
		keep_policy(&r, o->request);
		if (proc_scan_jobs(&jobs, e) == 0 && close_batch(&r, e) == 0 &&
		    tell(&r, o->at->generation, sums, e) == 0)
			rc = 0;
	}
	if (rc != 0)
		results_rollback(r.results);
	free(r.judged);
	arena_cleanup(&r.arena);
	return rc;
}
