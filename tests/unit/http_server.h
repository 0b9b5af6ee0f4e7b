/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A server on loopback that says exactly what it is told to, one answer a
 * connection, and keeps what the client said.
 */
#ifndef TESTS_UNIT_HTTP_SERVER_H
#define TESTS_UNIT_HTTP_SERVER_H

#include <arpa/inet.h>
#include <netinet/in.h>
#include <setjmp.h>
#include <signal.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <cmocka.h>

#include "base/buf.h"

#define OK_HEAD "HTTP/1.1 200 OK\r\n"
#define LENGTH(n) "Content-Length: " #n "\r\nConnection: close\r\n\r\n"
#define BUSY "HTTP/1.1 503 Busy\r\n" LENGTH(0)
#define MOVED "HTTP/1.1 302 Found\r\nLocation: /next\r\n" LENGTH(0)

struct server {
	pid_t pid;
	int port;
	int said; /* what the client said, all of it */
};

/* With its body, where it has one. */
static inline bool
has_all(const char *head)
{
	const char *end = strstr(head, "\r\n\r\n");
	const char *length = strstr(head, "Content-Length: ");

	return end != NULL &&
	    (length == NULL || length > end ||
		strlen(end + 4) >= (size_t)atoi(length + 16));
}

static inline void
hear_request(int fd, int to)
{
	char head[4096];
	size_t len = 0;
	ssize_t n;

	head[0] = '\0';
	while (!has_all(head) && len < sizeof(head) - 1 &&
	    (n = read(fd, head + len, sizeof(head) - 1 - len)) > 0) {
		len += (size_t)n;
		head[len] = '\0';
	}
	if (write(to, head, len) != (ssize_t)len)
		abort();
}

/* Reads what is left, so that closing does not throw away the answer. */
static inline void
hang_up(int fd)
{
	char rest[256];

	shutdown(fd, SHUT_WR);
	while (read(fd, rest, sizeof(rest)) > 0)
		;
	close(fd);
}

static inline void
serve(int listener, int to, const char *const *answers)
{
	for (; *answers != NULL; answers++) {
		size_t len = strlen(*answers);
		int fd = accept(listener, NULL, NULL);

		if (fd == -1)
			break;
		hear_request(fd, to);
		if (write(fd, *answers, len) != (ssize_t)len)
			break;
		hang_up(fd);
	}
	_exit(0);
}

/* Its port is known before its answers have to be. */
static inline int
server_listen(struct server *s)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	socklen_t len = sizeof(a);
	int listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	assert_int_equal(bind(listener, (struct sockaddr *)&a, len), 0);
	assert_int_equal(listen(listener, 8), 0);
	assert_int_equal(getsockname(listener, (struct sockaddr *)&a, &len), 0);
	s->port = ntohs(a.sin_port);
	return listener;
}

static inline void
server_run(struct server *s, int listener, const char *const *answers)
{
	int ends[2];

	assert_int_equal(pipe(ends), 0);
	s->pid = fork();
	assert_true(s->pid >= 0);
	if (s->pid == 0)
		serve(listener, ends[1], answers);
	close(ends[1]);
	close(listener);
	s->said = ends[0];
}

static inline void
server_start(struct server *s, const char *const *answers)
{
	server_run(s, server_listen(s), answers);
}

/* Everything that the client said. */
static inline void
server_stop(struct server *s, struct buf *said)
{
	char chunk[4096];
	ssize_t n;

	kill(s->pid, SIGKILL);
	waitpid(s->pid, NULL, 0);
	while ((n = read(s->said, chunk, sizeof(chunk))) > 0)
		buf_add(said, chunk, (size_t)n);
	close(s->said);
}

#endif
