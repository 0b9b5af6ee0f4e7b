/* SPDX-License-Identifier: Apache-2.0 */
/* Families brought up to date: what changes, what stays, what is refused. */
#include "base/mem.h"
#include "tests/unit/corpus.h"
#include "tests/unit/family_world.h"

#define DEFINITION(id, title, words)                                    \
	"<definition class='patch' id='oval:t:def:" id "' version='1'>" \
	"<metadata><title>" title "</title><description>" words         \
	"</description></metadata><criteria><criterion comment='bash "  \
	"package in t was' test_ref='oval:t:tst:1'/></criteria></definition>"
#define REST(name)                                                          \
	"<tests><linux:dpkginfo_test id='oval:t:tst:1' version='1' "        \
	"check='all' comment='c'><linux:object object_ref='oval:t:obj:1'/>" \
	"</linux:dpkginfo_test></tests><objects><linux:dpkginfo_object "    \
	"id='oval:t:obj:1' version='1'><linux:name>" name                   \
	"</linux:name></linux:dpkginfo_object></objects>"
#define DEFINITIONS(list) "<definitions>" list "</definitions>"

#define FIRST DEFINITION("1", "CVE-2024-0001", "a heap overflow")
#define SECOND DEFINITION("2", "CVE-2024-0002", "a race condition")
#define SECOND_CHANGED DEFINITION("2", "CVE-2024-0002", "a use after free")
#define THIRD DEFINITION("3", "CVE-2024-0003", "a format string")
#define BAD                                                             \
	DEFINITIONS(                                                    \
	    "<definition class='patch' id='oval:t:def:1' "              \
	    "version='1'><metadata><title>poison</title><description/>" \
	    "</metadata><criteria><extend_definition "                  \
	    "definition_ref='oval:t:def:9'/></criteria></definition>")

/* Builds one document "t" from its day and parts. */
static void
build(struct family_world *w, const char *day, const char *body)
{
	struct family_text text = { "t", DOCUMENT_OVAL, NULL };
	struct buf xml = { 0 };

	buf_printf(&xml, FAMILY_OVAL_DOCUMENT, day, body);
	text.text = buf_str(&xml);
	family_world_must(w, &text, 1);
	buf_cleanup(&xml);
}

static const struct update_case {
	const char *name;
	const char *before;
	const char *after;
	uint64_t n_added;
	uint64_t n_changed;
	uint64_t n_removed;
} updates[] = {
	{ "timestamp only", DEFINITIONS(FIRST SECOND) REST("bash"),
	    DEFINITIONS(FIRST SECOND) REST("bash"), 0, 0, 0 },
	{ "one added", DEFINITIONS(FIRST SECOND) REST("bash"),
	    DEFINITIONS(FIRST SECOND THIRD) REST("bash"), 1, 0, 0 },
	{ "one added in front", DEFINITIONS(FIRST SECOND) REST("bash"),
	    DEFINITIONS(THIRD FIRST SECOND) REST("bash"), 1, 0, 0 },
	{ "one changed", DEFINITIONS(FIRST SECOND) REST("bash"),
	    DEFINITIONS(FIRST SECOND_CHANGED) REST("bash"), 0, 1, 0 },
	{ "one removed", DEFINITIONS(FIRST SECOND THIRD) REST("bash"),
	    DEFINITIONS(FIRST THIRD) REST("bash"), 0, 0, 1 },
	{ "all replaced", DEFINITIONS(FIRST) REST("bash"),
	    DEFINITIONS(SECOND THIRD) REST("bash"), 2, 0, 1 },
	{ "object changed below", DEFINITIONS(FIRST SECOND) REST("bash"),
	    DEFINITIONS(FIRST SECOND) REST("dash"), 0, 0, 0 },
	{ "turned around", DEFINITIONS(FIRST SECOND) REST("bash"),
	    DEFINITIONS(SECOND FIRST) REST("bash"), 0, 0, 0 },
};

/* The index after an update is the one that its files give anew. */
static void
test_update(void **state)
{
	const struct update_case *c = *state;
	struct family_world w, fresh;

	family_world_open(&w);
	family_world_open(&fresh);
	build(&w, "01", c->before);
	build(&w, "02", c->after);
	assert_int_equal(w.outcomes[0].n_added, c->n_added);
	assert_int_equal(w.outcomes[0].n_changed, c->n_changed);
	assert_int_equal(w.outcomes[0].n_removed, c->n_removed);
	assert_true(w.outcomes[0].n_written);
	build(&fresh, "02", c->after);
	assert_true(family_world_same(&w, &fresh));
	build(&w, "02", c->after);
	assert_false(w.outcomes[0].n_written);
	assert_int_equal(w.outcomes[0].n_records, fresh.outcomes[0].n_records);
	family_world_close(&w);
	family_world_close(&fresh);
}

static void
test_keys_stay(void **state)
{
	const char *sql = "SELECT (key & 4294967295) || ' ' || id FROM "
			  "definition ORDER BY key";
	struct family_world w;
	char text[256];

	(void)state;
	family_world_open(&w);
	build(&w, "01", DEFINITIONS(FIRST SECOND) REST("bash"));
	family_world_query(&w, sql, text, sizeof(text));
	assert_string_equal(text, "0 oval:t:def:1;1 oval:t:def:2;");
	build(&w, "02", DEFINITIONS(THIRD SECOND) REST("bash"));
	family_world_query(&w, sql, text, sizeof(text));
	assert_string_equal(text, "1 oval:t:def:2;2 oval:t:def:3;");
	family_world_close(&w);
}

/* A word of the old text is found no more, one of the new text is. */
static void
test_search_follows(void **state)
{
	struct family_world w;
	char text[64];

	(void)state;
	family_world_open(&w);
	build(&w, "01", DEFINITIONS(FIRST SECOND) REST("bash"));
	build(&w, "02", DEFINITIONS(FIRST SECOND_CHANGED) REST("bash"));
	family_world_query(&w,
	    "SELECT rowid & 4294967295 FROM search WHERE search MATCH 'race'",
	    text, sizeof(text));
	assert_string_equal(text, "");
	family_world_query(&w,
	    "SELECT rowid & 4294967295 FROM search WHERE search MATCH 'free'",
	    text, sizeof(text));
	assert_string_equal(text, "1;");
	family_world_query(&w,
	    "SELECT rowid & 4294967295 FROM search WHERE search MATCH "
	    "'head : bash' ORDER BY rowid",
	    text, sizeof(text));
	assert_string_equal(text, "0;1;");
	family_world_close(&w);
}

static void
expect_found(struct family_world *w, const char *word, const char *expect)
{
	char sql[128], text[128];

	snprintf(sql, sizeof(sql),
	    "SELECT d.id FROM search s JOIN definition d ON d.key = s.rowid "
	    "WHERE search MATCH '%s' ORDER BY s.rowid",
	    word);
	family_world_query(w, sql, text, sizeof(text));
	assert_string_equal(text, expect);
}

/* The others go on, and nothing of the refused one is found. */
static void
test_refused_keeps_the_last(void **state)
{
	struct family_text texts[3] = { { "s", DOCUMENT_OVAL, NULL },
		{ "t", DOCUMENT_OVAL, NULL }, { "u", DOCUMENT_OVAL, NULL } };
	struct buf before = { 0 }, bad = { 0 }, after = { 0 };
	struct family_world w;
	struct err e = { 0 };
	char text[128];

	(void)state;
	buf_printf(&before, FAMILY_OVAL_DOCUMENT, "02",
	    DEFINITIONS(FIRST) REST("bash"));
	buf_printf(&bad, FAMILY_OVAL_DOCUMENT, "02", BAD);
	buf_printf(&after, FAMILY_OVAL_DOCUMENT, "02",
	    DEFINITIONS(THIRD) REST("bash"));
	texts[0].text = buf_str(&before);
	texts[1].text = buf_str(&bad);
	texts[2].text = buf_str(&after);
	family_world_open(&w);
	build(&w, "01", DEFINITIONS(FIRST SECOND) REST("bash"));
	assert_int_equal(family_world_build(&w, texts, 3, &e), 0);
	assert_false(w.outcomes[0].refused);
	assert_true(w.outcomes[1].refused);
	assert_false(w.outcomes[1].n_written);
	assert_string_equal(w.outcomes[1].error.msg,
	    "t: line 3: extend_definition refers to definition oval:t:def:9, "
	    "which the document does not have");
	assert_false(w.outcomes[2].refused);
	family_world_query(&w,
	    "SELECT name || ' ' || published || ' ' || n_records FROM "
	    "document ORDER BY name",
	    text, sizeof(text));
	assert_string_equal(text,
	    "s 2024-01-02T00:00:00 1;t 2024-01-01T00:00:00 2;"
	    "u 2024-01-02T00:00:00 1;");
	expect_found(&w, "poison", "");
	expect_found(&w, "heap", "oval:t:def:1;oval:t:def:1;");
	expect_found(&w, "race", "oval:t:def:2;");
	expect_found(&w, "format", "oval:t:def:3;");
	family_world_close(&w);
	buf_cleanup(&before);
	buf_cleanup(&bad);
	buf_cleanup(&after);
}

static void
test_removed_document(void **state)
{
	struct family_text gone = { "t", DOCUMENT_OVAL, NULL };
	struct family_world w;
	char text[256];

	(void)state;
	family_world_open(&w);
	build(&w, "01", DEFINITIONS(FIRST SECOND) REST("bash"));
	family_world_must(&w, &gone, 1);
	assert_int_equal(w.outcomes[0].n_removed, 2);
	family_world_query(&w,
	    "SELECT (SELECT count(*) FROM document) + (SELECT count(*) FROM "
	    "definition) + (SELECT count(*) FROM definition_text) + (SELECT "
	    "count(*) FROM test) + (SELECT count(*) FROM object) + (SELECT "
	    "count(*) FROM plan) + (SELECT count(*) FROM package_test) + "
	    "(SELECT count(*) FROM test_definition) + (SELECT count(*) FROM "
	    "baseline) + (SELECT count(*) FROM want) + (SELECT count(*) FROM "
	    "place) + (SELECT count(*) FROM raw_block)",
	    text, sizeof(text));
	assert_string_equal(text, "0;");
	family_world_query(&w,
	    "SELECT rowid FROM search WHERE search MATCH 'bash'", text,
	    sizeof(text));
	assert_string_equal(text, "");
	family_world_must(&w, &gone, 1);
	assert_false(w.outcomes[0].n_written);
	family_world_close(&w);
}

static void
test_order_does_not_matter(void **state)
{
	struct family_text texts[3], turned[3];
	struct family_world a, b;
	struct buf xml[3] = { { 0 } };
	size_t i;

	(void)state;
	buf_printf(&xml[0], FAMILY_OVAL_DOCUMENT, "01",
	    DEFINITIONS(FIRST SECOND) REST("bash"));
	buf_printf(&xml[1], FAMILY_OVAL_DOCUMENT, "01",
	    DEFINITIONS(THIRD FIRST) REST("dash"));
	buf_printf(
	    &xml[2], FAMILY_OVAL_DOCUMENT, "03", DEFINITIONS(SECOND) REST("z"));
	texts[0] = (struct family_text){ "t", DOCUMENT_OVAL, xml[0].ptr };
	texts[1] = (struct family_text){ "u", DOCUMENT_OVAL, xml[1].ptr };
	texts[2] = (struct family_text){ "v", DOCUMENT_OVAL, xml[2].ptr };
	for (i = 0; i < 3; i++)
		turned[i] = texts[2 - i];
	family_world_open(&a);
	family_world_open(&b);
	family_world_must(&a, texts, 3);
	family_world_must(&b, turned, 3);
	assert_true(family_world_same(&a, &b));
	family_world_must(&b, &texts[0], 1);
	assert_true(family_world_same(&a, &b));
	texts[0].text = xml[1].ptr;
	family_world_must(&b, &texts[0], 1);
	assert_false(family_world_same(&a, &b));
	family_world_close(&a);
	family_world_close(&b);
	for (i = 0; i < 3; i++)
		buf_cleanup(&xml[i]);
}

/* A disk that cannot be written is no document's fault. */
static void
test_cannot_write(void **state)
{
	struct family_text text = { "t", DOCUMENT_OVAL, "<x/>" };
	struct family_world w;
	struct err e = { 0 };
	char expect[256];

	(void)state;
	family_world_open(&w);
	snprintf(w.path, sizeof(w.path), "%s/none/t.sqlite", w.tmp.path);
	snprintf(expect, sizeof(expect), "%s: its folder is not there", w.path);
	assert_int_equal(family_world_build(&w, &text, 1, &e), -1);
	assert_string_equal(e.msg, expect);
	family_world_close(&w);
}

static struct verified_file *
corpus_file(const char *path)
{
	const char *root = getenv("SCAPCACHE_CORPUS");
	struct proof proof = { .kind = PROOF_LOCAL };
	struct verified_file *file = NULL;
	struct err e = { 0 };
	char full[512];
	int fd;

	snprintf(full, sizeof(full), "%s/%s",
	    root == NULL ? "../shared/corpus" : root, path);
	fd = open(full, O_RDONLY | O_CLOEXEC);
	if (fd == -1) {
		print_message("skipped: no corpus\n");
		skip();
	}
	if (digest_of_fd(fd, &proof.sha256, &proof.size_bytes, &e) != 0 ||
	    verified_open(&file, fd, &proof, &e) != 0)
		fail_msg("%s", e.msg);
	return file;
}

static void
build_file(struct family_world *w, const char *path)
{
	struct index_input input = { .format = DOCUMENT_OVAL,
		.name = SPAN_LIT("t"),
		.source = SPAN_LIT("source"),
		.path = SPAN_LIT("t") };
	struct verified_file *file = corpus_file(path);
	struct err e = { 0 };

	input.file = file;
	family_world_unseal(w);
	if (family_build(w->path, &input, 1, w->outcomes, NULL, &e) != 0 ||
	    w->outcomes[0].refused ||
	    family_digests(w->path, &w->digests, &e) != 0)
		fail_msg("%s%s", e.msg, w->outcomes[0].error.msg);
	verified_close(file);
}

/* Real publications: the step between them gives what the later one gives. */
static const struct step_case {
	const char *name;
	const char *path;
	uint64_t n_records;
	uint64_t n_added;
	uint64_t n_changed;
} steps[] = {
	{ "noble, published again",
	    CORPUS_UBUNTU "com.ubuntu.noble.usn.oval.xml.bz2", 237, 0, 0 },
	{ "rhel-8, four days", CORPUS_REDHAT "RHEL8/rhel-8.oval.xml.bz2", 169,
	    2, 167 },
};

static void
test_step(void **state)
{
	const struct step_case *c = *state;
	struct family_world w, fresh;
	char path[512];

	family_world_open(&w);
	family_world_open(&fresh);
	snprintf(path, sizeof(path), "upstream-previous/%s", c->path);
	build_file(&w, path);
	snprintf(path, sizeof(path), "upstream/%s", c->path);
	build_file(&w, path);
	assert_int_equal(w.outcomes[0].n_records, c->n_records);
	assert_int_equal(w.outcomes[0].n_added, c->n_added);
	assert_int_equal(w.outcomes[0].n_changed, c->n_changed);
	assert_int_equal(w.outcomes[0].n_removed, 0);
	build_file(&fresh, path);
	assert_true(family_world_same(&w, &fresh));
	family_world_close(&w);
	family_world_close(&fresh);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(test_keys_stay),
		cmocka_unit_test(test_search_follows),
		cmocka_unit_test(test_refused_keeps_the_last),
		cmocka_unit_test(test_removed_document),
		cmocka_unit_test(test_order_does_not_matter),
		cmocka_unit_test(test_cannot_write),
	};
	struct CMUnitTest
	    tests[TABLE_N(updates) + TABLE_N(steps) + TABLE_N(others)] = { 0 };
	size_t n = 0;

	TABLE_ADD(tests, &n, updates, test_update);
	TABLE_ADD(tests, &n, steps, test_step);
	memcpy(tests + n, others, sizeof(others));
	return _cmocka_run_group_tests(
	    "family", tests, n + TABLE_N(others), NULL, NULL);
}
