/* SPDX-License-Identifier: Apache-2.0 */
/* Stored results as they stand: nothing is judged here. */
#include "base/memfd.h"
#include "base/pack.h"
#include "indexer/generation.h"
#include "scanner/inventory.h"
#include "scanner/record_lines.h"
#include "server/api.h"
#include "server/desk_results.h"
#include "server/desk_stored.h"

/* --- the question; twins --- */

void
results_question_pack(struct buf *out, const struct results_question *q)
{
	pack_span(out, q->id);
	pack_span(out, q->other);
	pack_span(out, q->as_of);
	pack_span(out, q->other_as_of);
	pack_span(out, q->what);
	pack_span(out, q->policy);
	pack_span(out, q->fail_on);
	pack_span(out, q->words);
	pack_span(out, q->verdict);
	pack_span(out, q->severity);
	pack_span(out, q->state);
	pack_uint(out, q->offset);
	pack_uint(out, q->limit);
	pack_uint(out, q->may_make);
}

int
results_question_unpack(
    struct results_question *q, struct span bytes, struct err *e)
{
	struct unpack u = unpack_of(bytes);

	q->id = unpack_span(&u);
	q->other = unpack_span(&u);
	q->as_of = unpack_span(&u);
	q->other_as_of = unpack_span(&u);
	q->what = unpack_span(&u);
	q->policy = unpack_span(&u);
	q->fail_on = unpack_span(&u);
	q->words = unpack_span(&u);
	q->verdict = unpack_span(&u);
	q->severity = unpack_span(&u);
	q->state = unpack_span(&u);
	q->offset = unpack_max(&u, INT32_MAX);
	q->limit = unpack_max(&u, RESULTS_LIMIT_MAX);
	q->may_make = unpack_max(&u, 1) == 1;
	if (q->limit == 0)
		q->limit = API_LIMIT;
	if (!unpack_done(&u))
		return err_set(e, ERR_FORMAT, "the question makes no sense");
	return 0;
}

struct results_page
desk_page_of(const struct results_question *q)
{
	return (struct results_page){ .offset = q->offset, .limit = q->limit };
}

/* --- what is there --- */

int
desk_results(struct desk_server *d, struct err *e)
{
	/* Writing first: an older version's file is brought up to date. */
	if (d->results != NULL ||
	    results_open(&d->results, &d->state, false, e) == 0)
		return 0;
	if (e->code == ERR_FORMAT &&
	    results_open(&d->results, &d->state, true, e) == 0)
		return 0;
	d->results = NULL;
	return e->code == ERR_MISSING
	    ? err_set(e, ERR_MISSING, "nothing was scanned yet")
	    : -1;
}

int
desk_image_row(struct desk_server *d, struct span id, struct arena *a,
    struct results_row *out, struct err *e)
{
	int rc;

	if (desk_results(d, e) != 0)
		return -1;
	rc = results_row(d->results, id, a, out, e);
	if (rc == 0)
		return err_set(e, ERR_MISSING, "there is no image %.*s",
		    SPAN_ARG(span_first(id, RESULTS_NAME_SIZE)));
	return rc == 1 ? 0 : -1;
}

/* "sha256:" and 64 digits, or these alone. */
static int
parse_digest(struct span text, struct digest *out, struct err *e)
{
	if (span_has_prefix(text, "sha256:"))
		text = span_from(text, 7);
	if (digest_parse(text, out))
		return 0;
	return err_set(
	    e, ERR_FORMAT, "a digest is sha256: and 64 digits from 0 to f");
}

int
desk_verdict_row(struct desk_server *d, struct span digest, struct arena *a,
    struct results_verdict *out, struct err *e)
{
	struct digest name;
	int rc;

	if (parse_digest(digest, &name, e) != 0 || desk_results(d, e) != 0)
		return -1;
	rc = results_verdict(d->results, &name, a, out, e);
	if (rc == 0)
		return err_set(e, ERR_MISSING, "there is no such verdict");
	return rc == 1 ? 0 : -1;
}

/* --- JSON --- */

void
desk_digest_json(struct json_out *j, const char *name, const struct digest *d)
{
	char text[DIGEST_HEX_SIZE + 7] = "sha256:";

	digest_hex(d, text + 7);
	json_str(j, name, text);
}

static void
optional(struct json_out *j, const char *name, struct span v)
{
	if (v.len > 0)
		json_span(j, name, v);
	else
		json_null(j, name);
}

static void
severities_json(struct json_out *j, const struct results_verdict *v)
{
	size_t i;

	if (!v->has_counts) {
		json_null(j, "severities");
		json_null(j, "waived");
		return;
	}
	json_object(j, "severities");
	for (i = RESULTS_SEVERITIES; i-- > 0;)
		json_uint(j, severity_name((enum severity)i), v->severities[i]);
	json_object_end(j);
	json_uint(j, "waived", v->n_waived);
}

/* The members of one, without braces; as the next. */
static void
desk_verdict_json(struct json_out *j, const struct results_verdict *v)
{
	desk_digest_json(j, "digest", &v->digest);
	json_str(j, "verdict", verdict_name((enum verdict)v->verdict));
	json_time(j, "judged", v->judged_at);
	json_uint(j, "generation", v->generation);
	desk_digest_json(j, "content", &v->content);
	if (v->has_policy)
		desk_digest_json(j, "policy", &v->policy);
	else
		json_null(j, "policy");
	json_str(j, "fail_on",
	    v->fail_on_set ? severity_name((enum severity)v->fail_on) : NULL);
	optional(j, "document", v->document);
	json_uint(j, "findings", v->n_findings);
	json_uint(j, "failing", v->n_failing);
	severities_json(j, v);
}

static void
desk_image_json(struct json_out *j, const struct results_row *row)
{
	const struct results_image *i = &row->image;

	json_span(j, "id", row->name);
	json_span(j, "target", i->target);
	optional(j, "digest", i->digest);
	optional(j, "platform", i->platform);
	optional(j, "os", i->os);
	desk_digest_json(j, "inventory", &i->inventory);
	json_uint(j, "packages", i->n_packages);
	json_time(j, "first_scanned", i->first_scanned);
	json_time(j, "last_scanned", i->last_scanned);
	if (!row->has_verdict) {
		json_null(j, "verdict");
		return;
	}
	json_object(j, "verdict");
	desk_verdict_json(j, &row->verdict);
	json_object_end(j);
}

void
desk_page_json(struct json_out *j, const struct results_page *page)
{
	json_uint(j, "total", page->total);
	json_uint(j, "offset", page->offset);
	json_uint(j, "limit", page->limit);
}

static void
end_json(struct json_out *j)
{
	json_object_end(j);
	out_char(j->out, '\n');
}

int
desk_results_answer(struct desk_server *d, struct span question,
    desk_results_writer *write, struct out *out, struct err *e)
{
	struct results_question q;
	struct arena a = { 0 };
	int rc = -1;

	if (results_question_unpack(&q, question, e) == 0)
		rc = write(d, &q, &a, out, e);
	arena_cleanup(&a);
	return rc;
}

/* --- images --- */

static int
filter_of(const struct results_question *q, struct arena *a,
    struct results_filter *out, struct err *e)
{
	static const char *const names[] = { "none", "pass", "fail",
		"unknown" };
	size_t i;

	*out = (struct results_filter){ arena_lower(a, q->words), -1 };
	if (q->verdict.len == 0)
		return 0;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (span_is(q->verdict, names[i])) {
			out->verdict = (int)i;
			return 0;
		}
	return err_set(e, ERR_FORMAT, "verdict is pass, fail, unknown or none");
}

static int
answer_images(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e)
{
	struct results_question q;
	struct results_filter filter;
	struct results_page page;
	struct results_row *rows = NULL;
	struct arena a = { 0 };
	struct json_out j;
	size_t i;
	int rc = -1;

	(void)fd;
	*answer_fd = -1;
	if (results_question_unpack(&q, question, e) != 0 ||
	    filter_of(&q, &a, &filter, e) != 0)
		goto out;
	page = desk_page_of(&q);
	/* Nothing was scanned yet: an empty list. */
	if (desk_results(d, e) != 0
		? e->code != ERR_MISSING
		: results_rows(d->results, &filter, &page, &a, &rows, e) != 0)
		goto out;
	json_out_init(&j, out);
	json_object(&j, NULL);
	desk_page_json(&j, &page);
	json_array(&j, "images");
	for (i = 0; i < page.n; i++) {
		json_object(&j, NULL);
		desk_image_json(&j, &rows[i]);
		json_object_end(&j);
	}
	json_array_end(&j);
	end_json(&j);
	rc = 0;
out:
	arena_cleanup(&a);
	return rc;
}

/* What keeps the verdict from being certain, as its record says. */
static int
reasons_json(struct desk_server *d, const struct results_row *row,
    struct json_out *j, struct err *e)
{
	struct buf record = { 0 };
	int rc = 1;

	if (!row->has_verdict) {
		json_null(j, "reasons");
		return 0;
	}
	rc = results_record_get(d->results, &row->verdict.digest, &record, e);
	if (rc == 1)
		json_raw(j, "reasons", record_reasons(buf_span(&record)));
	buf_cleanup(&record);
	return rc == 1 ? 0
	    : rc == 0  ? err_set(e, ERR_MISSING, "the verdict is gone")
		       : -1;
}

static int
image_now(struct desk_server *d, const struct results_row *row, struct out *out,
    struct err *e)
{
	struct json_out j;
	struct buf about = { 0 };
	int rc = desk_stored_about(d, row, &about, e);

	if (rc == 0) {
		json_out_init(&j, out);
		json_object(&j, NULL);
		desk_image_json(&j, row);
		rc = reasons_json(d, row, &j, e);
		json_raw(&j, "about", buf_span(&about));
		end_json(&j);
	}
	buf_cleanup(&about);
	return rc;
}

static int
answer_image(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e)
{
	struct results_question q;
	struct results_row row;
	struct arena a = { 0 };
	int rc = -1;

	(void)fd;
	if (results_question_unpack(&q, question, e) == 0 &&
	    desk_image_row(d, q.id, &a, &row, e) == 0)
		rc = q.as_of.len > 0
		    ? desk_stored_as_of(d, &row, &q, answer_fd, e)
		    : image_now(d, &row, out, e);
	arena_cleanup(&a);
	return rc;
}

/* --- verdicts --- */

static int
verdicts_json(struct desk_server *d, const struct results_question *q,
    struct arena *a, struct out *out, struct err *e)
{
	struct results_page page = desk_page_of(q);
	struct results_verdict *v = NULL;
	struct results_row row;
	struct json_out j;
	size_t i;

	if (desk_image_row(d, q->id, a, &row, e) != 0 ||
	    results_verdicts_of(d->results, &row.image, &page, a, &v, e) != 0)
		return -1;
	json_out_init(&j, out);
	json_object(&j, NULL);
	desk_page_json(&j, &page);
	json_array(&j, "verdicts");
	for (i = 0; i < page.n; i++) {
		json_object(&j, NULL);
		desk_verdict_json(&j, &v[i]);
		desk_digest_json(&j, "inventory", &v[i].inventory);
		json_object_end(&j);
	}
	json_array_end(&j);
	end_json(&j);
	return 0;
}

static int
answer_verdicts(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e)
{
	(void)fd;
	*answer_fd = -1;
	return desk_results_answer(d, question, verdicts_json, out, e);
}

static int
answer_verdict(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e)
{
	struct results_question q;
	struct results_verdict v;
	struct arena a = { 0 };
	struct buf record = { 0 };
	struct digest is;
	int rc = -1;

	(void)fd;
	(void)out;
	if (results_question_unpack(&q, question, e) != 0 ||
	    desk_verdict_row(d, q.id, &a, &v, e) != 0)
		goto out;
	if (q.what.len > 0) {
		rc = desk_stored_report(d, &v, q.what, answer_fd, e);
		goto out;
	}
	rc = results_record_get(d->results, &v.digest, &record, e);
	digest_of(buf_span(&record), &is);
	if (rc == 0)
		rc = err_set(e, ERR_MISSING, "there is no such verdict");
	else if (rc == 1 && !digest_eq(&is, &v.digest))
		rc = err_set(e, ERR_UNTRUSTED,
		    "the record has other bytes than its digest says");
	else if (rc == 1)
		rc = memfd_of(buf_span(&record), answer_fd, e);
out:
	buf_cleanup(&record);
	arena_cleanup(&a);
	return rc;
}

static int
answer_inventory(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e)
{
	struct results_question q;
	struct buf bytes = { 0 };
	struct digest name;
	int rc = -1;

	(void)fd;
	(void)out;
	if (results_question_unpack(&q, question, e) != 0 ||
	    parse_digest(q.id, &name, e) != 0 || desk_results(d, e) != 0)
		return -1;
	rc = results_inventory_get(d->results, &name, &bytes, e);
	if (rc == 0)
		rc = err_set(e, ERR_MISSING, "there is no such inventory");
	if (rc == 1)
		rc = memfd_of(buf_span(&bytes), answer_fd, e);
	buf_cleanup(&bytes);
	return rc;
}

/* --- a CVE's images --- */

/* The record's lines about it. */
static int
cve_lines(struct desk_server *d, const struct results_row *row, struct span cve,
    struct json_out *j, struct err *e)
{
	struct buf record = { 0 };
	struct record_line line;
	struct span lines;
	int rc = 1;

	json_array(j, "findings");
	if (row->has_verdict)
		rc = results_record_get(
		    d->results, &row->verdict.digest, &record, e);
	lines = record_lines(buf_span(&record));
	while (record_line(&lines, &line))
		if (span_eq(line.cve, cve))
			json_raw(j, NULL, line.json);
	json_array_end(j);
	buf_cleanup(&record);
	return rc < 0 ? -1 : 0;
}

/* An empty list is no "not affected". */
static int
doubts_json(
    struct desk_server *d, struct span cve, struct json_out *j, struct err *e)
{
	struct results_doubts doubts = { 0 };
	uint64_t generation = 0;

	if (d->results != NULL &&
	    (generation_current(d->state.dirfd, &generation, e) != 0 ||
		results_doubts(d->results, cve, generation, &doubts, e) != 0))
		return -1;
	json_uint(j, "unknown", doubts.n_unknown);
	json_uint(j, "older", doubts.n_older);
	return 0;
}

static int
cve_images(struct desk_server *d, const struct results_question *q,
    struct arena *a, struct out *out, struct err *e)
{
	struct results_page page = desk_page_of(q);
	struct results_row *rows = NULL;
	struct json_out j;
	size_t i;

	if (desk_results(d, e) != 0 ? e->code != ERR_MISSING
				    : results_cve_images(d->results, q->id,
					  &page, a, &rows, e) != 0)
		return -1;
	json_out_init(&j, out);
	json_object(&j, NULL);
	desk_page_json(&j, &page);
	if (doubts_json(d, q->id, &j, e) != 0)
		return -1;
	json_array(&j, "images");
	for (i = 0; i < page.n; i++) {
		json_object(&j, NULL);
		desk_image_json(&j, &rows[i]);
		json_bool(&j, "fails", rows[i].fails);
		if (cve_lines(d, &rows[i], q->id, &j, e) != 0)
			return -1;
		json_object_end(&j);
	}
	json_array_end(&j);
	end_json(&j);
	return 0;
}

static int
answer_cve_images(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e)
{
	(void)fd;
	*answer_fd = -1;
	return desk_results_answer(d, question, cve_images, out, e);
}

const struct desk_entry desk_results_entries[] = {
	{ DESK_IMAGES, answer_images },
	{ DESK_IMAGE, answer_image },
	{ DESK_VERDICTS, answer_verdicts },
	{ DESK_VERDICT, answer_verdict },
	{ DESK_INVENTORY, answer_inventory },
	{ DESK_CVE_IMAGES, answer_cve_images },
	{ DESK_FINDINGS, desk_answer_findings },
	{ DESK_PACKAGES, desk_answer_packages },
	{ DESK_LAYERS, desk_answer_layers },
	{ DESK_EXPLAIN, desk_answer_explain },
	{ DESK_COMPARE, desk_answer_compare },
	{ DESK_VERIFY, desk_answer_verify },
	{ 0 },
};
