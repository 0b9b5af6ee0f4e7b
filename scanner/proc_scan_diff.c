/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <unistd.h>

#include "base/log.h"
#include "base/proc.h"
#include "scanner/inventory.h"
#include "scanner/policy.h"
#include "scanner/proc_scan_diff.h"
#include "scanner/proc_scan_impl.h"

/* --- in the scan process --- */

struct work {
	const struct scan_diff *diff;
	struct arena arena;
	struct policy *policy;
	struct scan_options options;
	struct diff_side sides[2];
	struct out out;
};

int
scan_index_open(struct index_reader *r, const char *path, struct err *e)
{
	int fd, rc;

	if (path == NULL)
		return 0;
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd == -1)
		return err_system(e, "%s", path);
	rc = index_open(r, fd, path, e);
	close(fd);
	return rc == 0 ? 0 : err_context(e, "index");
}

static int
judge_side(struct work *w, size_t i, struct err *e)
{
	const struct scan_side *given = &w->diff->sides[i];
	struct diff_side *s = &w->sides[i];

	s->target.text = given->target;
	if (scan_index_open(&s->index, given->index, e) != 0 ||
	    inventory_decode(&s->facts, given->inventory, e) != 0)
		return -1;
	s->facts.image_digest = given->image;
	w->options.target = &s->target;
	w->options.judged_at = given->judged_at;
	w->options.seen = given->seen;
	w->options.n_seen = given->n_seen;
	w->options.is_stale = given->is_stale;
	if (scan_run(&s->scan, &s->facts, &s->index, &w->options, e) != 0)
		return -1;
	s->has_scan = true;
	return 0;
}

static int
judge_both(struct work *w, struct err *e)
{
	const struct scan_request *r = w->diff->request;

	w->options = r->options;
	w->options.findings = true;
	if (scan_policy_read(
		r, &w->policy, &w->options.policy_digest, &w->arena, e) != 0)
		return -1;
	w->options.policy = w->policy;
	if (judge_side(w, 0, e) != 0)
		return err_context(e, "%s", w->diff->sides[0].target);
	if (judge_side(w, 1, e) != 0)
		return err_context(e, "%s", w->diff->sides[1].target);
	return 0;
}

static void
cleanup(struct work *w)
{
	size_t i;

	for (i = 0; i < 2; i++) {
		if (w->sides[i].has_scan)
			scan_cleanup(&w->sides[i].scan);
		facts_cleanup(&w->sides[i].facts);
		index_close(&w->sides[i].index);
	}
	policy_free(w->policy);
	out_cleanup(&w->out);
	arena_cleanup(&w->arena);
}

static int
diff_process(struct ipc *ipc, void *ctx)
{
	const struct scan_diff *diff = ctx;
	struct work w = { .diff = diff };
	struct err e = { 0 };
	struct err gone;
	bool differs = false;
	int rc = -1;

	out_init(&w.out, diff->request->fd);
	if (judge_both(&w, &e) == 0 &&
	    diff_write(&w.sides[0], &w.sides[1], diff->as_json, &w.out,
		&differs) == 0 &&
	    out_flush(&w.out, &e) == 0)
		rc = scan_send_answer(ipc, &w.sides[1].scan,
		    w.sides[1].scan.verdict, differs, &e);
	if (rc != 0 && ipc_send_err(ipc, SCAN_FAILED, &e, &gone) != 0)
		log_error("diff: %s", e.msg);
	cleanup(&w);
	return 0;
}

/* --- in main --- */

static int
take_answer(struct proc *p, struct scan_answer *answer, struct err *e)
{
	struct ipc_message m = { .fd = -1 };
	int rc = ipc_recv(&p->ipc, &m, e);

	if (rc == 1 && m.type == SCAN_ANSWER) {
		rc = scan_read_answer(m.payload, answer, e);
	} else if (rc == 1 && m.type == SCAN_FAILED) {
		rc = ipc_read_err(m.payload, ERR_MISSING, e);
	} else if (rc >= 0) {
		rc = -1;
		if (proc_wait(p, e) == 0)
			err_set(e, ERR_SYSTEM,
			    "the scan process ended without an answer");
	}
	if (m.fd != -1)
		close(m.fd);
	ipc_message_cleanup(&m);
	return rc;
}

int
scan_ask(
    const struct proc_start *start, struct scan_answer *answer, struct err *e)
{
	struct proc p = { .ipc = { -1 } };
	int rc = -1;

	*answer = (struct scan_answer){ 0 };
	if (proc_spawn(&p, start, e) == 0 && take_answer(&p, answer, e) == 0)
		rc = proc_wait(&p, e);
	proc_kill(&p);
	return rc;
}

int
proc_scan_diff(
    const struct scan_diff *diff, struct scan_answer *answer, struct err *e)
{
	struct scan_diff copy = *diff;
	struct proc_start start = {
		.role = ROLE_SCAN, .run = diff_process, .ctx = &copy
	};

	return scan_ask(&start, answer, e);
}
