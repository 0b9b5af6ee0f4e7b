/* SPDX-License-Identifier: Apache-2.0 */
/*
 * bad_upstream TREE RULES LOG: an HTTP server on loopback that misbehaves as
 * it is told, for upstream_bad.sh and its like. Prints its port.
 *
 * A rule is a line "SUFFIX COUNT WORD…"; the first whose suffix ends the path
 * ("*": any) and whose count is not used up ("*": never) answers. RULES is
 * read again when another file takes its place; the counts then start anew.
 *
 *   status N         instead of the body
 *   retry-after X    what follows on the line
 *   redirect URL     what follows on the line
 *   file NAME        the bytes of this file instead
 *   cut N, reset N   ends after N bytes of the body, orderly or not
 *   cut-random SEED  after any number of bytes
 *   length N         Content-Length is wrong by N
 *   flip             one byte of the body is wrong
 *   slow N           N bytes a second
 *   drop N           ends after N bytes of what is sent to it
 *   hang             no answer
 *   endless          a body without an end; endless N: N bytes announced
 *   weak, noetag     the validator
 *   norange          Range is not known
 *   wrongrange       answers another range than was asked for
 *   encoded          says that the body is packed
 *   bearer TOKEN     401 and a challenge, unless this is shown; the token
 *                    service is /token
 *   basic BASE64     the same with user and password
 *   realm URL        of another token service
 *   digest TEXT      Docker-Content-Digest
 *
 * LOG has a line for each request, when it ends: method, path, status, first
 * byte, bytes of the body sent; before it "KEY path value" where there was an
 * apiKey, "AUTH path value" an Authorization, "QUERY path query" a query, "FORM
 * path text" a form, "PUT path bytes" what was sent in whole. A query is no
 * part of the path. It is a proxy as well: http:// of any host is the tree,
 * CONNECT leads to loopback.
 */
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "tests/servers/bad_rules.h"

#define HEAD_MAX 16384
#define CHUNK 4096

static const char *tree, *rules_path;
static FILE *log_file;
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static unsigned n_requests;

static void
say(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	pthread_mutex_lock(&lock);
	vfprintf(log_file, fmt, ap);
	fflush(log_file);
	pthread_mutex_unlock(&lock);
	va_end(ap);
}

/* --- requests --- */

struct request {
	char head[HEAD_MAX];
	char method[16];
	char path[2048];
	unsigned number;
	long long first; /* of Range, or -1 */
	char if_range[256];
	char if_none_match[256];
	char auth[4096];
	long long sent; /* bytes that came with the head */
};

static void
copy_header(const char *head, const char *name, char *out, size_t size)
{
	const char *line = head;
	size_t n = strlen(name);

	out[0] = '\0';
	while ((line = strstr(line, "\r\n")) != NULL) {
		line += 2;
		if (strncasecmp(line, name, n) != 0)
			continue;
		line += n;
		line += strspn(line, " ");
		snprintf(out, size, "%.*s", (int)strcspn(line, "\r"), line);
		return;
	}
}

/* http://host/path of a proxy's request is the path. */
static void
strip_host(char *path)
{
	char *slash;

	if (strncmp(path, "http://", 7) != 0)
		return;
	slash = strchr(path + 7, '/');
	if (slash != NULL)
		memmove(path, slash, strlen(slash) + 1);
}

/* A form is read with the head, if it is not larger than that may be. */
static bool
has_all(const struct request *r)
{
	const char *end = strstr(r->head, "\r\n\r\n");
	char length[32];

	if (end == NULL || strncmp(r->head, "POST ", 5) != 0)
		return end != NULL;
	copy_header(r->head, "Content-Length:", length, sizeof(length));
	return strlen(end + 4) >= (size_t)atoll(length);
}

/* What tells who asks, and for what. */
static void
say_more(struct request *r)
{
	char *query = strchr(r->path, '?');

	if (query != NULL) {
		*query = '\0';
		say("QUERY %s %s\n", r->path, query + 1);
	}
	if (strcmp(r->method, "POST") == 0)
		say("FORM %s %s\n", r->path, strstr(r->head, "\r\n\r\n") + 4);
	copy_header(r->head, "Authorization:", r->auth, sizeof(r->auth));
	if (r->auth[0] != '\0')
		say("AUTH %s %s\n", r->path, r->auth);
}

static bool
read_request(int fd, struct request *r)
{
	char range[64], key[64];
	size_t len = 0;
	ssize_t n;

	memset(r, 0, sizeof(*r));
	while (!has_all(r)) {
		n = read(fd, r->head + len, sizeof(r->head) - 1 - len);
		if (n <= 0)
			return false;
		len += (size_t)n;
	}
	if (sscanf(r->head, "%15s %2047s", r->method, r->path) != 2)
		return false;
	r->sent = (long long)len - (strstr(r->head, "\r\n\r\n") + 4 - r->head);
	if (strncmp(r->path, "http://", 7) == 0)
		say("PROXY %s\n", r->path);
	strip_host(r->path);
	say_more(r);
	copy_header(r->head, "apiKey:", key, sizeof(key));
	if (key[0] != '\0')
		say("KEY %s %s\n", r->path, key);
	r->first = -1;
	copy_header(r->head, "Range:", range, sizeof(range));
	if (strncmp(range, "bytes=", 6) == 0)
		r->first = atoll(range + 6);
	copy_header(r->head, "If-Range:", r->if_range, sizeof(r->if_range));
	copy_header(r->head, "If-None-Match:", r->if_none_match,
	    sizeof(r->if_none_match));
	return true;
}

/* What a PUT sends; false: no more of it is wanted. */
static bool
hear_body(int fd, const struct answer *a, const struct request *r)
{
	char some[4096], length[32];
	long long size, seen = r->sent;
	ssize_t n = 1;

	if (strcmp(r->method, "PUT") != 0)
		return true;
	copy_header(r->head, "Content-Length:", length, sizeof(length));
	size = atoll(length);
	while (seen < size && n > 0 && (a->drop < 0 || seen < a->drop)) {
		n = read(fd, some, sizeof(some));
		seen += n > 0 ? n : 0;
	}
	if (a->drop >= 0 || seen < size)
		return false;
	say("PUT %s %lld\n", r->path, seen);
	return true;
}

/* --- bodies --- */

struct body {
	char *ptr;
	long long size;
	char etag[64];
};

static bool
open_body(const char *path, struct body *b)
{
	struct stat st;
	int fd = open(path, O_RDONLY | O_CLOEXEC);

	memset(b, 0, sizeof(*b));
	if (fd == -1 || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode)) {
		if (fd != -1)
			close(fd);
		return false;
	}
	b->size = st.st_size;
	b->ptr = malloc((size_t)b->size + 1);
	if (b->ptr == NULL || read(fd, b->ptr, (size_t)b->size) != b->size)
		abort();
	close(fd);
	snprintf(b->etag, sizeof(b->etag), "\"%llx-%llx.%lx\"",
	    (unsigned long long)b->size, (unsigned long long)st.st_mtim.tv_sec,
	    (unsigned long)st.st_mtim.tv_nsec);
	return true;
}

static bool
send_all(int fd, const char *ptr, size_t len)
{
	while (len > 0) {
		ssize_t n = send(fd, ptr, len, MSG_NOSIGNAL);

		if (n <= 0)
			return false;
		ptr += n;
		len -= (size_t)n;
	}
	return true;
}

static void
pause_ms(long ms)
{
	const struct timespec t = { ms / 1000, ms % 1000 * 1000000 };

	nanosleep(&t, NULL);
}

/* Sends len bytes of the body, at the pace of the rule; returns how many. */
static long long
send_body(int fd, const struct answer *a, const char *ptr, long long len)
{
	long long chunk =
	    a->slow > 0 && a->slow / 20 < CHUNK ? a->slow / 20 + 1 : CHUNK;
	long long sent = 0;

	while (sent < len) {
		long long n = len - sent < chunk ? len - sent : chunk;

		if (!send_all(fd, ptr + sent, (size_t)n))
			break;
		sent += n;
		if (a->slow > 0)
			pause_ms((long)(n * 1000 / a->slow));
	}
	return sent;
}

static long long
send_endless(int fd)
{
	char chunk[CHUNK];
	long long sent = 0;

	memset(chunk, 'x', sizeof(chunk));
	while (send_all(fd, chunk, sizeof(chunk)))
		sent += (long long)sizeof(chunk);
	return sent;
}

/* --- answers --- */

static void
send_head(int fd, const struct answer *a, int status, const char *more)
{
	char text[2048];
	int n = snprintf(text, sizeof(text), "HTTP/1.1 %d Text\r\n", status);

	if (a->retry_after[0] != '\0')
		n += snprintf(text + n, sizeof(text) - (size_t)n,
		    "Retry-After: %s\r\n", a->retry_after);
	if (a->redirect[0] != '\0')
		n += snprintf(text + n, sizeof(text) - (size_t)n,
		    "Location: %s\r\n", a->redirect);
	if (a->digest[0] != '\0')
		n += snprintf(text + n, sizeof(text) - (size_t)n,
		    "Docker-Content-Digest: %s\r\n", a->digest);
	if (a->encoded)
		n += snprintf(text + n, sizeof(text) - (size_t)n,
		    "Content-Encoding: gzip\r\n");
	n += snprintf(text + n, sizeof(text) - (size_t)n,
	    "%sConnection: close\r\n\r\n", more);
	send_all(fd, text, (size_t)n);
}

static void
without_body(
    int fd, const struct answer *a, const struct request *r, int status)
{
	send_head(fd, a, status, "Content-Length: 0\r\n");
	say("%s %s %d 0 0\n", r->method, r->path, status);
}

/* From which byte on: Range counts if its validator is the body's. */
static long long
first_byte(
    const struct answer *a, const struct request *r, const struct body *b)
{
	bool same = r->if_range[0] == '\0' || strcmp(r->if_range, b->etag) == 0;

	if (a->norange || a->weak || a->noetag || !same || r->first < 0)
		return -1;
	return r->first;
}

static long long
cut_at(const struct answer *a, const struct request *r, long long len)
{
	uint64_t x = (uint64_t)a->random * 2654435761u + r->number * 40503u + 1;

	if (a->random < 0 || len == 0)
		return a->cut >= 0 && a->cut < len ? a->cut : len;
	x ^= x >> 12;
	x ^= x << 25;
	x ^= x >> 27;
	return (long long)((x * 2685821657736338717u >> 16) % (uint64_t)len);
}

static void
serve_bytes(
    int fd, const struct answer *a, const struct request *r, struct body *b)
{
	long long first = first_byte(a, r, b), start = first < 0 ? 0 : first;
	long long len, sent;
	char more[512] = "", etag[80] = "";
	int n = 0, status = first < 0 ? 200 : 206;

	if (first >= b->size) {
		snprintf(more, sizeof(more),
		    "Content-Range: bytes */%lld\r\n"
		    "Content-Length: 0\r\n",
		    b->size);
		send_head(fd, a, 416, more);
		say("%s %s 416 %lld 0\n", r->method, r->path, first);
		return;
	}
	len = b->size - start;
	if (!a->noetag)
		snprintf(etag, sizeof(etag), "ETag: %s%s\r\n",
		    a->weak ? "W/" : "", b->etag);
	if (status == 206)
		n = snprintf(more, sizeof(more),
		    "Content-Range: bytes %lld-%lld/%lld\r\n",
		    start - a->wrongrange, b->size - 1, b->size);
	snprintf(more + n, sizeof(more) - (size_t)n,
	    "Accept-Ranges: bytes\r\n%sContent-Length: %lld\r\n", etag,
	    len + a->length);
	if (a->flip && b->size > 0)
		b->ptr[b->size / 2] ^= 1;
	send_head(fd, a, status, more);
	if (strcmp(r->method, "HEAD") == 0)
		len = 0;
	sent = send_body(fd, a, b->ptr + start, cut_at(a, r, len));
	say("%s %s %d %lld %lld\n", r->method, r->path, status, start, sent);
}

static void
serve_endless(int fd, const struct answer *a, const struct request *r)
{
	char more[64] = "";

	if (a->announced >= 0)
		snprintf(more, sizeof(more), "Content-Length: %lld\r\n",
		    a->announced);
	send_head(fd, a, 200, more);
	say("%s %s 200 0 %lld\n", r->method, r->path, send_endless(fd));
}

static void
serve_file(int fd, const struct answer *a, const struct request *r)
{
	char path[4096];
	struct body b;

	snprintf(path, sizeof(path), "%s%s", tree, r->path);
	if (strstr(r->path, "..") != NULL ||
	    !open_body(a->file[0] != '\0' ? a->file : path, &b)) {
		without_body(fd, a, r, 404);
		return;
	}
	if (!a->weak && !a->noetag && strcmp(r->if_none_match, b.etag) == 0)
		without_body(fd, a, r, 304);
	else
		serve_bytes(fd, a, r, &b);
	free(b.ptr);
}

/* --- a proxy's tunnel --- */

static bool
pass_on(int from, int to)
{
	char chunk[CHUNK];
	ssize_t n = read(from, chunk, sizeof(chunk));

	return n > 0 && send_all(to, chunk, (size_t)n);
}

static void
tunnel(int fd, const struct request *r)
{
	static const char ready[] = "HTTP/1.1 200 Connected\r\n\r\n";
	struct sockaddr_in to = { .sin_family = AF_INET };
	const char *port = strrchr(r->path, ':');
	struct pollfd p[2] = { { .fd = fd, .events = POLLIN },
		{ .fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0),
		    .events = POLLIN } };

	say("CONNECT %s\n", r->path);
	to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	to.sin_port = htons((uint16_t)atoi(port == NULL ? "" : port + 1));
	if (connect(p[1].fd, (struct sockaddr *)&to, sizeof(to)) == 0 &&
	    send_all(fd, ready, sizeof(ready) - 1)) {
		while (poll(p, 2, -1) > 0) {
			if (p[0].revents != 0 && !pass_on(fd, p[1].fd))
				break;
			if (p[1].revents != 0 && !pass_on(p[1].fd, fd))
				break;
		}
	}
	close(p[1].fd);
}

/* --- connections --- */

static void
hang_up(int fd, bool reset)
{
	const struct linger now = { 1, 0 };
	char rest[256];

	if (reset) {
		setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	} else {
		shutdown(fd, SHUT_WR);
		while (read(fd, rest, sizeof(rest)) > 0)
			;
	}
	close(fd);
}

/* 401 and how to do better. */
static void
challenge(int fd, const struct answer *a, const struct request *r)
{
	char more[512], host[128];

	copy_header(r->head, "Host:", host, sizeof(host));
	if (a->auth[0] == 'B' && a->auth[1] == 'a')
		snprintf(more, sizeof(more),
		    "WWW-Authenticate: Basic realm=\"bad\"\r\n"
		    "Content-Length: 0\r\n");
	else if (a->realm[0] != '\0')
		snprintf(more, sizeof(more),
		    "WWW-Authenticate: Bearer realm=\"%s\",service=\"bad\"\r\n"
		    "Content-Length: 0\r\n",
		    a->realm);
	else
		snprintf(more, sizeof(more),
		    "WWW-Authenticate: Bearer realm=\"http://%s/token\","
		    "service=\"bad one\",scope=\"x\"\r\n"
		    "Content-Length: 0\r\n",
		    host);
	send_head(fd, a, 401, more);
	say("%s %s 401 0 0\n", r->method, r->path);
}

static struct answer
find_answer(struct request *r)
{
	struct answer a;

	pthread_mutex_lock(&lock);
	r->number = n_requests++;
	a = rules_find(rules_path, r->path);
	pthread_mutex_unlock(&lock);
	return a;
}

static void
answer(int fd, struct request *r)
{
	struct answer a = find_answer(r);
	char c;

	if (strcmp(r->method, "CONNECT") == 0) {
		if (a.status != 0)
			without_body(fd, &a, r, a.status);
		else
			tunnel(fd, r);
	} else if (a.hang) {
		say("%s %s 0 0 0\n", r->method, r->path);
		while (read(fd, &c, 1) > 0)
			;
	} else if (a.auth[0] != '\0' && strcmp(a.auth, r->auth) != 0) {
		challenge(fd, &a, r);
	} else if (!hear_body(fd, &a, r)) {
		say("%s %s 0 0 0\n", r->method, r->path);
		a.reset = true;
	} else if (a.redirect[0] != '\0') {
		without_body(fd, &a, r, a.status != 0 ? a.status : 302);
	} else if (a.status != 0) {
		without_body(fd, &a, r, a.status);
	} else if (a.endless) {
		serve_endless(fd, &a, r);
	} else {
		serve_file(fd, &a, r);
	}
	hang_up(fd, a.reset);
}

static void *
connection(void *arg)
{
	struct request *r = malloc(sizeof(*r));
	int fd = (int)(intptr_t)arg;

	if (r != NULL && read_request(fd, r))
		answer(fd, r);
	else
		close(fd);
	free(r);
	return NULL;
}

static int
listen_on_loopback(void)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd == -1 || bind(fd, (struct sockaddr *)&a, len) != 0 ||
	    listen(fd, 64) != 0 ||
	    getsockname(fd, (struct sockaddr *)&a, &len) != 0)
		return -1;
	printf("%d\n", ntohs(a.sin_port));
	fflush(stdout);
	return fd;
}

int
main(int argc, char **argv)
{
	pthread_t thread;
	int listener, fd;

	if (argc != 4)
		return 1;
	tree = argv[1];
	rules_path = argv[2];
	log_file = fopen(argv[3], "a");
	signal(SIGPIPE, SIG_IGN);
	listener = log_file == NULL ? -1 : listen_on_loopback();
	if (listener == -1)
		return 1;
	while ((fd = accept(listener, NULL, NULL)) != -1) {
		if (pthread_create(
			&thread, NULL, connection, (void *)(intptr_t)fd) != 0)
			return 1;
		pthread_detach(thread);
	}
	return 1;
}
