/* SPDX-License-Identifier: Apache-2.0 */
/* Which verdict stands for an image, and which CVEs its findings have. */
#include <string.h>

#include "base/db.h"
#include "scanner/record_lines.h"
#include "scanner/results.h"
#include "schema_results.h"
#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

struct world {
	struct tmp tmp;
	struct state state;
	struct results *results;
	struct arena arena;
};

static void
world_init(struct world *w)
{
	struct err e;

	*w = (struct world){ 0 };
	tmp_init(&w->tmp);
	w->state.path = w->tmp.path;
	w->state.dirfd = w->tmp.dirfd;
	assert_int_equal(results_open(&w->results, &w->state, true, &e), 0);
}

static void
world_cleanup(struct world *w)
{
	results_close(w->results);
	arena_cleanup(&w->arena);
	tmp_cleanup(&w->tmp);
}

static void
put_image(struct world *w, const char *target, const char *bytes)
{
	struct results_inventory i = { .bytes = span_of(bytes),
		.os = SPAN_LIT("Debian 12") };
	struct results_image image = { .target = span_of(target),
		.digest = SPAN_LIT("sha256:aa"),
		.origin = SPAN_LIT("layers") };
	struct err e;

	digest_of(i.bytes, &i.digest);
	image.inventory = i.digest;
	assert_int_equal(results_inventory_put(w->results, &i, &e), 0);
	assert_int_equal(results_image_put(w->results, &image, &e), 0);
}

/* As record.c writes it: "CVE-1!" fails. */
static void
record_of(struct buf *out, const char *cves, int64_t judged_at)
{
	struct span rest = span_of(cves);
	struct span word;
	bool any = false;

	buf_add_str(out, "{\n  \"document\": null,\n  \"findings\": [");
	while (rest.len > 0 && span_next(&rest, ' ', &word)) {
		bool fails = span_has_suffix(word, "!");

		if (fails)
			word.len--;
		buf_printf(out,
		    "%s\n    {\"arch\":\"amd64\",\"cve\":\"%.*s\",\"fails\":%s,"
		    "\"fixed\":\"\",\"installed\":\"1\",\"package\":\"a\","
		    "\"rule\":\"say \\\",\\\"cve\\\":\\\"x\","
		    "\"severity\":\"%s\",\"waiver\":\"%s\"}",
		    any ? "," : "", SPAN_ARG(word), fails ? "true" : "false",
		    fails ? "high" : "low", fails ? "" : "W-1");
		any = true;
	}
	buf_printf(out,
	    "%s],\n  \"judged_at\": %lld,\n  \"reasons\": [\n"
	    "    \"layer ] 2\",\n    \"b\\\"\"\n  ],\n  \"target\": \"x\"\n}\n",
	    any ? "\n  " : "", (long long)judged_at);
}

static void
put_verdict(struct world *w, const char *target, const char *bytes,
    const char *cves, int64_t judged_at, const char *document)
{
	struct results_verdict v = { .target = span_of(target),
		.image = SPAN_LIT("sha256:aa"),
		.document = span_of(document),
		.generation = 3,
		.judged_at = judged_at,
		.verdict = cves[0] == '\0' ? 1 : 2 };
	struct buf record = { 0 };
	struct err e;

	record_of(&record, cves, judged_at);
	v.record = buf_span(&record);
	digest_of(span_of(bytes), &v.inventory);
	assert_int_equal(results_verdict_put(w->results, &v, &e), 0);
	buf_cleanup(&record);
}

/* "a=fail@5 CVE-1 …"; what stands, as text. */
static const char *
standing(struct world *w, const char *cves)
{
	static const char *const names[] = { "none", "pass", "fail" };
	struct results_filter any = { SPAN_NONE, -1 };
	struct results_page page = { .limit = 100 };
	struct results_row *rows;
	struct span rest = span_of(cves);
	struct span cve;
	struct buf b = { 0 };
	struct err e;
	size_t i;

	assert_int_equal(
	    results_rows(w->results, &any, &page, &w->arena, &rows, &e), 0);
	assert_int_equal(page.n, page.total);
	for (i = 0; i < page.n; i++)
		buf_printf(&b, "%.*s=%s@%lld ", SPAN_ARG(rows[i].image.target),
		    names[rows[i].has_verdict ? rows[i].verdict.verdict : 0],
		    rows[i].has_verdict ? (long long)rows[i].verdict.judged_at
					: 0LL);
	while (rest.len > 0 && span_next(&rest, ' ', &cve)) {
		page = (struct results_page){ .limit = 100 };
		assert_int_equal(results_cve_images(w->results, cve, &page,
				     &w->arena, &rows, &e),
		    0);
		assert_int_equal(page.n, page.total);
		buf_printf(&b, "%.*s:", SPAN_ARG(cve));
		for (i = 0; i < page.n; i++)
			buf_printf(&b, "%.*s%s", SPAN_ARG(rows[i].image.target),
			    rows[i].fails ? "!" : "");
		buf_add_char(&b, ' ');
	}
	cves = arena_str(&w->arena, buf_span(&b));
	buf_cleanup(&b);
	return cves;
}

static void
test_stands(void **state)
{
	struct world w;

	(void)state;
	world_init(&w);
	put_image(&w, "a", "one");
	assert_string_equal(standing(&w, "CVE-1"), "a=none@0 CVE-1: ");
	put_verdict(&w, "a", "one", "CVE-1 CVE-2!", 5, "");
	assert_string_equal(standing(&w, "CVE-1 CVE-2 CVE-3"),
	    "a=fail@5 CVE-1:a CVE-2:a! CVE-3: ");
	/* Of an earlier moment: kept, and does not stand. */
	put_verdict(&w, "a", "one", "", 4, "");
	/* By one document: never speaks for the image. */
	put_verdict(&w, "a", "one", "", 9, "one.document");
	assert_string_equal(standing(&w, "CVE-1"), "a=fail@5 CVE-1:a ");
	put_verdict(&w, "a", "one", "CVE-2 CVE-3!", 6, "");
	assert_string_equal(standing(&w, "CVE-1 CVE-2 CVE-3"),
	    "a=fail@6 CVE-1: CVE-2:a CVE-3:a! ");
	/* The same again, as a later scan within that second makes it. */
	put_verdict(&w, "a", "one", "CVE-2 CVE-3!", 6, "");
	assert_string_equal(standing(&w, "CVE-2"), "a=fail@6 CVE-2:a ");
	/* It has changed: a pass of what it was says nothing of it. */
	put_verdict(&w, "a", "one", "", 7, "");
	assert_string_equal(standing(&w, ""), "a=pass@7 ");
	put_image(&w, "a", "two");
	assert_string_equal(standing(&w, ""), "a=none@0 ");
	put_verdict(&w, "a", "one", "", 8, "");
	assert_string_equal(standing(&w, ""), "a=none@0 ");
	put_verdict(&w, "a", "two", "CVE-1", 8, "");
	assert_string_equal(standing(&w, "CVE-1"), "a=fail@8 CVE-1:a ");
	world_cleanup(&w);
}

/* An image without a finding is not cleared by that. */
static void
test_doubts(void **state)
{
	struct results_verdict sure = { .target = SPAN_LIT("sure"),
		.image = SPAN_LIT("sha256:aa"),
		.generation = 3,
		.judged_at = 5,
		.verdict = 1,
		.record = SPAN_LIT("{\n  \"reasons\": []\n}\n") };
	struct results_doubts d;
	struct world w;
	struct err e;

	(void)state;
	world_init(&w);
	put_image(&w, "not judged", "one");
	put_image(&w, "has it", "one");
	put_verdict(&w, "has it", "one", "CVE-1!", 5, "");
	put_image(&w, "cut", "one");
	put_verdict(&w, "cut", "one", "CVE-3", 5, "");
	put_image(&w, "sure", "one");
	digest_of(SPAN_LIT("one"), &sure.inventory);
	assert_int_equal(results_verdict_put(w.results, &sure, &e), 0);
	assert_int_equal(
	    results_doubts(w.results, SPAN_LIT("CVE-1"), 3, &d, &e), 0);
	assert_int_equal(d.n_unknown, 2);
	assert_int_equal(d.n_older, 0);
	assert_int_equal(
	    results_doubts(w.results, SPAN_LIT("CVE-2"), 4, &d, &e), 0);
	assert_int_equal(d.n_unknown, 3);
	assert_int_equal(d.n_older, 1);
	world_cleanup(&w);
}

static void
test_names(void **state)
{
	struct results_filter f = { SPAN_LIT("debian"), 2 };
	struct results_page page = { .offset = 1, .limit = 1 };
	struct results_image image = { .target = SPAN_LIT("b"),
		.digest = SPAN_LIT("sha256:aa") };
	char name[RESULTS_NAME_SIZE];
	struct results_verdict *v;
	struct results_row *rows;
	struct results_row row;
	struct buf b = { 0 };
	struct world w;
	struct err e;

	(void)state;
	world_init(&w);
	put_image(&w, "a", "one");
	put_image(&w, "b", "one");
	put_image(&w, "c", "one");
	put_verdict(&w, "b", "one", "CVE-1!", 5, "");
	put_verdict(&w, "b", "one", "CVE-1! CVE-2", 6, "");
	put_verdict(&w, "c", "one", "CVE-1!", 5, "");
	assert_int_equal(
	    results_rows(w.results, &f, &page, &w.arena, &rows, &e), 0);
	assert_int_equal(page.total, 2);
	assert_int_equal(page.n, 1);
	assert_true(span_is(rows[0].image.target, "b"));
	results_image_name(&image, name);
	assert_true(span_is(rows[0].name, name));
	assert_int_equal(
	    results_row(w.results, span_of(name), &w.arena, &row, &e), 1);
	assert_true(row.verdict.has_counts);
	assert_int_equal(row.verdict.severities[SEVERITY_HIGH], 1);
	assert_int_equal(row.verdict.severities[SEVERITY_LOW], 1);
	assert_int_equal(row.verdict.n_waived, 1);
	assert_int_equal(results_row_origin(w.results, row.name, &b, &e), 1);
	assert_string_equal(buf_str(&b), "layers");
	assert_int_equal(
	    results_row(w.results, SPAN_LIT("x"), &w.arena, &row, &e), 0);
	page = (struct results_page){ .limit = 10 };
	assert_int_equal(results_verdicts_of(w.results, &rows[0].image, &page,
			     &w.arena, &v, &e),
	    0);
	assert_int_equal(page.n, 2);
	assert_int_equal(v[0].judged_at, 6);
	buf_cleanup(&b);
	world_cleanup(&w);
}

/* A file of the version before has images and verdicts, and no lists. */
static void
test_filled(void **state)
{
	const char *want;
	struct buf path = { 0 };
	struct db *db = NULL;
	struct db_stmt *strip;
	struct world w;
	struct err e;

	(void)state;
	world_init(&w);
	put_image(&w, "a", "one");
	put_verdict(&w, "a", "one", "CVE-1 CVE-2!", 5, "");
	put_verdict(&w, "a", "one", "", 4, "");
	put_verdict(&w, "a", "one", "", 7, "one.document");
	put_image(&w, "b", "two");
	want = standing(&w, "CVE-1 CVE-2");
	results_close(w.results);
	buf_printf(&path, "%s/results.sqlite", w.tmp.path);
	assert_int_equal(
	    db_open(&db, buf_str(&path), &SCHEMA_RESULTS, DB_WRITE, &e), 0);
	strip = db_prepare(db, "DELETE FROM latest", &e);
	assert_non_null(strip);
	assert_int_equal(db_run(strip, &e), 0);
	db_finalize(strip);
	strip = db_prepare(db, "DELETE FROM latest_cves", &e);
	assert_non_null(strip);
	assert_int_equal(db_run(strip, &e), 0);
	db_finalize(strip);
	db_close(db);
	db = NULL;
	assert_int_equal(results_open(&w.results, &w.state, true, &e), 0);
	assert_string_equal(standing(&w, "CVE-1 CVE-2"), want);
	buf_cleanup(&path);
	world_cleanup(&w);
}

static void
test_record(void **state)
{
	struct buf b = { 0 };
	struct record_line line;
	struct record_tally t;
	struct span lines;
	bool fails = false;

	(void)state;
	record_of(&b, "CVE-2! CVE-1 CVE-2", 5);
	lines = record_lines(buf_span(&b));
	assert_true(record_line(&lines, &line));
	assert_true(span_is(line.cve, "CVE-2"));
	assert_true(span_is(line.package, "a"));
	assert_true(line.fails);
	assert_true(span_is(record_line_text(&line, "arch"), "amd64"));
	assert_true(span_is(
	    record_line_text(&line, "rule"), "say \\\",\\\"cve\\\":\\\"x"));
	record_tally(&t, buf_span(&b));
	assert_true(
	    record_cve_find(buf_span(&t.cves), SPAN_LIT("CVE-1"), &fails));
	assert_false(fails);
	assert_true(
	    record_cve_find(buf_span(&t.cves), SPAN_LIT("CVE-2"), &fails));
	assert_true(fails);
	assert_false(
	    record_cve_find(buf_span(&t.cves), SPAN_LIT("CVE-3"), &fails));
	assert_int_equal(t.severities[SEVERITY_HIGH], 1);
	assert_int_equal(t.severities[SEVERITY_LOW], 2);
	assert_int_equal(t.n_waived, 2);
	record_tally_cleanup(&t);
	assert_true(span_is(record_reasons(buf_span(&b)),
	    "[\n    \"layer ] 2\",\n    \"b\\\"\"\n  ]"));
	buf_reset(&b);
	record_of(&b, "", 5);
	record_tally(&t, buf_span(&b));
	assert_int_equal(t.cves.len, 0);
	record_tally_cleanup(&t);
	assert_true(span_is(record_reasons(SPAN_LIT("{}")), "[]"));
	buf_cleanup(&b);
}

static void
test_jobs(void **state)
{
	struct results_job j = { .name = SPAN_LIT("n"),
		.target = SPAN_LIT("a"),
		.who = SPAN_LIT("ci") };
	struct span *open;
	struct world w;
	struct err e;
	size_t n;

	(void)state;
	world_init(&w);
	assert_int_equal(results_job_put(w.results, &j, &e), 0);
	assert_int_equal(results_job_start(w.results, j.name, &e), 0);
	assert_int_equal(
	    results_jobs_open(w.results, &w.arena, &open, &n, &e), 0);
	assert_int_equal(n, 1);
	assert_true(span_is(open[0], "n"));
	j.state = JOB_FAILED;
	j.why = SPAN_LIT("ended");
	assert_int_equal(results_job_end(w.results, &j, &e), 0);
	/* What has failed never becomes a pass. */
	j.state = JOB_DONE;
	j.verdict = 1;
	assert_int_equal(results_job_end(w.results, &j, &e), 0);
	assert_int_equal(
	    results_job(w.results, SPAN_LIT("n"), &w.arena, &j, &e), 1);
	assert_int_equal(j.state, JOB_FAILED);
	assert_int_equal(j.verdict, 0);
	assert_true(span_is(j.why, "ended"));
	assert_int_equal(
	    results_job(w.results, SPAN_LIT("m"), &w.arena, &j, &e), 0);
	world_cleanup(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_stands),
		cmocka_unit_test(test_doubts),
		cmocka_unit_test(test_names),
		cmocka_unit_test(test_filled),
		cmocka_unit_test(test_record),
		cmocka_unit_test(test_jobs),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
