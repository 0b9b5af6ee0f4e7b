/* SPDX-License-Identifier: Apache-2.0 */
/* What another side has signed becomes ours: whole, or not at all. */
#include "bundle/receipt.h"
#include "tests/unit/adopt_world.h"

#define ONE SITE_FEED_1("CVE-2024-0001", "one")
#define TWO SITE_FEED_1("CVE-2024-0002", "two")
#define OTHER SITE_FEED_1("CVE-2024-0003", "other")
#define TWO_NEW SITE_FEED_1("CVE-2024-0002", "two, again")

static const struct adopt_text first[] = {
	{ "nvd", "one", "nvd", ONE },
	{ "nvd", "two", "nvd", TWO },
	{ "other", "zoo", "cisa-kev", OTHER },
};

/* two moves, one goes */
static const struct adopt_text second[] = {
	{ "nvd", "one", "nvd", NULL },
	{ "nvd", "two", "nvd", TWO_NEW },
};

static void
read_all(struct site *s, const char *below, struct buf *out)
{
	buf_reset(out);
	if (file_read(s->state.dirfd, below, 65536, out, &s->e) != 0)
		fail_msg("%s", s->e.msg);
}

/* Everything that is current: "family digest;" and every document row. */
static void
describe(struct site *s, struct buf *out)
{
	struct catalog_document *documents;
	struct family_digests digests;
	struct index_reader r;
	struct arena a = { 0 };
	struct buf path = { 0 };
	char hex[DIGEST_HEX_SIZE];
	size_t i, n;

	buf_reset(out);
	if (current_open(&r, &s->state, &s->e) != 0 ||
	    catalog_documents(s->catalog, &a, &documents, &n, &s->e) != 0)
		fail_msg("%s", s->e.msg);
	buf_printf(out, "%d\n", (int)r.generation);
	for (i = 0; i < r.n_families; i++) {
		buf_reset(&path);
		buf_printf(&path, "%s/index/current/%.*s.sqlite", s->state.path,
		    SPAN_ARG(r.families[i].name));
		if (index_digests_run(buf_str(&path), &digests, &s->e) != 0)
			fail_msg("%s", s->e.msg);
		buf_printf(out, "%.*s %s\n", SPAN_ARG(r.families[i].name),
		    digest_hex(&digests.content, hex));
	}
	for (i = 0; i < n; i++)
		buf_printf(out, "%.*s %.*s %.8s %.*s %lld\n",
		    SPAN_ARG(documents[i].name), SPAN_ARG(documents[i].family),
		    documents[i].sha256.ptr, SPAN_ARG(documents[i].proof),
		    (long long)documents[i].proved);
	index_close(&r);
	arena_cleanup(&a);
	buf_cleanup(&path);
}

static void
expect_manifest(struct adopt_world *w)
{
	char hex[DIGEST_HEX_SIZE];
	struct buf want = { 0 }, got = { 0 };
	size_t i;

	buf_printf(&want, "%d\n", (int)w->manifest.generation);
	for (i = 0; i < w->manifest.n_families; i++)
		buf_printf(&want, "%.*s %s\n", SPAN_ARG(w->families[i].name),
		    digest_hex(&w->families[i].content, hex));
	for (i = 0; i < w->manifest.n_documents; i++)
		buf_printf(&want, "%.*s %.*s %.8s tls 900\n",
		    SPAN_ARG(w->documents[i].name),
		    SPAN_ARG(w->documents[i].family),
		    w->documents[i].sha256.ptr);
	describe(&w->b, &got);
	assert_string_equal(buf_str(&got), buf_str(&want));
	buf_cleanup(&want);
	buf_cleanup(&got);
}

/* Rows of a query, columns with blanks between. */
static void
expect_rows(struct adopt_world *w, unsigned query, int n, const char *expect)
{
	struct db_stmt *q = db_query(w->b.catalog, query);
	struct buf got = { 0 };
	int i, rc;

	while ((rc = db_step(q, &w->e)) == 1) {
		for (i = 0; i < n; i++)
			buf_printf(&got, "%s%.*s", i == 0 ? "" : " ",
			    SPAN_ARG(span_first(db_text(q, i), 40)));
		buf_add_char(&got, ';');
	}
	db_reset(q);
	assert_int_equal(rc, 0);
	assert_string_equal(buf_str(&got), expect);
	buf_cleanup(&got);
}

static void
expect_receipt(struct adopt_world *w, uint64_t v, size_t n_targets)
{
	struct arena a = { 0 };
	struct buf json = { 0 };
	struct receipt r;

	read_all(&w->b, ADOPT_RECEIPT, &json);
	if (receipt_read(buf_span(&json), &a, &r, &w->e) != 0)
		fail_msg("%s", w->e.msg);
	assert_int_equal(r.generation, w->manifest.generation);
	assert_int_equal(r.root_version, 1);
	assert_int_equal(r.timestamp_version, v);
	assert_int_equal(r.snapshot_version, v);
	assert_true(digest_eq(&r.snapshot, &w->adopt.snapshot));
	assert_int_equal(r.n_targets, n_targets);
	arena_cleanup(&a);
	buf_cleanup(&json);
}

static void
expect_timestamp(struct adopt_world *w)
{
	struct buf got = { 0 };

	read_all(&w->b, REPOSITORY_FOLDER "/timestamp.json", &got);
	assert_true(span_eq(
	    buf_span(&got), w->metadata[w->adopt.n_metadata - 1].bytes));
	buf_cleanup(&got);
}

static void
first_time(struct adopt_world *w)
{
	adopt_world_open(w);
	adopt_world_publish(w, first, TABLE_N(first));
	adopt_world_offer(w, 1);
	adopt_world_must(w);
}

#define KEYID "0700000000000000000000000000000000000000"

static void
test_first(void **state)
{
	struct adopt_world w;

	(void)state;
	first_time(&w);
	assert_true(w.result.published);
	assert_int_equal(w.result.generation, 1);
	assert_int_equal(w.result.n_documents, 3);
	assert_int_equal(w.result.n_new, 3);
	expect_manifest(&w);
	expect_timestamp(&w);
	expect_receipt(&w, 1, 3);
	expect_rows(&w, QUERY_CATALOG_SOURCE_LIST, 6,
	    "cisa-kev 950 940 ok  0;nvd 960 930 failed no answer 3;");
	expect_rows(&w, QUERY_CATALOG_TUF_ROLE_LIST, 5,
	    "nvd 1 2000000000 1 " KEYID ";root 1 2000000000 1 " KEYID
	    ";snapshot 1 2000000000 1 " KEYID ";targets 1 2000000000 1 " KEYID
	    ";timestamp 1 2000000000 1 " KEYID ";");
	expect_rows(&w, QUERY_CATALOG_TUF_TARGET_LIST, 2,
	    "nvd/host/one.json nvd;nvd/host/two.json nvd;"
	    "other/host/zoo.json other;");
	expect_rows(&w, QUERY_CATALOG_RESOURCE_LIST, 7,
	    "host/one.json nvd upstream \"e\"  960 890;"
	    "host/two.json nvd upstream \"e\"  960 890;"
	    "host/zoo.json cisa-kev upstream \"e\"  950 890;");
	expect_rows(
	    &w, QUERY_CATALOG_LEDGER_LIST, 8, "1 1000 imported 1 1000 1 1 1;");
	site_expect_audit(&w.b, 1,
	    "1000 full.tar imported generation 1, timestamp 1, snapshot 1 "
	    "0501000000000000000000000000000000000000000000000000000000000000;");
	adopt_world_close(&w);
}

/* When a document was first seen is the age of one without a date. */
static void
test_seen(void **state)
{
	struct adopt_world w;
	struct catalog_seen *seen;
	struct arena a = { 0 };
	size_t n;

	(void)state;
	first_time(&w);
	assert_int_equal(catalog_seen(w.b.catalog, 1, &a, &seen, &n, &w.e), 0);
	assert_int_equal(n, 3);
	assert_int_equal(seen[0].seen, 800);
	assert_int_equal(seen[2].seen, 800);
	arena_cleanup(&a);
	adopt_world_close(&w);
}

static void
test_next(void **state)
{
	struct adopt_world w;

	(void)state;
	first_time(&w);
	site_at(2000);
	adopt_world_publish(&w, second, TABLE_N(second));
	adopt_world_offer(&w, 2);
	adopt_world_must(&w);
	assert_int_equal(w.result.generation, 2);
	assert_int_equal(w.result.n_documents, 2);
	assert_int_equal(w.result.n_new, 1);
	expect_manifest(&w);
	expect_timestamp(&w);
	expect_receipt(&w, 2, 2);
	expect_rows(&w, QUERY_CATALOG_RESOURCE_LIST, 2,
	    "host/two.json nvd;host/zoo.json cisa-kev;");
	/* What is older stays at hand for those who read it just now. */
	assert_true(
	    file_exists(w.b.state.dirfd, REPOSITORY_FOLDER "/1.snapshot.json"));
	adopt_world_close(&w);
}

static void
expect_stale(struct adopt_world *w, bool want)
{
	bool stale = !want;

	if (catalog_is_stale(w->b.catalog, 1, &stale, &w->e) != 0)
		fail_msg("%s", w->e.msg);
	assert_int_equal(stale, want);
}

/* Expired and taken all the same: until the next that is not. */
static void
test_stale(void **state)
{
	const struct span nvd[] = { SPAN_LIT("nvd") };
	struct adopt_world w;

	(void)state;
	first_time(&w);
	expect_stale(&w, false);
	adopt_world_offer(&w, 2);
	w.adopt.is_expired = true;
	adopt_world_must(&w);
	expect_stale(&w, true);
	/* Others are as old as before. */
	adopt_world_offer(&w, 3);
	w.adopt.sources = nvd;
	w.adopt.n_sources = 1;
	adopt_world_must(&w);
	expect_stale(&w, true);
	adopt_world_offer(&w, 4);
	adopt_world_must(&w);
	expect_stale(&w, false);
	adopt_world_close(&w);
}

/* Only the number moved: it was there and back. */
static void
test_number(void **state)
{
	struct adopt_world w;

	(void)state;
	first_time(&w);
	w.manifest.generation = 9;
	adopt_world_must(&w);
	assert_true(w.result.published);
	assert_int_equal(w.result.generation, 9);
	assert_int_equal(w.result.n_new, 0);
	/* Numbers are never given twice. */
	w.manifest.generation = 4;
	adopt_world_must(&w);
	assert_false(w.result.published);
	assert_int_equal(w.result.generation, 9);
	adopt_world_close(&w);
}

/* The other side went back to what is here, too. */
static void
test_rolled_back(void **state)
{
	struct adopt_world w;

	(void)state;
	first_time(&w);
	adopt_world_publish(&w, second, TABLE_N(second));
	adopt_world_offer(&w, 2);
	adopt_world_must(&w);
	assert_int_equal(generation_rollback(w.a.state.dirfd, 1, &w.e), 0);
	adopt_world_offer(&w, 3);
	adopt_world_must(&w);
	assert_true(w.result.published);
	assert_int_equal(w.result.generation, 1);
	assert_int_equal(w.result.n_new, 0);
	expect_manifest(&w);
	expect_timestamp(&w);
	adopt_world_close(&w);
}

/* Signed with keys that a new root has taken away, and imported before it. */
static void
test_a_version_of_keys_that_are_gone(void **state)
{
	struct buf got = { 0 };
	struct adopt_world w;

	(void)state;
	first_time(&w);
	if (file_replace(w.b.state.dirfd, REPOSITORY_FOLDER "/2.nvd.json",
		SPAN_LIT("{}"), &w.e) != 0)
		fail_msg("%s", w.e.msg);
	adopt_world_offer(&w, 2);
	adopt_world_must(&w);
	read_all(&w.b, REPOSITORY_FOLDER "/2.nvd.json", &got);
	assert_true(span_eq(buf_span(&got), w.metadata[2].bytes));
	buf_cleanup(&got);
	adopt_world_close(&w);
}

/* Only what is of one source; the other's stay as they are. */
static void
test_subset(void **state)
{
	static const struct adopt_text kev[] = { { "other", "zoo", "cisa-kev",
	    TWO_NEW } };
	const struct span nvd[] = { SPAN_LIT("nvd") };
	struct buf got = { 0 };
	struct adopt_world w;

	(void)state;
	first_time(&w);
	adopt_world_publish(&w, second, TABLE_N(second));
	adopt_world_publish(&w, kev, 1);
	adopt_world_offer(&w, 2);
	w.adopt.sources = nvd;
	w.adopt.n_sources = 1;
	w.adopt.n_targets = 1; /* two */
	/* A family that is not taken is not compared. */
	w.families[1].content.bytes[0] ^= 1;
	adopt_world_must(&w);
	assert_int_equal(w.result.n_documents, 1);
	assert_int_equal(w.result.generation, 3);
	describe(&w.b, &got);
	assert_non_null(strstr(buf_str(&got), "\nzoo other "));
	assert_non_null(strstr(buf_str(&got), "\ntwo nvd "));
	assert_null(strstr(buf_str(&got), "\none nvd "));
	expect_rows(&w, QUERY_CATALOG_RESOURCE_LIST, 2,
	    "host/two.json nvd;host/zoo.json cisa-kev;");
	expect_receipt(&w, 2, 2);
	buf_cleanup(&got);
	adopt_world_close(&w);
}

/* --- refused --- */

static void
break_digest(struct adopt_world *w)
{
	w->families[0].content.bytes[31] ^= 1;
}

static void
break_target(struct adopt_world *w)
{
	w->targets[0].sha256.bytes[0] ^= 1;
}

static void
break_store(struct adopt_world *w)
{
	char hex[DIGEST_HEX_SIZE];

	unlinkat(w->b.store.dirfd, digest_hex(&w->targets[0].sha256, hex), 0);
}

static void
break_format(struct adopt_world *w)
{
	w->documents[0].format = SPAN_LIT("next-year");
}

static void
break_family(struct adopt_world *w)
{
	w->manifest.n_families = 1;
	w->families[0].name = SPAN_LIT("a");
}

/* Signed, and nothing that this program can read. */
static void
break_content(struct adopt_world *w)
{
	w->documents[0].format = SPAN_LIT("oval");
}

static void
break_keys(struct adopt_world *w)
{
	assert_int_equal(file_make_dirs(w->b.state.dirfd, "keys", &w->e), 0);
}

static void
break_name(struct adopt_world *w)
{
	w->metadata[0].name = SPAN_LIT("../1.root.json");
}

/* The role of other files signs one of nvd's. */
static void
break_role(struct adopt_world *w)
{
	w->targets[w->adopt.n_targets - 1].path =
	    SPAN_LIT("other/host/two.json");
}

/* … and that source is not taken over. */
static void
break_source(struct adopt_world *w)
{
	static const struct span kev[] = { { "cisa-kev", 8 } };

	break_role(w);
	w->adopt.sources = kev;
	w->adopt.n_sources = 1;
	w->adopt.targets = &w->targets[w->adopt.n_targets - 1];
	w->adopt.n_targets = 1;
}

static void
break_root(struct adopt_world *w)
{
	assert_int_equal(
	    file_replace(w->b.state.dirfd, REPOSITORY_FOLDER "/1.root.json",
		SPAN_LIT("{}"), &w->e),
	    0);
}

static const struct refused_case {
	const char *name;
	void (*spoil)(struct adopt_world *w);
	enum refusal refusal;
	const char *expect; /* somewhere in the message */
} refused[] = {
	{ "another digest", break_digest, REFUSAL_INCOMPLETE,
	    "family nvd becomes " },
	{ "not what the target is", break_target, REFUSAL_INCOMPLETE,
	    "document two: there is no target nvd/host/two.json with its "
	    "digest" },
	{ "not in the store", break_store, REFUSAL_INCOMPLETE,
	    "document two: its file is not there: nvd/host/two.json" },
	{ "a later version's format", break_format, REFUSAL_INCOMPLETE,
	    "document two is of format next-year: it takes a later version" },
	{ "a family without a digest", break_family, REFUSAL_INCOMPLETE,
	    "document two: the manifest has no digest of its family nvd" },
	{ "refused by its reader", break_content, REFUSAL_INCOMPLETE,
	    "document two is refused here: host/two.json: " },
	{ "a file of another role's", break_role, REFUSAL_UNTRUSTED,
	    "nvd/host/two.json and other/host/two.json are signed as the same "
	    "file of upstream's" },
	{ "a file of another source's", break_source, REFUSAL_UNTRUSTED,
	    "other/host/two.json is signed as a file of source nvd" },
	{ "metadata that would lie elsewhere", break_name, REFUSAL_NONE,
	    "../1.root.json: no name of metadata" },
	{ "another root of that version", break_root, REFUSAL_FORK,
	    "tuf/metadata/1.root.json is there already, with other bytes" },
	{ "keys of its own", break_keys, REFUSAL_NONE,
	    "this state directory signs what it has" },
};

static void
test_refused(void **state)
{
	const struct refused_case *c = *state;
	struct buf before = { 0 }, after = { 0 };
	struct adopt_world w;
	uint64_t changes;

	first_time(&w);
	adopt_world_publish(&w, second, TABLE_N(second));
	adopt_world_offer(&w, 2);
	describe(&w.b, &before);
	changes = (uint64_t)db_total_changes(w.b.catalog);
	c->spoil(&w);
	/* "one" is gone: "two" is the first of the documents. */
	assert_int_equal(adopt_world_run(&w), -1);
	assert_int_equal(refusal_of(&w.e), c->refusal);
	if (strstr(w.e.msg, c->expect) == NULL)
		fail_msg("%s", w.e.msg);
	assert_int_equal(db_total_changes(w.b.catalog), changes);
	describe(&w.b, &after);
	assert_string_equal(buf_str(&after), buf_str(&before));
	assert_false(
	    file_exists(w.b.state.dirfd, REPOSITORY_FOLDER "/2.snapshot.json"));
	assert_false(file_exists(w.b.state.dirfd, "index/building-2"));
	buf_cleanup(&before);
	buf_cleanup(&after);
	adopt_world_close(&w);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(refused) + 8] = {
		cmocka_unit_test(test_first),
		cmocka_unit_test(test_seen),
		cmocka_unit_test(test_next),
		cmocka_unit_test(test_number),
		cmocka_unit_test(test_subset),
		cmocka_unit_test(test_a_version_of_keys_that_are_gone),
		cmocka_unit_test(test_stale),
		cmocka_unit_test(test_rolled_back),
	};
	size_t n = 8;

	TABLE_ADD(tests, &n, refused, test_refused);
	return _cmocka_run_group_tests("adopt", tests, n, NULL, NULL);
}
