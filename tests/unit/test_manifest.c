/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "bundle/custom.h"
#include "bundle/manifest.h"
#include "bundle/refusal.h"
#include "tests/unit/table.h"

#define HEX "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
#define DOCUMENT(name)                                                         \
	"{\"family\":\"nvd\",\"format\":\"nvd\",\"length\":7,\"name\":\"" name \
	"\",\"path\":\"nvd.nist.gov/a.json.gz\",\"proof\":\"tls\","            \
	"\"proved\":12,\"records\":3,\"seen\":5,\"sha256\":\"" HEX "\","       \
	"\"source\":\"nvd-1.1\"}"
#define REST                                                           \
	"\"families\":[{\"name\":\"nvd\",\"sha256\":\"" HEX "\"}],"    \
	"\"format\":1,\"generation\":4,\"made\":99,\"sources\":["      \
	"{\"changed\":1,\"checked\":2,\"failed\":3,\"message\":\"m\"," \
	"\"name\":\"nvd-1.1\",\"result\":\"failed\"}]"
#define WITH(documents) "{\"documents\":[" documents "]," REST "}"
#define TOP(families, sources)                     \
	"{\"documents\":[],\"families\":" families \
	",\"format\":1,\"generation\":4,\"made\":99,\"sources\":" sources "}"

/* expect is NULL: writing what was read gives the input. */
static const struct manifest_case {
	const char *name;
	const char *input;
	const char *expect;
} cases[] = {
	{ "two documents", WITH(DOCUMENT("a") "," DOCUMENT("b")), NULL },
	{ "none", WITH(""), NULL },
	{ "nothing but numbers", TOP("[]", "[]"), NULL },
	{ "every member of a document",
	    WITH("{\"distribution\":\"ubuntu\",\"family\":\"ubuntu\","
		 "\"flavour\":\"cve\",\"format\":\"oval\",\"held\":\"h\","
		 "\"length\":1,\"name\":\"n \\\"q\\\" \\\\ \xc3\xa9\","
		 "\"origin\":\"upstream\",\"path\":\"h/p\",\"proof\":\"tls\","
		 "\"proved\":1,\"published\":\"2026-01-02\",\"records\":2,"
		 "\"release\":\"focal\",\"seen\":3,\"sha256\":\"" HEX
		 "\",\"source\":\"ubuntu-oval\"}"),
	    NULL },
	{ "not JSON", "{", "byte 1: the document ends early" },
	{ "not an object", "[]", "byte 1: not a JSON object" },
	{ "of a later format",
	    "{\"documents\":[],\"families\":[],\"format\":2}",
	    "byte 40: format 2: this scapcache reads 1; a newer one is "
	    "needed" },
	{ "no generation", "{\"documents\":[],\"families\":[],\"format\":1}",
	    "has no generation" },
	{ "generation 0",
	    "{\"documents\":[],\"families\":[],\"format\":1,"
	    "\"generation\":0}",
	    "byte 55: generation is no whole number from 1 on" },
	{ "a generation that leaves no numbers",
	    "{\"documents\":[],\"families\":[],\"format\":1,"
	    "\"generation\":4294967296}",
	    "byte 64: generation is above 4294967295" },
	{ "a member twice",
	    "{\"documents\":[],\"families\":[],\"families\":[]}",
	    "byte 42: a member stands there twice" },
	{ "documents out of order", WITH(DOCUMENT("b") "," DOCUMENT("a")),
	    "byte 242: documents are not in the order of their names" },
	{ "a document twice", WITH(DOCUMENT("a") "," DOCUMENT("a")),
	    "byte 242: documents are not in the order of their names" },
	{ "a document without a name", WITH(DOCUMENT("")),
	    "byte 14: a document has no name or no path" },
	{ "a document that is a number", WITH("7"),
	    "byte 14: a document has no name or no path" },
	{ "a control character", WITH(DOCUMENT("a\\u001b[2J")),
	    "byte 14: name has a control character" },
	{ "a NUL", WITH(DOCUMENT("a\\u0000b")),
	    "byte 14: name has a control character" },
	{ "a family that is a path",
	    TOP("[{\"name\":\"../x\",\"sha256\":\"" HEX "\"}]", "[]"),
	    "byte 28: a family's name is not of [a-z0-9-]" },
	{ "a family without a digest", TOP("[{\"name\":\"nvd\"}]", "[]"),
	    "byte 28: a family has no sha256 of 64 digits, lower case" },
	{ "families out of order",
	    TOP("[{\"name\":\"b\",\"sha256\":\"" HEX
		"\"},{\"name\":\"a\",\"sha256\":\"" HEX "\"}]",
		"[]"),
	    "byte 28: families are not in the order of their names" },
	{ "families are no list", TOP("{}", "[]"),
	    "byte 28: families is no list" },
	{ "a source's result",
	    TOP("[]", "[{\"name\":\"nvd-1.1\",\"result\":\"fine\"}]"),
	    "byte 77: source nvd-1.1 is not ok, held or failed" },
	{ "a source's time",
	    TOP("[]", "[{\"checked\":-1,\"name\":\"a\",\"result\":\"ok\"}]"),
	    "byte 77: checked is no whole number from 0 on" },
	{ "a time too large",
	    TOP("[]",
		"[{\"checked\":9223372036854775808,\"name\":\"a\","
		"\"result\":\"ok\"}]"),
	    "byte 77: checked is no whole number from 0 on" },
	{ "a text that is a number",
	    TOP("[]", "[{\"message\":1,\"name\":\"a\",\"result\":\"ok\"}]"),
	    "byte 77: message is no text" },
};

static void
test_read(void **state)
{
	const struct manifest_case *c = *state;
	struct arena arena = { 0 };
	struct buf got = { 0 };
	struct manifest m;
	struct err e = { 0 };

	if (manifest_read(span_of(c->input), &arena, &m, &e) == 0) {
		manifest_write(&got, &m);
	} else {
		assert_int_equal(refusal_of(&e), REFUSAL_SHAPE);
		buf_add_str(&got, e.msg);
	}
	if (c->expect == NULL) {
		assert_string_equal(buf_str(&got), c->input);
	} else {
		assert_true(
		    span_has_prefix(buf_span(&got), "index/manifest.json: "));
		assert_string_equal(
		    buf_str(&got) + strlen("index/manifest.json: "), c->expect);
	}
	buf_cleanup(&got);
	arena_cleanup(&arena);
}

/* What a later version adds is read past. */
static void
test_unknown_members(void **state)
{
	struct arena arena = { 0 };
	struct manifest m;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(
	    manifest_read(SPAN_LIT("{\"also\":[{}],\"documents\":[]," REST "}"),
		&arena, &m, &e),
	    0);
	assert_int_equal(m.generation, 4);
	assert_int_equal(m.made, 99);
	assert_int_equal(m.n_sources, 1);
	assert_int_equal(m.sources[0].n_failed, 3);
	arena_cleanup(&arena);
}

static void
test_limits(void **state)
{
	struct arena arena = { 0 };
	struct buf text = { 0 };
	struct manifest m;
	struct err e = { 0 };
	unsigned i;

	(void)state;
	buf_add_str(&text, "{\"documents\":[],\"families\":[");
	for (i = 0; i <= MANIFEST_FAMILIES_MAX; i++)
		buf_printf(&text,
		    "%s{\"name\":\"f%02u\",\"sha256\":\"" HEX "\"}",
		    i == 0 ? "" : ",", i);
	buf_add_str(&text, "]}");
	assert_int_equal(manifest_read(buf_span(&text), &arena, &m, &e), -1);
	assert_string_equal(
	    e.msg, "index/manifest.json: byte 28: more than 32 families");
	buf_reset(&text);
	buf_reserve(&text, MANIFEST_SIZE_MAX + 2);
	text.len = MANIFEST_SIZE_MAX + 1;
	assert_int_equal(manifest_read(buf_span(&text), &arena, &m, &e), -1);
	assert_string_equal(e.msg, "index/manifest.json: larger than 64 MiB");
	buf_cleanup(&text);
	arena_cleanup(&arena);
}

/* --- custom --- */

static const struct custom_case {
	const char *name;
	struct target_custom custom;
	const char *json;
} customs[] = {
	{ "empty", { .source = { "", 0 } }, "{}" },
	{ "all",
	    { .source = SPAN_LIT("nvd-1.1"),
		.origin = SPAN_LIT("upstream"),
		.media_type = SPAN_LIT("application/gzip"),
		.etag = SPAN_LIT("\"1-2\""),
		.last_modified = SPAN_LIT("Tue, 15 Nov 1994 08:12:31 GMT"),
		.proof = SPAN_LIT("meta-sha256"),
		.licence = SPAN_LIT("public domain"),
		.fetched = 1700000000 },
	    "{\"etag\":\"\\\"1-2\\\"\",\"fetched\":\"2023-11-14T22:13:20Z\","
	    "\"last-modified\":\"Tue, 15 Nov 1994 08:12:31 GMT\","
	    "\"licence\":\"public domain\",\"media-type\":"
	    "\"application/gzip\",\"origin\":\"upstream\","
	    "\"proof\":\"meta-sha256\",\"source\":\"nvd-1.1\"}" },
};

static void
test_custom(void **state)
{
	const struct custom_case *c = *state;
	const struct json_node *tree;
	struct target_custom read;
	struct arena arena = { 0 };
	struct buf once = { 0 }, twice = { 0 };
	struct err e = { 0 };

	custom_write(&once, &c->custom);
	assert_string_equal(buf_str(&once), c->json);
	assert_int_equal(json_parse(buf_span(&once), &arena, &tree, &e), 0);
	custom_read(tree, &read);
	custom_write(&twice, &read);
	assert_string_equal(buf_str(&twice), c->json);
	assert_int_equal(read.fetched, c->custom.fetched);
	buf_cleanup(&once);
	buf_cleanup(&twice);
	arena_cleanup(&arena);
}

/* A header of an upstream may be anything. */
static void
test_custom_is_made_clean(void **state)
{
	const struct target_custom c = {
		.etag = SPAN_LIT("a\x01\xff\xc3\xa9\x7f"),
	};
	struct target_custom none;
	struct buf b = { 0 };

	(void)state;
	custom_write(&b, &c);
	assert_string_equal(
	    buf_str(&b), "{\"etag\":\"a \xef\xbf\xbd\xc3\xa9 \"}");
	custom_read(NULL, &none);
	assert_int_equal(none.source.len, 0);
	assert_int_equal(none.fetched, 0);
	buf_cleanup(&b);
}

static void
test_media_types(void **state)
{
	static const struct {
		const char *path;
		const char *type;
	} rows[] = {
		{ "h/a.oval.xml.bz2", "application/x-bzip2" },
		{ "h/a.json.gz", "application/gzip" },
		{ "h/a.tar.zst", "application/zstd" },
		{ "h/a.json", "application/json" },
		{ "h/a.json.asc", "application/pgp-signature" },
		{ "h/PULP_MANIFEST", "text/plain" },
		{ "h/a.xml", "application/xml" },
		{ "h/rest=3fx", "application/octet-stream" },
	};
	size_t i;

	(void)state;
	for (i = 0; i < TABLE_N(rows); i++)
		assert_true(span_is(
		    custom_media_type(span_of(rows[i].path)), rows[i].type));
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + TABLE_N(customs) + 4];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_read);
	TABLE_ADD(tests, &n, customs, test_custom);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_unknown_members);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_limits);
	tests[n++] =
	    (struct CMUnitTest)cmocka_unit_test(test_custom_is_made_clean);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_media_types);
	return _cmocka_run_group_tests("manifest", tests, n, NULL, NULL);
}
