/* SPDX-License-Identifier: Apache-2.0 */
/* Real archives of advisories: how many records, statements by state. */
#include "content/openvex.h"
#include "content/osv.h"
#include "tests/unit/corpus.h"

struct corpus_case {
	const char *name;
	const char *path;
	advisory_reader *read;
	size_t n_records;
	size_t n_aliases;
	size_t n_sources; /* statements of source packages */
	size_t n_states[ADVISORY_STATES];
};

static const struct corpus_case cases[] = {
	{ "OSV of Ubuntu", "security-metadata.canonical.com/osv/osv-all.tar.xz",
	    osv_read, 3, 204, 13, { [ADVISORY_FIXED] = 69 } },
	{ "OpenVEX of Ubuntu",
	    "security-metadata.canonical.com/vex/vex-all.tar.xz", openvex_read,
	    3, 1, 10,
	    { [ADVISORY_FIXED] = 21,
		[ADVISORY_AFFECTED] = 33,
		[ADVISORY_NOT_AFFECTED] = 64 } },
};

static int
on_advisory(void *ctx, const struct advisory *a, struct err *e)
{
	struct corpus_case *c = ctx;
	size_t i;

	(void)e;
	c->n_records++;
	c->n_aliases += a->n_aliases;
	for (i = 0; i < a->n_packages; i++) {
		c->n_states[a->packages[i].state]++;
		c->n_sources += a->packages[i].is_source;
	}
	return 0;
}

static void
test_corpus(void **state)
{
	const struct corpus_case *c = *state;
	struct corpus_case got = { 0 };
	const struct advisory_sink sink = { &got, on_advisory };
	struct advisory_about about = { 0 };
	struct stream *in = corpus_open(c->path);
	struct arena a = { 0 };
	struct err e = { 0 };
	size_t i;

	if (c->read(in, &sink, &a, &about, &e) != 0)
		fail_msg("%s: %s", c->path, e.msg);
	assert_int_equal(got.n_records, c->n_records);
	assert_int_equal(got.n_aliases, c->n_aliases);
	assert_int_equal(got.n_sources, c->n_sources);
	for (i = 0; i < ADVISORY_STATES; i++)
		assert_int_equal(got.n_states[i], c->n_states[i]);
	stream_close(in);
	arena_cleanup(&a);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases)];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_corpus);
	return _cmocka_run_group_tests("advisory_corpus", tests, n, NULL, NULL);
}
