/* SPDX-License-Identifier: Apache-2.0 */
/* Every format of advisories, through its own reader and into the index. */
#include <fcntl.h>

#include "base/mem.h"
#include "eval/advisories.h"
#include "tests/unit/family_world.h"

#define SEEDS "tests/fuzz/corpus/"
#define CSAF "upstream/security.access.redhat.com/data/csaf/v2/"

struct source_file {
	const char *name;
	enum document_format format;
	const char *path; /* below the project, or below the corpus */
};

static const struct format_case {
	const char *name;
	struct source_file file;
	bool is_silent; /* its records state nothing */
} formats[] = {
	{ "osv", { "osv", DOCUMENT_OSV, SEEDS "osv/good.tar" } },
	{ "openvex",
	    { "openvex", DOCUMENT_OPENVEX, SEEDS "openvex/good_2025.json" } },
	{ "csaf", { "csaf", DOCUMENT_CSAF, SEEDS "csaf/archive.tar" } },
	{ "csaf-deletions",
	    { "csaf-deletions", DOCUMENT_CSAF_DELETIONS,
		SEEDS "csaf_deletions/deletions" },
	    true },
	{ "debian-tracker",
	    { "debian-tracker", DOCUMENT_DEBIAN_TRACKER,
		SEEDS "debian_tracker/good.json" } },
	{ "secdb", { "secdb", DOCUMENT_SECDB, SEEDS "secdb/good.json" } },
	{ "errata", { "errata", DOCUMENT_ERRATA, SEEDS "errata/good.json" } },
	{ "updateinfo",
	    { "updateinfo", DOCUMENT_UPDATEINFO,
		SEEDS "updateinfo/good.xml" } },
	{ "photon", { "photon", DOCUMENT_PHOTON, SEEDS "photon/good.json" } },
};

static struct verified_file *
open_file(const char *path)
{
	const char *corpus = getenv("SCAPCACHE_CORPUS");
	struct proof proof = { .kind = PROOF_LOCAL };
	struct verified_file *file = NULL;
	struct err e = { 0 };
	char full[512];
	int fd;

	if (corpus == NULL)
		corpus = "../shared/corpus";
	if (span_has_prefix(span_of(path), SEEDS))
		corpus = ".";
	snprintf(full, sizeof(full), "%s/%s", corpus, path);
	fd = open(full, O_RDONLY | O_CLOEXEC);
	if (fd == -1 && strcmp(corpus, ".") != 0) {
		print_message("skipped: no corpus\n");
		skip();
	}
	if (fd == -1 ||
	    digest_of_fd(fd, &proof.sha256, &proof.size_bytes, &e) != 0 ||
	    verified_open(&file, fd, &proof, &e) != 0)
		fail_msg("%s: %s", path, e.msg);
	return file;
}

/* All in one source; file NULL: remove. */
static void
build(struct family_world *w, const struct source_file *f, bool remove)
{
	struct index_input input = { .format = f->format,
		.name = span_of(f->name),
		.path = span_of(f->name),
		.source = SPAN_LIT("source"),
		.distribution = SPAN_LIT("d"),
		.release = SPAN_LIT("r") };
	struct verified_file *file = remove ? NULL : open_file(f->path);
	struct err e = { 0 };

	input.file = file;
	family_world_unseal(w);
	if (family_build(w->path, &input, 1, w->outcomes, NULL, &e) != 0 ||
	    w->outcomes[0].refused ||
	    family_digests(w->path, &w->digests, &e) != 0)
		fail_msg("%s%s", e.msg, w->outcomes[0].error.msg);
	verified_close(file);
}

static int
count(void *ctx, const struct advisory_record *r,
    const struct advisory_package *p, struct err *e)
{
	(void)e;
	assert_true(p->name.len > 0);
	assert_true(p->distribution.len > 0);
	assert_true((unsigned)p->state < ADVISORY_STATES);
	assert_false(r->withdrawn);
	++*(unsigned *)ctx;
	return 0;
}

/* Statements of all records, by their keys. */
static unsigned
count_statements(struct family_world *w, uint64_t n_records)
{
	unsigned n = 0;
	struct advisories_sink sink = { &n, count };
	struct index_reader index;
	struct advisories *a;
	struct err e = { 0 };
	uint64_t i;

	assert_int_equal(index_open(&index, w->tmp.dirfd, w->tmp.path, &e), 0);
	a = advisories_new(&index.families[0]);
	for (i = 0; i < n_records; i++)
		if (advisories_statements(a, (int64_t)(UINT64_C(1) << 32 | i),
			SPAN_NONE, &sink, &e) != 0)
			fail_msg("%s", e.msg);
	advisories_free(a);
	index_close(&index);
	return n;
}

static void
test_format(void **state)
{
	const struct format_case *c = *state;
	struct family_world w;
	uint64_t n;
	char got[64];

	family_world_open(&w);
	build(&w, &c->file, false);
	n = w.outcomes[0].n_records;
	assert_true(n > 0);
	assert_int_equal(w.outcomes[0].n_added, n);
	assert_int_equal(count_statements(&w, n) == 0, c->is_silent);
	build(&w, &c->file, false);
	assert_false(w.outcomes[0].n_written);
	build(&w, &c->file, true);
	assert_int_equal(w.outcomes[0].n_removed, n);
	family_world_query(&w,
	    "SELECT (SELECT count(*) FROM advisory) + (SELECT count(*) FROM "
	    "advisory_alias) + (SELECT count(*) FROM advisory_package) + "
	    "(SELECT count(*) FROM advisory_raw)",
	    got, sizeof(got));
	assert_string_equal(got, "0;");
	family_world_close(&w);
}

/* All formats in one family, in both orders. */
static void
test_all(void **state)
{
	struct family_world a, b;
	size_t i, n = TABLE_N(formats);

	(void)state;
	family_world_open(&a);
	family_world_open(&b);
	for (i = 0; i < n; i++) {
		build(&a, &formats[i].file, false);
		build(&b, &formats[n - 1 - i].file, false);
	}
	assert_true(family_world_same(&a, &b));
	build(&b, &formats[3].file, true);
	assert_false(family_world_same(&a, &b));
	build(&b, &formats[3].file, false);
	assert_true(family_world_same(&a, &b));
	family_world_close(&a);
	family_world_close(&b);
}

/* Red Hat's archive, a later document, and what was deleted since. */
static void
test_red_hat(void **state)
{
	static const struct source_file files[] = {
		{ "vex", DOCUMENT_CSAF,
		    CSAF "vex/csaf_vex_2024-08-04.tar.zst" },
		{ "vex/cve-2023-6212", DOCUMENT_CSAF,
		    CSAF "vex/2023/cve-2023-6212.json" },
		{ "vex/deletions", DOCUMENT_CSAF_DELETIONS,
		    CSAF "vex/deletions.csv" },
	};
	struct family_world w;
	char got[128];
	size_t i;

	(void)state;
	family_world_open(&w);
	for (i = 0; i < TABLE_N(files); i++)
		build(&w, &files[i], false);
	family_world_query(&w,
	    "SELECT a.id || ' ' || d.name FROM advisory_rival r JOIN advisory "
	    "a ON a.key = r.newer JOIN document d ON d.id = a.key >> 32 ORDER "
	    "BY a.id",
	    got, sizeof(got));
	assert_string_equal(got,
	    "CVE-2023-6212 vex/cve-2023-6212;CVE-2023-6237 vex/deletions;");
	family_world_close(&w);
}

int
main(void)
{
	static const struct CMUnitTest others[] = {
		cmocka_unit_test(test_all),
		cmocka_unit_test(test_red_hat),
	};
	struct CMUnitTest tests[TABLE_N(formats) + TABLE_N(others)] = { 0 };
	size_t n = 0;

	TABLE_ADD(tests, &n, formats, test_format);
	memcpy(tests + n, others, sizeof(others));
	return _cmocka_run_group_tests(
	    "advisory_formats", tests, n + TABLE_N(others), NULL, NULL);
}
