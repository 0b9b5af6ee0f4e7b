/* SPDX-License-Identifier: Apache-2.0 */
/* What the scan process says is taken as it comes: it read hostile bytes. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/pack.h"
#include "scanner/layer_facts.h"
#include "scanner/proc_scan_impl.h"
#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

static void
test_answer(void **state)
{
	struct span reasons[] = { SPAN_LIT("layer\033[2J"), SPAN_LIT("b") };
	struct scan s = { .reasons = reasons, .n_reasons = 2 };
	struct ipc_message m = { .fd = -1 };
	struct scan_answer answer = { 0 };
	struct err e = { 0 };
	struct ipc a, b;

	(void)state;
	assert_int_equal(ipc_pair(&a, &b, &e), 0);
	assert_int_equal(
	    scan_send_answer(&a, &s, VERDICT_UNKNOWN, true, &e), 0);
	assert_int_equal(ipc_recv(&b, &m, &e), 1);
	assert_int_equal(m.type, SCAN_ANSWER);
	assert_int_equal(scan_read_answer(m.payload, &answer, &e), 0);
	assert_int_equal(answer.verdict, VERDICT_UNKNOWN);
	assert_true(answer.has_report);
	assert_int_equal(answer.n_reasons, 2);
	assert_true(span_is(answer.reasons[0], "layer\\x1b[2J"));
	assert_true(span_is(answer.reasons[1], "b"));
	scan_answer_cleanup(&answer);
	ipc_message_cleanup(&m);
	ipc_close(&a);
	ipc_close(&b);
}

static void
test_error(void **state)
{
	struct err told = { .code = ERR_LIMIT, .msg = "too \nlarge" };
	struct ipc_message m = { .fd = -1 };
	struct err e = { 0 };
	struct ipc a, b;

	(void)state;
	assert_int_equal(ipc_pair(&a, &b, &e), 0);
	assert_int_equal(ipc_send_err(&a, SCAN_FAILED, &told, &e), 0);
	assert_int_equal(ipc_recv(&b, &m, &e), 1);
	assert_int_equal(m.type, SCAN_FAILED);
	assert_int_equal(ipc_read_err(m.payload, ERR_MISSING, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_string_equal(e.msg, "too \\x0alarge");
	ipc_message_cleanup(&m);
	ipc_close(&a);
	ipc_close(&b);
}

struct bad_case {
	const char *name;
	unsigned verdict;
	unsigned n_reasons;
	const char *reason; /* NULL: none is there */
	bool trailing;
};

/* An answer that is not one is an error, and never a pass. */
static const struct bad_case bad_cases[] = {
	{ "no verdict", VERDICT_NONE, 0, NULL, false },
	{ "a verdict that there is not", VERDICT_UNKNOWN + 1, 0, NULL, false },
	{ "fewer reasons than said", VERDICT_PASS, 2, "one", false },
	{ "far too many reasons", VERDICT_PASS, 1000000000, NULL, false },
	{ "something behind the end", VERDICT_PASS, 1, "one", true },
};

static void
test_bad_answer(void **state)
{
	const struct bad_case *c = *state;
	struct scan_answer answer = { 0 };
	struct buf b = { 0 };
	struct err e = { 0 };

	pack_uint(&b, c->verdict);
	pack_uint(&b, 1);
	pack_uint(&b, c->n_reasons);
	if (c->reason != NULL)
		pack_span(&b, span_of(c->reason));
	if (c->trailing)
		pack_uint(&b, 7);
	assert_int_equal(scan_read_answer(buf_span(&b), &answer, &e), -1);
	assert_int_equal(e.code, ERR_SYSTEM);
	assert_string_equal(
	    e.msg, "the scan process gave an answer that makes no sense");
	scan_answer_cleanup(&answer);
	buf_cleanup(&b);
}

struct target_case {
	const char *name;
	const char *target; /* of what is sent; that of the scan is "a.tar" */
	int rc;
};

/* A process that an image took over has no say in what is kept of others. */
static const struct target_case target_cases[] = {
	{ "its own image", "a.tar", 1 },
	{ "a platform of it", "a.tar, linux/arm64", 1 },
	{ "another image", "b.tar", -1 },
	{ "one whose name goes on", "a.tar.old", -1 },
	{ "less than its name", "a.ta", -1 },
	{ "no name", "", -1 },
};

/* What main makes of the message that was sent into a. */
static void
expect_kept(struct ipc *b, int rc)
{
	const struct scan_request request = { .target = "a.tar",
		.policy_fd = -1 };
	struct scan_keep *keep = scan_keep_new(&request);
	struct ipc_message m = { .fd = -1 };
	struct err e = { 0 };

	assert_int_equal(ipc_recv(b, &m, &e), 1);
	assert_int_equal(scan_keep_handle(keep, b, &m, &e), rc);
	if (rc == -1)
		assert_string_equal(e.msg,
		    "the scan process sent a result that makes no sense");
	if (m.fd != -1)
		close(m.fd);
	ipc_message_cleanup(&m);
	scan_keep_free(keep);
}

static void
test_target(void **state)
{
	const struct target_case *c = *state;
	const struct results_image image = { .target = span_of(c->target) };
	const struct results_verdict verdict = { .target = span_of(c->target) };
	struct err e = { 0 };
	struct ipc a, b;

	assert_int_equal(ipc_pair(&a, &b, &e), 0);
	assert_int_equal(scan_send_image(&a, &image, &e), 0);
	expect_kept(&b, c->rc);
	assert_int_equal(scan_send_verdict(&a, &verdict, NULL, &e), 0);
	expect_kept(&b, c->rc);
	ipc_close(&a);
	ipc_close(&b);
}

/* Puts what an honest process would: sealed. */
static void
put_layer(const struct state *state, const char *body, bool sealed)
{
	const struct scan_request request = {
		.target = "a.tar", .state = state, .policy_fd = -1
	};
	struct scan_keep *keep = scan_keep_new(&request);
	const struct digest id = { { 1 } };
	struct ipc_message m = { .fd = -1 };
	struct layer_cache cache;
	struct buf bytes = { 0 };
	struct err e = { 0 };
	struct ipc a, b;

	if (sealed)
		layer_facts_seal(span_of(body), &bytes);
	else
		buf_add_str(&bytes, body);
	assert_int_equal(ipc_pair(&a, &b, &e), 0);
	layer_cache_of(&cache, &a);
	assert_int_equal(
	    cache.put(cache.ctx, &id, &id, buf_span(&bytes), &e), 0);
	assert_int_equal(ipc_recv(&b, &m, &e), 1);
	assert_int_equal(scan_keep_handle(keep, &b, &m, &e), 1);
	assert_int_equal(m.fd, -1);
	scan_keep_flush(keep);
	scan_keep_free(keep);
	ipc_message_cleanup(&m);
	ipc_close(&a);
	ipc_close(&b);
	buf_cleanup(&bytes);
}

static void
expect_layer(const struct state *state, const char *body)
{
	const struct digest id = { { 1 } };
	struct results *r;
	struct buf bytes = { 0 };
	struct err e = { 0 };

	assert_int_equal(results_open(&r, state, false, &e), 0);
	assert_int_equal(results_layer_get(r, &id, &id, &bytes, &e), 1);
	assert_true(span_has_suffix(buf_span(&bytes), body));
	results_close(r);
	buf_cleanup(&bytes);
}

/* Damage is mended; what is sound stays as it was. */
static void
test_layer_stays(void **unused)
{
	struct state state = { 0 };
	struct tmp tmp;

	(void)unused;
	tmp_init(&tmp);
	state.path = tmp.path;
	state.dirfd = tmp.dirfd;
	put_layer(&state, "damaged", false);
	expect_layer(&state, "damaged");
	put_layer(&state, "first", true);
	expect_layer(&state, "first");
	put_layer(&state, "second", true);
	expect_layer(&state, "first");
	tmp_cleanup(&tmp);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(bad_cases) + TABLE_N(target_cases) + 3];
	size_t n = 0;

	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_answer);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_error);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_layer_stays);
	TABLE_ADD(tests, &n, bad_cases, test_bad_answer);
	TABLE_ADD(tests, &n, target_cases, test_target);
	return cmocka_run_group_tests_name("proc_scan", tests, NULL, NULL);
}
