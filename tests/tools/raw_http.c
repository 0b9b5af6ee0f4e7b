/* SPDX-License-Identifier: Apache-2.0 */
/*
 * raw_http PORT [BYTES_A_STEP STEP_MS]: sends standard input to a port of
 * loopback as it is, all at once or so many bytes a step, and prints what
 * comes until the other side ends. 0: it ended; 1: it did not for 20 seconds.
 * An end of input is not told to the other side.
 */
#include <arpa/inet.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "base/buf.h"

#define WAIT_MS 20000

static int64_t
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

static int
connect_to(uint16_t port)
{
	struct sockaddr_in a = { .sin_family = AF_INET };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);

	a.sin_port = htons(port);
	a.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	if (fd == -1 ||
	    (connect(fd, (const struct sockaddr *)&a, sizeof(a)) != 0 &&
		errno != EINPROGRESS)) {
		perror("raw_http");
		exit(2);
	}
	return fd;
}

static void
read_input(struct buf *b)
{
	char part[65536];
	ssize_t n;

	while ((n = read(STDIN_FILENO, part, sizeof(part))) > 0)
		buf_add(b, part, (size_t)n);
}

/* 1: something came; 0: nothing now; -1: the end. */
static int
show(int fd)
{
	char part[65536];
	ssize_t n = recv(fd, part, sizeof(part), 0);

	if (n > 0)
		return write(STDOUT_FILENO, part, (size_t)n) > 0;
	return n < 0 && errno == EAGAIN ? 0 : -1;
}

static struct span
send_some(int fd, struct span left, size_t step)
{
	size_t want = step != 0 && step < left.len ? step : left.len;
	ssize_t n = send(fd, left.ptr, want, MSG_NOSIGNAL);

	if (n < 0)
		return errno == EAGAIN ? left : span_first(left, 0);
	return span_from(left, (size_t)n);
}

int
main(int argc, char **argv)
{
	struct buf in = { 0 };
	size_t step = argc > 3 ? strtoul(argv[2], NULL, 10) : 0;
	int step_ms = argc > 3 ? (int)strtoul(argv[3], NULL, 10) : 0;
	int64_t until = now_ms() + WAIT_MS;
	int64_t next = now_ms();
	struct span left;
	struct pollfd p;
	int rc = 0;

	if (argc < 2)
		return 2;
	read_input(&in);
	left = buf_span(&in);
	p.fd = connect_to((uint16_t)strtoul(argv[1], NULL, 10));
	while (rc != -1 && now_ms() < until) {
		p.events = POLLIN;
		if (left.len > 0 && now_ms() >= next)
			p.events |= POLLOUT;
		poll(&p, 1, step_ms > 0 && left.len > 0 ? step_ms : 200);
		if (left.len > 0 && (p.revents & POLLOUT) != 0) {
			left = send_some(p.fd, left, step);
			next = now_ms() + step_ms;
		}
		if ((p.revents & (POLLIN | POLLHUP | POLLERR)) != 0)
			rc = show(p.fd);
	}
	close(p.fd);
	buf_cleanup(&in);
	return rc == -1 ? 0 : 1;
}
