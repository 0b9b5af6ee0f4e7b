/* SPDX-License-Identifier: Apache-2.0 */
/* What the plan spares, and that it is brought up to date. */
#include "eval/id_list.h"
#include "eval/ords.h"
#include "eval/plan.h"
#include "schema_index.h"
#include "tests/unit/oval_world.h"

#define ONE "check='at least one'"
#define N_WIDE 40

/*
 * Definition 100 is the release check; each of N_WIDE others extends it and
 * asks for package p<n> before version 2. Definition 100 + N_WIDE + 1 asks
 * for any package at all.
 */
static void
wide_document(struct buf *b)
{
	unsigned i;

	buf_add_str(b, "<definitions>");
	buf_add_str(b,
	    "<definition id='oval:t:def:100' version='1' class='inventory'>"
	    "<metadata><title>t</title><description/></metadata><criteria>"
	    "<criterion test_ref='oval:t:tst:100'/></criteria></definition>");
	for (i = 101; i <= 101 + N_WIDE; i++)
		buf_printf(b,
		    "<definition id='oval:t:def:%u' version='1' "
		    "class='patch'><metadata><title>t</title><description/>"
		    "</metadata><criteria><extend_definition "
		    "definition_ref='oval:t:def:100'/><criterion "
		    "test_ref='oval:t:tst:%u'/></criteria></definition>",
		    i, i);
	buf_add_str(b, "</definitions>");
	buf_add_str(b, "<tests>");
	buf_add_str(b,
	    W_TEST("ind", "textfilecontent54", "100", ONE,
		W_OBJ("ind", "100") W_STE("ind", "100")));
	for (i = 101; i <= 101 + N_WIDE; i++)
		buf_printf(b,
		    "<linux:dpkginfo_test id='oval:t:tst:%u' version='1' "
		    "comment='t' check='at least one'><linux:object "
		    "object_ref='oval:t:obj:%u'/><linux:state "
		    "state_ref='oval:t:ste:1'/></linux:dpkginfo_test>",
		    i, i);
	buf_add_str(b, "</tests><objects>");
	buf_add_str(b,
	    W_OBJECT("ind", "textfilecontent54", "100",
		"<ind:filepath>/etc/lsb-release</ind:filepath>"
		"<ind:pattern operation='pattern match'>"
		"^CODENAME=(.*)$</ind:pattern><ind:instance "
		"datatype='int'>1</ind:instance>"));
	for (i = 101; i < 101 + N_WIDE; i++)
		buf_printf(b,
		    "<linux:dpkginfo_object id='oval:t:obj:%u' version='1'>"
		    "<linux:name>p%u</linux:name></linux:dpkginfo_object>",
		    i, i);
	buf_printf(b,
	    "<linux:dpkginfo_object id='oval:t:obj:%u' version='1'>"
	    "<linux:name operation='pattern match'>^q</linux:name>"
	    "</linux:dpkginfo_object></objects><states>",
	    i);
	buf_add_str(b,
	    W_STATE("ind", "textfilecontent54", "100", "",
		"<ind:subexpression>focal</ind:subexpression>"));
	buf_add_str(b,
	    W_STATE("linux", "dpkginfo", "1", "",
		"<linux:evr datatype='debian_evr_string' "
		"operation='less than'>0:2</linux:evr>"));
	buf_add_str(b, "</states>");
}

struct spared_case {
	const char *name;
	struct oval_world_system system;
	const char *expect; /* tests, definitions evaluated; baseline; true */
};

#define FOCAL                                                  \
	{                                                      \
		{                                              \
			"/etc/lsb-release", "CODENAME=focal\n" \
		}                                              \
	}
#define XENIAL                                                  \
	{                                                       \
		{                                               \
			"/etc/lsb-release", "CODENAME=xenial\n" \
		}                                               \
	}

static const struct spared_case spared_rows[] = {
	/* The release check and the one on the always list. */
	{ "no packages that matter",
	    { .packages = "dpkg x all 1", .files = FOCAL },
	    "tests 2, definitions 0, baseline: 100" },
	{ "two packages",
	    { .packages = "dpkg p101 all 1;dpkg p102 all 3", .files = FOCAL },
	    "tests 4, definitions 1, baseline: 100 101" },
	{ "a package of a test that no name leads to",
	    { .packages = "dpkg q all 1", .files = FOCAL },
	    "tests 2, definitions 1, baseline: 100 141" },
	/* The stored baseline of the empty system. */
	{ "no release file", { .packages = "dpkg p101 all 1" },
	    "tests 3, definitions 1, baseline:" },
	{ "another release", { .packages = "dpkg p101 all 1", .files = XENIAL },
	    "tests 3, definitions 1, baseline:" },
	/* No baseline is stored for a release check in error. */
	{ "a release file that cannot be read",
	    { .packages = "dpkg p101 all 1",
		.files = { { "/etc/lsb-release", NULL } } },
	    "tests 3, definitions 1, baseline:" },
	{ "no database", { .databases = "dpkg none", .files = FOCAL },
	    "tests 42, definitions 42: 100" },
	{ "a part of a database",
	    { .packages = "dpkg p101 all 1",
		.databases = "dpkg incomplete",
		.files = FOCAL },
	    "tests 42, definitions 42: 100 101" },
	{ "a database that nothing is keyed by",
	    { .packages = "dpkg p101 all 1",
		.databases = "rpm none",
		.files = FOCAL },
	    "tests 3, definitions 1, baseline: 100 101" },
};

static int
print_true(
    void *ctx, uint32_t ord, struct span id, enum result r, struct err *e)
{
	(void)ord;
	(void)e;
	if (r == RESULT_TRUE)
		buf_printf(ctx, " %.*s",
		    SPAN_ARG(span_from(id, span_rfind(id, ':') + 1)));
	return 0;
}

static void
print_spared(struct oval_world *w, struct buf *out)
{
	struct evaluation_stats stats;
	struct evaluation *ev;
	struct err e;

	if (evaluation_run(&ev, w->machine, &w->system, EVALUATE_FAST, &e) != 0)
		fail_msg("%s", e.msg);
	stats = evaluation_stats(ev);
	buf_printf(out,
	    "tests %u, definitions %u%s:", (unsigned)stats.tests_evaluated,
	    (unsigned)stats.definitions_evaluated,
	    stats.baseline_used ? ", baseline" : "");
	if (evaluation_each(ev, print_true, out, &e) != 0)
		fail_msg("%s", e.msg);
	evaluation_free(ev);
}

static void
open_wide(struct oval_world *w)
{
	struct buf body = { 0 };
	struct err e;

	wide_document(&body);
	if (oval_world_open(w, buf_str(&body), &e) != 0)
		fail_msg("%s", e.msg);
	buf_cleanup(&body);
}

static void
test_spared(void **state)
{
	const struct spared_case *c = *state;
	struct buf plain = { 0 }, fast = { 0 };
	struct buf out = { 0 };
	struct oval_world w;

	open_wide(&w);
	oval_world_system(&w, &c->system);
	print_spared(&w, &out);
	assert_string_equal(buf_str(&out), c->expect);
	oval_world_results(&w, EVALUATE_PLAIN, &plain, NULL);
	oval_world_results(&w, EVALUATE_FAST, &fast, NULL);
	assert_string_equal(buf_str(&fast), buf_str(&plain));
	buf_cleanup(&out);
	buf_cleanup(&plain);
	buf_cleanup(&fast);
	oval_world_close(&w);
}

/* --- rows --- */

static struct db *
open_rows(const struct oval_world *w)
{
	struct err e;
	struct db *db;
	char path[128];

	snprintf(path, sizeof(path), "%s/1/t.sqlite", w->tmp.path);
	assert_int_equal(chmod(path, 0600), 0);
	if (db_open(&db, path, &SCHEMA_INDEX, DB_BUILD, &e) != 0)
		fail_msg("%s", e.msg);
	return db;
}

static int64_t
number(struct db *db, const char *sql)
{
	struct err e;
	struct db_stmt *s = db_prepare(db, sql, &e);
	int64_t n;

	assert_non_null(s);
	assert_int_equal(db_step(s, &e), 1);
	n = db_int(s, 0);
	db_finalize(s);
	return n;
}

static void
test_unchanged(void **state)
{
	struct oval_world w;
	struct err e;
	struct db *db;
	int64_t before;

	(void)state;
	open_wide(&w);
	db = open_rows(&w);
	assert_int_equal(db_begin(db, &e), 0);
	before = db_total_changes(db);
	if (plan_write(db, 1, &e) != 0)
		fail_msg("%s", e.msg);
	assert_int_equal(db_total_changes(db), before);
	assert_int_equal(db_commit(db, &e), 0);
	db_close(db);
	oval_world_close(&w);
}

/* Rows of an earlier plan go, the others come back as they were. */
static void
test_stale(void **state)
{
	static const char *const spoil[] = {
		"INSERT INTO package_test VALUES (1, 0, 'gone', x'01')",
		"INSERT INTO test_definition VALUES ((1 << 32) + 900, x'01')",
		"INSERT INTO baseline VALUES (1, x'0606', x'01', x'01')",
		"INSERT INTO want VALUES (1, 1, 'gone')",
		"DELETE FROM package_test WHERE name = 'p101'",
		"UPDATE plan SET always = x''",
	};
	struct db_stmt *s;
	struct oval_world w;
	struct err e;
	struct db *db;
	size_t i;

	(void)state;
	open_wide(&w);
	db = open_rows(&w);
	assert_int_equal(db_begin(db, &e), 0);
	for (i = 0; i < sizeof(spoil) / sizeof(*spoil); i++) {
		s = db_prepare(db, spoil[i], &e);
		assert_non_null(s);
		assert_int_equal(db_run(s, &e), 0);
		db_finalize(s);
	}
	if (plan_write(db, 1, &e) != 0)
		fail_msg("%s", e.msg);
	assert_int_equal(
	    number(db, "SELECT count(*) FROM package_test"), N_WIDE);
	assert_int_equal(
	    number(db, "SELECT count(*) FROM test_definition"), N_WIDE + 1);
	assert_int_equal(number(db, "SELECT count(*) FROM baseline"), 2);
	assert_int_equal(number(db, "SELECT count(*) FROM want"), 1);
	assert_int_equal(number(db, "SELECT length(always) FROM plan"), 1);
	assert_int_equal(db_commit(db, &e), 0);
	db_close(db);
	oval_world_close(&w);
}

/* --- a damaged index is an error, never a result --- */

struct damage_case {
	const char *name;
	const char *sql;
	const char *expect;
};

static const struct damage_case damage_rows[] = {
	{ "a baseline that is too short",
	    "UPDATE baseline SET definitions = x'0101'", "a baseline" },
	{ "a baseline of no results",
	    "UPDATE baseline SET tests = CAST(replace("
	    "hex(zeroblob(length(tests))), '00', 'w') AS BLOB)",
	    "a baseline" },
	{ "facts that are not there", "UPDATE plan SET facts = x'ff7f'",
	    "a list of facts" },
	{ "an always list that is cut", "UPDATE plan SET always = x'ff'",
	    "a list of tests" },
	{ "tests that are not there", "UPDATE package_test SET tests = x'ff7f'",
	    "a list of tests" },
	{ "definitions that are not there",
	    "UPDATE test_definition SET definitions = x'ff7f'",
	    "a list of definitions" },
	{ "a document without a plan", "DELETE FROM plan",
	    "a list of definitions" },
	{ "ids that are cut", "UPDATE plan SET ids = x'0005'",
	    "a list of definitions" },
	{ "a test that is not there",
	    "DELETE FROM test WHERE id = 'oval:t:tst:101'", "no test 1" },
	{ "an object that is not there",
	    "DELETE FROM object WHERE id = 'oval:t:obj:101'", "no object 1" },
	{ "a state that is not there",
	    "DELETE FROM state WHERE id = 'oval:t:ste:1'", "no state 1" },
	{ "a state that is no record", "UPDATE state SET packed = x'00'",
	    "a packed state" },
	{ "criteria that are none", "UPDATE definition SET nodes = x'0500'",
	    "a packed criteria tree" },
};

static void
test_damage(void **state)
{
	static const struct oval_world_system spec = {
		.packages = "dpkg p101 all 1", .files = FOCAL
	};
	const struct damage_case *c = *state;
	struct evaluation *ev = NULL;
	struct buf out = { 0 };
	struct db_stmt *s;
	struct oval_world w;
	struct err e = { 0 };
	struct db *db;

	open_wide(&w);
	machine_close(w.machine);
	index_close(&w.index);
	db = open_rows(&w);
	s = db_prepare(db, c->sql, &e);
	assert_non_null(s);
	assert_int_equal(db_run(s, &e), 0);
	db_finalize(s);
	assert_int_equal(db_seal(db, &e), 0);
	db_close(db);
	oval_world_read(&w);
	oval_world_system(&w, &spec);
	if (evaluation_run(&ev, w.machine, &w.system, EVALUATE_FAST, &e) == 0)
		assert_int_equal(evaluation_each(ev, print_true, &out, &e), -1);
	evaluation_free(ev);
	buf_cleanup(&out);
	assert_int_equal(e.code, ERR_FORMAT);
	assert_non_null(strstr(e.msg, "the index is damaged: "));
	if (strstr(e.msg, c->expect) == NULL)
		fail_msg("\"%s\" does not say \"%s\"", e.msg, c->expect);
	oval_world_close(&w);
}

/* --- wants --- */

#define TEXT(n, path)                                                     \
	W_OBJECT("ind", "textfilecontent54", n,                           \
	    path "<ind:pattern operation='pattern match'>x</ind:pattern>" \
		 "<ind:instance datatype='int'>1</ind:instance>")
#define FILE(n, path) W_OBJECT("unix", "file", n, path)
#define TEXT_TEST(n) W_TEST("ind", "textfilecontent54", n, ONE, W_OBJ("ind", n))

static const struct {
	const char *name;
	const char *body;
	const char *expect;
} want_rows[] = {
	{ "a path",
	    W_TESTS(TEXT_TEST("1"))
		W_OBJECTS(TEXT("1", "<ind:filepath>/etc/x</ind:filepath>")),
	    " path /etc/x" },
	{ "a pattern",
	    W_TESTS(TEXT_TEST("1")) W_OBJECTS(TEXT("1",
		"<ind:filepath operation='pattern match'>^/etc/.*\\.conf$"
		"</ind:filepath>")),
	    " pattern ^/etc/.*\\.conf$" },
	{ "constant values",
	    W_TESTS(TEXT_TEST("1"))
		W_OBJECTS(TEXT("1", "<ind:filepath var_ref='oval:t:var:1'/>"))
		    W_VARIABLES(W_CONSTANT("1", "string",
			"<value>/b</value><value>/a</value><value>/b</value>")),
	    " path /a path /b" },
	{ "a folder and a name",
	    W_TESTS(TEXT_TEST("1")) W_OBJECTS(TEXT("1",
		"<ind:path>/etc/</ind:path><ind:filename>x</ind:filename>")),
	    " path /etc/x" },
	{ "a folder and a pattern",
	    W_TESTS(TEXT_TEST("1")) W_OBJECTS(TEXT("1",
		"<ind:path>/etc/a.d</ind:path><ind:filename "
		"operation='pattern match'>^x</ind:filename>")),
	    " pattern ^/etc/a\\.d/[^/]+$" },
	{ "down from a folder",
	    W_TESTS(TEXT_TEST("1")) W_OBJECTS(TEXT("1",
		"<ind:behaviors recurse_direction='down'/><ind:path>/"
		"</ind:path><ind:filename>x</ind:filename>")),
	    " pattern ^/(?:.*/)?x$" },
	{ "a pattern of folders",
	    W_TESTS(TEXT_TEST("1")) W_OBJECTS(TEXT("1",
		"<ind:path operation='pattern match'>^/etc</ind:path>"
		"<ind:filename>x</ind:filename>")),
	    " pattern /x$" },
	{ "the manifest",
	    W_TESTS(TEXT_TEST("1")) W_OBJECTS(TEXT("1",
		"<ind:path>.</ind:path><ind:filename>manifest"
		"</ind:filename>")),
	    " path ./manifest" },
	{ "a folder itself",
	    W_TESTS(W_TEST("unix", "file", "1", ONE, W_OBJ("unix", "1")))
		W_OBJECTS(FILE("1",
		    "<unix:path>/etc</unix:path>"
		    "<unix:filename xsi:nil='true'/>")),
	    " path /etc" },
	{ "an owner",
	    W_TESTS(
		W_TEST("linux", "rpmverifyfile", "1", ONE, W_OBJ("linux", "1")))
		W_OBJECTS(W_OBJECT("linux", "rpmverifyfile", "1",
		    "<linux:name operation='pattern match'/>"
		    "<linux:epoch operation='pattern match'/>"
		    "<linux:version operation='pattern match'/>"
		    "<linux:release operation='pattern match'/>"
		    "<linux:arch operation='pattern match'/>"
		    "<linux:filepath>/etc/redhat-release"
		    "</linux:filepath>")),
	    " owner /etc/redhat-release" },
	{ "what only a variable needs",
	    W_TESTS(W_TEST("ind", "variable", "1", ONE, W_OBJ("ind", "1")))
		W_OBJECTS(W_OBJECT("ind", "variable", "1",
		    "<ind:var_ref>oval:t:var:1</ind:var_ref>")
			TEXT("2", "<ind:filepath>/v</ind:filepath>")
			    TEXT("3", "<ind:filepath>/unused</ind:filepath>"))
		    W_VARIABLES(W_LOCAL("1", "string",
			"<object_component object_ref='oval:t:obj:2' "
			"item_field='text'/>")),
	    " path /v" },
	{ "what cannot be said beforehand",
	    W_TESTS(TEXT_TEST("1"))
		W_OBJECTS(TEXT("1", "<ind:filepath var_ref='oval:t:var:1'/>"))
		    W_VARIABLES(W_LOCAL("1", "string",
			"<literal_component>/a</literal_component>")),
	    "" },
};

static void
test_want(void **state)
{
	static const char *const kinds[] = { "path", "pattern", "owner",
		"owner pattern" };
	size_t row = (size_t)(uintptr_t)*state;
	struct want_list wants = { 0 };
	struct buf out = { 0 };
	struct oval_world w;
	struct err e;
	size_t i;

	if (oval_world_open(&w, want_rows[row].body, &e) != 0 ||
	    index_wants(&w.index, &wants, &e) != 0)
		fail_msg("%s", e.msg);
	for (i = 0; i < wants.n; i++)
		buf_printf(&out, " %s %.*s",
		    kinds[wants.wants[i].is_owner * 2 +
			wants.wants[i].is_pattern],
		    SPAN_ARG(wants.wants[i].path));
	assert_string_equal(buf_str(&out), want_rows[row].expect);
	buf_cleanup(&out);
	want_list_cleanup(&wants);
	oval_world_close(&w);
}

/* --- lists as bytes --- */

static void
test_ords(void **state)
{
	static const uint32_t in[] = { 0, 1, 127, 128, 70000, 4000000000u };
	struct buf b = { 0 };
	struct ords o;
	uint32_t ord;
	size_t n = 0;

	(void)state;
	ords_pack(&b, in, sizeof(in) / sizeof(*in));
	o = ords_of(buf_span(&b), UINT32_MAX);
	while (ords_next(&o, &ord))
		assert_int_equal(ord, in[n++]);
	assert_true(ords_done(&o));
	assert_int_equal(n, sizeof(in) / sizeof(*in));
	/* One that is out of bounds, and one that is cut. */
	o = ords_of(buf_span(&b), 70001);
	for (n = 0; ords_next(&o, &ord); n++)
		continue;
	assert_int_equal(n, 5);
	assert_false(ords_done(&o));
	o = ords_of(span_first(buf_span(&b), b.len - 1), UINT32_MAX);
	while (ords_next(&o, &ord))
		continue;
	assert_false(ords_done(&o));
	buf_cleanup(&b);
}

static void
test_id_list(void **state)
{
	static const char *const in[] = { "oval:a:def:1", "oval:a:def:10",
		"oval:a:def:2", "oval:b:def:1" };
	struct id_writer w = { 0 };
	struct id_reader r;
	struct span id;
	uint32_t ord;
	uint32_t n;

	(void)state;
	for (n = 0; n < 4; n++)
		id_writer_add(&w, span_of(in[n]), 1000 * n);
	assert_true(w.list.len < 40);
	r = id_reader_of(buf_span(&w.list));
	for (n = 0; id_reader_next(&r, &id, &ord) == 1; n++) {
		assert_true(span_is(id, in[n]));
		assert_int_equal(ord, 1000 * n);
	}
	assert_int_equal(n, 4);
	assert_int_equal(id_reader_next(&r, &id, &ord), 0);
	id_reader_cleanup(&r);
	r = id_reader_of(span_first(buf_span(&w.list), w.list.len - 1));
	for (n = 0; id_reader_next(&r, &id, &ord) == 1; n++)
		continue;
	assert_int_equal(n, 3);
	assert_int_equal(id_reader_next(&r, &id, &ord), -1);
	id_reader_cleanup(&r);
	id_writer_cleanup(&w);
}

int
main(void)
{
	struct CMUnitTest tests[64];
	size_t n = 0;
	size_t i;

	TABLE_ADD(tests, &n, spared_rows, test_spared);
	TABLE_ADD(tests, &n, damage_rows, test_damage);
	for (i = 0; i < TABLE_N(want_rows); i++)
		tests[n++] = (struct CMUnitTest){ want_rows[i].name, test_want,
			NULL, NULL, (void *)i };
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_unchanged);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_stale);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_ords);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_id_list);
	return _cmocka_run_group_tests("plan", tests, n, NULL, NULL);
}
