/* SPDX-License-Identifier: Apache-2.0 */
/* NVD's dictionary as rows. */
#include "eval/dictionary.h"
#include "eval/text.h"
#include "indexer/changes.h"
#include "indexer/cpe_spool.h"
#include "indexer/lookup.h"
#include "tests/unit/family_world.h"

#define PAGE(products)                                              \
	"{\"totalResults\":1,\"format\":\"NVD_CPE\",\"timestamp\":" \
	"\"2026-06-25T03:01:03.129\",\"products\":[" products "]}"
#define CPE(name, title, more)                                       \
	"{\"cpe\":{\"cpeName\":\"" name "\",\"titles\":[{\"title\":" \
	"\"" title "\",\"lang\":\"en\"}]" more "}}"
#define NAME(product, version) \
	"cpe:2.3:a:acme:" product ":" version ":*:*:*:*:*:*:*"
#define FOO(version, more) \
	CPE(NAME("foo_bar", version), "Acme Foo Bar " version, more)
#define QUX(version) \
	CPE(NAME("qux\\\\+\\\\+", version), "Acme Qux++ " version, "")
#define OLD                                                            \
	",\"deprecated\":true,\"deprecatedBy\":[{\"cpeName\":\"" NAME( \
	    "foo_bar", "1.1") "\"}]"

static const struct step_case {
	const char *name;
	const char *first;
	const char *second; /* NULL: remove */
	uint64_t n_records;
	uint64_t n_added;
	uint64_t n_changed;
	uint64_t n_removed;
	bool written;
	const char *expect; /* products: id, title, names */
} steps[] = {
	{ "names of a product go together",
	    PAGE(FOO("1.0", "") "," QUX("1") "," FOO("1.1", "")),
	    PAGE(FOO("1.0", "") "," QUX("1") "," FOO("1.1", "")), 3, 0, 0, 0,
	    false,
	    "cpe:2.3:a:acme:foo_bar Acme Foo Bar 2;"
	    "cpe:2.3:a:acme:qux\\+\\+ Acme Qux++ 1 1;" },
	{ "another order, one name twice",
	    PAGE(FOO("1.0", "") "," QUX("1") "," FOO("1.1", "")),
	    PAGE(FOO("1.1", "") "," QUX("1") "," FOO("1.0", "") "," QUX("1")),
	    3, 0, 0, 0, true,
	    "cpe:2.3:a:acme:foo_bar Acme Foo Bar 2;"
	    "cpe:2.3:a:acme:qux\\+\\+ Acme Qux++ 1 1;" },
	{ "one more, one less, one deprecated",
	    PAGE(FOO("1.0", "") "," QUX("1") "," FOO("1.1", "")),
	    PAGE(FOO("1.2", "") "," QUX("1") "," FOO("1.0", OLD)), 3, 1, 1, 1,
	    true,
	    "cpe:2.3:a:acme:foo_bar Acme Foo Bar 2;"
	    "cpe:2.3:a:acme:qux\\+\\+ Acme Qux++ 1 1;" },
	{ "a product more, a product less",
	    PAGE(FOO("1.0", "") "," FOO("1.1", "")), PAGE(QUX("1")), 1, 1, 0, 2,
	    true, "cpe:2.3:a:acme:qux\\+\\+ Acme Qux++ 1 1;" },
	{ "the dictionary is gone", PAGE(FOO("1.0", "") "," QUX("1")), NULL, 0,
	    0, 0, 2, true, "" },
};

static void
query(struct family_world *w, const char *expect)
{
	char text[512];

	family_world_query(w,
	    "SELECT id||' '||title||' '||n FROM cpe_product ORDER BY id", text,
	    sizeof(text));
	assert_string_equal(text, expect);
}

/* The rows are those that the second publication alone gives. */
static void
test_step(void **state)
{
	const struct step_case *c = *state;
	struct family_text text = { "t", DOCUMENT_CPE, c->first };
	struct family_world w, alone;

	family_world_open(&w);
	family_world_open(&alone);
	family_world_must(&w, &text, 1);
	text.text = c->second;
	family_world_must(&w, &text, 1);
	family_world_must(&alone, &text, 1);
	assert_true(family_world_same(&w, &alone));
	assert_int_equal(w.outcomes[0].n_records, c->n_records);
	assert_int_equal(w.outcomes[0].n_added, c->n_added);
	assert_int_equal(w.outcomes[0].n_changed, c->n_changed);
	assert_int_equal(w.outcomes[0].n_removed, c->n_removed);
	assert_int_equal(w.outcomes[0].n_written > 0, c->written);
	query(&w, c->expect);
	if (c->second == NULL) {
		char left[64];

		family_world_query(&w,
		    "SELECT (SELECT count(*) FROM cpe_names)||' '||"
		    "(SELECT count(*) FROM search WHERE search MATCH 'acme')",
		    left, sizeof(left));
		assert_string_equal(left, "0 0;");
	}
	family_world_close(&w);
	family_world_close(&alone);
}

/* The names of a product as a reader of the index unpacks them. */
static void
test_names(void **state)
{
	static const struct family_text text = { "t", DOCUMENT_CPE,
		PAGE(FOO("1.1", "") "," FOO("1.0", OLD)) };
	struct dictionary_name name;
	struct text_reader *reader;
	struct family_world w;
	struct db *db = NULL;
	struct buf got = { 0 };
	struct unpack u;
	struct span names;
	struct db_stmt *s;
	struct err e = { 0 };

	(void)state;
	family_world_open(&w);
	family_world_must(&w, &text, 1);
	if (db_open(&db, w.path, &SCHEMA_INDEX, DB_READ_IMMUTABLE, &e) != 0)
		fail_msg("%s", e.msg);
	reader = text_reader_new(db);
	s = db_query(db, QUERY_INDEX_CPE_NAMES_GET);
	db_bind_int(s, "key", (int64_t)1 << 32);
	assert_int_equal(db_step(s, &e), 1);
	assert_int_equal(text_unpack(reader, db_blob(s, 0), &names, &e), 0);
	u = unpack_of(names);
	while (dictionary_next(&u, &name))
		buf_printf(&got, "%.*s|%.*s|%d|%.*s\n", SPAN_ARG(name.rest),
		    SPAN_ARG(name.title), name.deprecated,
		    SPAN_ARG(name.deprecated_by));
	assert_true(unpack_done(&u));
	assert_string_equal(buf_str(&got),
	    "1.0:*:*:*:*:*:*:*|Acme Foo Bar 1.0|1|" NAME(
		"foo_bar", "1.1") "\n1.1:*:*:*:*:*:*:*|Acme Foo Bar 1.1|0|\n");
	db_reset(s);
	text_reader_free(reader);
	db_close(db);
	buf_cleanup(&got);
	family_world_close(&w);
}

static const struct ask_case {
	const char *name;
	bool show;
	bool raw;
	const char *what;
	const char *expect; /* the beginning */
} asks[] = {
	{ "a vendor", false, false, "acme",
	    "cpe:2.3:a:acme:qux\\+\\+  t  Acme Qux++ 1\n"
	    "cpe:2.3:a:acme:foo_bar  t  Acme Foo Bar\n" },
	{ "a product", false, false, "foo_bar",
	    "cpe:2.3:a:acme:foo_bar  t  Acme Foo Bar\n" },
	{ "a product without its escapes", false, false, "qux++",
	    "cpe:2.3:a:acme:qux\\+\\+  t  Acme Qux++ 1\n" },
	{ "words of titles", false, false, "acme bar",
	    "cpe:2.3:a:acme:foo_bar  t  Acme Foo Bar\n" },
	{ "the names of a product", true, false, "cpe:2.3:a:acme:foo_bar",
	    "product cpe:2.3:a:acme:foo_bar\n"
	    "  title       Acme Foo Bar\n"
	    "  names       1.0:*:*:*:*:*:*:* Acme Foo Bar 1.0\n"
	    "              1.1:*:*:*:*:*:*:* Acme Foo Bar 1.1\n"
	    "              1.2:*:*:*:*:*:*:* Acme Foo Bar 1.2 deprecated\n"
	    "                " NAME("foo_bar", "1.1") "\n  document    t\n" },
	{ "source bytes", true, true, "cpe:2.3:a:acme:foo_bar",
	    "its source bytes are kept as a part of the whole file only" },
};

static void
test_ask(void **state)
{
	static const struct family_text text = { "t", DOCUMENT_CPE,
		PAGE(FOO("1.0", "") "," QUX("1") "," FOO("1.1", "") "," FOO(
		    "1.2", OLD)) };
	const struct ask_case *c = *state;
	struct index_reader index;
	struct family_world w;
	struct out out;
	struct lookup l = { &index, &out, NULL, false, c->raw, 50 };
	struct err e = { 0 };
	uint64_t n = 0;
	char to[192];

	family_world_open(&w);
	family_world_must(&w, &text, 1);
	snprintf(to, sizeof(to), "%s/nvd.sqlite", w.tmp.path);
	assert_int_equal(rename(w.path, to), 0);
	out_init(&out, -1);
	if (index_open(&index, w.tmp.dirfd, w.tmp.path, &e) != 0)
		fail_msg("%s", e.msg);
	if ((c->show ? lookup_show(&l, span_of(c->what), &n, &e)
		     : lookup_search(&l, span_of(c->what), &n, &e)) != 0)
		out_str(&out, e.msg);
	if (!span_has_prefix(buf_span(&out.buf), c->expect))
		assert_string_equal(buf_str(&out.buf), c->expect);
	out_cleanup(&out);
	index_close(&index);
	family_world_close(&w);
}

static void
publish(struct family_world *w, const char *products)
{
	struct family_text text = { "t", DOCUMENT_CPE, products };
	char to[192];

	family_world_open(w);
	family_world_must(w, &text, 1);
	snprintf(to, sizeof(to), "%s/nvd.sqlite", w->tmp.path);
	assert_int_equal(rename(w->path, to), 0);
}

/* From one generation to the next, by product. */
static void
test_changes(void **state)
{
	struct family_world since, now;
	struct changes c = { .limit = 50 };
	struct err e = { 0 };
	struct out out;
	uint64_t n = 0;

	(void)state;
	publish(&since, PAGE(FOO("1.0", "")));
	publish(&now, PAGE(QUX("1") "," FOO("1.0", OLD)));
	c.since.path = since.tmp.path;
	c.now.path = now.tmp.path;
	out_init(&out, -1);
	if (changes_write(&c, &out, &n, &e) != 0)
		fail_msg("%s", e.msg);
	assert_int_equal(n, 2);
	assert_non_null(strstr(buf_str(&out.buf), "cpe:2.3:a:acme:foo_bar\n"));
	assert_non_null(
	    strstr(buf_str(&out.buf), "cpe:2.3:a:acme:qux\\+\\+\n"));
	out_cleanup(&out);
	family_world_close(&since);
	family_world_close(&now);
}

static int
count_product(void *ctx, const struct cpe_entry *names, size_t n, struct err *e)
{
	uint64_t *sum = ctx;
	size_t i;

	(void)e;
	for (i = 1; i < n; i++)
		assert_true(span_cmp(names[i - 1].rest, names[i].rest) < 0);
	*sum += n;
	sum[1]++;
	return 0;
}

/* More than one block for each part; each name comes out once. */
static void
test_spool(void **state)
{
	struct cpe_spool *s = cpe_spool_new();
	struct cpe_name name = { .title = SPAN_LIT("Some title") };
	uint64_t sums[2] = { 0 };
	struct err e = { 0 };
	char text[128];
	int i, k;

	(void)state;
	for (i = 0; i < 3000; i++)
		for (k = 0; k < 40; k++) {
			snprintf(text, sizeof(text),
			    "cpe:2.3:a:v%d:p:%d:*:*:*:*:*:*:*", i,
			    (k * 7) % 20);
			name.name = span_of(text);
			assert_int_equal(cpe_spool_add(s, &name, &e), 0);
		}
	assert_int_equal(cpe_spool_each(s, count_product, sums, &e), 0);
	assert_int_equal(sums[0], 60000);
	assert_int_equal(sums[1], 3000);
	cpe_spool_free(s);
}

/* One product alone cannot fill the memory. */
static void
test_spool_limit(void **state)
{
	struct cpe_spool *s = cpe_spool_new();
	char title[4000];
	struct cpe_name name = { .name =
				     SPAN_LIT("cpe:2.3:a:v:p:1:*:*:*:*:*:*:*"),
		.title = { title, sizeof(title) } };
	struct err e = { 0 };
	int i, rc = 0;

	(void)state;
	memset(title, 'x', sizeof(title));
	for (i = 0; i < 10000 && rc == 0; i++)
		rc = cpe_spool_add(s, &name, &e);
	assert_int_equal(rc, -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_string_equal(
	    e.msg, "the names of the dictionary do not fit into memory");
	cpe_spool_free(s);
}

int
main(void)
{
	struct CMUnitTest tests[32];
	size_t n = 0;

	TABLE_ADD(tests, &n, steps, test_step);
	TABLE_ADD(tests, &n, asks, test_ask);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_names);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_changes);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_spool);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_spool_limit);
	return _cmocka_run_group_tests("cpe_rows", tests, n, NULL, NULL);
}
