/* SPDX-License-Identifier: Apache-2.0 */
/* Streams that are read by other threads than the one that sends them. */
#include <semaphore.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "server/pump.h"
#include "tests/unit/table.h"

/* The bytes of a stream of its own, so that none are mixed up. */
static char
byte_at(uint64_t at)
{
	return (char)(at * 31 + at / 251);
}

struct source {
	uint64_t at;
	uint64_t size;
	size_t step; /* at most, of a call */
	bool breaks;
	pthread_t taker;
	bool was_in_taker;
	_Atomic unsigned n_reads;
	_Atomic unsigned n_closed;
	sem_t *gate; /* each call waits for it; NULL: none does */
	sem_t awake;
};

static int
read_source(void *ctx, char *ptr, size_t size, size_t *n, struct err *e)
{
	struct source *s = ctx;
	size_t i;

	s->was_in_taker |= pthread_equal(pthread_self(), s->taker) != 0;
	if (s->gate != NULL)
		sem_wait(s->gate);
	s->n_reads++;
	if (s->at == s->size && s->breaks)
		return err_set(e, ERR_FORMAT, "it breaks");
	*n = size < s->step ? size : s->step;
	if (*n > s->size - s->at)
		*n = (size_t)(s->size - s->at);
	for (i = 0; i < *n; i++)
		ptr[i] = byte_at(s->at++);
	return 0;
}

static void
close_source(void *ctx)
{
	struct source *s = ctx;

	s->n_closed++;
}

static void
wake(void *arg)
{
	struct source *s = arg;

	sem_post(&s->awake);
}

static struct pump *
begin(struct pumps *p, struct source *s)
{
	const struct pump_source source = { read_source, close_source, s };

	s->taker = pthread_self();
	if (s->step == 0)
		s->step = SIZE_MAX;
	sem_init(&s->awake, 0, 0);
	return pump_new(p, &source, wake, s);
}

/* 1: n bytes more were right; what pump_take() says otherwise. */
static int
take_some(struct pump *p, struct source *s, uint64_t *at, struct err *e)
{
	char bytes[10007];
	size_t n, i;
	int rc;

	while (
	    (rc = pump_take(p, bytes, sizeof(bytes), &n, e)) == 1 && n == 0) {
		pump_wait(p);
		sem_wait(&s->awake);
	}
	for (i = 0; rc == 1 && i < n; i++)
		if (bytes[i] != byte_at((*at)++))
			fail_msg("byte %llu", (unsigned long long)*at);
	return rc;
}

static const struct pump_case {
	const char *name;
	uint64_t size;
	size_t step;
	bool breaks;
} cases[] = {
	{ "nothing", 0, 0, false },
	{ "one byte", 1, 0, false },
	{ "a buffer", PUMP_BUFFER, 0, false },
	{ "many buffers", 7 * PUMP_BUFFER + 3, 0, false },
	{ "small steps", PUMP_BUFFER + 5, 97, false },
	{ "broken at once", 0, 0, true },
	{ "broken behind its bytes", 3 * PUMP_BUFFER + 1, 1000, true },
};

static void
test_case(void **state)
{
	const struct pump_case *c = *state;
	struct source s = {
		.size = c->size, .step = c->step, .breaks = c->breaks
	};
	struct pumps all;
	struct err e = { 0 };
	uint64_t at = 0;
	struct pump *p;
	int rc;

	assert_int_equal(pumps_start(&all, 2, &e), 0);
	p = begin(&all, &s);
	while ((rc = take_some(p, &s, &at, &e)) == 1)
		;
	assert_int_equal(rc, c->breaks ? -1 : 0);
	assert_int_equal(at, c->size);
	assert_string_equal(e.msg, c->breaks ? "it breaks" : "");
	assert_int_equal(pump_peek(p, &e), c->breaks ? -1 : 1);
	pump_close(p);
	assert_int_equal(s.n_closed, 1);
	assert_false(s.was_in_taker);
	pumps_stop(&all);
	pumps_cleanup(&all);
}

/* Nobody takes: what lies ahead has a limit, and others go on. */
static void
test_bounded(void **state)
{
	struct source idle = { .size = UINT64_MAX };
	struct source s = { .size = 9 * PUMP_BUFFER };
	struct pumps all;
	struct err e = { 0 };
	struct pump *p, *q;
	uint64_t at = 0;

	(void)state;
	assert_int_equal(pumps_start(&all, 1, &e), 0);
	p = begin(&all, &idle);
	q = begin(&all, &s);
	while (take_some(q, &s, &at, &e) == 1)
		;
	assert_int_equal(at, s.size);
	assert_true(idle.n_reads > 0);
	pumps_stop(&all);
	assert_true(idle.at <= PUMP_BUFFER);
	pump_close(p);
	pump_close(q);
	assert_int_equal(idle.n_closed + s.n_closed, 2);
	pumps_cleanup(&all);
}

/* One thread, two streams with bytes for ever: each has its turn. */
static void
test_fair(void **state)
{
	struct source s[2] = { { .size = UINT64_MAX }, { .size = UINT64_MAX } };
	struct pumps all;
	struct err e = { 0 };
	struct pump *p[2];
	uint64_t at[2] = { 0 };
	size_t i;

	(void)state;
	assert_int_equal(pumps_start(&all, 1, &e), 0);
	for (i = 0; i < 2; i++)
		p[i] = begin(&all, &s[i]);
	while (at[0] < 5 * PUMP_BUFFER || at[1] < 5 * PUMP_BUFFER)
		for (i = 0; i < 2; i++)
			assert_int_equal(take_some(p[i], &s[i], &at[i], &e), 1);
	for (i = 0; i < 2; i++)
		pump_close(p[i]);
	pumps_cleanup(&all);
	assert_int_equal(s[0].n_closed + s[1].n_closed, 2);
}

/* A client goes while its stream is read: closed once, when that is done. */
static void
test_closed_within(void **state)
{
	struct source s = { .size = UINT64_MAX };
	struct pumps all;
	struct err e = { 0 };
	sem_t gate;

	(void)state;
	sem_init(&gate, 0, 0);
	s.gate = &gate;
	assert_int_equal(pumps_start(&all, 1, &e), 0);
	pump_close(begin(&all, &s));
	sem_post(&gate);
	pumps_cleanup(&all);
	assert_int_equal(s.n_closed, 1);
}

/* Who waits at the end is told, and it is no end of the stream. */
static void
test_stop(void **state)
{
	struct source first = { .size = UINT64_MAX };
	struct source s = { .size = UINT64_MAX };
	struct pumps all;
	struct err e = { 0 };
	struct pump *p, *q;
	sem_t gate;
	size_t n;
	char c;

	(void)state;
	sem_init(&gate, 0, 0);
	first.gate = &gate;
	assert_int_equal(pumps_start(&all, 1, &e), 0);
	p = begin(&all, &first);
	q = begin(&all, &s);
	pump_wait(q);
	/* one read of the first is under way, or none; it may end */
	for (n = 0; n < PUMP_BUFFER / PUMP_TURN + 1; n++)
		sem_post(&gate);
	pumps_stop(&all);
	sem_wait(&s.awake);
	while (pump_take(q, &c, 1, &n, &e) == 1)
		;
	assert_int_equal(e.code, ERR_NETWORK);
	pump_wait(q);
	sem_wait(&s.awake);
	pump_close(p);
	pump_close(q);
	pumps_cleanup(&all);
	assert_int_equal(first.n_closed + s.n_closed, 2);
}

#define N_TESTS (TABLE_N(cases) + 4)

int
main(void)
{
	struct CMUnitTest tests[N_TESTS] = {
		cmocka_unit_test(test_bounded),
		cmocka_unit_test(test_fair),
		cmocka_unit_test(test_closed_within),
		cmocka_unit_test(test_stop),
	};
	size_t n = 4;

	TABLE_ADD(tests, &n, cases, test_case);
	return cmocka_run_group_tests_name("pump", tests, NULL, NULL);
}
