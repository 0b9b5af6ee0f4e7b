/* SPDX-License-Identifier: Apache-2.0 */
/* Transfers that go on where they broke, and those that must not. */
#include <stdlib.h>

#include "base/buf.h"
#include "syncd/fetch.h"
#include "tests/unit/http_server.h"
#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

#define ANSWERS_MAX 4
#define A "ETag: \"a\"\r\n"
#define B "ETag: \"b\"\r\n"
#define WEAK "ETag: W/\"a\"\r\n"
#define OLD                                                \
	"Last-Modified: Tue, 02 Jan 2024 03:04:05 GMT\r\n" \
	"Date: Tue, 02 Jan 2024 03:05:05 GMT\r\n"
#define YOUNG                                              \
	"Last-Modified: Tue, 02 Jan 2024 03:04:05 GMT\r\n" \
	"Date: Tue, 02 Jan 2024 03:05:04 GMT\r\n"
#define PART(range) "HTTP/1.1 206 Part\r\nContent-Range: bytes " range "\r\n"
#define WHOLE LENGTH(10) "helloworld"
#define CUT LENGTH(10) "hello"
#define REST LENGTH(5) "world"
#define END "Connection: close\r\n\r\n"
#define CHANGED "HTTP/1.1 416 No\r\nContent-Range: bytes */3\r\n" LENGTH(0)
#define ALL "HTTP/1.1 416 No\r\nContent-Range: bytes */5\r\n" LENGTH(0)

/* The server's body is "helloworld", that of another version "otherbytes". */
struct resume_case {
	const char *name;
	const char *part; /* what the file holds, or NULL */
	const char *validator;
	uint64_t total;
	const char *answers[ANSWERS_MAX];
	enum fetch_result result;
	const char *expect; /* the body, or the error */
	const char *said;   /* of the client's last request */
	const char *unsaid; /* by its last request */
	const char *told;   /* the last validator, NULL: none was */
	unsigned waits;     /* for the old one to be forgotten */
	uint64_t received_bytes;
	bool resumable;
	const char *etag; /* of a version that is kept, or NULL */
};

#define SAID_A "If-Range: \"a\"\r\nRange: bytes=5-\r\n"

static const struct resume_case cases[] = {
	{ "broken and gone on with", NULL, NULL, 0,
	    { OK_HEAD A CUT, PART("5-9/10") A REST }, FETCH_BODY, "helloworld",
	    SAID_A, NULL, "\"a\"", 0, 10 },
	{ "a part of the run before", "hello", "\"a\"", 10,
	    { PART("5-9/10") A REST }, FETCH_BODY, "helloworld", SAID_A, NULL,
	    NULL, 0, 5 },
	{ "broken twice", "hello", "\"a\"", 10,
	    { PART("5-9/10") A LENGTH(5) "wo",
		PART("7-9/10") A LENGTH(3) "rld" },
	    FETCH_BODY, "helloworld", "Range: bytes=7-", NULL, NULL, 0, 5 },
	{ "broken before its first byte", "hello", "\"a\"", 10,
	    { PART("5-9/10") A LENGTH(5), PART("5-9/10") A REST }, FETCH_BODY,
	    "helloworld", SAID_A, NULL, NULL, 0, 5 },
	{ "a head without its end", "hello", "\"a\"", 10,
	    { "HTTP/1.1 206 Part\r\nContent-", OK_HEAD A WHOLE }, FETCH_BODY,
	    "helloworld", NULL, "Range", "\"a\"", 0, 10 },
	{ "a host that gives less than was asked for", "hello", "\"a\"", 10,
	    { PART("5-6/10") A LENGTH(2) "wo",
		PART("7-9/10") A LENGTH(3) "rld" },
	    FETCH_BODY, "helloworld", "Range: bytes=7-", NULL, NULL, 0, 5 },
	{ "a host that does not repeat the ETag", "hello", "\"a\"", 10,
	    { PART("5-9/10") REST }, FETCH_BODY, "helloworld", SAID_A, NULL,
	    NULL, 0, 5 },
	{ "of a size that was not known", "hello", "\"a\"", 0,
	    { PART("5-9/*") A REST }, FETCH_BODY, "helloworld", SAID_A, NULL,
	    NULL, 0, 5 },
	{ "another version meanwhile", "hello", "\"a\"", 10,
	    { OK_HEAD B LENGTH(10) "otherbytes" }, FETCH_BODY, "otherbytes",
	    SAID_A, NULL, "\"b\"", 1, 10 },
	{ "another version, of no bytes", "hello", "\"a\"", 10,
	    { OK_HEAD B LENGTH(0) }, FETCH_BODY, "", SAID_A, NULL, "\"b\"", 1,
	    0 },
	{ "another version in mid-download", NULL, NULL, 0,
	    { OK_HEAD A CUT, OK_HEAD B LENGTH(10) "otherbytes" }, FETCH_BODY,
	    "otherbytes", SAID_A, NULL, "\"b\"", 1, 15 },
	{ "another version without a validator", "hello", "\"a\"", 10,
	    { OK_HEAD LENGTH(10) "otherbytes" }, FETCH_BODY, "otherbytes",
	    SAID_A, NULL, "", 1, 10 },
	{ "a host that knows no ranges", "hello", "\"a\"", 10,
	    { OK_HEAD A WHOLE }, FETCH_BODY, "helloworld", SAID_A, NULL,
	    "\"a\"", 0, 10 },
	{ "a range that cannot be had", "hello", "\"a\"", 10,
	    { CHANGED, OK_HEAD A WHOLE }, FETCH_BODY, "helloworld", NULL,
	    "Range", "\"a\"", 0, 10 },
	{ "another range than was asked for", "hello", "\"a\"", 10,
	    { PART("4-9/10") A LENGTH(6) "oworld", OK_HEAD A WHOLE },
	    FETCH_BODY, "helloworld", NULL, "Range", "\"a\"", 0, 16 },
	{ "the range of another size", "hello", "\"a\"", 10,
	    { PART("5-9/11") A REST, OK_HEAD A WHOLE }, FETCH_BODY,
	    "helloworld", NULL, "Range", "\"a\"", 0, 15 },
	{ "the range of another version", "hello", "\"a\"", 10,
	    { PART("5-9/10") B REST, OK_HEAD B LENGTH(10) "otherbytes" },
	    FETCH_BODY, "otherbytes", NULL, "Range", "\"b\"", 1, 15 },
	{ "a range that is not told", "hello", "\"a\"", 10,
	    { "HTTP/1.1 206 Part\r\n" A REST, OK_HEAD A WHOLE }, FETCH_BODY,
	    "helloworld", NULL, "Range", "\"a\"", 0, 15 },
	{ "a range that nobody asked for", NULL, NULL, 0,
	    { PART("0-4/10") A LENGTH(5) "hello" }, FETCH_FAILED,
	    "the host answered 206", NULL, "Range", NULL, 0, 5 },
	{ "a part that is larger than it may be", "hello", "\"a\"", 0,
	    { PART("5-1000/1001") A LENGTH(5) "world" }, FETCH_FAILED,
	    "larger than 1000 bytes", SAID_A, NULL, NULL, 0, 5 },
	{ "a weak ETag", NULL, NULL, 0,
	    { OK_HEAD WEAK CUT, OK_HEAD WEAK WHOLE }, FETCH_BODY, "helloworld",
	    NULL, "Range", NULL, 0, 15 },
	{ "a weak ETag and an old date", NULL, NULL, 0,
	    { OK_HEAD WEAK OLD CUT, OK_HEAD WEAK OLD WHOLE }, FETCH_BODY,
	    "helloworld", NULL, "Range", NULL, 0, 15 },
	{ "no validator", NULL, NULL, 0, { OK_HEAD CUT, OK_HEAD WHOLE },
	    FETCH_BODY, "helloworld", NULL, "Range", NULL, 0, 15 },
	{ "an old date", NULL, NULL, 0,
	    { OK_HEAD OLD CUT, PART("5-9/10") OLD REST }, FETCH_BODY,
	    "helloworld",
	    "If-Range: Tue, 02 Jan 2024 03:04:05 GMT\r\nRange: bytes=5-\r\n",
	    NULL, "Tue, 02 Jan 2024 03:04:05 GMT", 0, 10 },
	{ "a young date", NULL, NULL, 0,
	    { OK_HEAD YOUNG CUT, OK_HEAD YOUNG WHOLE }, FETCH_BODY,
	    "helloworld", NULL, "Range", NULL, 0, 15 },
	{ "all was there", "helloworld", "\"a\"", 10,
	    { "HTTP/1.1 304 Same\r\n" A END }, FETCH_BODY, "helloworld",
	    "If-None-Match: \"a\"\r\n", "Range", NULL, 0, 0 },
	{ "all of another version was there", "helloworld", "\"a\"", 10,
	    { OK_HEAD B LENGTH(10) "otherbytes" }, FETCH_BODY, "otherbytes",
	    "If-None-Match: \"a\"\r\n", "Range", "\"b\"", 1, 10 },
	{ "what is kept is current again", "hello", "\"b\"", 10,
	    { "HTTP/1.1 304 Same\r\n" A END }, FETCH_NOT_MODIFIED, "hello",
	    "If-None-Match: \"a\"\r\n", NULL, NULL, 0, 0, false, "\"a\"" },
	{ "broken for good", NULL, NULL, 0,
	    { OK_HEAD A CUT, PART("5-9/10") A LENGTH(5) "wo",
		PART("7-9/10") A LENGTH(3) "r" },
	    FETCH_FAILED, "ended after 8 of 10 bytes", "Range: bytes=7-", NULL,
	    "\"a\"", 0, 8, true },
	{ "broken for good without a validator", NULL, NULL, 0,
	    { OK_HEAD CUT, OK_HEAD CUT, OK_HEAD CUT }, FETCH_FAILED,
	    "ended after 5 of 10 bytes", NULL, "Range", NULL, 0, 15, false },
	{ "throttled with a part", "hello", "\"a\"", 10, { BUSY, BUSY, BUSY },
	    FETCH_FAILED, "the host answered 503", SAID_A, NULL, NULL, 0, 0,
	    true },
	{ "announced too long", NULL, NULL, 0,
	    { OK_HEAD A CUT, CHANGED, OK_HEAD A LENGTH(5) "hello" }, FETCH_BODY,
	    "hello", NULL, "Range", "\"a\"", 0, 10 },
	{ "announced too long, and all is there", NULL, NULL, 0,
	    { OK_HEAD A CUT, ALL, "HTTP/1.1 304 Same\r\n" A END }, FETCH_BODY,
	    "hello", "If-None-Match: \"a\"\r\n", "Range", "\"a\"", 0, 5 },
	{ "announced too long, and another version", NULL, NULL, 0,
	    { OK_HEAD A CUT, ALL, OK_HEAD B LENGTH(5) "other" }, FETCH_BODY,
	    "other", NULL, "Range", "\"b\"", 1, 10 },
	{ "announced too short", NULL, NULL, 0, { OK_HEAD A LENGTH(3) "hello" },
	    FETCH_BODY, "hel", NULL, NULL, "\"a\"", 0, 3 },
	{ "packed, which concerns nobody", NULL, NULL, 0,
	    { OK_HEAD A "Content-Encoding: gzip\r\n" CUT,
		PART("5-9/10") A "Content-Encoding: gzip\r\n" REST },
	    FETCH_BODY, "helloworld", SAID_A, NULL, "\"a\"", 0, 10 },
	{ "a page of an error is not kept", "hello", "\"a\"", 10,
	    { "HTTP/1.1 500 No\r\n" LENGTH(4) "page", PART("5-9/10") A REST },
	    FETCH_BODY, "helloworld", SAID_A, NULL, NULL, 0, 9 },
};

struct heard {
	struct fetch *fetch;
	int fd;
	struct fetch_reply reply;
	unsigned n_replies;
	char told[64];
	bool was_told;
	unsigned waits;
	bool waiting;
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
	struct heard *h = ctx;

	assert_int_equal(id, 7);
	h->was_told = true;
	snprintf(h->told, sizeof(h->told), "%.*s", SPAN_ARG(head->validator));
	h->waits += wait;
	h->waiting = wait;
}

static void
on_done(void *ctx, const struct fetch_reply *reply)
{
	struct heard *h = ctx;

	h->reply = *reply;
	h->n_replies++;
}

/* Whoever is waited for finds an empty file, however often it looks. */
static void
let_go(struct heard *h)
{
	struct err e = { 0 };
	int i;

	for (i = 0; h->waiting && i < 3; i++) {
		assert_int_equal(lseek(h->fd, 0, SEEK_END), 0);
		if (fetch_open_requests(h->fetch) > 0)
			assert_int_equal(fetch_turn(h->fetch, -1, &e), 0);
	}
	h->waiting = false;
	fetch_go(h->fetch, 7);
}

static void
fetch_case(struct heard *h, const struct resume_case *c, int port, int fd)
{
	struct fetch_options o = fetch_defaults;
	const struct fetch_sink sink = { h, on_progress, on_head, on_done };
	struct err e = { 0 };
	char url[64];
	struct fetch_request r = { .id = 7,
		.etag = span_of(c->etag),
		.size_max = 1000,
		.part = { span_of(c->validator),
		    c->part == NULL ? 0 : strlen(c->part), c->total },
		.fd = fd };

	o.retries = 2;
	o.retry_delay_ms = 1;
	o.retry_max_ms = 2;
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/file", port);
	r.url = span_of(url);
	assert_int_equal(fetch_open(&h->fetch, &o, &sink, &e), 0);
	fetch_add(h->fetch, &r);
	while (fetch_open_requests(h->fetch) > 0) {
		assert_int_equal(fetch_turn(h->fetch, -1, &e), 0);
		let_go(h);
	}
	fetch_close(h->fetch);
}

static void
check_file(const struct tmp *t, const char *expect)
{
	struct buf body = { 0 };
	struct err e = { 0 };

	assert_int_equal(file_read(t->dirfd, "body", 4096, &body, &e), 0);
	assert_string_equal(buf_str(&body), expect);
	buf_cleanup(&body);
}

static const char *
last_request(const struct buf *said)
{
	const char *at = buf_str(said), *next;

	while ((next = strstr(at + 1, "GET /file")) != NULL)
		at = next;
	return at;
}

static void
test_resume(void **state)
{
	const struct resume_case *c = *state;
	struct heard h = { 0 };
	struct buf said = { 0 };
	struct server s;
	struct err e = { 0 };
	struct tmp t;
	int fd;

	tmp_init(&t);
	fd = openat(t.dirfd, "body", O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	h.fd = dup(fd);
	if (c->part != NULL)
		assert_int_equal(file_write_all(fd, span_of(c->part), &e), 0);
	server_start(&s, c->answers);
	fetch_case(&h, c, s.port, fd);
	server_stop(&s, &said);
	assert_int_equal(h.n_replies, 1);
	assert_string_equal(
	    h.reply.error.msg, c->result == FETCH_FAILED ? c->expect : "");
	assert_int_equal(h.reply.result, c->result);
	if (c->result != FETCH_FAILED)
		check_file(&t, c->expect);
	assert_string_equal(h.was_told ? h.told : "(nothing)",
	    c->told == NULL ? "(nothing)" : c->told);
	assert_int_equal(h.waits, c->waits);
	assert_int_equal(h.reply.received_bytes, c->received_bytes);
	assert_int_equal(h.reply.resumable, c->resumable);
	if (c->said != NULL)
		assert_non_null(strstr(last_request(&said), c->said));
	if (c->unsaid != NULL)
		assert_null(strstr(last_request(&said), c->unsaid));
	buf_cleanup(&said);
	close(h.fd);
	tmp_cleanup(&t);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases)] = { 0 };
	size_t n = 0;

	signal(SIGPIPE, SIG_IGN);
	unsetenv("http_proxy");
	unsetenv("all_proxy");
	TABLE_ADD(tests, &n, cases, test_resume);
	return cmocka_run_group_tests_name("resume", tests, NULL, NULL);
}
