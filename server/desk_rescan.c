/* SPDX-License-Identifier: Apache-2.0 */
/* Stored images judged again, in the process of a job. */
#include "server/desk_results.h"
#include "server/desk_scan.h"
#include "server/rescan.h"

/* No image that fails, or is not known, is hidden behind those that pass. */
static enum verdict
worst(const struct rescan_sums *sums)
{
	if (sums->n[VERDICT_FAIL] > 0)
		return VERDICT_FAIL;
	return sums->n[VERDICT_UNKNOWN] > 0 ? VERDICT_UNKNOWN : VERDICT_PASS;
}

static int
write_all(struct desk_server *d, struct rescan_options *o,
    struct scan_answer *answer, struct err *e)
{
	struct rescan_sums sums;
	int rc = -1;

	if (results_open(&o->results, &d->state, true, e) == 0)
		rc = rescan(o, &sums, e);
	results_close(o->results);
	if (rc != 0)
		return -1;
	answer->verdict = worst(&sums);
	answer->has_report = true;
	return 0;
}

int
desk_rescan(struct desk_server *d, struct scan_work *w,
    struct scan_answer *answer, struct err *e)
{
	const struct scan_question *q = &w->question;
	struct scan_request request = { .policy_fd = -1, .by_package = true };
	struct judge_at at = { 0 };
	struct rescan_options o = { .writes = true,
		.at = &at,
		.request = &request,
		.image = q->image,
		.as_json = true };
	struct as_of_when when;
	struct buf policy = { 0 };
	struct out json;
	int rc = -1;

	out_init(&json, w->report_fd);
	o.out = &json;
	if (q->only.len > 0)
		o.only = arena_str(&w->arena, q->only);
	if (desk_as_of(q->as_of, &when, e) == 0 &&
	    desk_rules(d, q->policy, q->fail_on, &policy, &request, e) == 0 &&
	    judge_at_find(&d->state, &when, true, &at, e) == 0)
		rc = write_all(d, &o, answer, e);
	desk_rules_close(&request);
	judge_at_cleanup(&at);
	buf_cleanup(&policy);
	out_cleanup(&json);
	return rc;
}
