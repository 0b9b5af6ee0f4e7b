/* SPDX-License-Identifier: Apache-2.0 */
/* Rows of advisories: what is written, what a change costs, what is refused. */
#include "base/mem.h"
#include "tests/unit/advisory_world.h"

#define A1                                                                    \
	"record A-1 100\ntitle heap overflow\nsummary remote code\nseverity " \
	"high\nalias CVE-1\nalias CVE-2\nfixed curl 7.88\nfixed wget 1.2 "    \
	"CVE-3\n\n"
#define A2 "record A-2 200\ntitle race\naffected curl\naffected vim\n\n"
#define A2_CHANGED "record A-2 201\ntitle race\nfixed curl 9\naffected vim\n\n"
#define A3 "record A-3 300\nalias CVE-9\naffected nano\n\n"

static const struct rows_case {
	const char *name;
	const char *input;
	const char *sql;
	const char *expect;
} rows[] = {
	{ "record", A1,
	    "SELECT a.id || ' ' || published || ' ' || modified || ' ' || "
	    "withdrawn || ' ' || value || ' ' || title || ' ' || "
	    "length(digest) FROM advisory a JOIN word w ON w.id = severity",
	    "A-1 0 100 0 high heap overflow 32;" },
	{ "aliases, and what statements name", A1,
	    "SELECT n || ' ' || w.value FROM advisory_alias JOIN word w ON "
	    "w.id = advisory_alias.value ORDER BY n < 0, n",
	    "0 CVE-1;1 CVE-2;-1 CVE-3;" },
	{ "a CVE is no word",
	    "record A 1\nalias CVE-2024-6387\nalias X\naffected y - "
	    "CVE-1999-0001\n",
	    "SELECT value || ' ' || n FROM advisory_alias UNION ALL SELECT "
	    "value FROM word",
	    "-1996488703 -1;-1577051917 0;2 1;y;X;" },
	{ "an alias that a statement names, too",
	    "record A 1\nalias C\nalias C\naffected x - C\naffected y - C\n",
	    "SELECT n || ' ' || w.value FROM advisory_alias JOIN word w ON "
	    "w.id = advisory_alias.value",
	    "0 C;" },
	{ "a row a package", A1 A2,
	    "SELECT value || ' ' || count(*) FROM advisory_package JOIN word "
	    "ON id = name GROUP BY name ORDER BY value",
	    "curl 2;vim 1;wget 1;" },
	{ "the same said twice",
	    "record A 1\nfixed x 1\nfixed x 2\nfixed x 1\nfixed y 1\n"
	    "fixed x 1 - debian\n",
	    "SELECT value || ' ' || hex(packed) FROM advisory_package JOIN "
	    "word ON id = name ORDER BY value",
	    "x 01060200040200020203020004;y 0103020004;" },
	{ "the same id three times", A3 A2 A3 A3,
	    "SELECT id FROM advisory ORDER BY id", "A-2;A-3;A-3#2;A-3#3;" },
	{ "about no package", "record A 1\nfixed - 1\naffected -\n",
	    "SELECT count(*) || ' ' || (SELECT count(*) FROM advisory) FROM "
	    "advisory_package",
	    "0 1;" },
	{ "withdrawn states nothing", "record A 1 withdrawn\nfixed x 1 CVE-1\n",
	    "SELECT count(*) || ' ' || (SELECT withdrawn FROM advisory) || "
	    "' ' || (SELECT count(*) FROM advisory_alias) FROM "
	    "advisory_package",
	    "0 1 0;" },
	{ "about the document", A1,
	    "SELECT format || ' ' || published || ' ' || n_records FROM "
	    "document",
	    "photon today 1;" },
	{ "places", "record A 1\nrecord B 1\n",
	    "SELECT hex(offsets) FROM place", "00000216;" },
};

static void
build(struct family_world *w, const char *text)
{
	struct family_text t = { "t", DOCUMENT_PHOTON, text };

	family_world_must(w, &t, 1);
}

static void
test_rows(void **state)
{
	const struct rows_case *c = *state;
	struct family_world w;
	char got[256];

	family_world_open(&w);
	build(&w, c->input);
	family_world_query(&w, c->sql, got, sizeof(got));
	assert_string_equal(got, c->expect);
	family_world_close(&w);
}

/* --- what a change costs --- */

/* From now on the family notes which rows of advisories are written. */
static void
watch(struct family_world *w)
{
	static const char *const tables[] = { "advisory", "advisory_alias",
		"advisory_package", "advisory_product", "advisory_raw" };
	static const char *const events[] = { "INSERT", "UPDATE", "DELETE" };
	struct db *db = NULL;
	struct err e = { 0 };
	size_t i, k;
	char sql[256];

	family_world_unseal(w);
	assert_int_equal(db_open(&db, w->path, &SCHEMA_INDEX, DB_BUILD, &e), 0);
	for (i = 0; i <= TABLE_N(tables) * TABLE_N(events); i++) {
		struct db_stmt *s;

		k = i - 1;
		snprintf(sql, sizeof(sql),
		    "CREATE TRIGGER t%zu AFTER %s ON %s BEGIN INSERT INTO "
		    "written VALUES ('%s %s'); END",
		    i, events[k % 3], tables[k / 3 % 5], events[k % 3],
		    tables[k / 3 % 5]);
		s = db_prepare(
		    db, i == 0 ? "CREATE TABLE written (what TEXT)" : sql, &e);
		if (s == NULL || db_run(s, &e) != 0)
			fail_msg("%s", e.msg);
		db_finalize(s);
	}
	assert_int_equal(db_seal(db, &e), 0);
	db_close(db);
}

static const struct step_case {
	const char *name;
	const char *before;
	const char *after;
	const char *counts; /* added, changed, removed */
	const char *written;
} steps[] = {
	{ "as it was", A1 A2, A1 A2, "0 0 0", "" },
	{ "turned around", A1 A2, A2 A1, "0 0 0", "" },
	{ "one added", A1, A1 A3, "1 0 0",
	    "1 INSERT advisory;1 INSERT advisory_alias;"
	    "1 INSERT advisory_package;1 INSERT advisory_raw;" },
	{ "one added in front", A1, A3 A1, "1 0 0",
	    "1 INSERT advisory;1 INSERT advisory_alias;"
	    "1 INSERT advisory_package;1 INSERT advisory_raw;" },
	{ "one changed", A1 A2, A1 A2_CHANGED, "0 1 0",
	    "1 DELETE advisory;2 DELETE advisory_package;"
	    "1 DELETE advisory_raw;1 INSERT advisory;"
	    "2 INSERT advisory_package;1 INSERT advisory_raw;" },
	{ "one removed", A1 A2 A3, A1 A2, "0 0 1",
	    "1 DELETE advisory;1 DELETE advisory_alias;"
	    "1 DELETE advisory_package;1 DELETE advisory_raw;" },
	{ "one that comes back changed", A1 A2 A3, A2_CHANGED A3, "0 1 1",
	    "2 DELETE advisory;3 DELETE advisory_alias;"
	    "4 DELETE advisory_package;2 DELETE advisory_raw;"
	    "1 INSERT advisory;2 INSERT advisory_package;"
	    "1 INSERT advisory_raw;" },
};

/* The index after a step is the one that its files give anew. */
static void
test_step(void **state)
{
	const struct step_case *c = *state;
	struct family_world w, fresh;
	struct index_outcome *o;
	char got[512];

	family_world_open(&w);
	family_world_open(&fresh);
	build(&w, c->before);
	watch(&w);
	build(&w, c->after);
	o = &w.outcomes[0];
	snprintf(got, sizeof(got), "%ju %ju %ju", (uintmax_t)o->n_added,
	    (uintmax_t)o->n_changed, (uintmax_t)o->n_removed);
	assert_string_equal(got, c->counts);
	family_world_query(&w,
	    "SELECT count(*) || ' ' || what FROM written GROUP BY what", got,
	    sizeof(got));
	assert_string_equal(got, c->written);
	build(&fresh, c->after);
	assert_true(family_world_same(&w, &fresh));
	build(&w, c->after);
	assert_false(w.outcomes[0].n_written);
	assert_int_equal(w.outcomes[0].n_records, fresh.outcomes[0].n_records);
	family_world_close(&w);
	family_world_close(&fresh);
}

/* --- words --- */

static void
expect_found(struct family_world *w, const char *words, const char *expect)
{
	char sql[256], got[128];

	snprintf(sql, sizeof(sql),
	    "SELECT id FROM search s JOIN advisory a ON a.key = s.rowid WHERE "
	    "search MATCH '%s' ORDER BY id",
	    words);
	family_world_query(w, sql, got, sizeof(got));
	assert_string_equal(got, expect);
	snprintf(sql, sizeof(sql),
	    "SELECT 'dangling' FROM search s WHERE search MATCH '%s' AND "
	    "s.rowid NOT IN (SELECT key FROM advisory)",
	    words);
	family_world_query(w, sql, got, sizeof(got));
	assert_string_equal(got, "");
}

static void
test_search(void **state)
{
	struct family_world w;

	(void)state;
	family_world_open(&w);
	build(&w, A1 A2);
	expect_found(&w, "head : \"a-1\"", "A-1;");
	expect_found(&w, "head : \"cve-2\"", "A-1;");
	expect_found(&w, "head : \"cve-3\"", "A-1;");
	expect_found(&w, "head : heap", "A-1;");
	expect_found(&w, "head : curl", "A-1;A-2;");
	expect_found(&w, "head : remote", "");
	expect_found(&w, "body : remote", "A-1;");
	build(&w, A2_CHANGED A3);
	expect_found(&w, "remote", "");
	expect_found(&w, "heap", "");
	expect_found(&w, "\"cve-3\"", "");
	expect_found(&w, "curl", "A-2;");
	expect_found(&w, "nano", "A-3;");
	build(&w, A3);
	expect_found(&w, "curl", "");
	expect_found(&w, "race", "");
	family_world_close(&w);
}

/* --- refusal, removal, order --- */

#define LONG16 "0123456789abcdef"
#define LONG64 LONG16 LONG16 LONG16 LONG16

static const struct refused_case {
	const char *name;
	const char *input;
	enum err_code code;
	const char *message;
} refusals[] = {
	{ "by the reader", A3 "refuse\n", ERR_FORMAT, "t: refused" },
	{ "no id", A3 "record - 1\n", ERR_LIMIT, "t: a record has no id" },
	{ "a long id", "record " LONG64 LONG64 LONG64 LONG64 "x 1\n", ERR_LIMIT,
	    "t: an id has more than 256 bytes: " LONG64 },
};

/* Nothing of it stays, and the last publication does. */
static void
test_refused(void **state)
{
	const struct refused_case *c = *state;
	struct family_text text = { "t", DOCUMENT_PHOTON, c->input };
	struct family_world w, before;
	struct err e = { 0 };

	family_world_open(&w);
	family_world_open(&before);
	build(&w, A1 A2);
	build(&before, A1 A2);
	assert_int_equal(family_world_build(&w, &text, 1, &e), 0);
	assert_true(w.outcomes[0].refused);
	assert_false(w.outcomes[0].n_written);
	assert_string_equal(w.outcomes[0].error.msg, c->message);
	assert_int_equal(w.outcomes[0].error.code, c->code);
	assert_int_equal(family_digests(w.path, &w.digests, &e), 0);
	assert_true(family_world_same(&w, &before));
	expect_found(&w, "nano", "");
	expect_found(&w, "race", "A-2;");
	family_world_close(&w);
	family_world_close(&before);
}

static void
test_removed(void **state)
{
	struct family_text gone = { "t", DOCUMENT_PHOTON, NULL };
	struct family_world w;
	char got[64];

	(void)state;
	family_world_open(&w);
	build(&w, A1 A2);
	family_world_must(&w, &gone, 1);
	assert_int_equal(w.outcomes[0].n_removed, 2);
	family_world_query(&w,
	    "SELECT (SELECT count(*) FROM document) + (SELECT count(*) FROM "
	    "advisory) + (SELECT count(*) FROM advisory_alias) + (SELECT "
	    "count(*) FROM advisory_package) + (SELECT count(*) FROM "
	    "advisory_raw) + (SELECT count(*) FROM place)",
	    got, sizeof(got));
	assert_string_equal(got, "0;");
	expect_found(&w, "curl", "");
	family_world_close(&w);
}

static void
test_format_changes(void **state)
{
	struct family_text text = { "t", DOCUMENT_CSAF_DELETIONS, A2 A3 };
	struct family_world w, fresh;

	(void)state;
	family_world_open(&w);
	family_world_open(&fresh);
	build(&w, A1 A2);
	family_world_must(&w, &text, 1);
	family_world_must(&fresh, &text, 1);
	assert_true(family_world_same(&w, &fresh));
	expect_found(&w, "heap", "");
	expect_found(&w, "nano", "A-3;");
	family_world_close(&w);
	family_world_close(&fresh);
}

#define MANY                                                               \
	"record A 1\nfixed x 1 CVE-1 debian a\nfixed x 2 CVE-2 debian b\n" \
	"affected x - CVE-3 debian a\nfixed y 3 CVE-1 debian b amd64 m p s d\n"

/* Other numbers of words and products, and other keys: the same digest. */
static void
test_order_does_not_matter(void **state)
{
	struct family_text texts[3] = { { "t", DOCUMENT_PHOTON, MANY },
		{ "u", DOCUMENT_PHOTON,
		    "record B 1\nfixed y 2 CVE-3 debian b\nfixed x 1 CVE-2 "
		    "debian b\naffected x 3 CVE-1 debian a\n" },
		{ "v", DOCUMENT_CSAF_DELETIONS, A1 } };
	struct family_text turned[3];
	struct family_world a, b;
	size_t i;

	(void)state;
	for (i = 0; i < 3; i++)
		turned[i] = texts[2 - i];
	family_world_open(&a);
	family_world_open(&b);
	family_world_must(&a, texts, 3);
	family_world_must(&b, turned, 3);
	assert_true(family_world_same(&a, &b));
	texts[1].text = "record B 1\nfixed y 2 CVE-3 debian b\nfixed x 1 CVE-2 "
			"debian b\naffected x 4 CVE-1 debian a\n";
	family_world_must(&b, texts, 3);
	assert_false(family_world_same(&a, &b));
	family_world_close(&a);
	family_world_close(&b);
}

/* What the format table promises of every format that indexes advisories. */
static void
test_formats(void **state)
{
	enum document_format f, back;
	size_t n = 0;

	(void)state;
	for (f = DOCUMENT_OVAL; f <= DOCUMENT_DATASTREAM; f++) {
		assert_true(document_format_parse(
		    span_of(document_format_name(f)), &back));
		assert_int_equal(back, f);
		n += document_format_advisories(f) != NULL;
		assert_int_equal(document_format_advisories(f) != NULL,
		    f >= DOCUMENT_OSV && f <= DOCUMENT_PHOTON);
	}
	assert_int_equal(n, 9);
	assert_false(document_format_parse(SPAN_LIT(""), &back));
	assert_false(document_format_parse(SPAN_LIT("vex"), &back));
}

/* A record with as many statements as the biggest of the field. */
static void
test_many_statements(void **state)
{
	struct family_text text = { "t", DOCUMENT_PHOTON };
	struct family_world w;
	struct buf b = { 0 };
	char got[256];
	unsigned i;

	(void)state;
	buf_add_str(&b, "record linux 1\n");
	for (i = 0; i < ADVISORY_LINES_MAX; i++)
		buf_printf(&b, "fixed linux %u CVE-%u debian r%u\n", i % 5,
		    i / 4, i % 4);
	text.text = buf_str(&b);
	family_world_open(&w);
	family_world_must(&w, &text, 1);
	advisory_ask(&w, "debian/r2/linux", got, 60);
	assert_string_equal(got,
	    "linux debian/r2 linux fixed 2 cve=CVE-0\n"
	    "linux debian/r2 lin");
	advisory_ask(&w, "CVE-15", got, sizeof(got));
	assert_string_equal(got,
	    "linux debian/r0 linux fixed 0 cve=CVE-15\n"
	    "linux debian/r1 linux fixed 1 cve=CVE-15\n"
	    "linux debian/r2 linux fixed 2 cve=CVE-15\n"
	    "linux debian/r3 linux fixed 3 cve=CVE-15\n");
	family_world_query(&w,
	    "SELECT length(packed) < 64 * 5 FROM advisory_package", got,
	    sizeof(got));
	assert_string_equal(got, "1;");
	family_world_close(&w);
	buf_cleanup(&b);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(test_search),
		cmocka_unit_test(test_removed),
		cmocka_unit_test(test_format_changes),
		cmocka_unit_test(test_order_does_not_matter),
		cmocka_unit_test(test_formats),
		cmocka_unit_test(test_many_statements),
	};
	struct CMUnitTest tests[TABLE_N(rows) + TABLE_N(steps) +
	    TABLE_N(refusals) + TABLE_N(others)] = { 0 };
	size_t n = 0;

	TABLE_ADD(tests, &n, rows, test_rows);
	TABLE_ADD(tests, &n, steps, test_step);
	TABLE_ADD(tests, &n, refusals, test_refused);
	memcpy(tests + n, others, sizeof(others));
	return _cmocka_run_group_tests(
	    "advisory_rows", tests, n + TABLE_N(others), NULL, NULL);
}
