/* SPDX-License-Identifier: Apache-2.0 */
/* Transfers, an answer of the server each; see test_resume.c for parts. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>

#include <cmocka.h>

#include "base/buf.h"
#include "syncd/fetch.h"
#include "tests/unit/http_server.h"
#include "tests/unit/tmp.h"

#define ANSWERS_MAX 8
#define OTHER_GROUP 9 /* this request is of a group of its own */

/* --- the client --- */

struct fetch_case {
	const char *name;
	const char *answers[ANSWERS_MAX];
	const char *etag; /* that we know, or NULL */
	unsigned retries;
	uint64_t size_max; /* 0: 1000 */
	enum fetch_result result;
	const char *expect; /* the body, or the error */
	enum err_code code;
	unsigned tries;
	const char *said; /* part of what the client must have said */
};

static const struct fetch_case cases[] = {
	{ "a body", { OK_HEAD LENGTH(5) "hello" }, NULL, 0, 0, FETCH_BODY,
	    "hello", ERR_NONE, 1, "User-Agent: scapcache/" },
	{ "an empty body", { OK_HEAD LENGTH(0) }, NULL, 0, 0, FETCH_BODY, "",
	    ERR_NONE, 1, NULL },
	{ "nothing is asked to be packed", { OK_HEAD LENGTH(2) "ok" }, NULL, 0,
	    0, FETCH_BODY, "ok", ERR_NONE, 1, "Accept: */*\r\n\r\n" },
	{ "not modified",
	    { "HTTP/1.1 304 Not Modified\r\nETag: \"a\"\r\n\r\n" }, "\"a\"", 0,
	    0, FETCH_NOT_MODIFIED, "", ERR_NONE, 1,
	    "If-None-Match: \"a\"\r\nIf-Modified-Since: Mon, 01 Jan 2024" },
	{ "not modified, though we know nothing",
	    { "HTTP/1.1 304 Not Modified\r\n\r\n" }, NULL, 0, 0, FETCH_FAILED,
	    "the host answered 304", ERR_NETWORK, 1, NULL },
	{ "not found", { "HTTP/1.1 404 No\r\n" LENGTH(4) "gone" }, NULL, 3, 0,
	    FETCH_ABSENT, "", ERR_NONE, 1, NULL },
	{ "gone", { "HTTP/1.1 410 Gone\r\n" LENGTH(0) }, NULL, 3, 0,
	    FETCH_ABSENT, "", ERR_NONE, 1, NULL },
	{ "not allowed", { "HTTP/1.1 401 No\r\n" LENGTH(4) "page" }, NULL, 3, 0,
	    FETCH_FAILED, "the host answered 401", ERR_NETWORK, 1, NULL },
	{ "busy once", { BUSY, OK_HEAD LENGTH(5) "hello" }, NULL, 3, 0,
	    FETCH_BODY, "hello", ERR_NONE, 2, NULL },
	{ "busy for ever", { BUSY, BUSY, BUSY, BUSY }, NULL, 3, 0, FETCH_FAILED,
	    "the host answered 503", ERR_NETWORK, 4, NULL },
	{ "throttled for an hour, which is bounded",
	    { "HTTP/1.1 429 Slow\r\nRetry-After: 3600\r\n" LENGTH(0),
		OK_HEAD LENGTH(5) "hello" },
	    NULL, 1, 0, FETCH_BODY, "hello", ERR_NONE, 2, NULL },
	{ "ends early", { OK_HEAD LENGTH(9) "hell" }, NULL, 0, 0, FETCH_FAILED,
	    "ended after 4 of 9 bytes", ERR_NETWORK, 1, NULL },
	{ "ends early, then whole",
	    { OK_HEAD LENGTH(9) "hell", OK_HEAD LENGTH(5) "hello" }, NULL, 1, 0,
	    FETCH_BODY, "hello", ERR_NONE, 2, NULL },
	{ "no answer at all", { "" }, NULL, 0, 0, FETCH_FAILED,
	    "the host answered nothing", ERR_NETWORK, 1, NULL },
	{ "redirected", { MOVED, OK_HEAD LENGTH(5) "hello" }, NULL, 0, 0,
	    FETCH_BODY, "hello", ERR_NONE, 1, "GET /next HTTP/1.1" },
	{ "redirected for ever",
	    { MOVED, MOVED, MOVED, MOVED, MOVED, MOVED, MOVED }, NULL, 3, 0,
	    FETCH_FAILED, "more than 5 redirects", ERR_NETWORK, 1, NULL },
	{ "redirected to a file",
	    { "HTTP/1.1 302 Found\r\nLocation: file:///etc/passwd\r\n" LENGTH(
		0) },
	    NULL, 3, 0, FETCH_FAILED,
	    "redirected to another scheme, which is not followed",
	    ERR_UNTRUSTED, 1, NULL },
	{ "redirected to TLS",
	    { "HTTP/1.1 302 Found\r\nLocation: https://127.0.0.1/x\r\n" LENGTH(
		0) },
	    NULL, 3, 0, FETCH_FAILED,
	    "redirected to another scheme, which is not followed",
	    ERR_UNTRUSTED, 1, NULL },
	{ "says that it is too large", { OK_HEAD LENGTH(11) "hello worl!" },
	    NULL, 3, 10, FETCH_FAILED, "larger than 10 bytes", ERR_LIMIT, 1,
	    NULL },
	{ "is too large without saying so",
	    { OK_HEAD "Connection: close\r\n\r\nhello worl!" }, NULL, 3, 10,
	    FETCH_FAILED, "larger than 10 bytes", ERR_LIMIT, 1, NULL },
	{ "is as large as it may be",
	    { OK_HEAD "Connection: close\r\n\r\nhello worl" }, NULL, 3, 10,
	    FETCH_BODY, "hello worl", ERR_NONE, 1, NULL },
};

struct result {
	struct fetch_reply reply;
	char etag[64];
	char last_modified[64];
	char url[64];
	unsigned n; /* replies */
	uint64_t order[4];
};

static void
on_progress(void *ctx, uint64_t id, uint64_t done, uint64_t total)
{
	(void)ctx;
	(void)id;
	assert_true(total == 0 || done <= total);
}

static void
on_head(void *ctx, uint64_t id, const struct fetch_part *head, bool wait)
{
	(void)ctx;
	(void)id;
	(void)head;
	assert_false(wait);
}

static void
on_done(void *ctx, const struct fetch_reply *reply)
{
	struct result *r = ctx;

	r->reply = *reply;
	snprintf(r->etag, sizeof(r->etag), "%.*s", SPAN_ARG(reply->etag));
	snprintf(r->last_modified, sizeof(r->last_modified), "%.*s",
	    SPAN_ARG(reply->last_modified));
	snprintf(r->url, sizeof(r->url), "%.*s", SPAN_ARG(reply->url));
	r->order[r->n++] = reply->id;
}

static struct fetch *
client(const struct fetch_case *c, struct result *r)
{
	struct fetch_options o = fetch_defaults;
	const struct fetch_sink sink = { r, on_progress, on_head, on_done };
	struct fetch *f = NULL;
	struct err e = { 0 };

	o.retries = c == NULL ? 0 : c->retries;
	o.retry_delay_ms = 1;
	o.retry_max_ms = 2;
	assert_int_equal(fetch_open(&f, &o, &sink, &e), 0);
	return f;
}

static void
ask(struct fetch *f, const char *url, const struct fetch_case *c, uint64_t id,
    int fd)
{
	struct fetch_request r = { .id = id,
		.group = id == OTHER_GROUP,
		.url = span_of(url),
		.size_max = c != NULL && c->size_max > 0 ? c->size_max : 1000,
		.fd = fd };

	if (c != NULL && c->etag != NULL) {
		r.etag = span_of(c->etag);
		r.last_modified = SPAN_LIT("Mon, 01 Jan 2024 00:00:00 GMT");
	}
	fetch_add(f, &r);
}

static void
finish(struct fetch *f)
{
	struct err e = { 0 };

	while (fetch_open_requests(f) > 0)
		assert_int_equal(fetch_turn(f, -1, &e), 0);
	fetch_close(f);
}

static int
new_file(const struct tmp *t, const char *name)
{
	int fd = openat(
	    t->dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);

	assert_true(fd >= 0);
	return fd;
}

static void
check_file(const struct tmp *t, const char *name, const char *expect)
{
	struct buf body = { 0 };
	struct err e = { 0 };

	assert_int_equal(file_read(t->dirfd, name, 4096, &body, &e), 0);
	assert_string_equal(buf_str(&body), expect);
	buf_cleanup(&body);
}

static void
test_fetch(void **state)
{
	const struct fetch_case *c = *state;
	struct result r = { 0 };
	struct buf said = { 0 };
	struct server s;
	struct fetch *f;
	char url[64];
	struct tmp t;

	tmp_init(&t);
	server_start(&s, c->answers);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/file", s.port);
	f = client(c, &r);
	ask(f, url, c, 7, new_file(&t, "body"));
	finish(f);
	server_stop(&s, &said);
	assert_int_equal(r.n, 1);
	assert_int_equal(r.reply.id, 7);
	assert_string_equal(
	    r.reply.error.msg, c->code == ERR_NONE ? "" : c->expect);
	assert_int_equal(r.reply.error.code, c->code);
	assert_int_equal(r.reply.result, c->result);
	assert_int_equal(r.reply.tries, c->tries);
	if (c->code == ERR_NONE)
		check_file(&t, "body", c->expect);
	if (c->said != NULL)
		assert_non_null(strstr(buf_str(&said), c->said));
	buf_cleanup(&said);
	tmp_cleanup(&t);
}

static void
test_validators(void **state)
{
	static const char *const answers[] = { OK_HEAD
		"etag: W/\"x-1\"\r\n"
		"Last-Modified: Tue, 02 Jan 2024 03:04:05 GMT\r\n" LENGTH(
		    1) "x",
		NULL };
	struct result r = { 0 };
	struct buf said = { 0 };
	struct server s;
	struct fetch *f;
	char url[64];
	struct tmp t;

	(void)state;
	tmp_init(&t);
	server_start(&s, answers);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/file", s.port);
	f = client(NULL, &r);
	ask(f, url, NULL, 1, new_file(&t, "body"));
	finish(f);
	server_stop(&s, &said);
	assert_int_equal(r.reply.status, 200);
	assert_string_equal(r.etag, "W/\"x-1\"");
	assert_string_equal(r.last_modified, "Tue, 02 Jan 2024 03:04:05 GMT");
	assert_string_equal(r.url, url);
	buf_cleanup(&said);
	tmp_cleanup(&t);
}

/* A host is asked for one file at a time, in order; another need not wait. */
static void
test_order(void **state)
{
	static const char *const two[] = { OK_HEAD LENGTH(1) "a",
		OK_HEAD LENGTH(1) "b", NULL };
	static const char *const one[] = { OK_HEAD LENGTH(1) "c", NULL };
	struct result r = { 0 };
	struct buf said = { 0 };
	struct server s, other;
	struct fetch *f;
	char url[64];
	struct tmp t;

	(void)state;
	tmp_init(&t);
	server_start(&s, two);
	server_start(&other, one);
	f = client(NULL, &r);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/file", s.port);
	ask(f, url, NULL, 1, new_file(&t, "1"));
	ask(f, url, NULL, 2, new_file(&t, "2"));
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/file", other.port);
	ask(f, url, NULL, 3, new_file(&t, "3"));
	finish(f);
	server_stop(&s, &said);
	server_stop(&other, &said);
	assert_int_equal(r.n, 3);
	check_file(&t, "1", "a");
	check_file(&t, "2", "b");
	check_file(&t, "3", "c");
	buf_cleanup(&said);
	tmp_cleanup(&t);
}

/* Where one file is given up, its group is, and no other. */
static void
test_given_up(void **state)
{
	static const char *const busy[] = { BUSY, BUSY, OK_HEAD LENGTH(1) "c",
		NULL };
	static const struct fetch_case once_more = { .retries = 1 };
	struct result r = { 0 };
	struct buf said = { 0 };
	struct server s;
	struct fetch *f;
	char url[64];
	struct tmp t;

	(void)state;
	tmp_init(&t);
	server_start(&s, busy);
	f = client(&once_more, &r);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/one", s.port);
	ask(f, url, NULL, 1, new_file(&t, "1"));
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/two", s.port);
	ask(f, url, NULL, 2, new_file(&t, "2"));
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/three", s.port);
	ask(f, url, NULL, OTHER_GROUP, new_file(&t, "3"));
	finish(f);
	server_stop(&s, &said);
	assert_int_equal(r.n, 3);
	assert_int_equal(r.order[0], 2);
	assert_int_equal(r.order[1], 1);
	assert_int_equal(r.order[2], OTHER_GROUP);
	assert_int_equal(r.reply.result, FETCH_BODY);
	check_file(&t, "3", "c");
	assert_null(strstr(buf_str(&said), "/two"));
	buf_cleanup(&said);
	tmp_cleanup(&t);
}

/* The port of a server that has ended. */
static void
test_refused(void **state)
{
	static const char *const none[] = { NULL };
	struct result r = { 0 };
	struct buf said = { 0 };
	struct server s;
	struct fetch *f;
	char url[64];
	struct tmp t;

	(void)state;
	tmp_init(&t);
	server_start(&s, none);
	server_stop(&s, &said);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/file", s.port);
	f = client(NULL, &r);
	ask(f, url, NULL, 1, new_file(&t, "body"));
	finish(f);
	assert_int_equal(r.reply.error.code, ERR_NETWORK);
	assert_string_equal(
	    r.reply.error.msg, "no connection: Connection refused");
	buf_cleanup(&said);
	tmp_cleanup(&t);
}

int
main(void)
{
	enum { N = sizeof(cases) / sizeof(*cases) };
	struct CMUnitTest tests[N + 4] = { 0 };
	size_t i;

	signal(SIGPIPE, SIG_IGN);
	unsetenv("http_proxy");
	unsetenv("all_proxy");
	for (i = 0; i < N; i++)
		tests[i] = (struct CMUnitTest){ cases[i].name, test_fetch, NULL,
			NULL, (void *)(uintptr_t)&cases[i] };
	tests[N] = (struct CMUnitTest)cmocka_unit_test(test_validators);
	tests[N + 1] = (struct CMUnitTest)cmocka_unit_test(test_order);
	tests[N + 2] = (struct CMUnitTest)cmocka_unit_test(test_refused);
	tests[N + 3] = (struct CMUnitTest)cmocka_unit_test(test_given_up);
	return cmocka_run_group_tests_name("fetch", tests, NULL, NULL);
}
