/* SPDX-License-Identifier: Apache-2.0 */
/* One request at a time: what is told of its answer, what of its body comes. */
#include <fcntl.h>
#include <sys/mman.h>

#include "base/http.h"
#include "tests/unit/http_server.h"
#include "tests/unit/table.h"

#define ANSWERS_MAX 4
#define WHOLE LENGTH(10) "helloworld"
#define CUT LENGTH(10) "hello"
#define PART(range) "HTTP/1.1 206 Part\r\nContent-Range: bytes " range "\r\n"
#define NO "HTTP/1.1 401 No\r\n"
#define TOKEN "WWW-Authenticate: Bearer realm=\"r\",service=\"s\"\r\n"
#define BASIC "WWW-Authenticate: Basic realm=\"r\"\r\n"

/* The answer, "|", the body, "|", its end. */
struct http_case {
	const char *name;
	const char *answers[ANSWERS_MAX];
	const char *expect;
	const char *said;   /* of the client's last request, or NULL */
	const char *unsaid; /* by its last request */
	uint64_t offset;
	uint64_t size_max; /* 0: 1000 */
	bool immutable;
	const char *form;
	enum http_method method;
};

static const struct http_case cases[] = {
	{ "a body", { OK_HEAD WHOLE }, "200 10|helloworld|",
	    "Accept: a/b\r\nAuthorization: Bearer secret\r\n", "Range" },
	{ "an empty one", { OK_HEAD LENGTH(0) }, "200 0||" },
	{ "one of unknown size",
	    { OK_HEAD "Connection: close\r\n\r\nhelloworld" },
	    "200 -|helloworld|" },
	{ "its digest", { OK_HEAD "Docker-Content-Digest: sha256:0\r\n" WHOLE },
	    "200 10 sha256:0|helloworld|" },
	{ "not there", { "HTTP/1.1 404 No\r\n" LENGTH(3) "abc" },
	    "404 the host answered 404" },
	{ "a challenge", { NO TOKEN LENGTH(0) },
	    "401 2 r s the host answered 401" },
	{ "two of them", { NO BASIC TOKEN LENGTH(0) },
	    "401 2 r s the host answered 401" },
	{ "elsewhere", { MOVED, OK_HEAD WHOLE }, "200 10|helloworld|",
	    "GET /next HTTP/1.1" },
	{ "elsewhere again and again",
	    { MOVED,
		"HTTP/1.1 307 T\r\nLocation: ftp://127.0.0.1/\r\n" LENGTH(0) },
	    "0 redirected: ftp:// is not used for 127.0.0.1" },
	{ "elsewhere without TLS",
	    { "HTTP/1.1 308 P\r\nLocation: http://localhost:1/a\r\n" LENGTH(
		0) },
	    "0 redirected: http:// is not used for localhost:1" },
	{ "as somebody else",
	    { "HTTP/1.1 302 P\r\nLocation: https://a@127.0.0.1/\r\n" LENGTH(
		0) },
	    "0 redirected: https:// is not used for a@127.0.0.1" },
	{ "nowhere", { "HTTP/1.1 302 P\r\n" LENGTH(0) },
	    "0 redirected to nowhere" },
	{ "busy, then not", { BUSY, OK_HEAD WHOLE }, "200 10|helloworld|" },
	{ "busy all the time", { BUSY, BUSY, BUSY },
	    "503 the host answered 503" },
	{ "busy for an hour",
	    { "HTTP/1.1 429 B\r\nRetry-After: 3600\r\n" LENGTH(0) },
	    "429 the host answered 429: to be asked again in 3600 seconds" },
	{ "nothing said, then all", { "", OK_HEAD WHOLE },
	    "200 10|helloworld|" },
	{ "broken off", { OK_HEAD CUT },
	    "200 10|hello|0 5 ended after 5 of 10 bytes" },
	{ "broken off and gone on with",
	    { OK_HEAD CUT, PART("5-9/10") LENGTH(5) "world" },
	    "200 10|helloworld|", "Range: bytes=5-\r\n", NULL, 0, 0, true },
	{ "gone on with in another place",
	    { OK_HEAD CUT, MOVED, PART("5-9/10") LENGTH(5) "world" },
	    "200 10|helloworld|", "GET /next HTTP/1.1", NULL, 0, 0, true },
	{ "gone on with from its start", { OK_HEAD CUT, OK_HEAD WHOLE },
	    "200 10|helloworld|", "Range: bytes=5-\r\n", NULL, 0, 0, true },
	{ "gone on with, twice",
	    { OK_HEAD CUT, PART("5-9/10") LENGTH(5) "wo",
		PART("7-9/10") LENGTH(3) "rld" },
	    "200 10|helloworld|", "Range: bytes=7-\r\n", NULL, 0, 0, true },
	{ "gone on with elsewhere",
	    { OK_HEAD CUT, PART("4-9/10") LENGTH(6) "oworld" },
	    "200 10|hello|0 5 goes on with other bytes than were asked for",
	    NULL, NULL, 0, 0, true },
	{ "another size all at once",
	    { OK_HEAD CUT, PART("5-10/11") LENGTH(6) "world!" },
	    "200 10|hello|0 5 goes on with other bytes than were asked for",
	    NULL, NULL, 0, 0, true },
	{ "refused in the middle", { OK_HEAD CUT, NO TOKEN LENGTH(0) },
	    "200 10|hello|401 5 the host answered 401", NULL, NULL, 0, 0,
	    true },
	{ "from an offset", { PART("5-9/10") LENGTH(5) "world" },
	    "206 10|world|", "Range: bytes=5-\r\n", NULL, 5, 0, true },
	{ "from an offset, and all comes", { OK_HEAD WHOLE }, "200 10|world|",
	    NULL, NULL, 5, 0, true },
	{ "a part that nobody asked for", { PART("5-9/10") LENGTH(5) "world" },
	    "0 goes on with other bytes than were asked for" },
	{ "too large, and it says so", { OK_HEAD WHOLE },
	    "0 larger than 9 bytes", NULL, NULL, 0, 9 },
	{ "too large, unsaid",
	    { OK_HEAD "Connection: close\r\n\r\nhelloworld" },
	    "200 -||0 0 larger than 9 bytes", NULL, NULL, 0, 9 },
	{ "an offset beyond", { OK_HEAD WHOLE }, "0 larger than 9 bytes", NULL,
	    NULL, 10, 9 },
	{ "a form", { OK_HEAD WHOLE }, "200 10|helloworld|", "POST / HTTP/1.1",
	    NULL, 0, 0, false, "a=b" },
	{ "a form elsewhere", { MOVED }, "0 redirected with a secret in hand",
	    NULL, NULL, 0, 0, false, "a=b" },
};

#define CREATED "HTTP/1.1 201 Created\r\n"
#define ACCEPTED "HTTP/1.1 202 Accepted\r\n"

/* Nothing comes of these but heads; the upload is "abcdefgh" in 3 pieces. */
static const struct http_case bare[] = {
	{ "a head", { OK_HEAD LENGTH(10) }, "200", "HEAD / HTTP/1.1", NULL,
	    .method = HTTP_HEAD },
	{ "a head elsewhere", { MOVED, OK_HEAD LENGTH(10) }, "200",
	    "HEAD /next HTTP/1.1", NULL, .method = HTTP_HEAD },
	{ "no head", { "HTTP/1.1 404 No\r\n" LENGTH(3) },
	    "404 the host answered 404", .method = HTTP_HEAD },
	{ "an upload is opened",
	    { ACCEPTED "Location: /up/1?a=b#c\r\n" LENGTH(0) },
	    "202 at /up/1?a=b", "POST / HTTP/1.1", "Content-Type",
	    .method = HTTP_POST },
	{ "nowhere", { ACCEPTED LENGTH(2) "{}" }, "202", .method = HTTP_POST },
	{ "to what is none", { ACCEPTED "Location: /a b\r\n" LENGTH(0) }, "202",
	    .method = HTTP_POST },
	{ "opened when it is not busy",
	    { BUSY, ACCEPTED "Location: x\r\n" LENGTH(0) }, "202 at /x",
	    .method = HTTP_POST },
	{ "not opened for us", { NO TOKEN LENGTH(2) "{}" },
	    "401 2 r s the host answered 401", .method = HTTP_POST },
	{ "opened elsewhere", { MOVED },
	    "0 redirected by a 302 with something to send",
	    .method = HTTP_POST },
	{ "opened elsewhere, by the same method",
	    { "HTTP/1.1 307 T\r\nLocation: /next\r\n" LENGTH(0),
		ACCEPTED "Location: x\r\n" LENGTH(0) },
	    "202 at /x", "POST /next HTTP/1.1", .method = HTTP_POST },
	{ "an upload",
	    { CREATED "Docker-Content-Digest: sha256:0\r\n" LENGTH(0) },
	    "201 sha256:0 sent abcdefgh", "PUT / HTTP/1.1", "POST",
	    .method = HTTP_PUT },
	{ "an upload to who is busy", { BUSY, CREATED LENGTH(0) },
	    "201 sent abcdefgh", "Content-Type: t/u\r\n", .method = HTTP_PUT },
	{ "an upload that is not wanted",
	    { "HTTP/1.1 400 No\r\n" LENGTH(3) "abc" },
	    "400 the host answered 400 sent abcdefgh", .method = HTTP_PUT },
	{ "an upload that is not answered", { "", CREATED LENGTH(0) },
	    "0 the host answered nothing sent abcdefgh", .method = HTTP_PUT },
};

static void
on_answer(void *ctx, const struct http_answer *a)
{
	struct buf *got = ctx;

	buf_printf(got, "%u", a->status);
	if (a->has_size && http_has_body(a))
		buf_printf(got, " %llu", (unsigned long long)a->size_bytes);
	else if (http_has_body(a))
		buf_add_str(got, " -");
	if (a->location.len > 0)
		buf_printf(got, " at %.*s",
		    SPAN_ARG(
			span_from(a->location, http_origin(a->location).len)));
	if (a->content_digest.len > 0)
		buf_printf(got, " %.*s", SPAN_ARG(a->content_digest));
	if (a->challenge.scheme != HTTP_SCHEME_NONE)
		buf_printf(got, " %d %.*s %.*s", (int)a->challenge.scheme,
		    SPAN_ARG(a->challenge.realm),
		    SPAN_ARG(a->challenge.service));
	if (a->error.code != ERR_NONE)
		buf_printf(got, " %s", a->error.msg);
}

static void
add_body(struct buf *got, int fd, const struct http_end *end)
{
	char body[64];
	ssize_t n = pread(fd, body, sizeof(body), 0);

	assert_true(n >= 0);
	buf_printf(got, "|%.*s|", (int)n, body);
	if (end->error.code != ERR_NONE)
		buf_printf(got, "%u %llu %s", end->status,
		    (unsigned long long)end->offset, end->error.msg);
}

/* The upload's pieces are of that file. */
static void
run_file(const struct http_case *c, const char *url, const char *text,
    struct buf *got)
{
	static const char *const plain[] = { "127.0.0.1", NULL };
	struct http_options o = http_defaults;
	int fd = memfd_create("body", MFD_CLOEXEC);
	int file = memfd_create("file", MFD_CLOEXEC);
	const struct http_piece pieces[] = { { file, 2, 3 }, { file, 9, 0 },
		{ file, 5, 5 } };
	struct http_request r = { .url = span_of(url),
		.method = c->method,
		.content_type =
		    c->method == HTTP_PUT ? SPAN_LIT("t/u") : SPAN_NONE,
		.pieces = pieces,
		.n_pieces = 3,
		.accept = SPAN_LIT("a/b"),
		.authorization = SPAN_LIT("Bearer secret"),
		.form = span_of(c->form),
		.offset = c->offset,
		.size_max = c->size_max == 0 ? 1000 : c->size_max,
		.immutable = c->immutable,
		.fd = fd };
	struct http_end end;
	struct http *h = NULL;
	struct err e = { 0 };

	o.plain = plain;
	o.retries = 2;
	o.retry_delay_ms = 1;
	o.retry_max_ms = 10 * 1000;
	assert_int_equal(
	    write(file, text, strlen(text)), (ssize_t)strlen(text));
	assert_int_equal(http_open(&h, &o, &e), 0);
	http_run(h, &r, on_answer, got, &end);
	if (got->ptr[0] == '2' && c->method == HTTP_GET)
		add_body(got, fd, &end);
	http_close(h);
	close(fd);
	close(file);
}

static void
run(const struct http_case *c, const char *url, struct buf *got)
{
	run_file(c, url, "..abcdefgh..", got);
}

/* What the client said last. */
static const char *
last_request(const struct buf *said)
{
	static const char *const methods[] = { "GET /", "HEAD /", "POST /",
		"PUT /" };
	const char *last = buf_str(said), *at;
	size_t i;

	for (i = 0; i < TABLE_N(methods); i++)
		for (at = last; (at = strstr(at + 1, methods[i])) != NULL;)
			last = at;
	return last;
}

static void
test_run(void **state)
{
	const struct http_case *c = *state;
	const char *answers[ANSWERS_MAX + 1] = { NULL };
	struct buf got = { 0 }, said = { 0 };
	struct server s;
	char url[64];

	memcpy(answers, c->answers, sizeof(c->answers));
	server_start(&s, answers);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/", s.port);
	run(c, url, &got);
	server_stop(&s, &said);
	assert_string_equal(buf_str(&got), c->expect);
	if (c->said != NULL)
		assert_non_null(strstr(last_request(&said), c->said));
	if (c->unsaid != NULL)
		assert_null(strstr(last_request(&said), c->unsaid));
	buf_cleanup(&got);
	buf_cleanup(&said);
}

/* What was sent behind the last head. */
static void
add_sent(struct buf *got, const struct buf *said)
{
	const char *at = strstr(last_request(said), "\r\n\r\n");

	if (at != NULL && at[4] != '\0')
		buf_printf(got, " sent %s", at + 4);
}

static void
test_bare(void **state)
{
	const struct http_case *c = *state;
	const char *answers[ANSWERS_MAX + 1] = { NULL };
	struct buf got = { 0 }, said = { 0 };
	struct server s;
	char url[64];

	memcpy(answers, c->answers, sizeof(c->answers));
	server_start(&s, answers);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/", s.port);
	run(c, url, &got);
	server_stop(&s, &said);
	add_sent(&got, &said);
	assert_string_equal(buf_str(&got), c->expect);
	if (c->said != NULL)
		assert_non_null(strstr(last_request(&said), c->said));
	if (c->unsaid != NULL)
		assert_null(strstr(last_request(&said), c->unsaid));
	buf_cleanup(&got);
	buf_cleanup(&said);
}

/* The other host is told neither secret nor asked who it is. */
static void
test_other_host(void **state)
{
	const struct http_case c = { .name = "", .immutable = true };
	const char *there[] = { NO TOKEN LENGTH(0), NULL };
	struct buf got = { 0 }, said = { 0 };
	char url[64], move[128];
	const char *here[] = { move, NULL };
	struct server a, b;

	(void)state;
	server_start(&b, there);
	snprintf(move, sizeof(move),
	    "HTTP/1.1 307 T\r\nLocation: http://127.0.0.1:%d/x\r\n" LENGTH(0),
	    b.port);
	server_start(&a, here);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/", a.port);
	run(&c, url, &got);
	server_stop(&b, &said);
	assert_non_null(strstr(buf_str(&said), "GET /x HTTP/1.1"));
	assert_null(strstr(buf_str(&said), "secret"));
	assert_string_equal(buf_str(&got), "401 the host answered 401");
	server_stop(&a, &said);
	buf_cleanup(&got);
	buf_cleanup(&said);
}

#define LARGE ((size_t)5 * 1024 * 1024 / 2)

/* Says that it may be sent, counts it, and says how much it was. */
static void
count_upload(int listener)
{
	static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
	char some[4096], answer[128];
	const char *end = NULL;
	size_t seen = 0, head = 0;
	int fd = accept(listener, NULL, NULL);
	ssize_t n;

	while (end == NULL &&
	    (n = read(fd, some + head, sizeof(some) - 1 - head)) > 0) {
		head += (size_t)n;
		some[head] = '\0';
		end = strstr(some, "\r\n\r\n");
	}
	if (end == NULL || strstr(some, "Expect: 100-continue") == NULL ||
	    write(fd, go_on, sizeof(go_on) - 1) < 0)
		_exit(1);
	for (seen = head - (size_t)(end + 4 - some); seen < LARGE;
	     seen += (size_t)n)
		if ((n = read(fd, some, sizeof(some))) <= 0)
			_exit(1);
	snprintf(answer, sizeof(answer),
	    "HTTP/1.1 201 Created\r\nDocker-Content-Digest: %zu\r\n" LENGTH(0),
	    seen);
	n = write(fd, answer, strlen(answer));
	hang_up(fd);
	_exit(n > 0 ? 0 : 1);
}

static void
on_sent(void *ctx, uint64_t bytes)
{
	buf_printf(ctx, "%ju MiB, ", (uintmax_t)(bytes >> 20));
}

/* A large one asks first whether it is wanted, and tells how far it is. */
static void
test_large(void **state)
{
	static const char *const plain[] = { "127.0.0.1", NULL };
	struct http_options o = http_defaults;
	int file = memfd_create("file", MFD_CLOEXEC), status = 1;
	const struct http_piece piece = { file, 0, LARGE };
	struct http_request r = { .method = HTTP_PUT,
		.pieces = &piece,
		.n_pieces = 1,
		.sent = on_sent,
		.fd = -1 };
	struct buf got = { 0 };
	struct http_end end;
	struct http *h = NULL;
	struct server s;
	struct err e = { 0 };
	char url[64];
	int listener = server_listen(&s);

	(void)state;
	o.plain = plain;
	assert_int_equal(ftruncate(file, (off_t)LARGE), 0);
	s.pid = fork();
	assert_true(s.pid >= 0);
	if (s.pid == 0)
		count_upload(listener);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/", s.port);
	r.url = span_of(url);
	assert_int_equal(http_open(&h, &o, &e), 0);
	http_run(h, &r, on_answer, &got, &end);
	assert_string_equal(buf_str(&got), "1 MiB, 2 MiB, 201 2621440");
	assert_int_equal(waitpid(s.pid, &status, 0), s.pid);
	assert_int_equal(status, 0);
	http_close(h);
	close(listener);
	close(file);
	buf_cleanup(&got);
}

/* A file that became shorter than it was. */
static void
test_unreadable(void **state)
{
	const struct http_case c = { .name = "", .method = HTTP_PUT };
	const char *answers[] = { CREATED LENGTH(0), NULL };
	struct buf got = { 0 }, said = { 0 };
	struct server s;
	char url[64];

	(void)state;
	server_start(&s, answers);
	snprintf(url, sizeof(url), "http://127.0.0.1:%d/", s.port);
	run_file(&c, url, "..abcd", &got);
	server_stop(&s, &said);
	assert_string_equal(
	    buf_str(&got), "0 what is to be sent cannot be read");
	buf_cleanup(&got);
	buf_cleanup(&said);
}

/* One that nobody ever answered at is not asked again. */
static void
test_nobody(void **state)
{
	const struct http_case c = { .name = "" };
	struct buf got = { 0 };

	(void)state;
	run(&c, "http://127.0.0.1:1/", &got);
	assert_string_equal(
	    buf_str(&got), "0 no connection: Connection refused");
	buf_reset(&got);
	run(&c, "http://localhost:1/", &got);
	assert_string_equal(
	    buf_str(&got), "0 http:// is not used for localhost:1");
	buf_reset(&got);
	run(&c, "file:///etc/passwd", &got);
	assert_string_equal(buf_str(&got), "0 file:// is not used for ");
	buf_cleanup(&got);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + TABLE_N(bare) + 4] = {
		cmocka_unit_test(test_other_host),
		cmocka_unit_test(test_nobody),
		cmocka_unit_test(test_large),
		cmocka_unit_test(test_unreadable),
	};
	size_t n = 4;

	signal(SIGPIPE, SIG_IGN);
	TABLE_ADD(tests, &n, cases, test_run);
	TABLE_ADD(tests, &n, bare, test_bare);
	return cmocka_run_group_tests_name("http", tests, NULL, NULL);
}
