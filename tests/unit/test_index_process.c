/* SPDX-License-Identifier: Apache-2.0 */
/* The index process seen from main, and verify, which uses it. */
#include <signal.h>

#include "base/proc.h"
#include "base/state.h"
#include "base/store.h"
#include "indexer/generation.h"
#include "indexer/proc_index.h"
#include "indexer/verify.h"
#include "tests/unit/family_world.h"

#define FEED(id)                                                             \
	"{\"resultsPerPage\":1,\"format\":\"NVD_CVE\",\"version\":\"2.0\","  \
	"\"vulnerabilities\":[{\"cve\":{\"id\":\"" id "\",\"descriptions\":" \
	"[{\"lang\":\"en\",\"value\":\"words\"}]}}]}"

static const struct role_rights roles[N_ROLES] = {
	[ROLE_MAIN] = { .name = "main" },
	[ROLE_FETCH] = { .name = "fetch" },
	[ROLE_VERIFY] = { .name = "verify" },
	[ROLE_INDEX] = { .name = "index", .files_max = 64 },
	[ROLE_SCAN] = { .name = "scan" },
};

static struct index_input
input_of(const struct verified_file *file, const char *name)
{
	return (struct index_input){
		.format = DOCUMENT_NVD,
		.name = span_of(name),
		.source = SPAN_LIT("nvd"),
		.path = span_of(name),
		.file = file,
	};
}

static void
test_jobs(void **state)
{
	struct index_outcome good, bad, none;
	struct index_input inputs[3];
	struct index_job jobs[3] = { { 0 } };
	struct verified_file *files[2];
	struct family_world w;
	char other[160], nowhere[160], got[64];

	(void)state;
	family_world_open(&w);
	proc_init(roles, w.tmp.path);
	files[0] = family_world_file(&w, SPAN_LIT(FEED("CVE-2024-0001")));
	files[1] = family_world_file(&w, SPAN_LIT("{"));
	snprintf(other, sizeof(other), "%s/other.sqlite", w.tmp.path);
	snprintf(nowhere, sizeof(nowhere), "%s/none/x.sqlite", w.tmp.path);
	inputs[0] = input_of(files[0], "good");
	inputs[1] = input_of(files[1], "bad");
	inputs[2] = input_of(files[0], "good");
	jobs[0] = (struct index_job){ .path = w.path,
		.inputs = &inputs[0],
		.n_inputs = 1,
		.outcomes = &good };
	jobs[1] = (struct index_job){ .path = other,
		.inputs = &inputs[1],
		.n_inputs = 1,
		.outcomes = &bad };
	jobs[2] = (struct index_job){ .path = nowhere,
		.inputs = &inputs[2],
		.n_inputs = 1,
		.outcomes = &none };
	index_jobs_run(jobs, 3, NULL);
	assert_false(jobs[0].failed);
	assert_int_equal(good.n_records, 1);
	assert_true(good.n_written);
	assert_false(jobs[1].failed);
	assert_true(bad.refused);
	assert_int_equal(bad.error.code, ERR_FORMAT);
	assert_string_equal(
	    bad.error.msg, "bad: byte 1: the document ends early");
	assert_true(jobs[2].failed);
	family_world_query(&w, "SELECT id FROM nvd_cve", got, sizeof(got));
	assert_string_equal(got, "-1577058303;");
	verified_close(files[0]);
	verified_close(files[1]);
	family_world_close(&w);
}

static void
feed_of(struct buf *b, unsigned n)
{
	unsigned i;

	buf_printf(b,
	    "{\"resultsPerPage\":%u,\"format\":\"NVD_CVE\",\"version\":\"2.0\","
	    "\"vulnerabilities\":[",
	    n);
	for (i = 0; i < n; i++)
		buf_printf(b, "%s{\"cve\":{\"id\":\"CVE-2024-%05u\"}}",
		    i == 0 ? "" : ",", i);
	buf_add_str(b, "]}");
}

struct heard {
	bool kill; /* at the first word */
	size_t n;
	uint64_t n_records;
};

/* Our only child, as the kernel lists it. */
static void
kill_child(void)
{
	char path[64];
	struct buf list = { 0 };
	struct err e = { 0 };
	uint64_t pid = 0;

	snprintf(
	    path, sizeof(path), "/proc/self/task/%d/children", (int)getpid());
	if (file_read(AT_FDCWD, path, 1000, &list, &e) != 0)
		fail_msg("%s", e.msg);
	assert_true(parse_uint(span_trim(buf_span(&list)), INT32_MAX, &pid));
	assert_int_equal(kill((pid_t)pid, SIGKILL), 0);
	buf_cleanup(&list);
}

static void
hear(void *ctx, const struct index_job *job, size_t i, uint64_t n_records)
{
	struct heard *h = ctx;

	(void)job;
	assert_int_equal(i, 0);
	assert_true(n_records > h->n_records);
	if (h->kill && h->n == 0)
		kill_child();
	h->n++;
	h->n_records = n_records;
}

/* Runs one job of n records. */
static void
run_large(unsigned n, struct heard *heard, struct index_job *job,
    struct index_outcome *outcome)
{
	struct index_report report = { heard, hear };
	struct verified_file *file;
	struct index_input input;
	struct family_world w;
	struct buf feed = { 0 };

	family_world_open(&w);
	proc_init(roles, w.tmp.path);
	feed_of(&feed, n);
	file = family_world_file(&w, buf_span(&feed));
	input = input_of(file, "feed");
	*job = (struct index_job){ .path = w.path,
		.inputs = &input,
		.n_inputs = 1,
		.outcomes = outcome };
	index_jobs_run(job, 1, &report);
	verified_close(file);
	buf_cleanup(&feed);
	family_world_close(&w);
}

static void
test_progress(void **state)
{
	struct heard heard = { 0 };
	struct index_outcome outcome;
	struct index_job job;

	(void)state;
	run_large(5000, &heard, &job, &outcome);
	assert_string_equal(job.error.msg, "");
	assert_false(job.failed);
	assert_int_equal(outcome.n_records, 5000);
	assert_int_equal(heard.n, 4);
	assert_int_equal(heard.n_records, 4096);
}

/* A process that dies is its job's error, and no outcome counts. */
static void
test_death(void **state)
{
	struct heard heard = { .kill = true };
	struct index_outcome outcome;
	struct index_job job;

	(void)state;
	run_large(60000, &heard, &job, &outcome);
	assert_true(job.failed);
	assert_int_equal(job.error.code, ERR_SYSTEM);
	assert_string_equal(
	    job.error.msg, "the index process was ended by signal 9 (Killed)");
	assert_false(outcome.n_written);
}

/* --- verify --- */

struct site {
	struct tmp tmp;
	struct state state;
	struct store store;
	struct buf seen;
};

/* A published generation with one family, its file in the store. */
static void
site_open(struct site *s)
{
	struct generation_builder *g = NULL;
	struct index_outcome outcome = { 0 };
	struct verified_file *file;
	struct index_input input;
	struct family_world w;
	const char *path = NULL;
	struct err e = { 0 };

	*s = (struct site){ 0 };
	tmp_init(&s->tmp);
	proc_init(roles, s->tmp.path);
	family_world_open(&w);
	file = family_world_file(&w, SPAN_LIT(FEED("CVE-2024-0001")));
	input = input_of(file, "feed");
	if (state_open(&s->state, s->tmp.path, STATE_WRITE, 0, &e) != 0 ||
	    store_open(&s->store, s->state.dirfd, &e) != 0 ||
	    store_add(&s->store, file, &e) != 0 ||
	    generation_begin(&g, s->state.dirfd, 0, &e) != 0 ||
	    generation_family(g, SPAN_LIT("nvd"), &path, &e) != 0 ||
	    index_family_run(path, &input, 1, &outcome, &e) != 0 ||
	    generation_publish(g, &e) != 0)
		fail_msg("%s", e.msg);
	assert_false(outcome.refused);
	verified_close(file);
	family_world_close(&w);
}

static void
site_close(struct site *s)
{
	store_close(&s->store);
	state_close(&s->state);
	buf_cleanup(&s->seen);
	tmp_cleanup(&s->tmp);
}

static int
note_result(void *ctx, const struct verify_result *r, struct err *e)
{
	(void)e;
	buf_printf(ctx, "%.*s %s %.*s;", SPAN_ARG(r->family),
	    r->same ? "same" : "differs", SPAN_ARG(r->reason));
	return 0;
}

static void
expect_verify(struct site *s, const char *expect)
{
	struct err e = { 0 };

	buf_reset(&s->seen);
	if (verify_run(&s->state, note_result, &s->seen, &e) != 0)
		fail_msg("%s", e.msg);
	assert_string_equal(buf_str(&s->seen), expect);
}

static void
change_row(struct site *s)
{
	struct db_stmt *q = NULL;
	struct db *db = NULL;
	struct err e = { 0 };
	char path[128];

	snprintf(path, sizeof(path), "%s/index/1/nvd.sqlite", s->tmp.path);
	assert_int_equal(chmod(path, 0644), 0);
	if (db_open(&db, path, &SCHEMA_INDEX, DB_BUILD, &e) == 0)
		q = db_prepare(db, "UPDATE nvd_cve SET modified = 1", &e);
	if (q == NULL || db_run(q, &e) != 0)
		fail_msg("%s", e.msg);
	db_finalize(q);
	db_close(db);
}

static int
no_file(void *ctx, const char *name, struct err *e)
{
	(void)ctx;
	(void)e;
	assert_null(strstr(name, "verify-"));
	return 0;
}

static void
test_verify(void **state)
{
	struct site s;
	struct err e = { 0 };

	(void)state;
	site_open(&s);
	expect_verify(&s, "nvd same ;");
	change_row(&s);
	expect_verify(&s, "nvd differs ;");
	assert_int_equal(
	    file_list(s.state.dirfd, "index", no_file, NULL, &e), 0);
	site_close(&s);
}

static void
test_verify_without_the_file(void **state)
{
	char hex[DIGEST_HEX_SIZE], expect[256];
	struct digest digest;
	struct site s;

	(void)state;
	site_open(&s);
	digest_of(SPAN_LIT(FEED("CVE-2024-0001")), &digest);
	digest_hex(&digest, hex);
	assert_int_equal(unlinkat(s.store.dirfd, hex, 0), 0);
	snprintf(expect, sizeof(expect),
	    "nvd differs feed: store: %s: No such file or directory;", hex);
	expect_verify(&s, expect);
	site_close(&s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_jobs),
		cmocka_unit_test(test_progress),
		cmocka_unit_test(test_death),
		cmocka_unit_test(test_verify),
		cmocka_unit_test(test_verify_without_the_file),
	};

	return cmocka_run_group_tests_name("index process", tests, NULL, NULL);
}
