/* SPDX-License-Identifier: Apache-2.0 */
/* What concerns several requests: pace, secrets, what a run may take. */
#include <stdlib.h>
#include <sys/mman.h>

#include "base/buf.h"
#include "base/clock.h"
#include "syncd/fetch.h"
#include "tests/unit/http_server.h"
#include "tests/unit/table.h"

#define REPLIES_MAX 4
#define ONE OK_HEAD LENGTH(1) "a"

struct heard {
	struct fetch_reply replies[REPLIES_MAX];
	unsigned n;
};

struct world {
	struct fetch *fetch;
	struct heard heard;
	struct fetch_options options;
	struct server server;
	struct buf said;
	char url[64];
};

static void
on_progress(void *ctx, uint64_t id, uint64_t done, uint64_t total)
{
	(void)ctx;
	(void)id;
	(void)done;
	(void)total;
}

static void
on_head(void *ctx, uint64_t id, const struct fetch_part *head, bool wait)
{
	(void)ctx;
	(void)id;
	assert_true(head->validator.len > 0);
	assert_false(wait);
}

static void
on_done(void *ctx, const struct fetch_reply *reply)
{
	struct heard *h = ctx;

	assert_true(h->n < REPLIES_MAX);
	h->replies[h->n++] = *reply;
}

/* Returns what the server is to listen on. */
static int
world_listen(struct world *w)
{
	int listener;

	memset(w, 0, sizeof(*w));
	w->options = fetch_defaults;
	w->options.retries = 0;
	listener = server_listen(&w->server);
	snprintf(
	    w->url, sizeof(w->url), "http://127.0.0.1:%d/file", w->server.port);
	return listener;
}

static void
world_init(struct world *w, const char *const *answers)
{
	int listener = world_listen(w);

	server_run(&w->server, listener, answers);
}

static void
world_cleanup(struct world *w)
{
	buf_cleanup(&w->said);
}

static struct fetch_request
request(const struct world *w, uint64_t id)
{
	return (struct fetch_request){ .id = id,
		.url = span_of(w->url),
		.size_max = 1000,
		.fd = memfd_create("body", MFD_CLOEXEC) };
}

/* Sends what was asked for, all at once, until each has its reply. */
static void
finish(struct world *w, const struct fetch_request *requests, size_t n)
{
	const struct fetch_sink sink = { &w->heard, on_progress, on_head,
		on_done };
	struct err e = { 0 };
	size_t i;

	assert_int_equal(fetch_open(&w->fetch, &w->options, &sink, &e), 0);
	for (i = 0; i < n; i++)
		fetch_add(w->fetch, &requests[i]);
	while (fetch_open_requests(w->fetch) > 0)
		assert_int_equal(fetch_turn(w->fetch, -1, &e), 0);
	fetch_close(w->fetch);
	server_stop(&w->server, &w->said);
	assert_int_equal(w->heard.n, n);
}

/* The second request to a host waits until its time has come. */
static void
test_interval(void **state)
{
	static const char *const answers[] = { ONE, ONE, NULL };
	struct fetch_request r[2];
	struct world w;
	int64_t begun = clock_monotonic_ms();

	(void)state;
	world_init(&w, answers);
	r[0] = request(&w, 0);
	r[1] = request(&w, 1);
	r[0].interval_ms = r[1].interval_ms = 120;
	finish(&w, r, 2);
	assert_true(clock_monotonic_ms() - begun >= 120);
	assert_int_equal(w.heard.replies[1].result, FETCH_BODY);
	world_cleanup(&w);
}

/* A redirect counts as a request to the host that it leads to. */
static void
test_interval_of_a_redirect(void **state)
{
	static const char *const answers[] = { MOVED, ONE, NULL };
	struct fetch_request r;
	struct world w;
	int64_t begun = clock_monotonic_ms();

	(void)state;
	world_init(&w, answers);
	r = request(&w, 0);
	r.interval_ms = 120;
	finish(&w, &r, 1);
	assert_true(clock_monotonic_ms() - begun >= 120);
	assert_int_equal(w.heard.replies[0].result, FETCH_BODY);
	assert_int_equal(w.heard.replies[0].tries, 1);
	world_cleanup(&w);
}

/* Retry-After is waited for by all that is asked of the host. */
static void
test_rest(void **state)
{
	static const char *const answers[] = {
		"HTTP/1.1 429 Slow\r\nRetry-After: 1\r\n" LENGTH(0), ONE, ONE,
		NULL
	};
	struct fetch_request r[2];
	struct world w;
	int64_t begun = clock_monotonic_ms();

	(void)state;
	world_init(&w, answers);
	w.options.retries = 1;
	w.options.retry_delay_ms = 1;
	r[0] = request(&w, 0);
	r[1] = request(&w, 1);
	finish(&w, r, 2);
	assert_true(clock_monotonic_ms() - begun >= 1000);
	assert_int_equal(w.heard.replies[0].tries, 2);
	assert_int_equal(w.heard.replies[1].tries, 1);
	world_cleanup(&w);
}

struct secret_case {
	const char *name;
	const char *host; /* that a redirect leads to */
	bool is_told;
};

static const struct secret_case secrets[] = {
	{ "a secret on the same host", "127.0.0.1", true },
	{ "a secret and another name", "localhost", false },
	{ "a secret and a user", "x@127.0.0.1", false },
};

static void
test_secret(void **state)
{
	const struct secret_case *c = *state;
	const char *answers[] = { NULL, ONE, NULL };
	struct fetch_request r;
	struct world w;
	struct buf text = { 0 };
	const char *second;
	int listener = world_listen(&w);

	buf_printf(&text,
	    "HTTP/1.1 302 Found\r\nLocation: http://%s:%d/next\r\n" LENGTH(0),
	    c->host, w.server.port);
	answers[0] = buf_str(&text);
	server_run(&w.server, listener, answers);
	r = request(&w, 0);
	r.header = SPAN_LIT("apiKey: hush-hush");
	finish(&w, &r, 1);
	assert_non_null(strstr(buf_str(&w.said), "apiKey: hush-hush\r\n"));
	second = strstr(buf_str(&w.said), "GET /next");
	assert_non_null(second);
	assert_int_equal(strstr(second, "hush-hush") != NULL, c->is_told);
	assert_null(strstr(w.heard.replies[0].error.msg, "hush"));
	buf_cleanup(&text);
	world_cleanup(&w);
}

static void
test_bytes_of_a_run(void **state)
{
	static const char *const answers[] = {
		OK_HEAD "ETag: \"a\"\r\n" LENGTH(5) "hello", ONE, NULL
	};
	struct fetch_request r[2];
	struct world w;

	(void)state;
	world_init(&w, answers);
	w.options.run_bytes_max = 5;
	r[0] = request(&w, 0);
	r[1] = request(&w, 1);
	finish(&w, r, 2);
	assert_int_equal(w.heard.replies[0].result, FETCH_BODY);
	assert_int_equal(w.heard.replies[1].error.code, ERR_LIMIT);
	assert_string_equal(w.heard.replies[1].error.msg,
	    "ended after 0 bytes: a run may fetch 5");
	world_cleanup(&w);
}

static void
test_bytes_of_a_run_in_a_body(void **state)
{
	static const char *const answers[] = { ONE,
		OK_HEAD "ETag: \"a\"\r\n" LENGTH(5) "hello", NULL };
	struct fetch_request r[3];
	struct world w;

	(void)state;
	world_init(&w, answers);
	w.options.run_bytes_max = 1;
	r[0] = request(&w, 0);
	r[1] = request(&w, 1);
	r[2] = request(&w, 2);
	finish(&w, r, 3);
	assert_int_equal(w.heard.replies[0].result, FETCH_BODY);
	assert_string_equal(w.heard.replies[1].error.msg,
	    "ended after 0 bytes: a run may fetch 1");
	assert_string_equal(w.heard.replies[2].error.msg,
	    "not fetched: a run may fetch 1 bytes");
	world_cleanup(&w);
}

/* A server that listens and never answers. */
static void
test_time_of_a_run(void **state)
{
	static const char *const none[] = { NULL };
	struct fetch_request r[2];
	struct server silent;
	struct world w;
	int listener = server_listen(&silent);

	(void)state;
	world_init(&w, none);
	snprintf(w.url, sizeof(w.url), "http://127.0.0.1:%d/file", silent.port);
	w.options.run_max_s = 1;
	r[0] = request(&w, 0);
	r[1] = request(&w, 1);
	finish(&w, r, 2);
	assert_string_equal(w.heard.replies[0].error.msg,
	    "not fetched: a run may take 1 seconds");
	assert_int_equal(w.heard.replies[1].error.code, ERR_LIMIT);
	close(listener);
	world_cleanup(&w);
}

#define PIECE (FETCH_PROGRESS_BYTES + 1000)

/* The head of an answer with piece i of three, and the piece. */
static char *
piece(int i)
{
	static const char x[PIECE];
	unsigned long long first = (unsigned long long)i * PIECE;
	struct buf b = { 0 };
	size_t at;

	if (i == 0)
		buf_add_str(&b, OK_HEAD);
	else
		buf_printf(&b,
		    "HTTP/1.1 206 Part\r\n"
		    "Content-Range: bytes %llu-%llu/%llu\r\n",
		    first, 3ULL * PIECE - 1, 3ULL * PIECE);
	buf_printf(&b,
	    "ETag: \"a\"\r\nContent-Length: %llu\r\n"
	    "Connection: close\r\n\r\n",
	    3ULL * PIECE - first);
	at = b.len;
	buf_add(&b, x, sizeof(x));
	memset(b.ptr + at, 'x', sizeof(x));
	return b.ptr;
}

/* What gets further has not failed: two breaks with one retry. */
static void
test_progress_is_no_failure(void **state)
{
	char *answers[] = { piece(0), piece(1), piece(2), NULL };
	struct fetch_request r;
	struct world w;
	int i;

	(void)state;
	world_init(&w, (const char *const *)answers);
	w.options.retries = 1;
	w.options.retry_delay_ms = 1;
	r = request(&w, 0);
	r.size_max = 4 * PIECE;
	finish(&w, &r, 1);
	assert_int_equal(w.heard.replies[0].result, FETCH_BODY);
	assert_int_equal(w.heard.replies[0].tries, 3);
	assert_int_equal(w.heard.replies[0].size_bytes, 3 * PIECE);
	assert_int_equal(w.heard.replies[0].received_bytes, 3 * PIECE);
	for (i = 0; i < 3; i++)
		free(answers[i]);
	world_cleanup(&w);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(secrets) + 7] = {
		cmocka_unit_test(test_interval),
		cmocka_unit_test(test_interval_of_a_redirect),
		cmocka_unit_test(test_rest),
		cmocka_unit_test(test_progress_is_no_failure),
		cmocka_unit_test(test_bytes_of_a_run),
		cmocka_unit_test(test_bytes_of_a_run_in_a_body),
		cmocka_unit_test(test_time_of_a_run),
	};
	size_t n = 7;

	signal(SIGPIPE, SIG_IGN);
	unsetenv("http_proxy");
	unsetenv("all_proxy");
	TABLE_ADD(tests, &n, secrets, test_secret);
	return cmocka_run_group_tests_name("fetch_run", tests, NULL, NULL);
}
