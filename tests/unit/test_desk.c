/* SPDX-License-Identifier: Apache-2.0 */
/* What workers and desks say to each other, whatever becomes of either. */
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/file.h"
#include "base/memfd.h"
#include "base/pack.h"
#include "server/desk.h"
#include "server/desk_results.h"
#include "server/desk_scan.h"
#include "tests/unit/tmp.h"

#define LARGE ((size_t)3 * 1024 * 1024)

/* --- calls that the desk has here --- */

static int
answer_echo(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e)
{
	(void)d;
	(void)e;
	out_span(out, question);
	if (fd != -1)
		*answer_fd = dup(fd);
	return 0;
}

static int
answer_large(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e)
{
	size_t i;

	(void)d;
	(void)fd;
	for (i = 0; i < LARGE; i++)
		out_char(out, (char)('a' + i % 26));
	return memfd_of(question, answer_fd, e);
}

static int
answer_refusal(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e)
{
	uint64_t code = 0;

	(void)d;
	(void)fd;
	*answer_fd = -1;
	out_str(out, "half an answer");
	parse_uint(question, 200, &code);
	return err_set(
	    e, (enum err_code)code, "refused with %.*s", SPAN_ARG(question));
}

static int
answer_death(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e)
{
	(void)d;
	(void)question;
	(void)fd;
	(void)out;
	*answer_fd = -1;
	kill(getpid(), SIGKILL);
	return err_set(e, ERR_SYSTEM, "alive");
}

const struct desk_entry desk_catalog_entries[] = {
	{ DESK_STATUS, answer_echo },
	{ DESK_SOURCES, answer_large },
	{ 0 },
};
const struct desk_entry desk_results_entries[] = {
	{ DESK_IMAGES, answer_refusal },
	{ 0 },
};
const struct desk_entry desk_scan_entries[] = {
	{ DESK_SCAN, answer_death },
	{ 0 },
};
const struct desk_entry desk_metrics_entries[] = {
	{ 0 },
};
const struct desk_entry desk_bundles_entries[] = {
	{ 0 },
};

int
desk_results(struct desk_server *d, struct err *e)
{
	(void)d;
	(void)e;
	return 0;
}

void
desk_scan_wait(int fd)
{
	(void)fd;
}

void
desk_scan_end(void)
{
}

/* --- a desk in a process, and who asks it --- */

struct world {
	struct tmp tmp;
	struct desk *desk;
	pid_t pid;
	struct buf out;
	int fd;
	struct err e;
};

static int
start_desk(struct world *w)
{
	struct desk_server d = { .state = { .dirfd = -1, .lockfd = -1 } };
	struct ipc ours, theirs;

	assert_int_equal(ipc_pair(&ours, &theirs, &w->e), 0);
	w->pid = fork();
	if (w->pid == 0) {
		ipc_close(&ours);
		/* So that it hears of the end. */
		desk_free(w->desk);
		if (state_open(&d.state, w->tmp.path, STATE_READ, 0, &w->e) !=
		    0)
			_exit(1);
		_exit(desk_run(&theirs, &d, &w->e) == 0 ? 0 : 1);
	}
	ipc_close(&theirs);
	return ours.fd;
}

static int
open_world(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	struct state s;

	w->fd = -1;
	tmp_init(&w->tmp);
	assert_int_equal(state_open(&s, w->tmp.path, STATE_WRITE, 0, &w->e), 0);
	state_close(&s);
	w->desk = desk_new(start_desk(w));
	*state = w;
	return 0;
}

static int
close_world(void **state)
{
	struct world *w = *state;
	int status = 0;

	desk_free(w->desk);
	assert_int_equal(waitpid(w->pid, &status, 0), w->pid);
	assert_int_equal(status, 0);
	if (w->fd != -1)
		close(w->fd);
	buf_cleanup(&w->out);
	tmp_cleanup(&w->tmp);
	free(w);
	return 0;
}

static int
ask(struct world *w, enum desk_call call, struct span question, int fd)
{
	const struct desk_question q = { call, question, fd };

	buf_reset(&w->out);
	if (w->fd != -1)
		close(w->fd);
	w->e = (struct err){ 0 };
	return desk_ask(w->desk, &q, &w->out, &w->fd, &w->e);
}

static void
expect_alive(struct world *w)
{
	assert_int_equal(ask(w, DESK_STATUS, SPAN_LIT("hello"), -1), 0);
	assert_true(span_is(buf_span(&w->out), "hello"));
	assert_int_equal(w->fd, -1);
}

static void
test_answers(void **state)
{
	const struct desk_question plain = { DESK_SOURCES, SPAN_NONE, -1 };
	struct world *w = *state;
	struct buf bytes = { 0 };
	int fd = -1;

	expect_alive(w);
	assert_int_equal(memfd_of(SPAN_LIT("a file"), &fd, &w->e), 0);
	assert_int_equal(ask(w, DESK_STATUS, SPAN_NONE, fd), 0);
	assert_int_equal(w->out.len, 0);
	assert_int_equal(file_read_fd(w->fd, 100, &bytes, &w->e), 0);
	assert_true(span_is(buf_span(&bytes), "a file"));
	close(fd);
	buf_cleanup(&bytes);
	/* Who wants neither text nor file gets neither. */
	assert_int_equal(desk_ask(w->desk, &plain, NULL, NULL, &w->e), 0);
	expect_alive(w);
}

static void
test_a_large_answer(void **state)
{
	struct world *w = *state;
	struct buf bytes = { 0 };
	size_t i;

	assert_int_equal(ask(w, DESK_SOURCES, SPAN_LIT("beside it"), -1), 0);
	assert_int_equal(w->out.len, LARGE);
	for (i = 0; i < LARGE; i += 12345)
		assert_int_equal(w->out.ptr[i], 'a' + i % 26);
	assert_int_equal(file_read_fd(w->fd, 100, &bytes, &w->e), 0);
	assert_true(span_is(buf_span(&bytes), "beside it"));
	buf_cleanup(&bytes);
	expect_alive(w);
}

static void
test_refusals(void **state)
{
	static const enum err_code codes[] = { ERR_SYSTEM, ERR_NETWORK,
		ERR_FORMAT, ERR_LIMIT, ERR_UNTRUSTED, ERR_MISSING, ERR_REFUSED,
		ERR_REFUSED + 6 };
	struct world *w = *state;
	char *large = calloc(1, IPC_PAYLOAD_MAX + 1);
	char text[16], want[64];
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(*codes); i++) {
		snprintf(text, sizeof(text), "%u", (unsigned)codes[i]);
		snprintf(want, sizeof(want), "refused with %s", text);
		assert_int_equal(ask(w, DESK_IMAGES, span_of(text), -1), -1);
		assert_int_equal(w->e.code, codes[i]);
		assert_string_equal(w->e.msg, want);
		assert_int_equal(w->out.len, 0);
	}
	assert_int_equal(ask(w, DESK_NONE, SPAN_NONE, -1), -1);
	assert_int_equal(w->e.code, ERR_FORMAT);
	assert_int_equal(ask(w, (enum desk_call)1000, SPAN_NONE, -1), -1);
	assert_string_equal(w->e.msg, "there is no call 1000");
	assert_int_equal(
	    ask(w, DESK_STATUS, span_make(large, IPC_PAYLOAD_MAX + 1), -1), -1);
	assert_int_equal(w->e.code, ERR_LIMIT);
	free(large);
	expect_alive(w);
}

/* The request in hand fails, the next one is another desk's. */
static void
test_a_desk_that_dies(void **state)
{
	struct world *w = *state;

	assert_int_equal(ask(w, DESK_SCAN, SPAN_NONE, -1), -1);
	assert_int_equal(w->e.code, ERR_NETWORK);
	assert_int_equal(waitpid(w->pid, NULL, 0), w->pid);
	desk_replace(w->desk, start_desk(w));
	expect_alive(w);
}

/* Nothing was asked of it: nobody notices. */
static void
test_a_desk_that_dies_idle(void **state)
{
	struct world *w = *state;

	expect_alive(w);
	kill(w->pid, SIGKILL);
	assert_int_equal(waitpid(w->pid, NULL, 0), w->pid);
	desk_replace(w->desk, start_desk(w));
	expect_alive(w);
}

/* One that is replaced before it was asked ends. */
static void
test_replaced_twice(void **state)
{
	struct world *w = *state;
	pid_t first = w->pid, second;
	int fd, status = 1;

	fd = start_desk(w);
	second = w->pid;
	desk_replace(w->desk, fd);
	desk_replace(w->desk, start_desk(w));
	assert_int_equal(waitpid(second, &status, 0), second);
	assert_int_equal(status, 0);
	expect_alive(w);
	assert_int_equal(waitpid(first, &status, 0), first);
	assert_int_equal(status, 0);
}

struct nonsense_case {
	const char *name;
	uint32_t type;
	struct span payload;
	const char *text;
};

static const struct nonsense_case nonsense_cases[] = {
	{ "a type that is none", 99, { "", 0 }, "makes no sense" },
	{ "a failure without a code", 3, { "\0\1x", 3 }, "makes no sense" },
	{ "half a failure", 3, { "\3\5x", 3 }, "makes no sense" },
	{ "a code beyond all", 3, { "\377\177\1x", 4 }, "makes no sense" },
};

/* It is spoken to no more: what comes next could be anything. */
static void
test_nonsense(void **state)
{
	const struct desk_question q = { DESK_STATUS, SPAN_NONE, -1 };
	const struct nonsense_case *c = *state;
	struct ipc ours, theirs;
	struct desk *desk;
	struct err e = { 0 };
	char byte;

	assert_int_equal(ipc_pair(&ours, &theirs, &e), 0);
	desk = desk_new(ours.fd);
	assert_int_equal(ipc_send(&theirs, c->type, c->payload, -1, &e), 0);
	assert_int_equal(desk_ask(desk, &q, NULL, NULL, &e), -1);
	assert_int_equal(e.code, ERR_SYSTEM);
	assert_non_null(strstr(e.msg, c->text));
	while (read(theirs.fd, &byte, 1) == 1)
		;
	desk_free(desk);
	ipc_close(&theirs);
}

#define WORLD_TEST(f) \
	cmocka_unit_test_setup_teardown(f, open_world, close_world)
#define N_NONSENSE (sizeof(nonsense_cases) / sizeof(*nonsense_cases))

int
main(void)
{
	struct CMUnitTest nonsense[N_NONSENSE];
	const struct CMUnitTest tests[] = {
		WORLD_TEST(test_answers),
		WORLD_TEST(test_a_large_answer),
		WORLD_TEST(test_refusals),
		WORLD_TEST(test_a_desk_that_dies),
		WORLD_TEST(test_a_desk_that_dies_idle),
		WORLD_TEST(test_replaced_twice),
	};
	size_t i;
	int rc;

	for (i = 0; i < N_NONSENSE; i++)
		nonsense[i] = (struct CMUnitTest){
			.name = nonsense_cases[i].name,
			.test_func = test_nonsense,
			.initial_state = (void *)(uintptr_t)&nonsense_cases[i],
		};
	rc = cmocka_run_group_tests(tests, NULL, NULL);
	return rc + cmocka_run_group_tests(nonsense, NULL, NULL);
}
