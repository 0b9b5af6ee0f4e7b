/* SPDX-License-Identifier: Apache-2.0 */
/* Pages of long lists: findings and packages. */
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "scanner/inventory.h"
#include "scanner/proc_scan_stored.h"
#include "scanner/record_lines.h"
#include "scanner/roll.h"
#include "server/desk_stored.h"

/* The one that was asked for last, unpacked: a page follows the other. */
static struct {
	struct buf name;
	struct buf bytes;
} last;

static bool
is_last(const struct buf *name)
{
	return last.bytes.len > 0 &&
	    span_eq(buf_span(&last.name), buf_span(name));
}

static void
make_last(const struct buf *name, struct buf *bytes)
{
	buf_reset(&last.name);
	buf_add_span(&last.name, buf_span(name));
	buf_cleanup(&last.bytes);
	last.bytes = *bytes;
	*bytes = (struct buf){ 0 };
}

static int
read_all(int fd, struct buf *out, struct err *e)
{
	int rc = file_read_fd(fd, RESULTS_ROLL_MAX, out, e);

	close(fd);
	return rc;
}

/* --- a page of a roll --- */

struct roll_page {
	struct roll_filter filter;
	struct results_page page;
	struct out rows; /* the rows of the page, with commas */
};

static int
page_read(struct roll_page *p, struct span bytes, struct err *e)
{
	struct roll_row row;
	struct roll roll;
	uint64_t n = 0;
	int rc;

	if (roll_open(&roll, bytes, e) != 0)
		return -1;
	while ((rc = roll_next(&roll, &row, e)) == 1) {
		if (!roll_fits(&p->filter, &row))
			continue;
		if (n >= p->page.offset && n - p->page.offset < p->page.limit) {
			if (n > p->page.offset)
				out_str(&p->rows, ",\n");
			out_span(&p->rows, row.json);
		}
		n++;
	}
	p->page.total = n;
	return rc;
}

static void
page_json(struct roll_page *p, struct json_out *j, const char *name)
{
	desk_page_json(j, &p->page);
	json_array(j, name);
	json_array_end(j);
	/* Behind the bracket that was just opened. */
	j->out->buf.len -= 1;
	out_span(j->out, buf_span(&p->rows.buf));
	out_char(j->out, ']');
	json_object_end(j);
	out_char(j->out, '\n');
}

static int
filter_words(struct span list, bool (*take)(struct span, unsigned *),
    unsigned *bits, const char *what, struct err *e)
{
	struct span word;

	while (list.len > 0 && span_next(&list, ',', &word))
		if (!take(span_trim(word), bits))
			return err_set(e, ERR_FORMAT,
			    "%s: there is none like %.*s", what,
			    SPAN_ARG(span_first(word, 40)));
	return 0;
}

/* --- findings --- */

static void
roll_name(const struct results_verdict *v, struct buf *name)
{
	char hex[DIGEST_HEX_SIZE];

	buf_printf(name, "findings %s %s", SCAPCACHE_VERSION,
	    digest_hex(&v->digest, hex));
}

/* Whoever may not write makes it again the next time. */
static void
keep(struct desk_server *d, const struct buf *name, struct span bytes)
{
	struct results *r = NULL;
	struct err e;

	if (results_open(&r, &d->state, true, &e) != 0 ||
	    results_roll_put(r, buf_span(name), bytes, &e) != 0)
		log_info("results: not kept: %s", e.msg);
	results_close(r);
}

/* With evidence, of the verdict's own generation. 1; 0: *e says why not. */
static int
make_roll(struct desk_server *d, const struct results_verdict *v,
    struct span row, struct buf *out, struct err *e)
{
	struct scan_request r = { .policy_fd = -1 };
	struct desk_look l = {
		.what = STORED_FINDINGS, .request = &r, .row = row
	};
	struct roll roll;
	int fd = -1;
	int rc = desk_look_again(d, v, &l, &fd, e);

	scan_answer_cleanup(&l.answer);
	if (rc != 0 || read_all(fd, out, e) != 0 ||
	    roll_open(&roll, buf_span(out), e) != 0)
		return 0;
	if (span_eq(roll.record, span_make(v->digest.bytes, DIGEST_SIZE)))
		return 1;
	err_set(e, ERR_UNTRUSTED, "would be judged otherwise now");
	return 0;
}

static void
line_member(struct out *o, const char *name, struct span text)
{
	if (text.len == 0)
		out_printf(o, ", \"%s\": null", name);
	else
		out_printf(o, ", \"%s\": \"%.*s\"", name, SPAN_ARG(text));
}

/* What the record has, in the shape of a finding. */
static void
line_json(struct out *o, const struct record_line *l)
{
	struct span none = SPAN_NONE;

	out_printf(o, "{\"id\": \"%.*s\"", SPAN_ARG(l->cve));
	line_member(o, "package", l->package);
	line_member(o, "arch", record_line_text(l, "arch"));
	line_member(o, "installed", record_line_text(l, "installed"));
	line_member(o, "severity", span_of(severity_name(l->severity)));
	line_member(o, "fixed", record_line_text(l, "fixed"));
	out_printf(o, ", \"fails\": %s", l->fails ? "true" : "false");
	line_member(o, "rule", record_line_text(l, "rule"));
	if (l->waiver.len == 0)
		line_member(o, "waiver", none);
	else
		out_printf(
		    o, ", \"waiver\": {\"id\": \"%.*s\"}", SPAN_ARG(l->waiver));
	out_str(o, ", \"evidence\": []}");
}

/* Of the record alone. */
static int
make_plain_roll(struct desk_server *d, const struct results_verdict *v,
    struct buf *out, struct err *e)
{
	struct buf record = { 0 };
	struct arena a = { 0 };
	struct record_line line;
	struct span lines;
	struct out json;
	struct buf words = { 0 };
	int rc = results_record_get(d->results, &v->digest, &record, e);

	if (rc != 1)
		return rc == 0 ? err_set(e, ERR_MISSING, "the record is gone")
			       : -1;
	out_init(&json, -1);
	roll_begin(out, SPAN_NONE);
	lines = record_lines(buf_span(&record));
	while (record_line(&lines, &line)) {
		buf_reset(&json.buf);
		buf_reset(&words);
		line_json(&json, &line);
		buf_add_span(&words, arena_lower(&a, line.cve));
		buf_add_char(&words, '\n');
		buf_add_span(&words, arena_lower(&a, line.package));
		roll_add(out,
		    &(const struct roll_row){ line.severity,
			(line.fails ? ROLL_FAILS : 0) |
			    (line.waiver.len > 0 ? ROLL_WAIVED : 0),
			buf_span(&words), buf_span(&json.buf) });
		arena_reset(&a);
	}
	out_cleanup(&json);
	buf_cleanup(&words);
	buf_cleanup(&record);
	arena_cleanup(&a);
	return 0;
}

/* *evidence false: of the record alone. The bytes are in last. */
static int
find_roll(struct desk_server *d, const struct results_verdict *v,
    struct span row, bool *evidence, struct err *e)
{
	struct buf name = { 0 };
	struct buf bytes = { 0 };
	struct err why = { 0 };
	int rc = 0;

	roll_name(v, &name);
	*evidence = is_last(&name);
	if (*evidence)
		goto out;
	rc = results_roll_get(d->results, buf_span(&name), &bytes, &why);
	if (rc != 1) {
		buf_reset(&bytes);
		rc = make_roll(d, v, row, &bytes, &why);
		if (rc == 1)
			keep(d, &name, buf_span(&bytes));
	}
	*evidence = rc == 1;
	rc = 0;
	if (!*evidence) {
		log_info("findings: without evidence: %s", why.msg);
		buf_reset(&bytes);
		buf_add_str(&name, " plain");
		rc = make_plain_roll(d, v, &bytes, e);
	}
	if (rc == 0)
		make_last(&name, &bytes);
out:
	buf_cleanup(&bytes);
	buf_cleanup(&name);
	return rc;
}

static int
findings_page(struct desk_server *d, const struct results_row *row,
    struct roll_page *p, bool *evidence, struct err *e)
{
	*evidence = false;
	if (!row->has_verdict)
		return 0;
	if (find_roll(d, &row->verdict, row->name, evidence, e) != 0)
		return -1;
	if (!*evidence && (p->filter.flags & ~(ROLL_FAILS | ROLL_WAIVED)) != 0)
		return err_set(e, ERR_MISSING,
		    "the record alone is kept: of states it has failing and "
		    "waived");
	return page_read(p, buf_span(&last.bytes), e);
}

static int
findings(struct desk_server *d, const struct results_question *q,
    struct arena *a, struct out *out, struct err *e)
{
	struct roll_page p = { .page = desk_page_of(q) };
	struct results_row row;
	struct json_out j;
	bool evidence = false;
	int rc = -1;

	out_init(&p.rows, -1);
	p.filter.words = arena_lower(a, q->words);
	if (filter_words(q->severity, roll_severity, &p.filter.severities,
		"severity", e) == 0 &&
	    filter_words(q->state, roll_flag, &p.filter.flags, "state", e) ==
		0 &&
	    desk_image_row(d, q->id, a, &row, e) == 0 &&
	    findings_page(d, &row, &p, &evidence, e) == 0) {
		json_out_init(&j, out);
		json_object(&j, NULL);
		if (row.has_verdict)
			desk_digest_json(&j, "verdict", &row.verdict.digest);
		else
			json_null(&j, "verdict");
		json_bool(&j, "evidence", evidence);
		page_json(&p, &j, "findings");
		rc = 0;
	}
	out_cleanup(&p.rows);
	return rc;
}

int
desk_answer_findings(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e)
{
	(void)fd;
	*answer_fd = -1;
	return desk_results_answer(d, question, findings, out, e);
}

/* --- packages --- */

static int
packages_roll(
    struct desk_server *d, const struct results_row *row, struct err *e)
{
	char hex[DIGEST_HEX_SIZE];
	struct scan_request r = { .policy_fd = -1 };
	struct desk_look l = { .what = STORED_PACKAGES,
		.request = &r,
		.inventory = &row->image.inventory,
		.row = row->name };
	struct buf name = { 0 };
	struct buf bytes = { 0 };
	int fd = -1;
	int rc = 0;

	buf_printf(&name, "packages %.*s %s", SPAN_ARG(row->name),
	    digest_hex(&row->image.inventory, hex));
	if (!is_last(&name)) {
		rc = desk_look(d, &l, &fd, e);
		if (rc == 0)
			rc = read_all(fd, &bytes, e);
		if (rc == 0)
			make_last(&name, &bytes);
		scan_answer_cleanup(&l.answer);
	}
	buf_cleanup(&bytes);
	buf_cleanup(&name);
	return rc;
}

int
desk_answer_packages(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e)
{
	struct roll_page p = { .filter = { 0 } };
	struct results_question q;
	struct results_row row;
	struct arena a = { 0 };
	struct json_out j;
	int rc = -1;

	(void)fd;
	*answer_fd = -1;
	out_init(&p.rows, -1);
	if (results_question_unpack(&q, question, e) == 0 &&
	    desk_image_row(d, q.id, &a, &row, e) == 0 &&
	    packages_roll(d, &row, e) == 0) {
		p.page = desk_page_of(&q);
		p.filter.words = arena_lower(&a, q.words);
		rc = page_read(&p, buf_span(&last.bytes), e);
	}
	if (rc == 0) {
		json_out_init(&j, out);
		json_object(&j, NULL);
		page_json(&p, &j, "packages");
	}
	out_cleanup(&p.rows);
	arena_cleanup(&a);
	return rc;
}
