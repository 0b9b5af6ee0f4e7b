/* SPDX-License-Identifier: Apache-2.0 */
/* Red Hat's published documents: what they state, counted by product. */
#include "base/buf.h"
#include "base/map.h"
#include "content/csaf.h"
#include "tests/unit/corpus.h"

#define DATA "security.access.redhat.com/data/csaf/v2/"
#define ARCHIVE_VEX DATA "vex/csaf_vex_2024-08-04.tar.zst"
#define ARCHIVE_FEED DATA "vex-feed/vex-archive.tar.zst"
#define ARCHIVE_ADVISORIES DATA "advisories/csaf_advisories_2024-08-11.tar.zst"

struct count_case {
	const char *key; /* record, product, state */
	uint32_t n;
};

struct corpus_case {
	const char *name;
	size_t n_records;
	uint32_t n_packages;
	const char *published;
	const struct count_case *counts;
};

static const struct count_case vex[] = {
	{ "CVE-2023-6212 rhel 6 - end of life", 2 },
	{ "CVE-2023-6212 rhel 7 - fixed", 6 },
	{ "CVE-2023-6212 rhel 8 - fixed", 8 },
	{ "CVE-2023-6212 rhel 8.4 tus fixed", 8 },
	{ "CVE-2023-6212 rhel 9 - fixed", 9 },
	{ "CVE-2023-6212 rhel 9.2 eus fixed", 9 },
	{ "CVE-2023-6228 rhel 7 - end of life", 2 },
	{ "CVE-2023-6228 rhel 8 - affected", 1 },
	{ "CVE-2023-6228 rhel 8 - will not fix", 1 },
	{ "CVE-2023-6228 rhel 9 - fixed", 7 },
	{ "CVE-2023-6237 rhel 9 - affected", 1 },
	{ "CVE-2023-6237 rhel 9 - fixed", 8 },
	{ "CVE-2023-6237 rhel 9 - not affected", 6 },
	{ "CVE-2023-6237 redhat 1 cpe:/a:redhat:jboss_core_services:1 "
	  "not affected",
	    1 },
	{ "CVE-2023-6238 rhel 9 - not affected", 2 },
	{ "CVE-2023-6240 rhel 6 - end of life", 1 },
	{ "CVE-2023-6240 rhel 7 - end of life", 2 },
	{ "CVE-2023-6240 rhel 8 - fixed", 53 },
	{ "CVE-2023-6240 rhel 9 - affected", 1 },
	{ "CVE-2023-6240 rhel 9 - fixed", 80 },
	{ "CVE-2023-6240 rhel 9 - not affected", 1 },
	{ "CVE-2023-6240 rhel 9.0 eus fixed", 56 },
	{ "CVE-2023-6240 rhel 9.2 eus fixed", 77 },
	{ "CVE-2023-6240 rhel 9.2 eus not affected", 3 },
	{ NULL, 0 },
};

static const struct count_case advisories[] = {
	{ "RHSA-2023:7434 rhel 8.2 aus fixed", 26 },
	{ "RHSA-2023:7434 rhel 8.2 e4s fixed", 27 },
	{ "RHSA-2023:7434 rhel 8.2 tus not affected", 1 },
	{ "RHSA-2023:7435 rhel 8.2 aus fixed", 84 },
	{ "RHSA-2023:7435 rhel 8.2 e4s fixed", 94 },
	{ "RHSA-2023:7435 rhel 8.2 tus fixed", 92 },
	{ "RHSA-2023:7438 redhat 17.1 cpe:/a:redhat:openstack:17.1 fixed", 4 },
	{ "RHSA-2023:7464 rhel 8.8 eus fixed", 60 },
	{ NULL, 0 },
};

static const struct corpus_case cases[] = {
	{ ARCHIVE_VEX, 5, 431, "2024-08-02T12:27:58+00:00", vex },
	{ ARCHIVE_FEED, 5, 431, "2024-08-02T12:27:58+00:00", vex },
	{ ARCHIVE_ADVISORIES, 5, 455, NULL, advisories },
	{ DATA "vex/2023/cve-2023-6212.json", 1, 114,
	    "2024-08-04T10:17:22+00:00", NULL },
	{ DATA "advisories/2023/rhsa-2023_7435.json", 1, 270, NULL, NULL },
};

struct tally {
	struct map counts;
	size_t n_records;
	uint32_t n_packages;
};

static void
count_package(struct tally *t, struct span id, const struct advisory_package *p)
{
	struct buf key = { 0 };
	uint32_t n = 0;

	assert_true(p->name.len > 0 && p->distribution.len > 0);
	assert_true(p->state != ADVISORY_UNKNOWN);
	assert_int_equal(p->version.len > 0, p->state == ADVISORY_FIXED);
	buf_printf(&key, "%.*s %.*s %.*s ", SPAN_ARG(id),
	    SPAN_ARG(p->distribution), SPAN_ARG(p->release));
	buf_add_span(&key, p->pocket.len == 0 ? SPAN_LIT("-") : p->pocket);
	buf_printf(&key, " %s", advisory_state_name(p->state));
	map_get(&t->counts, buf_span(&key), &n);
	map_set(&t->counts, buf_span(&key), n + 1);
	t->n_packages++;
	buf_cleanup(&key);
}

static int
on_advisory(void *ctx, const struct advisory *a, struct err *e)
{
	struct tally *t = ctx;
	size_t i;

	(void)e;
	assert_true(a->published != 0 && a->modified >= a->published);
	assert_true(a->title.len > 0 && a->summary.len > 0);
	assert_true(a->severity.len > 0 && !a->withdrawn);
	assert_int_equal(a->raw.ptr[0], '{');
	for (i = 0; i < a->n_packages; i++)
		count_package(t, a->id, &a->packages[i]);
	t->n_records++;
	return 0;
}

static void
test_corpus(void **state)
{
	const struct corpus_case *c = *state;
	const struct count_case *count = c->counts;
	struct tally t = { 0 };
	struct advisory_sink sink = { &t, on_advisory };
	struct advisory_about about = { 0 };
	struct arena arena = { 0 };
	struct stream *in = corpus_open(c->name);
	struct err e = { 0 };

	if (csaf_read(in, &sink, &arena, &about, &e) != 0)
		fail_msg("%s", e.msg);
	assert_int_equal(t.n_records, c->n_records);
	for (; count != NULL && count->key != NULL; count++) {
		uint32_t n = 0;

		map_get(&t.counts, span_of(count->key), &n);
		if (n != count->n)
			fail_msg("%s: %u, not %u", count->key, n, count->n);
	}
	assert_int_equal(t.n_packages, c->n_packages);
	if (c->published != NULL)
		assert_true(span_is(about.published, c->published));
	assert_true(span_is(about.product_name, "Red Hat SDEngine"));
	stream_close(in);
	map_cleanup(&t.counts);
	arena_cleanup(&arena);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases)];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_corpus);
	return _cmocka_run_group_tests("csaf corpus", tests, n, NULL, NULL);
}
