/* SPDX-License-Identifier: Apache-2.0 */
/* SCAP data streams: the reader, and what it reads as rows. */
#include "content/datastream.h"
#include "indexer/lookup.h"
#include "tests/unit/family_world.h"

#define NAMESPACES                                                      \
	" xmlns:ds='http://scap.nist.gov/schema/scap/source/1.2'"       \
	" xmlns:x='http://checklists.nist.gov/xccdf/1.2'"               \
	" xmlns:o='http://oval.mitre.org/XMLSchema/oval-definitions-5'" \
	" xmlns:q='http://scap.nist.gov/schema/ocil/2.0'"               \
	" xmlns:c='http://cpe.mitre.org/dictionary/2.0'"                \
	" xmlns:xlink='http://www.w3.org/1999/xlink'"
#define COLLECTION(content)                                  \
	"<ds:data-stream-collection id='coll'"               \
	" schematron-version='1.3'" NAMESPACES ">\n" content \
	"</ds:data-stream-collection>\n"
#define STREAM(content)                                             \
	"<ds:data-stream id='stream' scap-version='1.3' use-case='" \
	"CONFIGURATION' timestamp='2024-01-01T00:00:00'>" content   \
	"</ds:data-stream>\n"
#define REF(id, href) "<ds:component-ref id='" id "' xlink:href='" href "'/>"
#define COMPONENT(id, content)                                               \
	"<ds:component id='" id "' timestamp='2024-01-02T00:00:00'>" content \
	"</ds:component>\n"
#define BENCHMARK(version, profiles)                                    \
	COMPONENT("comp-x",                                             \
	    "<x:Benchmark id='xccdf_org.t_benchmark_T'>\n"              \
	    "<x:status>draft</x:status><x:status>accepted</x:status>"   \
	    "<x:title>Guide to T</x:title><x:title>Anleitung</x:title>" \
	    "<x:version>" version "</x:version>" profiles               \
	    "<x:Group><x:title>No</x:title></x:Group></x:Benchmark>")
#define PROFILE(id, title)                                      \
	"<x:Profile id='" id "'><x:title> " title " </x:title>" \
	"<x:select idref='r' selected='true'/></x:Profile>"
#define CHECKLIST                                                            \
	STREAM("<ds:checklists>" REF(                                        \
	    "cref-x", "#comp-x") "</ds:checklists><ds:checks>" REF("cref-r", \
	    "https://example.org/oval.xml") "</ds:checks>")
#define FULL                            \
	COLLECTION(CHECKLIST BENCHMARK( \
	    "1.2", PROFILE("p1", "Standard") PROFILE("p2", "High")))

static const struct datastream_case {
	const char *name;
	const char *input;
	enum err_code code;
	const char *expect;
} cases[] = {
	{ "a benchmark", FULL, ERR_NONE,
	    "data-stream stream 2024-01-01T00:00:00 1.3 CONFIGURATION\n"
	    "  cref-x checklists #comp-x\n"
	    "  cref-r checks https://example.org/oval.xml\n"
	    "benchmark comp-x 2024-01-02T00:00:00 xccdf_org.t_benchmark_T|"
	    "Guide to T|1.2|accepted\n  p1 Standard\n  p2 High\n"
	    "coll 1.3 1.3 2024-01-02T00:00:00" },
	{ "each kind of component",
	    COLLECTION(STREAM("") COMPONENT("a",
		"<o:oval_definitions><o:definitions/></o:oval_definitions>")
		    COMPONENT("b", "<q:ocil/>") COMPONENT(
			"c", "<c:cpe-list/>") COMPONENT("d",
			"<x:Tailoring id='t'>" PROFILE(
			    "p", "Mine") "</x:Tailoring>") COMPONENT("e",
			"<Benchmark id='other'/>") "<ds:extended-component id='f'><script>x"
						   "</script></ds:extended-component>"),
	    ERR_NONE,
	    "data-stream stream 2024-01-01T00:00:00 1.3 CONFIGURATION\n"
	    "oval a 2024-01-02T00:00:00\nocil b 2024-01-02T00:00:00\n"
	    "cpe-list c 2024-01-02T00:00:00\n"
	    "tailoring d 2024-01-02T00:00:00 t|||\n  p Mine\n"
	    "other e 2024-01-02T00:00:00\nextended f \n"
	    "coll 1.3 1.3 2024-01-02T00:00:00" },
	{ "a component that comes before its reference",
	    COLLECTION(BENCHMARK("1", "") CHECKLIST), ERR_NONE,
	    "benchmark comp-x 2024-01-02T00:00:00 xccdf_org.t_benchmark_T|"
	    "Guide to T|1|accepted\n"
	    "data-stream stream 2024-01-01T00:00:00 1.3 CONFIGURATION\n"
	    "  cref-x checklists #comp-x\n"
	    "  cref-r checks https://example.org/oval.xml\n"
	    "coll 1.3 1.3 2024-01-02T00:00:00" },
	{ "a benchmark by itself",
	    "<x:Benchmark" NAMESPACES " id='b'></x:Benchmark>", ERR_FORMAT,
	    "line 1: an XCCDF benchmark by itself, not a SCAP data stream" },
	{ "definitions by themselves",
	    "<!-- -->\n<o:oval_definitions" NAMESPACES "/>", ERR_FORMAT,
	    "line 2: a file of OVAL definitions by itself, not a SCAP data "
	    "stream" },
	{ "a report", "<arf:asset-report-collection xmlns:arf='a'/>",
	    ERR_FORMAT, "line 1: an ARF report, not a SCAP data stream" },
	{ "a web page", "<html/>", ERR_FORMAT,
	    "line 1: <html> is not a SCAP data stream" },
	{ "another namespace", "<data-stream-collection xmlns='n' id='x'/>",
	    ERR_FORMAT,
	    "line 1: <data-stream-collection> is not a SCAP data stream" },
	{ "a collection of nothing", COLLECTION(""), ERR_FORMAT,
	    "the collection has no data stream" },
	{ "a component that is not there", COLLECTION(CHECKLIST), ERR_FORMAT,
	    "the component comp-x is not there" },
	{ "a reference to nothing",
	    COLLECTION(STREAM("<ds:checks>\n" REF("c", "#") "</ds:checks>")),
	    ERR_FORMAT, "line 3: c refers to nothing" },
	{ "a component without an id",
	    COLLECTION(STREAM("") COMPONENT("", "<q:ocil/>")), ERR_FORMAT,
	    "line 3: <component> without an id" },
	{ "a benchmark without an id",
	    COLLECTION(STREAM("") COMPONENT("a", "<x:Benchmark/>")), ERR_FORMAT,
	    "line 3: <Benchmark> without an id" },
	{ "a document type",
	    "<!DOCTYPE x [<!ENTITY a 'b'>]>\n" COLLECTION(STREAM("")),
	    ERR_FORMAT, "line 1: DOCTYPE is refused" },
	{ "ends early", "<ds:data-stream-collection id='c'" NAMESPACES ">",
	    ERR_FORMAT, "line 1: the document ends early" },
};

static int
on_part(void *ctx, const struct datastream_part *p, struct err *e)
{
	struct buf *b = ctx;
	size_t i;

	(void)e;
	assert_true(span_has_prefix(p->raw, "<ds:"));
	assert_true(span_has_suffix(p->raw, ">"));
	buf_printf(b, "%s %.*s %.*s", datastream_kind_name(p->kind),
	    SPAN_ARG(p->id), SPAN_ARG(p->timestamp));
	if (p->kind == DATASTREAM_STREAM)
		buf_printf(b, " %.*s %.*s", SPAN_ARG(p->scap_version),
		    SPAN_ARG(p->use_case));
	if (p->benchmark.len > 0)
		buf_printf(b, " %.*s|%.*s|%.*s|%.*s", SPAN_ARG(p->benchmark),
		    SPAN_ARG(p->title), SPAN_ARG(p->version),
		    SPAN_ARG(p->status));
	buf_add_char(b, '\n');
	for (i = 0; i < p->n_refs; i++)
		buf_printf(b, "  %.*s %.*s %.*s\n", SPAN_ARG(p->refs[i].id),
		    SPAN_ARG(p->refs[i].section), SPAN_ARG(p->refs[i].href));
	for (i = 0; i < p->n_uris; i++)
		buf_printf(b, "  %.*s is %.*s\n", SPAN_ARG(p->uris[i].name),
		    SPAN_ARG(p->uris[i].uri));
	for (i = 0; i < p->n_profiles; i++)
		buf_printf(b, "  %.*s %.*s\n", SPAN_ARG(p->profiles[i].id),
		    SPAN_ARG(p->profiles[i].title));
	return 0;
}

static void
test_read(void **state)
{
	const struct datastream_case *c = *state;
	struct buf got = { 0 };
	struct datastream_sink sink = { &got, on_part };
	struct datastream_collection all;
	struct arena arena = { 0 };
	struct stream *in = NULL;
	struct err e = { 0 };

	assert_int_equal(stream_open_span(&in, span_of(c->input), NULL, &e), 0);
	if (datastream_read(in, &sink, &arena, &all, &e) == 0) {
		buf_printf(&got, "%.*s %.*s %.*s %.*s", SPAN_ARG(all.id),
		    SPAN_ARG(all.schematron_version),
		    SPAN_ARG(all.scap_version), SPAN_ARG(all.timestamp));
	} else {
		buf_reset(&got);
		buf_add_str(&got, e.msg);
	}
	assert_string_equal(buf_str(&got), c->expect);
	assert_int_equal(e.code, c->code);
	stream_close(in);
	arena_cleanup(&arena);
	buf_cleanup(&got);
}

static const struct rows_case {
	const char *name;
	const char *sql;
	const char *expect;
} rows[] = {
	{ "the collection",
	    "SELECT product_name||' '||product_version||' '||schema_version"
	    "||' '||published||' '||n_records FROM document",
	    "coll 1.3 1.3 2024-01-02T00:00:00 2;" },
	{ "its parts",
	    "SELECT id||' '||kind||' '||timestamp||' '||scap_version||' '||"
	    "use_case||' '||benchmark||' '||title||' '||version||' '||status "
	    "FROM datastream ORDER BY key",
	    "stream 1 2024-01-01T00:00:00 1.3 CONFIGURATION    ;"
	    "comp-x 2 2024-01-02T00:00:00   xccdf_org.t_benchmark_T Guide to "
	    "T 1.2 accepted;" },
	{ "references",
	    "SELECT s.id||' '||r.id||' '||section||' '||href FROM "
	    "datastream_ref r JOIN datastream s ON s.key=part ORDER BY n",
	    "stream cref-x checklists #comp-x;"
	    "stream cref-r checks https://example.org/oval.xml;" },
	{ "profiles",
	    "SELECT s.id||' '||p.id||' '||p.title FROM datastream_profile p "
	    "JOIN datastream s ON s.key=part ORDER BY n",
	    "comp-x p1 Standard;comp-x p2 High;" },
	{ "words",
	    "SELECT (SELECT count(*) FROM search WHERE search MATCH 'guide')"
	    "||' '||(SELECT count(*) FROM search WHERE search MATCH 'high')"
	    "||' '||(SELECT count(*) FROM search WHERE search MATCH "
	    "'\"example.org\"')||' '||(SELECT count(*) FROM search WHERE search "
	    "MATCH '\"comp-x\"')",
	    "1 1 1 1;" },
};

static void
test_rows(void **state)
{
	static const struct family_text text = { "t", DOCUMENT_DATASTREAM,
		FULL };
	const struct rows_case *c = *state;
	struct family_world w;
	char got[1024];

	family_world_open(&w);
	family_world_must(&w, &text, 1);
	family_world_query(&w, c->sql, got, sizeof(got));
	assert_string_equal(got, c->expect);
	family_world_close(&w);
}

/* One publication after the other; what the second changes. */
static const struct step_case {
	const char *name;
	const char *second; /* NULL: remove */
	uint64_t n_added;
	uint64_t n_changed;
	uint64_t n_removed;
	bool written;
} steps[] = {
	{ "the same", FULL, 0, 0, 0, false },
	{ "a comment more: parts only moved",
	    COLLECTION("<!-- moved -->" CHECKLIST BENCHMARK(
		"1.2", PROFILE("p1", "Standard") PROFILE("p2", "High"))),
	    0, 0, 0, true },
	{ "another version of the benchmark",
	    COLLECTION(CHECKLIST BENCHMARK(
		"1.3", PROFILE("p1", "Standard") PROFILE("p2", "High"))),
	    0, 1, 0, true },
	{ "a profile less, a component more",
	    COLLECTION(CHECKLIST BENCHMARK("1.2", PROFILE("p1", "Standard"))
		    COMPONENT("y", "<q:ocil/>")),
	    1, 1, 0, true },
	{ "another stream, no benchmark",
	    COLLECTION("<ds:data-stream id='else'/>"), 1, 0, 2, true },
	{ "something deep in the benchmark",
	    COLLECTION(CHECKLIST BENCHMARK("1.2",
		"<!-- -->" PROFILE("p1", "Standard") PROFILE("p2", "High"))),
	    0, 1, 0, true },
	{ "gone", NULL, 0, 0, 2, true },
};

/* The rows are those that the second publication alone gives. */
static void
test_step(void **state)
{
	const struct step_case *c = *state;
	struct family_text text = { "t", DOCUMENT_DATASTREAM, FULL };
	struct family_world w, alone;
	char left[64];

	family_world_open(&w);
	family_world_open(&alone);
	family_world_must(&w, &text, 1);
	text.text = c->second;
	family_world_must(&w, &text, 1);
	family_world_must(&alone, &text, 1);
	assert_true(family_world_same(&w, &alone));
	assert_int_equal(w.outcomes[0].n_added, c->n_added);
	assert_int_equal(w.outcomes[0].n_changed, c->n_changed);
	assert_int_equal(w.outcomes[0].n_removed, c->n_removed);
	assert_int_equal(w.outcomes[0].n_written > 0, c->written);
	family_world_query(&w,
	    "SELECT ((SELECT count(*) FROM datastream_raw)-"
	    "(SELECT count(*) FROM datastream))||' '||(SELECT count(*) FROM "
	    "search WHERE search MATCH 'high')",
	    left, sizeof(left));
	assert_string_equal(left,
	    c->second != NULL && strstr(c->second, "High") != NULL ? "0 1;"
								   : "0 0;");
	family_world_close(&w);
	family_world_close(&alone);
}

static void
test_twice(void **state)
{
	static const struct family_text text = { "t", DOCUMENT_DATASTREAM,
		COLLECTION(STREAM("") COMPONENT("a", "<q:ocil/>")
			COMPONENT("a", "<q:ocil/>")) };
	struct family_world w;
	struct err e = { 0 };

	(void)state;
	family_world_open(&w);
	assert_int_equal(family_world_build(&w, &text, 1, &e), 0);
	assert_true(w.outcomes[0].refused);
	assert_string_equal(
	    w.outcomes[0].error.msg, "t: line 4: a is there twice");
	family_world_close(&w);
}

static const struct show_case {
	const char *name;
	const char *id;
	const char *expect; /* the beginning */
} shows[] = {
	{ "a data stream", "stream",
	    "data-stream stream\n  scap        1.3\n"
	    "  use         CONFIGURATION\n"
	    "  timestamp   2024-01-01T00:00:00\n"
	    "  components  cref-x checklists #comp-x\n"
	    "              cref-r checks https://example.org/oval.xml\n"
	    "  document    t\n" },
	{ "a benchmark", "comp-x",
	    "benchmark comp-x\n  title       Guide to T\n"
	    "  benchmark   xccdf_org.t_benchmark_T\n  version     1.2\n"
	    "  status      accepted\n  timestamp   2024-01-02T00:00:00\n"
	    "  profiles    p1 Standard\n              p2 High\n"
	    "  document    t\n" },
	{ "a profile", "p2", "benchmark comp-x\n" },
};

static void
test_show(void **state)
{
	static const struct family_text text = { "t", DOCUMENT_DATASTREAM,
		FULL };
	const struct show_case *c = *state;
	struct index_reader index;
	struct family_world w;
	struct out out;
	struct lookup l = { .index = &index, .out = &out };
	struct err e = { 0 };
	uint64_t n = 0;
	char to[192];

	family_world_open(&w);
	family_world_must(&w, &text, 1);
	snprintf(to, sizeof(to), "%s/scap.sqlite", w.tmp.path);
	assert_int_equal(rename(w.path, to), 0);
	out_init(&out, -1);
	if (index_open(&index, w.tmp.dirfd, w.tmp.path, &e) != 0 ||
	    lookup_show(&l, span_of(c->id), &n, &e) != 0)
		fail_msg("%s", e.msg);
	assert_int_equal(n, 1);
	if (!span_has_prefix(buf_span(&out.buf), c->expect))
		assert_string_equal(buf_str(&out.buf), c->expect);
	out_cleanup(&out);
	index_close(&index);
	family_world_close(&w);
}

int
main(void)
{
	struct CMUnitTest tests[64];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_read);
	TABLE_ADD(tests, &n, rows, test_rows);
	TABLE_ADD(tests, &n, steps, test_step);
	TABLE_ADD(tests, &n, shows, test_show);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_twice);
	return _cmocka_run_group_tests("datastream", tests, n, NULL, NULL);
}
