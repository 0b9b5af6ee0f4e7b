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
static struct fact_layer layers[] = { { .digest = SPAN_LIT("sha256:11") },
	{ .digest = SPAN_LIT("sha256:22"),
	    .created_by = SPAN_LIT("RUN apt-get install openssl") } };
static uint16_t package_layers[] = { 0, 1 };
static const struct cvss rating = { .version = SPAN_LIT("3.1"),
	.vector = SPAN_LIT("CVSS:3.1/AV:N"),
	.score = SPAN_LIT("5.9"),
	.source = SPAN_LIT("nvd@nist.gov"),
	.is_primary = true };
static struct span missing[] = { SPAN_LIT("com.ubuntu.focal.usn.oval") };

/* What enrichment and policy add. */
static void
enrich(struct finding *f)
{
	f->cvss = &rating;
	f->n_cvss = 1;
	f->exploit.has_kev = true;
	f->exploit.added = SPAN_LIT("2021-04-01");
	f->exploit.has_epss = true;
	f->exploit.score = 1234;
	f->waived = SPAN_LIT("W-1");
	f->rule = SPAN_LIT("severity >= high");
}

/* Everything that may be there. */
static void
fill(struct scan_world *w)
{
	struct evidence *f;

	f = scan_world_evidence(w, 0, "openssl", "1.1.1f-1", "1.1.1f-1ubuntu2");
	f->severity = SEVERITY_HIGH;
	f->status = OVAL_STATUS_RELEASED;
	f->notice = SPAN_LIT("USN-4891-1");
	f->cves = cves;
	f->n_cves = 2;
	f->state = ADVISORY_FIXED;
	f->published = 1616630400;
	f->comparison = SPAN_LIT("installed 1.1.1f-1 < fixed 1.1.1f-1ubuntu2");
	scan_world_evidence(w, 1, "", "", "");
	w->scan.reasons = reasons;
	w->scan.n_reasons = 1;
	w->scan.missing = missing;
	w->scan.n_missing = 1;
	w->scan.evaluation_ms = 1.5;
	w->evaluated[0].counts[RESULT_UNKNOWN] = 3;
	w->evaluated[0].n_kernel = 2;
	w->facts.image_digest = SPAN_LIT("sha256:11");
	w->facts.layers = layers;
	w->facts.n_layers = 2;
	w->facts.package_layers = package_layers;
	w->facts.system.collected[PACKAGE_RPM] = COLLECTION_ERROR;
}

struct json_case {
	const char *path;
	const char *expect; /* NULL: null */
};

static const struct json_case cases[] = {
	{ "format", "2" },
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
	{ "policy", NULL },
	{ "summary.findings", "3" },
	{ "summary.high", "2" },
	{ "summary.unrated", "1" },
	{ "summary.critical", "0" },
	{ "summary.kernel", "0" },
	{ "summary.exploited", "1" },
	{ "summary.disputed", "0" },
	{ "summary.waived", "1" },
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
	{ "findings.id", "CVE-2021-3449" },
	{ "findings.cves", "CVE-2021-3449" },
	{ "findings.title", "a title" },
	{ "findings.package", "openssl" },
	{ "findings.source_package", NULL },
	{ "findings.kind", "dpkg" },
	{ "findings.arch", "amd64" },
	{ "findings.installed", "1.1.1f-1" },
	{ "findings.fixed", "1.1.1f-1ubuntu2" },
	{ "findings.fix", "fixed" },
	{ "findings.pocket", NULL },
	{ "findings.fixed_at", "2021-03-25T00:00:00Z" },
	{ "findings.severity", "high" },
	{ "findings.severity_source", "vendor" },
	{ "findings.notices", "USN-4891-1" },
	{ "findings.kev.added", "2021-04-01" },
	{ "findings.epss.score", "0.01234" },
	{ "findings.epss.percentile", NULL },
	{ "findings.cvss.version", "3.1" },
	{ "findings.cvss.score", "5.9" },
	{ "findings.cvss.source", "nvd@nist.gov" },
	{ "findings.layer.index", "1" },
	{ "findings.layer.digest", "sha256:22" },
	{ "findings.layer.created_by", "RUN apt-get install openssl" },
	{ "findings.waiver.id", "W-1" },
	{ "findings.rule", "severity >= high" },
	{ "findings.evidence.document", "com.ubuntu.focal.cve.oval" },
	{ "findings.evidence.record", "oval:com.ubuntu.focal:def:1" },
	{ "findings.evidence.class", "vulnerability" },
	{ "findings.evidence.word", "affected" },
	{ "findings.evidence.state", "fixed" },
	{ "findings.evidence.detail", NULL },
	{ "findings.evidence.severity", "high" },
	{ "findings.evidence.fixed", "1.1.1f-1ubuntu2" },
	{ "findings.evidence.notice", "USN-4891-1" },
	{ "findings.evidence.published", "2021-03-25T00:00:00Z" },
	{ "findings.evidence.comparison",
	    "installed 1.1.1f-1 < fixed 1.1.1f-1ubuntu2" },
	{ "findings.evidence.title", "a title" },
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
	scan_world_join(&w);
	enrich(&w.scan.findings[0]);
	write_json(&w, true, &text);
	scan_world_cleanup(&w);
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
	static const char *const names[] = { "package", "source_package",
		"kind", "installed", "fixed", "pocket", "fixed_at",
		"severity_source", "kev", "epss", "layer", "waiver", "rule" };
	const struct json_node *f = json_get(root, "findings")->child;
	size_t i;

	(void)state;
	while (f->next != NULL)
		f = f->next;
	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		assert_int_equal(json_get(f, names[i])->type, JSON_NULL);
	assert_null(json_get(f, "cves")->child);
	assert_null(json_get(f, "notices")->child);
	assert_null(json_get(f, "cvss")->child);
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
	scan_world_join(&w);
	write_json(&w, false, &a);
	w.scan.evaluation_ms = 99;
	write_json(&w, false, &b);
	assert_string_equal(buf_str(&a), buf_str(&b));
	assert_null(strstr(buf_str(&a), "timing"));
	assert_int_equal(a.ptr[a.len - 1], '\n');
	assert_int_equal(a.ptr[a.len - 2], '}');
	buf_cleanup(&a);
	buf_cleanup(&b);
	scan_world_cleanup(&w);
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
