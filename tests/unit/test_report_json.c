/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/json.h"
#include "scanner/report.h"
#include "tests/unit/scan_world.h"
#include "tests/unit/table.h"

static struct span cves[] = { SPAN_LIT("CVE-2021-3449"),
	SPAN_LIT("CVE-2021-3450") };
static struct span reasons[] = { SPAN_LIT("layer 2 of 3 ends early") };
static struct span missing[] = { SPAN_LIT("com.ubuntu.focal.usn.oval") };

/* Everything that may be there. */
static void
fill(struct scan_world *w)
{
	struct evidence *f;

	f = scan_world_finding(w, 0, "openssl", "1.1.1f-1", "1.1.1f-1ubuntu2");
	f->severity = SEVERITY_HIGH;
	f->status = OVAL_STATUS_RELEASED;
	f->notice = SPAN_LIT("USN-4891-1");
	f->cves = cves;
	f->n_cves = 2;
	scan_world_finding(w, 1, "", "", "");
	w->scan.reasons = reasons;
	w->scan.n_reasons = 1;
	w->scan.missing = missing;
	w->scan.n_missing = 1;
	w->scan.evaluation_ms = 1.5;
	w->evaluated[0].counts[RESULT_UNKNOWN] = 3;
	w->evaluated[0].n_kernel = 2;
	w->facts.image_digest = SPAN_LIT("sha256:11");
	w->facts.system.collected[PACKAGE_RPM] = COLLECTION_ERROR;
}

struct json_case {
	const char *path;
	const char *expect; /* NULL: null */
};

static const struct json_case cases[] = {
	{ "format", "1" },
	{ "scapcache", SCAPCACHE_VERSION },
	{ "verdict", "fail" },
	{ "generation", "7" },
	{ "image.target", "rootfs:image" },
	{ "image.digest", "sha256:11" },
	{ "image.architecture", NULL },
	{ "image.os.id", "ubuntu" },
	{ "image.os.codename", "focal" },
	{ "inventory.digest",
	    "sha256:00000000000000000000000000000000000000000000000000000000"
	    "00000000" },
	{ "summary.findings", "2" },
	{ "summary.high", "1" },
	{ "summary.unrated", "1" },
	{ "summary.critical", "0" },
	{ "timing.evaluation_ms", "1.500" },
};

static const struct json_case firsts[] = {
	{ "reasons", "layer 2 of 3 ends early" },
	{ "missing", "com.ubuntu.focal.usn.oval" },
	{ "documents.name", "com.ubuntu.focal.cve.oval" },
	{ "documents.sha256", WORLD_SHA256 },
	{ "documents.published", "2021-08-31T04:30:15" },
	{ "documents.definitions.total", "4" },
	{ "documents.definitions.unknown", "3" },
	{ "documents.definitions.kernel", "2" },
	{ "documents.definitions.not evaluated", "0" },
	{ "inventory.databases.kind", "dpkg" },
	{ "inventory.databases.state", "complete" },
	{ "inventory.databases.packages", "2" },
	{ "findings.package", "openssl" },
	{ "findings.arch", "amd64" },
	{ "findings.installed", "1.1.1f-1" },
	{ "findings.fixed", "1.1.1f-1ubuntu2" },
	{ "findings.severity", "high" },
	{ "findings.cves", "CVE-2021-3449" },
	{ "findings.notice", "USN-4891-1" },
	{ "findings.status", "released" },
	{ "findings.class", "vulnerability" },
	{ "findings.document", "com.ubuntu.focal.cve.oval" },
	{ "findings.definition", "oval:com.ubuntu.focal:def:1" },
	{ "findings.title", "a title" },
};

static struct arena arena;
static const struct json_node *root;
static struct buf text;

static void
write_json(struct scan_world *w, bool timing, struct buf *b)
{
	struct report_options options = { .timing = timing };
	struct out out;
	struct err e = { 0 };

	out_init(&out, -1);
	assert_int_equal(
	    report_write(REPORT_JSON, &w->scan, &options, &out, &e), 0);
	buf_reset(b);
	buf_add_span(b, buf_span(&out.buf));
	out_cleanup(&out);
}

static int
setup(void **state)
{
	struct scan_world w;
	struct err e = { 0 };

	(void)state;
	scan_world_init(&w);
	fill(&w);
	write_json(&w, true, &text);
	return json_parse(buf_span(&text), &arena, &root, &e);
}

static int
teardown(void **state)
{
	(void)state;
	arena_cleanup(&arena);
	buf_cleanup(&text);
	return 0;
}

/* The member, going into the first element of every array. */
static const struct json_node *
find(const char *path)
{
	struct span rest = span_of(path);
	const struct json_node *n = root;
	struct span part;

	while (n != NULL && span_next(&rest, '.', &part)) {
		char *name = arena_str(&arena, part);

		n = json_get(n, name);
		while (n != NULL && n->type == JSON_ARRAY)
			n = n->child;
	}
	return n;
}

static void
test_member(void **state)
{
	const struct json_case *c = *state;
	const struct json_node *n = find(c->path);

	assert_non_null(n);
	if (c->expect == NULL)
		assert_int_equal(n->type, JSON_NULL);
	else
		assert_string_equal(arena_str(&arena, json_text(n)), c->expect);
}

/* What nobody knows is null, never an empty text. */
static void
test_nulls(void **state)
{
	static const char *const names[] = { "package", "installed", "fixed",
		"notice", "status" };
	const struct json_node *f = json_get(root, "findings")->child->next;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_int_equal(json_get(f, names[i])->type, JSON_NULL);
	assert_null(json_get(f, "cves")->child);
}

/* Two reports of one scan are the same bytes, but for timing asked for. */
static void
test_deterministic(void **state)
{
	struct buf a = { 0 };
	struct buf b = { 0 };
	struct scan_world w;

	(void)state;
	scan_world_init(&w);
	fill(&w);
	write_json(&w, false, &a);
	w.scan.evaluation_ms = 99;
	write_json(&w, false, &b);
	assert_string_equal(buf_str(&a), buf_str(&b));
	assert_null(strstr(buf_str(&a), "timing"));
	assert_int_equal(a.ptr[a.len - 1], '\n');
	assert_int_equal(a.ptr[a.len - 2], '}');
	buf_cleanup(&a);
	buf_cleanup(&b);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + TABLE_N(firsts) + 2];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_member);
	TABLE_ADD(tests, &n, firsts, test_member);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_nulls);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_deterministic);
	return cmocka_run_group_tests_name(
	    "report_json", tests, setup, teardown);
}
