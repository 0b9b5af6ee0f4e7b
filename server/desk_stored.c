/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "base/file.h"
#include "base/memfd.h"
#include "indexer/generation.h"
#include "scanner/proc_scan_diff.h"
#include "scanner/proc_scan_stored.h"
#include "server/desk_stored.h"
#include "server/verdict_verify.h"

/* --- a scan process looks into an inventory --- */

static int
need_inventory(struct desk_server *d, const struct digest *inventory,
    struct buf *bytes, struct err *e)
{
	int rc = results_inventory_get(d->results, inventory, bytes, e);

	if (rc == 0)
		return err_set(e, ERR_MISSING, "its inventory is gone");
	return rc == 1 ? 0 : -1;
}

static int
find_origin(struct desk_server *d, const struct desk_look *l, struct buf *out,
    struct err *e)
{
	int rc = l->row.len > 0
	    ? results_row_origin(d->results, l->row, out, e)
	    : results_origin_get(d->results, l->inventory, out, e);

	return rc < 0 ? -1 : 0;
}

int
desk_look(struct desk_server *d, struct desk_look *l, int *fd, struct err *e)
{
	struct buf inventory = { 0 };
	struct buf origin = { 0 };
	struct scan_stored stored = { .what = l->what,
		.request = l->request,
		.target = l->target,
		.image = l->image };
	int rc = -1;

	*fd = -1;
	if (need_inventory(d, l->inventory, &inventory, e) != 0 ||
	    find_origin(d, l, &origin, e) != 0 ||
	    memfd_of(SPAN_NONE, fd, e) != 0)
		goto out;
	stored.inventory = buf_span(&inventory);
	stored.origin = buf_span(&origin);
	l->request->fd = *fd;
	rc = proc_scan_stored(&stored, &l->answer, e);
out:
	if (rc != 0 && *fd != -1) {
		close(*fd);
		*fd = -1;
	}
	buf_cleanup(&inventory);
	buf_cleanup(&origin);
	return rc;
}

/* The policy of a verdict, as it was then. */
static int
stored_policy(struct desk_server *d, const struct results_verdict *v,
    struct scan_request *r, struct err *e)
{
	struct buf bytes = { 0 };
	int rc;

	r->policy_fd = -1;
	r->policy_name = "the policy";
	if (!v->has_policy)
		return 0;
	rc = results_policy_get(d->results, &v->policy, &bytes, e);
	if (rc == 0)
		rc = err_set(e, ERR_MISSING, "its policy is gone");
	else if (rc == 1)
		rc = memfd_of(buf_span(&bytes), &r->policy_fd, e);
	buf_cleanup(&bytes);
	return rc;
}

/* A generation is not made anew for a look at it. */
static int
stored_generation(struct desk_server *d, const struct results_verdict *v,
    struct judge_at *at, struct err *e)
{
	const struct as_of_when when = { .generation = v->generation };
	char path[GENERATION_PATH_SIZE];

	if (v->generation == 0)
		return 0;
	if (!file_exists(d->state.dirfd, generation_path(v->generation, path)))
		return err_set(e, ERR_MISSING,
		    "the index of generation %llu is not kept",
		    (unsigned long long)v->generation);
	if (judge_at_find(&d->state, &when, false, at, e) != 0)
		return -1;
	if (at->why.code == ERR_NONE)
		return 0;
	*e = at->why;
	return -1;
}

int
desk_look_again(struct desk_server *d, const struct results_verdict *v,
    struct desk_look *l, int *fd, struct err *e)
{
	struct judge_at at = { 0 };
	struct arena a = { 0 };
	int rc = -1;

	l->request->policy_fd = -1;
	if (stored_generation(d, v, &at, e) != 0 ||
	    stored_policy(d, v, l->request, e) != 0)
		goto out;
	judge_at_use(l->request, &at);
	l->request->options.judged_at = v->judged_at;
	l->request->options.fail_on_set = v->fail_on_set;
	l->request->options.fail_on = (enum severity)v->fail_on;
	if (v->document.len > 0)
		l->request->options.document = arena_str(&a, v->document);
	l->target = v->target;
	l->image = v->image;
	l->inventory = &v->inventory;
	rc = desk_look(d, l, fd, e);
out:
	desk_rules_close(l->request);
	arena_cleanup(&a);
	judge_at_cleanup(&at);
	return rc;
}

/* --- inventories --- */

static struct desk_look
look_at(const struct results_row *row, enum stored_what what,
    struct scan_request *r)
{
	*r = (struct scan_request){ .policy_fd = -1 };
	return (struct desk_look){ .what = what,
		.request = r,
		.target = row->image.target,
		.image = row->image.digest,
		.inventory = &row->image.inventory,
		.row = row->name };
}

int
desk_stored_about(struct desk_server *d, const struct results_row *row,
    struct buf *out, struct err *e)
{
	struct scan_request r;
	struct desk_look l = look_at(row, STORED_ABOUT, &r);
	int fd = -1;
	int rc = desk_look(d, &l, &fd, e);

	if (rc == 0)
		rc = file_read_fd(fd, DESK_ANSWER_MAX, out, e);
	if (fd != -1)
		close(fd);
	scan_answer_cleanup(&l.answer);
	return rc;
}

static int
look_question(struct desk_server *d, struct span question,
    enum stored_what what, int *fd, struct err *e)
{
	struct results_question q;
	struct results_row row;
	struct scan_request r;
	struct desk_look l;
	struct arena a = { 0 };
	int rc = -1;

	if (results_question_unpack(&q, question, e) == 0 &&
	    desk_image_row(d, q.id, &a, &row, e) == 0) {
		l = look_at(&row, what, &r);
		rc = desk_look(d, &l, fd, e);
		scan_answer_cleanup(&l.answer);
	}
	arena_cleanup(&a);
	return rc;
}

int
desk_answer_layers(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e)
{
	(void)fd;
	(void)out;
	return look_question(d, question, STORED_LAYERS, answer_fd, e);
}

/* --- judged again --- */

/* By rules and a moment of the question's. */
static int
judge_row(struct desk_server *d, const struct results_question *q,
    struct desk_look *l, int *fd, struct err *e)
{
	struct judge_at at = { 0 };
	struct as_of_when when;
	struct buf policy = { 0 };
	int rc = -1;

	if (desk_as_of(q->as_of, &when, e) != 0 ||
	    desk_rules(d, q->policy, q->fail_on, &policy, l->request, e) != 0 ||
	    judge_at_find(&d->state, &when, q->may_make, &at, e) != 0)
		goto out;
	if (at.why.code != ERR_NONE) {
		*e = at.why;
		goto out;
	}
	judge_at_use(l->request, &at);
	rc = desk_look(d, l, fd, e);
out:
	desk_rules_close(l->request);
	judge_at_cleanup(&at);
	buf_cleanup(&policy);
	return rc;
}

int
desk_stored_as_of(struct desk_server *d, const struct results_row *row,
    const struct results_question *q, int *answer_fd, struct err *e)
{
	struct scan_request r;
	struct desk_look l = look_at(row, STORED_REPORT, &r);
	int rc;

	r.format = REPORT_JSON;
	rc = judge_row(d, q, &l, answer_fd, e);
	scan_answer_cleanup(&l.answer);
	return rc;
}

int
desk_stored_report(struct desk_server *d, const struct results_verdict *v,
    struct span format, int *answer_fd, struct err *e)
{
	struct scan_request r = { .policy_fd = -1 };
	struct desk_look l = { .what = STORED_REPORT, .request = &r };
	int rc;

	if (!report_format_parse(format, &r.format) ||
	    !report_is_built(r.format) || r.format == REPORT_OVAL_RESULTS)
		return err_set(e, ERR_FORMAT,
		    "a stored verdict's format is json, sarif, cyclonedx, "
		    "junit, html, table or definitions");
	rc = desk_look_again(d, v, &l, answer_fd, e);
	scan_answer_cleanup(&l.answer);
	return rc;
}

static int
explain(struct desk_server *d, const struct results_question *q,
    struct arena *a, struct out *out, int *answer_fd, struct err *e)
{
	static const char *const words[] = { "unknown", "not affected",
		"affected", "unknown" };
	struct results_row row;
	struct scan_request r;
	struct desk_look l;
	int rc;

	if (desk_image_row(d, q->id, a, &row, e) != 0)
		return -1;
	l = look_at(&row, STORED_REPORT, &r);
	r.explain = arena_str(a, q->what);
	rc = judge_row(d, q, &l, answer_fd, e);
	if (rc == 0)
		out_str(out, words[l.answer.verdict]);
	scan_answer_cleanup(&l.answer);
	return rc;
}

int
desk_answer_explain(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e)
{
	struct results_question q;
	struct arena a = { 0 };
	int rc = -1;

	(void)fd;
	if (results_question_unpack(&q, question, e) == 0)
		rc = explain(d, &q, &a, out, answer_fd, e);
	arena_cleanup(&a);
	return rc;
}

/* --- two beside each other --- */

struct beside {
	struct desk_server *d;
	bool may_make;
	struct arena arena;
	struct buf policy;
	struct buf bytes[2];
	struct judge_at at[2];
	struct scan_request request;
	struct scan_diff diff;
};

static int
compare_side(struct beside *c, size_t i, struct span id, struct span as_of,
    struct err *e)
{
	struct scan_side *side = &c->diff.sides[i];
	struct judge_at *at = &c->at[i];
	struct as_of_when when;
	struct results_row row;

	if (desk_as_of(as_of, &when, e) != 0 ||
	    desk_image_row(c->d, id, &c->arena, &row, e) != 0 ||
	    need_inventory(c->d, &row.image.inventory, &c->bytes[i], e) != 0 ||
	    judge_at_find(&c->d->state, &when, c->may_make, at, e) != 0)
		return -1;
	if (at->why.code != ERR_NONE) {
		*e = at->why;
		return -1;
	}
	side->target = arena_str(&c->arena, row.image.target);
	side->image = row.image.digest;
	side->inventory = buf_span(&c->bytes[i]);
	judge_at_side(side, at);
	return 0;
}

static int
compare(
    struct beside *c, const struct results_question *q, int *fd, struct err *e)
{
	struct scan_answer answer = { 0 };
	struct span other = q->other.len > 0 ? q->other : q->id;
	int rc = -1;

	c->may_make = q->may_make;
	if (desk_rules(
		c->d, q->policy, q->fail_on, &c->policy, &c->request, e) != 0 ||
	    compare_side(c, 0, q->id, q->as_of, e) != 0 ||
	    compare_side(c, 1, other, q->other_as_of, e) != 0 ||
	    memfd_of(SPAN_NONE, fd, e) != 0)
		return -1;
	c->request.fd = *fd;
	c->diff.request = &c->request;
	c->diff.as_json = true;
	rc = proc_scan_diff(&c->diff, &answer, e);
	scan_answer_cleanup(&answer);
	return rc;
}

int
desk_answer_compare(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e)
{
	struct beside c = { .d = d, .request = { .policy_fd = -1 } };
	struct results_question q;
	size_t i;
	int rc = -1;

	(void)fd;
	(void)out;
	if (results_question_unpack(&q, question, e) == 0)
		rc = compare(&c, &q, answer_fd, e);
	desk_rules_close(&c.request);
	for (i = 0; i < 2; i++) {
		buf_cleanup(&c.bytes[i]);
		judge_at_cleanup(&c.at[i]);
	}
	buf_cleanup(&c.policy);
	arena_cleanup(&c.arena);
	return rc;
}

/* --- proved again --- */

int
desk_answer_verify(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e)
{
	struct verification v = {
		.state = &d->state, .n = 1, .out = out, .as_json = true
	};
	struct results_verdict verdict;
	struct results_question q;
	struct arena a = { 0 };
	int rc = -1;

	(void)fd;
	*answer_fd = -1;
	if (results_question_unpack(&q, question, e) == 0 &&
	    desk_verdict_row(d, q.id, &a, &verdict, e) == 0) {
		v.results = d->results;
		v.verdicts = &verdict;
		v.may_make = q.may_make;
		rc = verdict_verify(&v, e);
	}
	arena_cleanup(&a);
	return rc;
}
