/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Requests that are broken in ten thousand ways, to the server's own routes:
 * it stays, tells nothing that lies outside of its folder, and keeps nothing.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <poll.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <time.h>

#include <cmocka.h>

#include "base/mem.h"
#include "server/httpd.h"
#include "tests/unit/random.h"
#include "tests/unit/tmp.h"

#define N_REQUESTS 10000u
#define WAIT_MS 10000
#define CANARY "the canary that lies outside of the tree"

/* --- in the place of the desk: it has places for bodies, and no more --- */

struct desk {
	int unused;
};

int
desk_ask(struct desk *d, const struct desk_question *q, struct buf *out,
    int *answer_fd, struct err *e)
{
	(void)d;
	(void)out;
	if (answer_fd != NULL)
		*answer_fd = -1;
	if (q->call != DESK_UPLOAD || answer_fd == NULL)
		return err_set(e, ERR_MISSING, "there is no such thing");
	*answer_fd = memfd_create("body", MFD_CLOEXEC);
	return *answer_fd == -1 ? err_system(e, "a body") : 0;
}

struct desk *
desk_new(int fd)
{
	(void)fd;
	return xcalloc(1, sizeof(struct desk));
}

void
desk_replace(struct desk *d, int fd)
{
	(void)d;
	(void)fd;
}

void
desk_free(struct desk *d)
{
	free(d);
}

/* --- the server --- */

struct world {
	struct tmp tmp;
	int statefd;
	int listener;
	uint16_t port;
	struct httpd *h;
};

static void
world_listen(struct world *w)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	w->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_not_equal(w->listener, -1);
	assert_int_equal(
	    bind(w->listener, (const struct sockaddr *)&a, len), 0);
	assert_int_equal(listen(w->listener, 64), 0);
	assert_int_equal(
	    getsockname(w->listener, (struct sockaddr *)&a, &len), 0);
	w->port = ntohs(a.sin_port);
}

static void
world_init(struct world *w)
{
	struct httpd_options o = {
		.n_listeners = 1, .n_work = 2, .n_scan = 1, .n_judge = 1
	};
	struct err e = { 0 };
	size_t i;

	memset(w, 0, sizeof(*w));
	tmp_init(&w->tmp);
	assert_int_equal(
	    file_replace(w->tmp.dirfd, "canary", span_of(CANARY), &e), 0);
	assert_int_equal(
	    file_open_dir(w->tmp.dirfd, "state", true, &w->statefd, &e), 0);
	world_listen(w);
	o.listeners = &w->listener;
	o.statefd = w->statefd;
	o.threads = 2;
	o.connections_max = 64;
	o.idle_s = 20;
	o.request_s = 20;
	o.view = xcalloc(1, sizeof(*o.view));
	o.view->n_users = 1;
	o.access = xcalloc(1, sizeof(*o.access));
	o.access->anonymous = true;
	o.desks = xcalloc(4, sizeof(*o.desks));
	for (i = 0; i < 4; i++)
		o.desks[i] = desk_new(-1);
	if (httpd_start(&w->h, &o, &e) != 0)
		fail_msg("%s", e.msg);
}

static void
world_cleanup(struct world *w, unsigned drain_s)
{
	if (drain_s > 0)
		httpd_drain(w->h, drain_s);
	httpd_stop(w->h);
	close(w->listener);
	close(w->statefd);
	tmp_cleanup(&w->tmp);
}

/* --- a client --- */

/* Ends most of what is not complete, so that nobody waits for the rest. */
static const char the_end[] = "\r\n\r\n0\r\n\r\n";

static bool
send_all(int fd, struct span s)
{
	ssize_t n = 1;

	while (s.len > 0 && (n = send(fd, s.ptr, s.len, MSG_NOSIGNAL)) > 0)
		s = span_from(s, (size_t)n);
	return n > 0;
}

/* Sends all of it and says that this was all; keeps what comes. */
static void
ask(const struct world *w, struct span request, struct buf *answer)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	struct pollfd p = { .events = POLLIN };
	char part[16384];
	ssize_t n = 1;

	a.sin_port = htons(w->port);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	buf_reset(answer);
	p.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(
	    connect(p.fd, (const struct sockaddr *)&a, sizeof(a)), 0);
	/* it may have ended before it has heard all of it */
	if (send_all(p.fd, request))
		send_all(p.fd, span_of(the_end));
	shutdown(p.fd, SHUT_WR);
	do {
		if (poll(&p, 1, WAIT_MS) != 1)
			fail_msg("no end: %.*s\nanswer: %.*s",
			    SPAN_ARG(request), SPAN_ARG(buf_span(answer)));
		n = recv(p.fd, part, sizeof(part), 0);
		if (n > 0)
			buf_add(answer, part, (size_t)n);
	} while (n > 0);
	close(p.fd);
}

/* --- what is sent --- */

#define HOST "Host: h\r\n"
#define END HOST "\r\n"

static const char *const seeds[] = {
	"GET / HTTP/1.1\r\n" END,
	"GET /healthz HTTP/1.1\r\n" END "GET /readyz HTTP/1.1\r\n" END,
	"HEAD /metrics HTTP/1.1\r\nAccept-Encoding: gzip;q=0.5, zstd\r\n" END,
	"GET /blobs/sha256/"
	"e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
	" HTTP/1.1\r\nRange: bytes=0-5\r\nIf-Range: \"a\"\r\n" END,
	"GET /mirror/h/a/b.json.gz HTTP/1.1\r\nIf-None-Match: \"a\", W/\"b\"\r\n"
	"If-Modified-Since: Sun, 06 Nov 1994 08:49:37 GMT\r\n" END,
	"GET /content/h/a.xml HTTP/1.1\r\nIf-Match: *\r\n" END,
	"GET /tuf/metadata/timestamp.json HTTP/1.1\r\n" END,
	"GET /v2/scapcache/manifests/latest HTTP/1.1\r\n"
	"Accept: application/vnd.oci.image.manifest.v1+json\r\n" END,
	"GET /rest/json/cves/2.0?cveId=CVE-2024-1&startIndex=0 HTTP/1.1\r\n" END,
	"GET /v1/search?q=openssl&limit=5&offset=0 HTTP/1.1\r\n" END,
	"GET /v1/cves/CVE-2024-6387 HTTP/1.0\r\n\r\n",
	"GET /search?q=%3Cscript%3E+a HTTP/1.1\r\nCookie: a=b; c=\"d\"\r\n" END,
	"POST /v1/scan?format=cyclonedx HTTP/1.1\r\nContent-Length: 5\r\n"
	"Authorization: Bearer scapcache_0\r\n" END "{\"a\"}",
	"POST /v1/scan HTTP/1.1\r\nTransfer-Encoding: chunked\r\n"
	"Expect: 100-continue\r\n" END "5;a=b\r\nhello\r\n0\r\nX: y\r\n\r\n",
	"POST /sign-in HTTP/1.1\r\nContent-Length: 7\r\n"
	"Content-Type: application/x-www-form-urlencoded\r\n" END "token=a",
	"OPTIONS * HTTP/1.1\r\n" END,
	"GET http://h:80/bundles HTTP/1.1\r\nConnection: keep-alive\r\n" END,
};

static const char *const pieces[] = { "../", "%2e%2e/", "..%2f", "..\\",
	"/../../../../../../etc/passwd", "/canary", "../canary",
	"%2e%2e%2fcanary", "//", "/./", "%00", "%c0%af", "%", "?", "&", "=",
	"#", "\r\n", "\n", "\r", "\t", " ", ":", ",", ";", "\"", "*",
	"HTTP/1.1", "HTTP/1.0", "HTTP/9.9", "GET ", "POST ", "TRACE ",
	"Host: a\r\n", "Content-Length: 3\r\n", "Content-Length: -1\r\n",
	"Content-Length: 18446744073709551615\r\n",
	"Transfer-Encoding: chunked\r\n", "Transfer-Encoding: gzip\r\n",
	"Transfer-Encoding:\r\n chunked\r\n", "Expect: 100-continue\r\n",
	"Range: bytes=-1\r\n", "Range: bytes=0-0,1-1\r\n", "Range: bytes=\r\n",
	"Connection: close\r\n", "Connection: upgrade\r\nUpgrade: h2c\r\n",
	"Authorization: Basic Og==\r\n", "Authorization: Bearer \r\n",
	"Cookie: ;=,\"\r\n", "0\r\n\r\n", "FFFFFFFFFFFFFFFF\r\n", "\r\n\r\n",
	"\xff\xfe", "\xc3\xa4" };

static void
insert(struct buf *b, size_t at, struct span what)
{
	struct buf rest = { 0 };

	buf_add_span(&rest, span_from(buf_span(b), at));
	b->len = at;
	buf_add_span(b, what);
	buf_add_span(b, buf_span(&rest));
	buf_cleanup(&rest);
}

static void
cut(struct buf *b, size_t at, size_t n)
{
	if (n > b->len - at)
		n = b->len - at;
	memmove(b->ptr + at, b->ptr + at + n, b->len - at - n);
	b->len -= n;
}

static void
change(struct random *r, struct buf *b)
{
	size_t at = random_below(r, (uint32_t)b->len + 1);
	char c = (char)random_below(r, 256);
	char run[20000];

	switch (random_below(r, 8)) {
	case 0:
		if (at < b->len)
			b->ptr[at] = c;
		break;
	case 1:
		insert(b, at, span_make(&c, 1));
		break;
	case 2:
		cut(b, at, random_below(r, 20));
		break;
	case 3:
		b->len = at;
		break;
	case 4:
		insert(b, at, span_of(RANDOM_WORD(r, "a", "/", "\r\n", "\0")));
		break;
	case 5:
		if (random_below(r, 20) > 0)
			break;
		memset(run, c, sizeof(run));
		insert(b, at, span_make(run, random_below(r, sizeof(run))));
		break;
	default:
		insert(b, at,
		    span_of(random_word(
			r, pieces, sizeof(pieces) / sizeof(*pieces))));
		break;
	}
}

static void
make(struct random *r, struct buf *b)
{
	uint32_t n = 1 + random_below(r, 5);

	buf_reset(b);
	buf_add_str(b, random_word(r, seeds, sizeof(seeds) / sizeof(*seeds)));
	if (random_below(r, 4) == 0)
		buf_add_str(
		    b, random_word(r, seeds, sizeof(seeds) / sizeof(*seeds)));
	while (n-- > 0)
		change(r, b);
}

/* --- what comes --- */

static bool
has(const struct buf *b, const char *text)
{
	return memmem(b->ptr, b->len, text, strlen(text)) != NULL;
}

static void
look(const struct buf *request, const struct buf *answer, unsigned i)
{
	bool is_bad = answer->len > 0 &&
	    (!span_has_prefix(buf_span(answer), "HTTP/1.1 ") ||
		has(answer, CANARY) || has(answer, "root:x:") ||
		span_has_prefix(buf_span(answer), "HTTP/1.1 500"));

	if (!is_bad)
		return;
	fail_msg("request %u: %.*s\nanswer: %.*s", i,
	    SPAN_ARG(buf_span(request)), SPAN_ARG(buf_span(answer)));
}

static size_t
count_open(void)
{
	size_t n = 0;
	int fd;

	for (fd = 0; fd < 256; fd++)
		n += fcntl(fd, F_GETFD) != -1;
	return n;
}

static void
expect_healthy(const struct world *w)
{
	struct buf answer = { 0 };

	ask(w, SPAN_LIT("GET /healthz HTTP/1.1\r\nConnection: close\r\n" END),
	    &answer);
	assert_true(span_has_prefix(buf_span(&answer), "HTTP/1.1 200 OK\r\n"));
	buf_cleanup(&answer);
}

static void
test_malformed(void **state)
{
	struct random r = { 6 };
	struct buf request = { 0 }, answer = { 0 };
	struct world w;
	size_t n_open = count_open();
	unsigned i, n_answers = 0, n_refused = 0;

	(void)state;
	world_init(&w);
	expect_healthy(&w);
	for (i = 0; i < N_REQUESTS; i++) {
		make(&r, &request);
		ask(&w, buf_span(&request), &answer);
		look(&request, &answer, i);
		n_answers += answer.len > 0;
		n_refused += span_has_prefix(buf_span(&answer), "HTTP/1.1 4");
	}
	expect_healthy(&w);
	world_cleanup(&w, 20);
	assert_int_equal(count_open(), n_open);
	/* else they are too broken, or not enough */
	assert_in_range(n_answers, N_REQUESTS / 4, N_REQUESTS);
	assert_in_range(n_refused, N_REQUESTS / 8, N_REQUESTS);
	buf_cleanup(&request);
	buf_cleanup(&answer);
}

/* The main process, or the service manager, has it as well. */
static void
test_sockets_stay(void **state)
{
	struct pollfd p = { .events = POLLIN };
	struct world w;

	(void)state;
	world_init(&w);
	expect_healthy(&w);
	p.fd = dup(w.listener);
	world_cleanup(&w, 0);
	assert_int_equal(poll(&p, 1, 0), 0);
	close(p.fd);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_sockets_stay),
		cmocka_unit_test(test_malformed),
	};

	signal(SIGPIPE, SIG_IGN);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
