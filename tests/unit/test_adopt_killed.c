/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An adoption that is killed at each of the calls by which it writes, or that
 * may not write any more: what was there stays whole, and the next completes.
 */
#include <signal.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>

#include <linux/ptrace.h>

#include "tests/unit/adopt_world.h"

#define CALLS_MAX 2000 /* that an adoption makes at most */
#define STEP 7         /* each seventh of them */

static const struct adopt_text first[] = {
	{ "nvd", "one", "nvd", SITE_FEED_1("CVE-2024-0001", "one") },
	{ "other", "zoo", "cisa-kev", SITE_FEED_1("CVE-2024-0003", "zoo") },
};

static const struct adopt_text second[] = {
	{ "nvd", "one", "nvd", SITE_FEED_1("CVE-2024-0001", "one, again") },
	{ "nvd", "two", "nvd", SITE_FEED_1("CVE-2024-0002", "two") },
};

/* The catalog is opened in the process that is to be killed. */
static int
adopt_now(struct adopt_world *w)
{
	struct db *catalog = NULL;
	int rc = -1;

	if (catalog_open(&catalog, &w->b.state, DB_WRITE, &w->e) == 0)
		rc = adopt_run(&w->b.state, catalog, &w->b.store, &w->adopt,
		    &w->result, &w->e);
	db_close(catalog);
	return rc;
}

static void
begin(struct adopt_world *w)
{
	adopt_world_open(w);
	db_close(w->b.catalog);
	w->b.catalog = NULL;
	adopt_world_publish(w, first, TABLE_N(first));
	adopt_world_offer(w, 1);
	if (adopt_now(w) != 0)
		fail_msg("%s", w->e.msg);
	adopt_world_publish(w, second, TABLE_N(second));
	adopt_world_offer(w, 2);
}

static bool
is_timestamp_new(struct adopt_world *w)
{
	struct buf got = { 0 };
	bool is_new;

	if (file_read(w->b.state.dirfd, REPOSITORY_FOLDER "/timestamp.json",
		65536, &got, &w->e) != 0)
		fail_msg("%s", w->e.msg);
	is_new =
	    span_eq(buf_span(&got), w->metadata[w->adopt.n_metadata - 1].bytes);
	buf_cleanup(&got);
	return is_new;
}

/* One that is current can be read, and all else follows it. */
static void
expect_whole(struct adopt_world *w)
{
	struct index_reader r;
	uint64_t generation;

	if (current_open(&r, &w->b.state, &w->e) != 0)
		fail_msg("%s", w->e.msg);
	generation = r.generation;
	assert_int_equal(r.n_families, 2);
	assert_int_equal(r.families[0].n_documents, generation);
	index_close(&r);
	assert_in_range(generation, 1, 2);
	/* timestamp.json is the last of all. */
	if (is_timestamp_new(w))
		assert_int_equal(generation, 2);
}

static void
expect_complete(struct adopt_world *w)
{
	struct db_stmt *q;
	int n = 0;

	/* What a killed run built is in nobody's way. */
	if (adopt_now(w) != 0)
		fail_msg("%s", w->e.msg);
	expect_whole(w);
	assert_true(is_timestamp_new(w));
	assert_int_equal(w->result.generation, 2);
	if (catalog_open(&w->b.catalog, &w->b.state, DB_WRITE, &w->e) != 0)
		fail_msg("%s", w->e.msg);
	q = db_query(w->b.catalog, QUERY_CATALOG_LEDGER_LIST);
	while (db_step(q, &w->e) == 1)
		n++;
	db_reset(q);
	assert_int_equal(n, 2); /* each once, however often it was tried */
}

/* --- killed --- */

static bool
is_writing(uint64_t call)
{
	switch (call) {
	case SYS_fsync:
	case SYS_fdatasync:
	case SYS_pwrite64:
	case SYS_renameat:
	case SYS_renameat2:
	case SYS_unlinkat:
	case SYS_symlinkat:
	case SYS_linkat:
	case SYS_mkdirat:
		return true;
	default:
#ifdef SYS_rename
		return call == SYS_rename;
#else
		return false;
#endif
	}
}

/* Runs the child from call to call; true if it was killed at that one. */
static bool
kill_at(pid_t pid, unsigned at)
{
	struct __ptrace_syscall_info info;
	unsigned n = 0;
	int status;

	for (;;) {
		if (waitpid(pid, &status, 0) != pid || WIFEXITED(status) ||
		    WIFSIGNALED(status))
			return false;
		if (WSTOPSIG(status) == (SIGTRAP | 0x80) &&
		    ptrace(PTRACE_GET_SYSCALL_INFO, pid, sizeof(info), &info) >
			0 &&
		    info.op == PTRACE_SYSCALL_INFO_ENTRY &&
		    is_writing(info.entry.nr) && n++ == at) {
			kill(pid, SIGKILL);
			waitpid(pid, &status, 0);
			return true;
		}
		ptrace(PTRACE_SYSCALL, pid, NULL, 0);
	}
}

/* 1: killed; 0: it had come to its end; -1: nobody may be traced here. */
static int
adopt_and_die(struct adopt_world *w, unsigned at)
{
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		if (ptrace(PTRACE_TRACEME, 0, NULL, NULL) != 0)
			_exit(77);
		raise(SIGSTOP);
		_exit(adopt_now(w) == 0 ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	if (WIFEXITED(status))
		return -1;
	ptrace(PTRACE_SETOPTIONS, pid, NULL,
	    PTRACE_O_TRACESYSGOOD | PTRACE_O_EXITKILL);
	ptrace(PTRACE_SYSCALL, pid, NULL, 0);
	return kill_at(pid, at);
}

static void
test_killed(void **state)
{
	unsigned at, n_killed = 0;
	int killed = 1;

	(void)state;
	for (at = 0; at < CALLS_MAX && killed == 1; at += STEP) {
		struct adopt_world w;

		begin(&w);
		killed = adopt_and_die(&w, at);
		if (killed >= 0) {
			n_killed += killed == 1;
			expect_whole(&w);
			expect_complete(&w);
		}
		adopt_world_close(&w);
	}
	if (killed == -1)
		skip();
	assert_int_equal(killed, 0);
	assert_in_range(n_killed, 10, CALLS_MAX);
}

/* --- not to be written --- */

/* No file may grow above that size, as on a disk that is full. */
static int
adopt_below(struct adopt_world *w, rlim_t size)
{
	const struct rlimit limit = { size, size };
	pid_t pid = fork();
	int status;

	assert_true(pid >= 0);
	if (pid == 0) {
		signal(SIGXFSZ, SIG_IGN);
		setrlimit(RLIMIT_FSIZE, &limit);
		_exit(adopt_now(w) == 0 ? 0 : 1);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return status;
}

static void
test_full(void **state)
{
	/* Too little for anything, for metadata, for an index. */
	static const rlim_t sizes[] = { 0, 100, 4096, 65536 };
	size_t i;

	(void)state;
	for (i = 0; i < TABLE_N(sizes); i++) {
		struct adopt_world w;

		begin(&w);
		assert_int_not_equal(adopt_below(&w, sizes[i]), 0);
		expect_whole(&w);
		assert_false(is_timestamp_new(&w));
		assert_false(file_exists(
		    w.b.state.dirfd, REPOSITORY_FOLDER "/2.snapshot.json"));
		expect_complete(&w);
		adopt_world_close(&w);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_killed),
		cmocka_unit_test(test_full),
	};

	return cmocka_run_group_tests_name("adopt, killed", tests, NULL, NULL);
}
