/* SPDX-License-Identifier: Apache-2.0 */
/* The stream checks of an import, over small bundles in memory. */
#include "bundle/import_pack.h"
#include "tests/unit/bundle_receiver.h"
#include "tests/unit/table.h"

static const struct import_options ordinary = { .now = BUNDLE_NOW };

/* A receiver that trusts nothing but the first root. */
static void
receiver_init(struct receiver *r, const struct bundle_made *m)
{
	*r = (struct receiver){ 0 };
	r->root = m->roots[0];
}

static void
outcome(
    struct buf *out, int rc, const struct import_result *i, const struct err *e)
{
	buf_reset(out);
	if (rc != 0)
		buf_printf(out, "%s: %s", refusal_name(refusal_of(e)), e->msg);
	else
		buf_printf(out, "%ju of %ju%s%s%s, %zu targets, %ju new",
		    (uintmax_t)i->snapshot_version, (uintmax_t)i->root_version,
		    i->is_replay ? " replay" : "", i->is_gap ? " gap" : "",
		    i->is_expired ? " expired" : "", i->n_targets,
		    (uintmax_t)i->n_new);
}

/* --- one bundle, nothing trusted before --- */

static const struct first_case {
	const char *name;
	struct bundle_spec spec;
	struct import_options options;
	const char *expect;
	const char *missing;
} firsts[] = {
	{ "an ordinary one", { 0 }, { .now = BUNDLE_NOW },
	    "1 of 1, 3 targets, 3 new", "" },
	{ "three roots", { .n_roots = 3 }, { .now = BUNDLE_NOW },
	    "1 of 3, 3 targets, 3 new", "" },
	{ "made a day ahead", { .made_in = BUNDLE_DAY }, { .now = BUNDLE_NOW },
	    "1 of 1, 3 targets, 3 new", "" },
	{ "only verified", { 0 }, { .now = BUNDLE_NOW, .verify_only = true },
	    "1 of 1, 3 targets, 3 new", "" },
	{ "expired, and taken", { .expires_in = -1 },
	    { .now = BUNDLE_NOW, .accept_expired = true },
	    "1 of 1 expired, 3 targets, 3 new", "" },

	{ "made later than that", { .made_in = BUNDLE_DAY + 1 },
	    { .now = BUNDLE_NOW },
	    "CLOCK: the bundle was made at 2027-01-16T08:00:01Z, and the clock "
	    "here says 2027-01-15T08:00:00Z: set it",
	    "" },
	{ "expired", { .expires_in = -1 }, { .now = BUNDLE_NOW },
	    "EXPIRED: ", "" },
	{ "another key for the timestamp", { .timestamp_key = 4 },
	    { .now = BUNDLE_NOW }, "UNTRUSTED: ", "" },
	{ "bytes that are others", { .spoil = "ubuntu/host/two.xml" },
	    { .now = BUNDLE_NOW },
	    "UNTRUSTED: ubuntu/host/two.xml: its bytes are not those of its "
	    "digest",
	    "" },
	{ "a manifest with other bytes", { .spoil = "index/manifest.json" },
	    { .now = BUNDLE_NOW },
	    "UNTRUSTED: index/manifest.json: its bytes are not those of its "
	    "digest",
	    "" },
	{ "a file that was signed otherwise",
	    { .other = "ubuntu/host/one.xml" }, { .now = BUNDLE_NOW },
	    "INCOMPLETE: 1 file is missing: export it again",
	    "ubuntu/host/one.xml;" },
	{ "a file that no role names", { .add = "ubuntu/host/zwei.xml" },
	    { .now = BUNDLE_NOW },
	    "SHAPE: ubuntu/host/zwei.xml is in the bundle, and no role names "
	    "it",
	    "" },
	{ "a role with another's path", { .foreign = "ubuntu/host/xml" },
	    { .now = BUNDLE_NOW },
	    "UNTRUSTED: index names ubuntu/host/xml, which is not its own",
	    "" },
	{ "a role with an unsafe path", { .foreign = "index/n/../xml" },
	    { .now = BUNDLE_NOW },
	    "SHAPE: index: a target whose name is not one of a file", "" },
	{ "no manifest", { .no_manifest = true }, { .now = BUNDLE_NOW },
	    "SHAPE: no role names index/manifest.json", "" },
	{ "a document that is no target", { .no_target = "zero" },
	    { .now = BUNDLE_NOW },
	    "INCOMPLETE: 1 file is missing: export it again", "zero;" },
	{ "one file left out", { .leave_out = "ubuntu/host/one.xml" },
	    { .now = BUNDLE_NOW },
	    "INCOMPLETE: 1 file is missing: export it again",
	    "ubuntu/host/one.xml;" },
	{ "the manifest left out", { .leave_out = "index/manifest.json" },
	    { .now = BUNDLE_NOW },
	    "INCOMPLETE: 1 file is missing: export it again",
	    "index/manifest.json;" },
	{ "a delta",
	    { .leave_out = "ubuntu/host/one.xml",
		.base = "3f39d5c348e5b79d06e842c114e6cc571583bbf44e4b0ebfda1a01"
			"ec05745d43" },
	    { .now = BUNDLE_NOW },
	    "INCOMPLETE: 1 file is missing: this is a delta for whoever has "
	    "snapshot 3f39d5c348e5: import what brings that first, or ask for "
	    "a full bundle",
	    "ubuntu/host/one.xml;" },
	{ "some sources",
	    { .leave_out = "ubuntu/host/one.xml", .sources = "kev nvd" },
	    { .now = BUNDLE_NOW },
	    "INCOMPLETE: 1 file is missing: it was made of some sources only: "
	    "to take them, say --source kev,nvd",
	    "ubuntu/host/one.xml;" },
	{ "an entry too many", { .extra_link = "content/x" },
	    { .now = BUNDLE_NOW },
	    "SHAPE: byte 25600: content/x stands where the end belongs", "" },
};

static bool
says(const char *have, const char *want)
{
	size_t len = strlen(want);

	/* "EXPIRED: ": whatever the client says of it. */
	return len > 2 && strcmp(want + len - 2, ": ") == 0
	    ? strncmp(have, want, len) == 0
	    : strcmp(have, want) == 0;
}

static void
check(const char *have, const char *want)
{
	if (!says(have, want))
		fail_msg("want: %s\nhave: %s", want, have);
}

static void
test_first(void **state)
{
	const struct first_case *c = *state;
	struct import_result result;
	struct bundle_made m;
	struct receiver r;
	struct arena a = { 0 };
	struct buf out = { 0 };
	struct err e = { 0 };
	int rc;

	bundle_make(&m, &c->spec);
	receiver_init(&r, &m);
	rc =
	    receiver_import(&r, buf_span(&m.tar), &c->options, &a, &result, &e);
	outcome(&out, rc, &result, &e);
	check(buf_str(&out), c->expect);
	assert_string_equal(buf_str(&r.missing), c->missing);
	if (rc == 0 && !c->options.verify_only)
		assert_int_equal(r.n_files, 3);
	else if (c->options.verify_only)
		assert_int_equal(r.n_wanted, 0);
	buf_cleanup(&out);
	arena_cleanup(&a);
	receiver_cleanup(&r);
	bundle_made_cleanup(&m);
}

/* --- one bundle after another --- */

#define LINE "a line that both of them have, for a patch to leave out, 0123\n"
#define LINES LINE LINE LINE LINE LINE LINE LINE LINE

static const struct second_case {
	const char *name;
	struct bundle_spec first;
	struct bundle_spec second;
	const char *expect;
	unsigned n_wanted; /* files that the second asked to keep */
} seconds[] = {
	{ "the same again", { 0 }, { 0 }, "1 of 1 replay, 3 targets, 0 new",
	    3 },
	{ "the next one", { 0 }, { .version = 2, .text = "three" },
	    "2 of 1, 3 targets, 2 new", 3 },
	{ "one was left out", { 0 }, { .version = 3, .text = "three" },
	    "3 of 1 gap, 3 targets, 2 new", 3 },
	{ "new roots", { 0 }, { .n_roots = 4, .version = 2 },
	    "2 of 4, 3 targets, 1 new", 3 },
	{ "a delta", { 0 },
	    { .version = 2,
		.text = "three",
		.leave_out = "ubuntu/host/one.xml" },
	    "2 of 1, 3 targets, 2 new", 2 },
	{ "a patch", { .text = LINES "old" },
	    { .version = 2, .text = LINES "new", .old_text = LINES "old" },
	    "2 of 1, 3 targets, 2 new", 3 },
	{ "a patch of something else", { .text = LINES "older" },
	    { .version = 2, .text = LINES "new", .old_text = LINES "old" },
	    "INCOMPLETE: 1 file is missing: export it again", 2 },
	{ "a patch of what is there", { .text = LINES "new" },
	    { .version = 2, .text = LINES "new", .old_text = LINES "old" },
	    "2 of 1, 3 targets, 1 new", 2 },
	{ "an old one", { .version = 5 }, { .version = 4 },
	    "ROLLBACK: timestamp.json: version 4, but 5 was accepted before",
	    0 },
	{ "an old snapshot", { .version = 5 }, { .version = 6, .snapshot = 4 },
	    "ROLLBACK: timestamp.json: it leads to snapshot 4, but 5 was "
	    "accepted before",
	    0 },
	{ "the same version of something else", { .version = 5 },
	    { .version = 5, .text = "three" },
	    "FORK: timestamp.json: version 5 is another than the one accepted "
	    "before",
	    0 },
	{ "a root that none of ours leads to", { 0 },
	    { .version = 2, .stray_root = 9 },
	    "UNTRUSTED: 9.root.json: no root that is trusted leads to it", 0 },
	{ "another's", { .version = 5 }, { .version = 6, .timestamp_key = 4 },
	    "UNTRUSTED: ", 0 },
};

static void
test_second(void **state)
{
	const struct second_case *c = *state;
	struct bundle_made m[2];
	struct import_result result;
	struct arena a = { 0 };
	struct buf out = { 0 };
	struct receiver r;
	struct err e = { 0 };
	int rc;

	bundle_make(&m[0], &c->first);
	bundle_make(&m[1], &c->second);
	receiver_init(&r, &m[0]);
	assert_int_equal(receiver_import(&r, buf_span(&m[0].tar), &ordinary, &a,
			     &result, &e),
	    0);
	r.root = SPAN_NONE;
	rc = receiver_import(
	    &r, buf_span(&m[1].tar), &ordinary, &a, &result, &e);
	outcome(&out, rc, &result, &e);
	check(buf_str(&out), c->expect);
	assert_int_equal(r.n_wanted, c->n_wanted);
	buf_cleanup(&out);
	arena_cleanup(&a);
	receiver_cleanup(&r);
	bundle_made_cleanup(&m[0]);
	bundle_made_cleanup(&m[1]);
}

/* --- what an earlier try has left --- */

static void
test_what_was_kept_is_passed_by(void **state)
{
	struct import_result result;
	struct bundle_made m;
	struct receiver r;
	struct arena a = { 0 };
	struct err e = { 0 };

	(void)state;
	bundle_make(&m, &(struct bundle_spec){ 0 });
	receiver_init(&r, &m);
	receiver_store(&r, SPAN_LIT("TWO"), false);
	/* Read all the same: what it says is needed. */
	receiver_store(&r, m.files[0].bytes, false);
	assert_int_equal(
	    receiver_import(&r, buf_span(&m.tar), &ordinary, &a, &result, &e),
	    0);
	assert_int_equal(r.skipped, 3);
	assert_int_equal(result.n_new, 3);
	arena_cleanup(&a);
	receiver_cleanup(&r);
	bundle_made_cleanup(&m);
}

/* --- sources --- */

static void
test_some_sources(void **state)
{
	static const struct span other[] = { { "kev", 3 } };
	static const struct span both[] = { { "kev", 3 },
		{ "ubuntu-oval", 11 } };
	struct import_options o = ordinary;
	struct import_result result;
	struct bundle_made m;
	struct receiver r;
	struct arena a = { 0 };
	struct err e = { 0 };

	(void)state;
	bundle_make(
	    &m, &(struct bundle_spec){ .leave_out = "ubuntu/host/one.xml" });
	receiver_init(&r, &m);
	o.sources = both;
	o.n_sources = 2;
	assert_int_equal(
	    receiver_import(&r, buf_span(&m.tar), &o, &a, &result, &e), -1);
	assert_int_equal(refusal_of(&e), REFUSAL_INCOMPLETE);
	o.sources = other;
	o.n_sources = 1;
	assert_int_equal(
	    receiver_import(&r, buf_span(&m.tar), &o, &a, &result, &e), 0);
	assert_int_equal(result.n_targets, 1);
	assert_int_equal(result.n_new, 1);
	arena_cleanup(&a);
	receiver_cleanup(&r);
	bundle_made_cleanup(&m);
}

/* --- every byte counts --- */

#define FLIPS 2000

static void
flip(struct bundle_made *m, size_t bit)
{
	m->tar.ptr[bit / 8] ^= (char)(1 << bit % 8);
}

static void
test_no_bit_may_be_another(void **state)
{
	const struct import_options o = { .now = BUNDLE_NOW,
		.verify_only = true };
	uint64_t random = 1;
	struct import_result result;
	struct bundle_made m;
	struct receiver r;
	struct arena a = { 0 };
	struct err e = { 0 };
	unsigned i;

	(void)state;
	bundle_make(&m, &(struct bundle_spec){ .n_roots = 2 });
	receiver_init(&r, &m);
	for (i = 0; i < FLIPS; i++) {
		size_t bit;

		/* Of Knuth's, MMIX. */
		random = random * 6364136223846793005u + 1442695040888963407u;
		bit = (size_t)(random >> 20) % (m.tar.len * 8);
		flip(&m, bit);
		if (receiver_import(
			&r, buf_span(&m.tar), &o, &a, &result, &e) != -1 ||
		    refusal_of(&e) == REFUSAL_NONE)
			fail_msg("bit %zu: %s", bit, e.msg);
		flip(&m, bit);
		arena_reset(&a);
	}
	assert_int_equal(
	    receiver_import(&r, buf_span(&m.tar), &o, &a, &result, &e), 0);
	arena_cleanup(&a);
	receiver_cleanup(&r);
	bundle_made_cleanup(&m);
}

/* Wherever it breaks off, it says so. */
static void
test_no_byte_may_be_missing(void **state)
{
	const struct import_options o = { .now = BUNDLE_NOW,
		.verify_only = true };
	struct import_result result;
	struct bundle_made m;
	struct receiver r;
	struct arena a = { 0 };
	struct err e = { 0 };
	size_t n;

	(void)state;
	bundle_make(&m, &(struct bundle_spec){ 0 });
	receiver_init(&r, &m);
	for (n = 0; n < m.tar.len; n += 97) {
		assert_int_equal(
		    receiver_import(&r, span_first(buf_span(&m.tar), n), &o, &a,
			&result, &e),
		    -1);
		if (refusal_of(&e) != REFUSAL_INCOMPLETE)
			fail_msg("%zu bytes: %s", n, e.msg);
		arena_reset(&a);
	}
	arena_cleanup(&a);
	receiver_cleanup(&r);
	bundle_made_cleanup(&m);
}

/* --- to the main process --- */

static void
test_a_result_as_a_record(void **state)
{
	struct import_result result, again;
	struct buf one = { 0 }, two = { 0 };
	struct bundle_made m;
	struct receiver r;
	struct arena a = { 0 };
	struct err e = { 0 };
	size_t n;

	(void)state;
	bundle_make(&m, &(struct bundle_spec){ 0 });
	receiver_init(&r, &m);
	assert_int_equal(
	    receiver_import(&r, buf_span(&m.tar), &ordinary, &a, &result, &e),
	    0);
	import_pack_result(&one, &result);
	assert_true(import_unpack_result(buf_span(&one), &a, &again));
	assert_int_equal(again.manifest.n_documents, 2);
	assert_true(span_is(again.targets[2].custom.source, "ubuntu-oval"));
	import_pack_result(&two, &again);
	assert_true(span_eq(buf_span(&one), buf_span(&two)));
	for (n = 0; n < one.len; n += 41)
		assert_false(import_unpack_result(
		    span_first(buf_span(&one), n), &a, &again));
	buf_cleanup(&one);
	buf_cleanup(&two);
	arena_cleanup(&a);
	receiver_cleanup(&r);
	bundle_made_cleanup(&m);
}

/* --- roots that are named --- */

static void
test_nothing_is_trusted(void **state)
{
	struct import_result result;
	struct bundle_made m;
	struct receiver r = { 0 };
	struct arena a = { 0 };
	struct err e = { 0 };

	(void)state;
	bundle_make(&m, &(struct bundle_spec){ 0 });
	assert_int_equal(
	    receiver_import(&r, buf_span(&m.tar), &ordinary, &a, &result, &e),
	    -1);
	assert_int_equal(refusal_of(&e), REFUSAL_UNTRUSTED);
	assert_string_equal(e.msg,
	    "nothing is trusted here yet: name the root that you were handed "
	    "with --root ROOT.json");
	arena_cleanup(&a);
	receiver_cleanup(&r);
	bundle_made_cleanup(&m);
}

/* The last root that is named is the one that counts from then on. */
static void
test_the_root_is_named_again(void **state)
{
	struct bundle_made old, new, foreign;
	struct import_result result;
	struct receiver r;
	struct arena a = { 0 };
	struct err e = { 0 };

	(void)state;
	bundle_make(&old, &(struct bundle_spec){ 0 });
	bundle_make(&new, &(struct bundle_spec){ .n_roots = 3, .version = 2 });
	bundle_make(
	    &foreign, &(struct bundle_spec){ .root_days = 300, .version = 2 });
	receiver_init(&r, &old);
	assert_int_equal(
	    receiver_import(&r, buf_span(&old.tar), &ordinary, &a, &result, &e),
	    0);
	assert_int_equal(result.n_metadata, 6);
	r.root = new.roots[2];
	assert_int_equal(
	    receiver_import(&r, buf_span(&new.tar), &ordinary, &a, &result, &e),
	    0);
	r.root = new.roots[0];
	assert_int_equal(
	    receiver_import(&r, buf_span(&new.tar), &ordinary, &a, &result, &e),
	    0);
	assert_true(result.is_replay);
	r.root = new.metadata[3].bytes;
	assert_int_equal(
	    receiver_import(&r, buf_span(&new.tar), &ordinary, &a, &result, &e),
	    -1);
	assert_int_equal(refusal_of(&e), REFUSAL_SHAPE);
	r.root = foreign.roots[0];
	assert_int_equal(
	    receiver_import(&r, buf_span(&new.tar), &ordinary, &a, &result, &e),
	    -1);
	assert_int_equal(refusal_of(&e), REFUSAL_UNTRUSTED);
	assert_string_equal(e.msg,
	    "--root: it is version 1 of another root than what is trusted "
	    "here");
	/* Nor does a bundle that begins with another. */
	r.root = SPAN_NONE;
	assert_int_equal(receiver_import(&r, buf_span(&foreign.tar), &ordinary,
			     &a, &result, &e),
	    -1);
	assert_int_equal(refusal_of(&e), REFUSAL_FORK);
	arena_cleanup(&a);
	receiver_cleanup(&r);
	bundle_made_cleanup(&old);
	bundle_made_cleanup(&new);
	bundle_made_cleanup(&foreign);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(firsts) + TABLE_N(seconds) + 7] = {
		cmocka_unit_test(test_nothing_is_trusted),
		cmocka_unit_test(test_the_root_is_named_again),
		cmocka_unit_test(test_what_was_kept_is_passed_by),
		cmocka_unit_test(test_some_sources),
		cmocka_unit_test(test_no_bit_may_be_another),
		cmocka_unit_test(test_no_byte_may_be_missing),
		cmocka_unit_test(test_a_result_as_a_record),
	};
	size_t n = 7;

	TABLE_ADD(tests, &n, firsts, test_first);
	TABLE_ADD(tests, &n, seconds, test_second);
	return _cmocka_run_group_tests("import", tests, n, NULL, NULL);
}
