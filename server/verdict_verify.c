/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/json_out.h"
#include "base/memfd.h"
#include "base/printable.h"
#include "server/judge_at.h"
#include "server/verdict_verify.h"

#define SHOWN_MAX 160u /* bytes of a line that differs */

enum outcome {
	OUTCOME_SAME = 0,
	OUTCOME_DIFFERS,
	OUTCOME_UNKNOWN, /* cannot be worked out again */
	N_OUTCOMES,
};

static const char *const outcomes[N_OUTCOMES] = { "same", "differs",
	"unknown" };

struct verifier {
	struct verification *v;
	struct json_out json;
	size_t n[N_OUTCOMES];
	/* Verdicts of one generation and policy: from first to end. */
	size_t first;
	size_t end;
	size_t next;
	struct buf record;
	struct buf why;
	struct buf shown;
};

static void
tell(struct verifier *w, const struct results_verdict *v, enum outcome o,
    struct span why)
{
	char text[DIGEST_HEX_SIZE + 7] = "sha256:";

	w->n[o]++;
	digest_hex(&v->digest, text + 7);
	buf_reset(&w->shown);
	printable_add(&w->shown, why);
	if (!w->v->as_json) {
		out_printf(w->v->out, "%s  %s%s%s\n", text, outcomes[o],
		    why.len > 0 ? ": " : "", buf_str(&w->shown));
		return;
	}
	json_object(&w->json, NULL);
	json_str(&w->json, "digest", text);
	json_str(&w->json, "result", outcomes[o]);
	json_span(&w->json, "why", why);
	json_object_end(&w->json);
}

static void
tell_err(struct verifier *w, const struct results_verdict *v, enum outcome o,
    const char *what, const struct err *why)
{
	buf_reset(&w->why);
	buf_printf(&w->why, "%s%s", what, why->msg);
	tell(w, v, o, buf_span(&w->why));
}

/* --- comparing --- */

static struct span
shown(struct span line)
{
	return span_first(span_trim(line), SHOWN_MAX);
}

/* The first line that is not the same. */
static void
difference(struct verifier *w, struct span kept, struct span made)
{
	struct span a, b;
	size_t line = 0;
	bool has_a, has_b;

	do {
		has_a = span_next(&kept, '\n', &a);
		has_b = span_next(&made, '\n', &b);
		line++;
	} while (has_a && has_b && span_eq(a, b));
	buf_reset(&w->why);
	buf_printf(&w->why, "line %zu of the record: kept %.*s, now %.*s", line,
	    SPAN_ARG(has_a ? shown(a) : SPAN_LIT("nothing")),
	    SPAN_ARG(has_b ? shown(b) : SPAN_LIT("nothing")));
}

/* Whether the row says what the record says. */
static bool
same_row(const struct results_verdict *a, const struct results_verdict *b)
{
	return a->verdict == b->verdict && a->n_findings == b->n_findings &&
	    a->n_failing == b->n_failing &&
	    digest_eq(&a->content, &b->content) &&
	    digest_eq(&a->digest, &b->digest);
}

static int
take_verdict(void *ctx, const struct scan_job *job, struct results_verdict *now,
    struct err *e)
{
	struct verifier *w = ctx;
	const struct results_verdict *v = job->tag;
	struct err why;
	int rc;

	(void)e;
	digest_of(now->record, &now->digest);
	buf_reset(&w->record);
	rc = results_record_get(w->v->results, &v->digest, &w->record, &why);
	if (rc != 1) {
		if (rc == 0)
			err_set(&why, ERR_MISSING, "is gone");
		tell_err(w, v, OUTCOME_DIFFERS, "the record: ", &why);
	} else if (!span_eq(buf_span(&w->record), now->record)) {
		difference(w, buf_span(&w->record), now->record);
		tell(w, v, OUTCOME_DIFFERS, buf_span(&w->why));
	} else if (!same_row(v, now)) {
		tell(w, v, OUTCOME_DIFFERS,
		    SPAN_LIT("the list of verdicts says other than the "
			     "record"));
	} else {
		tell(w, v, OUTCOME_SAME, SPAN_NONE);
	}
	return 0;
}

static int
take_failure(
    void *ctx, const struct scan_job *job, const struct err *why, struct err *e)
{
	(void)e;
	tell_err(ctx, job->tag, OUTCOME_UNKNOWN, "", why);
	return 0;
}

/* --- handing in --- */

/* 1: *bytes; 0: told why there are none. */
static int
read_inventory(
    struct verifier *w, const struct results_verdict *v, struct buf *bytes)
{
	struct err why = { .code = ERR_MISSING, .msg = "is gone" };
	int rc =
	    results_inventory_get(w->v->results, &v->inventory, bytes, &why);

	if (rc == 1)
		return 1;
	tell_err(w, v, rc == 0 ? OUTCOME_UNKNOWN : OUTCOME_DIFFERS,
	    "the inventory: ", &why);
	buf_reset(bytes);
	return 0;
}

static int
next_job(void *ctx, struct scan_job *job, struct buf *bytes, struct err *e)
{
	struct verifier *w = ctx;
	struct results_verdict *v = NULL;
	int rc = 0;

	(void)e;
	while (rc == 0 && w->next < w->end) {
		v = &w->v->verdicts[w->next++];
		rc = read_inventory(w, v, bytes);
	}
	if (rc == 1)
		*job = (struct scan_job){ .inventory = v->inventory,
			.target = v->target,
			.image = v->image,
			.judged_at = v->judged_at,
			.fail_on_set = v->fail_on_set,
			.fail_on = (enum severity)v->fail_on,
			.document = v->document,
			.tag = v };
	return rc;
}

/* --- one generation and policy --- */

static void
tell_group(
    struct verifier *w, enum outcome o, const char *what, const struct err *why)
{
	size_t i;

	for (i = w->first; i < w->end; i++)
		tell_err(w, &w->v->verdicts[i], o, what, why);
}

/* 1: *fd is the policy's, -1 if there was none; 0: told why not; -1. */
static int
open_policy(
    struct verifier *w, const struct results_verdict *v, int *fd, struct err *e)
{
	struct err why = { .code = ERR_MISSING, .msg = "is gone" };
	struct buf bytes = { 0 };
	struct digest is;
	int rc = 1;

	*fd = -1;
	if (!v->has_policy)
		return 1;
	rc = results_policy_get(w->v->results, &v->policy, &bytes, &why);
	digest_of(buf_span(&bytes), &is);
	if (rc == 1 && !digest_eq(&is, &v->policy)) {
		err_set(&why, ERR_UNTRUSTED,
		    "has other bytes than its digest says");
		rc = -1;
	}
	if (rc != 1)
		tell_group(w, rc == 0 ? OUTCOME_UNKNOWN : OUTCOME_DIFFERS,
		    "the policy: ", &why);
	else if (memfd_of(buf_span(&bytes), fd, e) != 0)
		rc = -2;
	buf_cleanup(&bytes);
	return rc == 1 ? 1 : rc == -2 ? -1 : 0;
}

static int
judge_group(struct verifier *w, const struct judge_at *index, int policy_fd,
    struct err *e)
{
	struct scan_request request = { .policy_fd = policy_fd,
		.policy_name = "the policy" };
	const struct scan_jobs jobs = { &request, w, next_job, take_verdict,
		take_failure };

	judge_at_use(&request, index);
	w->next = w->first;
	return proc_scan_jobs(&jobs, e);
}

static int
verify_group(struct verifier *w, struct err *e)
{
	const struct results_verdict *v = &w->v->verdicts[w->first];
	const struct as_of_when when = { .generation = v->generation };
	struct judge_at index = { 0 };
	int fd = -1;
	int rc = -1;

	if (v->generation != 0 &&
	    judge_at_find(w->v->state, &when, w->v->may_make, &index, e) != 0)
		goto out;
	if (index.why.code != ERR_NONE) {
		tell_group(w, OUTCOME_UNKNOWN, "the generation: ", &index.why);
		rc = 0;
		goto out;
	}
	rc = open_policy(w, v, &fd, e);
	if (rc == 1)
		rc = judge_group(w, &index, fd, e);
out:
	if (fd != -1)
		close(fd);
	judge_at_cleanup(&index);
	return rc;
}

static int
cmp_group(const void *pa, const void *pb)
{
	const struct results_verdict *a = pa;
	const struct results_verdict *b = pb;

	if (a->generation != b->generation)
		return a->generation < b->generation ? -1 : 1;
	if (a->has_policy != b->has_policy)
		return a->has_policy ? 1 : -1;
	return span_cmp(span_make(a->policy.bytes, DIGEST_SIZE),
	    span_make(b->policy.bytes, DIGEST_SIZE));
}

static void
tell_end(struct verifier *w)
{
	if (w->v->as_json) {
		json_array_end(&w->json);
		out_char(w->v->out, '\n');
		return;
	}
	out_printf(w->v->out, "%zu same, %zu different, %zu unknown\n",
	    w->n[OUTCOME_SAME], w->n[OUTCOME_DIFFERS], w->n[OUTCOME_UNKNOWN]);
}

int
verdict_verify(struct verification *v, struct err *e)
{
	struct verifier w = { .v = v };
	int rc = 0;

	json_out_init(&w.json, v->out);
	if (v->as_json)
		json_array(&w.json, NULL);
	if (v->n > 0)
		qsort(v->verdicts, v->n, sizeof(*v->verdicts), cmp_group);
	for (; rc == 0 && w.first < v->n; w.first = w.end) {
		for (w.end = w.first + 1; w.end < v->n &&
		     cmp_group(&v->verdicts[w.first], &v->verdicts[w.end]) == 0;
		     w.end++)
			continue;
		rc = verify_group(&w, e);
	}
	if (rc == 0) {
		tell_end(&w);
		rc = out_flush(v->out, e);
	}
	buf_cleanup(&w.record);
	buf_cleanup(&w.why);
	buf_cleanup(&w.shown);
	v->n_same = w.n[OUTCOME_SAME];
	v->n_differs = w.n[OUTCOME_DIFFERS];
	v->n_unknown = w.n[OUTCOME_UNKNOWN];
	return rc;
}
