/* SPDX-License-Identifier: Apache-2.0 */
/*
 * http_readers HOST:PORT CLIENTS STOP WHAT…: so many clients, each with a
 * thread and a connection of its own, read until the file STOP is there, one
 * WHAT after the other, and say what they saw:
 *
 *   get:/path               200 and whole; its digest is its ETag, if that is
 *                           one
 *   pair:/x.meta:/x.json.gz the feed is the one that .meta is of, unless that
 *                           changed meanwhile
 *   one:/path               all "revision N" in it are of one revision
 *
 * A connection that the server has closed between two requests is opened again,
 * as every client does. Ends 1 if a request failed or an answer was torn.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <unistd.h>

#include <zlib.h>

#include "base/buf.h"
#include "base/digest.h"

#define CLIENTS_MAX 256
#define HEAD_MAX 16384u
#define BODY_MAX ((size_t)64 * 1024 * 1024)
#define PATIENCE_S 20
#define SAID_MAX 20

struct answer {
	int status;
	bool closes;
	char etag[80];
	struct buf body;
};

struct client {
	pthread_t thread;
	int fd; /* -1: not connected */
	bool used;
	struct buf in; /* what came behind the last answer */
	struct answer a, b, c;
	unsigned long revision;
};

static struct sockaddr_in server;
static const char *host, *stop_path;
static char **whats;
static int n_whats;
static atomic_ulong n_requests, n_failed, n_torn, n_again, n_moved, n_revisions;
static atomic_int n_said;

static void __attribute__((format(printf, 2, 3)))
say(atomic_ulong *count, const char *fmt, ...)
{
	va_list ap;

	(*count)++;
	if (n_said++ >= SAID_MAX)
		return;
	flockfile(stdout);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	putchar('\n');
	funlockfile(stdout);
}

/* --- one request --- */

static void
hang_up(struct client *c)
{
	if (c->fd != -1)
		close(c->fd);
	c->fd = -1;
	buf_reset(&c->in);
}

static bool
dial(struct client *c)
{
	const struct timeval patience = { .tv_sec = PATIENCE_S };
	const int on = 1;

	c->used = false;
	c->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (c->fd == -1)
		return false;
	setsockopt(c->fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof(patience));
	setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return connect(c->fd, (struct sockaddr *)&server, sizeof(server)) == 0;
}

/* More of the answer; what recv() says. */
static ssize_t
more(struct client *c)
{
	ssize_t n;

	buf_reserve(&c->in, 65536);
	n = recv(c->fd, c->in.ptr + c->in.len, 65536, 0);
	if (n > 0)
		c->in.len += (size_t)n;
	return n;
}

/* Its length with the empty line; 0: not whole yet. */
static size_t
head_length(const struct client *c)
{
	const char *end =
	    c->in.len == 0 ? NULL : memmem(c->in.ptr, c->in.len, "\r\n\r\n", 4);

	return end == NULL ? 0 : (size_t)(end - c->in.ptr) + 4;
}

/* Of the head, without blanks around it; empty: not there. */
static void
field(struct span head, const char *name, char *out, size_t size)
{
	struct span line;

	out[0] = '\0';
	while (span_next(&head, '\n', &line)) {
		size_t colon = span_find(line, ':');

		if (!span_is_nocase(span_first(line, colon), name))
			continue;
		snprintf(out, size, "%.*s",
		    SPAN_ARG(span_trim(span_from(line, colon + 1))));
	}
}

static bool
take_answer(struct client *c, struct answer *a, size_t head_len)
{
	struct span head = span_make(c->in.ptr, head_len);
	uint64_t length, status;
	char text[80];

	a->status = parse_uint(span_first(span_from(head, 9), 3), 999, &status)
	    ? (int)status
	    : 0;
	field(head, "ETag", a->etag, sizeof(a->etag));
	field(head, "Connection", text, sizeof(text));
	a->closes = strcasecmp(text, "close") == 0;
	field(head, "Content-Length", text, sizeof(text));
	if (!parse_uint(span_of(text), BODY_MAX, &length))
		return false;
	while (c->in.len < head_len + length)
		if (more(c) <= 0)
			return false;
	buf_reset(&a->body);
	buf_add(&a->body, c->in.ptr + head_len, length);
	c->in.len -= head_len + length;
	memmove(c->in.ptr, c->in.ptr + head_len + length, c->in.len);
	return true;
}

/* 1: answered; 0: the connection was closed before anything came; -1. */
static int
ask_once(struct client *c, const char *path, struct answer *a)
{
	char text[1024];
	size_t len;
	int n;

	if (c->fd == -1 && !dial(c))
		return -1;
	n = snprintf(text, sizeof(text),
	    "GET %s HTTP/1.1\r\nHost: %s\r\nAccept-Encoding: identity\r\n\r\n",
	    path, host);
	if (send(c->fd, text, (size_t)n, MSG_NOSIGNAL) != n)
		return 0;
	while ((len = head_length(c)) == 0) {
		ssize_t got = more(c);

		if (got <= 0)
			return c->in.len == 0 && (got == 0 || errno != EAGAIN)
			    ? 0
			    : -1;
		if (c->in.len > HEAD_MAX && head_length(c) == 0)
			return -1;
	}
	return take_answer(c, a, len) ? 1 : -1;
}

static bool
ask(struct client *c, const char *path, struct answer *a)
{
	bool again;
	int rc;

	do {
		again = c->fd != -1 && c->used;
		rc = ask_once(c, path, a);
		if (rc != 1)
			hang_up(c);
		else
			c->used = true;
		if (rc == 0 && again)
			n_again++;
	} while (rc == 0 && again);
	n_requests++;
	if (rc == 1 && a->closes)
		hang_up(c);
	if (rc == 1 && a->status == 200)
		return true;
	if (rc == 1)
		say(&n_failed, "%s: status %d", path, a->status);
	else
		say(&n_failed, "%s: no answer: %s", path, strerror(errno));
	return false;
}

/* --- what is checked --- */

/* A strong one of 64 hex digits is the digest of the bytes. */
static void
check_etag(const char *path, const struct answer *a)
{
	struct span tag = span_of(a->etag);
	struct digest said, is;

	if (tag.len != 66 || !digest_parse(span_make(tag.ptr + 1, 64), &said))
		return;
	digest_of(buf_span(&a->body), &is);
	if (!digest_eq(&said, &is))
		say(&n_torn, "%s: the bytes are not those of its ETag", path);
}

static void
read_get(struct client *c, const char *path)
{
	if (ask(c, path, &c->a))
		check_etag(path, &c->a);
}

/* The digest of what it unpacks to. */
static bool
unpacked_digest(struct span gz, struct digest *out)
{
	static _Thread_local unsigned char room[1024 * 1024];
	z_stream z = { .next_in = (unsigned char *)(uintptr_t)gz.ptr,
		.avail_in = (unsigned)gz.len,
		.next_out = room,
		.avail_out = sizeof(room) };
	int rc;

	if (inflateInit2(&z, 15 + 32) != Z_OK)
		return false;
	rc = inflate(&z, Z_FINISH);
	inflateEnd(&z);
	digest_of(span_make(room, z.total_out), out);
	return rc == Z_STREAM_END;
}

static bool
meta_digest(const struct answer *meta, struct digest *out)
{
	const char *at = strstr(buf_str(&meta->body), "sha256:");

	return at != NULL && strlen(at) >= 71 &&
	    digest_parse(span_make(at + 7, 64), out);
}

static void
read_pair(struct client *c, const char *paths)
{
	const char *colon = strchr(paths, ':');
	struct digest said, is;
	char meta[512];

	snprintf(meta, sizeof(meta), "%.*s", (int)(colon - paths), paths);
	if (!ask(c, meta, &c->a) || !ask(c, colon + 1, &c->b) ||
	    !ask(c, meta, &c->c))
		return;
	check_etag(meta, &c->a);
	check_etag(colon + 1, &c->b);
	if (!span_eq(buf_span(&c->a.body), buf_span(&c->c.body))) {
		n_moved++;
		return;
	}
	if (!meta_digest(&c->a, &said) ||
	    !unpacked_digest(buf_span(&c->b.body), &is) ||
	    !digest_eq(&said, &is))
		say(&n_torn, "%s: it is not what its .meta is of", colon + 1);
}

static void
read_one(struct client *c, const char *path)
{
	const char word[] = "revision ";
	unsigned long first = 0, n;
	const char *at;

	if (!ask(c, path, &c->a))
		return;
	for (at = strstr(buf_str(&c->a.body), word); at != NULL;
	     at = strstr(at, word)) {
		at += strlen(word);
		n = strtoul(at, NULL, 10);
		if (first != 0 && n != first) {
			say(&n_torn, "%s: revisions %lu and %lu", path, first,
			    n);
			return;
		}
		first = n;
	}
	if (first == 0)
		say(&n_torn, "%s: it has no revision", path);
	if (first < c->revision)
		say(&n_torn, "%s: revision %lu after %lu", path, first,
		    c->revision);
	if (first != c->revision)
		n_revisions++;
	c->revision = first;
}

static void
read_what(struct client *c, const char *what)
{
	if (strncmp(what, "get:", 4) == 0)
		read_get(c, what + 4);
	else if (strncmp(what, "pair:", 5) == 0)
		read_pair(c, what + 5);
	else
		read_one(c, what + 4);
}

static void *
run(void *arg)
{
	struct client *c = arg;
	int i;

	c->fd = -1;
	while (access(stop_path, F_OK) != 0)
		for (i = 0; i < n_whats; i++)
			read_what(c, whats[i]);
	hang_up(c);
	buf_cleanup(&c->in);
	buf_cleanup(&c->a.body);
	buf_cleanup(&c->b.body);
	buf_cleanup(&c->c.body);
	return NULL;
}

static bool
read_address(const char *text)
{
	struct span s = span_of(text);
	size_t colon = span_rfind(s, ':');
	char ip[INET_ADDRSTRLEN];
	uint64_t port;

	host = text;
	snprintf(ip, sizeof(ip), "%.*s", (int)colon, text);
	server.sin_family = AF_INET;
	if (!parse_uint(span_from(s, colon + 1), UINT16_MAX, &port) ||
	    inet_pton(AF_INET, ip, &server.sin_addr) != 1)
		return false;
	server.sin_port = htons((uint16_t)port);
	return true;
}

int
main(int argc, char **argv)
{
	static struct client clients[CLIENTS_MAX];
	uint64_t n = 0, i;

	if (argc < 5 || !read_address(argv[1]) ||
	    !parse_uint(span_of(argv[2]), CLIENTS_MAX, &n))
		return 2;
	stop_path = argv[3];
	whats = argv + 4;
	n_whats = argc - 4;
	for (i = 0; i < n; i++)
		if (pthread_create(
			&clients[i].thread, NULL, run, &clients[i]) != 0)
			return 2;
	for (i = 0; i < n; i++)
		pthread_join(clients[i].thread, NULL);
	printf("requests=%lu failed=%lu torn=%lu again=%lu moved=%lu "
	       "revisions=%lu\n",
	    n_requests, n_failed, n_torn, n_again, n_moved, n_revisions);
	return n_failed + n_torn == 0 && n_requests > 0 ? 0 : 1;
}
