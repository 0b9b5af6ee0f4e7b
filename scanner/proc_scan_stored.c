/* SPDX-License-Identifier: Apache-2.0 */
#include "base/log.h"
#include "base/proc.h"
#include "scanner/explain.h"
#include "scanner/inventory.h"
#include "scanner/policy.h"
#include "scanner/proc_scan_impl.h"
#include "scanner/proc_scan_stored.h"
#include "scanner/record.h"
#include "scanner/roll.h"

/* In the scan process. */
struct work {
	const struct scan_stored *stored;
	struct arena arena;
	struct policy *policy;
	struct scan_options options;
	struct index_reader index;
	struct target target;
	struct facts facts;
	bool has_scan;
	struct scan scan;
	enum verdict verdict;
	struct out out;
};

static int
read_inventory(struct work *w, struct err *e)
{
	const struct scan_stored *s = w->stored;

	if (inventory_decode(&w->facts, s->inventory, e) != 0)
		return err_context(e, "the inventory");
	if (s->origin.len > 0 &&
	    inventory_origin_decode(&w->facts, s->origin, e) != 0)
		return err_context(e, "where the inventory is from");
	w->facts.image_digest = s->image;
	return 0;
}

static int
judge(struct work *w, struct err *e)
{
	const struct scan_request *r = w->stored->request;

	w->options = r->options;
	w->options.findings = w->stored->what == STORED_FINDINGS ||
	    r->explain != NULL || report_has_findings(r->format);
	w->target.text = arena_str(&w->arena, w->stored->target);
	w->options.target = &w->target;
	if (scan_policy_read(
		r, &w->policy, &w->options.policy_digest, &w->arena, e) != 0)
		return -1;
	w->options.policy = w->policy;
	if (scan_index_open(&w->index, r->index, e) != 0 ||
	    scan_run(&w->scan, &w->facts, &w->index, &w->options, e) != 0)
		return -1;
	w->has_scan = true;
	w->verdict = w->scan.verdict;
	return 0;
}

static void
write_findings(struct work *w)
{
	struct record_content content;
	struct results_verdict v;
	struct buf record = { 0 };
	struct digest digest;

	record_content_of(&content, &w->index, &w->arena);
	record_make(&v, &w->scan, &w->options, &content, &record);
	digest_of(v.record, &digest);
	roll_findings(
	    &w->out.buf, &w->scan, span_make(digest.bytes, DIGEST_SIZE));
	buf_cleanup(&record);
}

static int
render(struct work *w, struct err *e)
{
	const struct scan_request *r = w->stored->request;

	switch (w->stored->what) {
	case STORED_FINDINGS:
		write_findings(w);
		break;
	case STORED_PACKAGES:
		roll_packages(&w->out.buf, &w->facts);
		break;
	case STORED_ABOUT:
		roll_about(&w->out.buf, &w->facts);
		break;
	case STORED_LAYERS:
		roll_layers(&w->out.buf, &w->facts);
		break;
	case STORED_REPORT:
		if (r->explain != NULL &&
		    explain_write(&w->scan, span_of(r->explain), &w->out,
			&w->verdict, e) != 0)
			return -1;
		if (r->explain == NULL &&
		    report_write(r->format, &w->scan, &r->report, &w->out, e) !=
			0)
			return -1;
		break;
	}
	return out_flush(&w->out, e);
}

static int
work_through(struct work *w, struct ipc *ipc, struct err *e)
{
	const struct scan none = { .n_reasons = 0 };
	bool judges = w->stored->what == STORED_REPORT ||
	    w->stored->what == STORED_FINDINGS;

	w->verdict = VERDICT_UNKNOWN;
	if (read_inventory(w, e) != 0 || (judges && judge(w, e) != 0) ||
	    render(w, e) != 0)
		return -1;
	return scan_send_answer(
	    ipc, judges ? &w->scan : &none, w->verdict, true, e);
}

static int
stored_process(struct ipc *ipc, void *ctx)
{
	struct work w = { .stored = ctx };
	struct err e = { 0 };
	struct err gone;

	out_init(&w.out, w.stored->request->fd);
	if (work_through(&w, ipc, &e) != 0 &&
	    ipc_send_err(ipc, SCAN_FAILED, &e, &gone) != 0)
		log_error("scan: %s", e.msg);
	if (w.has_scan)
		scan_cleanup(&w.scan);
	facts_cleanup(&w.facts);
	index_close(&w.index);
	policy_free(w.policy);
	out_cleanup(&w.out);
	arena_cleanup(&w.arena);
	return 0;
}

/* --- in main --- */

int
proc_scan_stored(
    const struct scan_stored *stored, struct scan_answer *answer, struct err *e)
{
	struct scan_stored copy = *stored;
	struct proc_start start = {
		.role = ROLE_SCAN, .run = stored_process, .ctx = &copy
	};

	return scan_ask(&start, answer, e);
}
