/* SPDX-License-Identifier: Apache-2.0 */
#include <linux/tcp.h>
#include <netinet/in.h>
#include <stdatomic.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <time.h>

#include "base/clock.h"
#include "server/httpd_impl.h"

/*
 * The library ends connections on which nothing comes at all. Those that send
 * a byte now and then are ended here, by a thread that looks at all of them.
 */
#define LOOK_MS 500

#define DRAIN_IDLE_MS INT64_C(1000) /* idle while the server ends */

static const char too_slow[] = "HTTP/1.1 408 Request Timeout\r\n"
			       "Connection: close\r\n"
			       "Content-Length: 0\r\n"
			       "X-Content-Type-Options: nosniff\r\n"
			       "\r\n";

/* Bytes that have come; -1: not known, as of a Unix socket. */
static int64_t
received(int fd)
{
	struct tcp_info info;
	socklen_t len = sizeof(info);

	memset(&info, 0, sizeof(info));
	if (getsockopt(fd, IPPROTO_TCP, TCP_INFO, &info, &len) != 0)
		return -1;
	return (int64_t)info.tcpi_bytes_received;
}

static bool
has_unread(int fd)
{
	int n = 0;

	return ioctl(fd, FIONREAD, &n) == 0 && n > 0;
}

/*
 * The end may come with the last request's bytes, and the library, which waits
 * for what is new, then never looks at it.
 */
static bool
has_ended(int fd)
{
	char c;

	return recv(fd, &c, 1, MSG_PEEK | MSG_DONTWAIT) == 0;
}

/* Not while the library has read a request and has not told of it yet. */
static bool
has_ended_twice(struct connection *c)
{
	int64_t since_ms = c->since_ms;

	if (!has_ended(c->fd))
		return false;
	if (c->ended_ms == since_ms)
		return true;
	c->ended_ms = since_ms;
	return false;
}

static bool
is_idle_long(const struct connection *c, int64_t since_ms)
{
	const struct httpd *h = c->h;

	/* a browser opens some that it may never use */
	if (h->is_draining && since_ms > DRAIN_IDLE_MS &&
	    (c->is_used || received(c->fd) == 0))
		return !has_unread(c->fd);
	if (!c->is_used && since_ms > (int64_t)h->o.request_s * 1000)
		return true;
	return since_ms > (int64_t)h->o.idle_s * 1000;
}

static bool
is_too_slow(struct connection *c, int stage, int64_t since_ms)
{
	const struct httpd *h = c->h;

	if (stage < STAGE_BUSY && has_ended_twice(c))
		return true;
	switch (stage) {
	case STAGE_IDLE:
		return is_idle_long(c, since_ms);
	case STAGE_HEAD:
		return since_ms > (int64_t)h->o.request_s * 1000;
	case STAGE_BODY:
		/* it has as long as a head to come up to speed */
		return since_ms > (int64_t)h->o.request_s * 1000 &&
		    c->n_body < (uint64_t)since_ms / 1000 * h->o.body_rate;
	default:
		return false;
	}
}

/*
 * Whoever changes the stage first has the socket: the library writes nothing
 * to it before the head is whole, and sees its end when this has shut it.
 */
static void
end(struct connection *c, int stage)
{
	bool is_told = !has_ended(c->fd) &&
	    (stage != STAGE_IDLE || (!c->is_used && received(c->fd) > 0));

	if (!atomic_compare_exchange_strong(&c->stage, &stage, STAGE_GONE))
		return;
	if (is_told && c->h->tls_cert == NULL) {
		c->status = 408;
		send(c->fd, too_slow, sizeof(too_slow) - 1,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
	}
	shutdown(c->fd, SHUT_RDWR);
}

static void
look(struct httpd *h)
{
	int64_t now_ms = clock_monotonic_ms();
	struct connection *c;
	int stage;

	pthread_mutex_lock(&h->connections_mutex);
	for (c = h->connections; c != NULL; c = c->next) {
		stage = c->stage;
		if (is_too_slow(c, stage, now_ms - c->since_ms))
			end(c, stage);
	}
	pthread_mutex_unlock(&h->connections_mutex);
}

static void *
run(void *arg)
{
	struct httpd *h = arg;
	struct timespec until;

	pthread_mutex_lock(&h->mutex);
	while (!h->slow_ends) {
		clock_gettime(CLOCK_MONOTONIC, &until);
		until.tv_nsec += LOOK_MS * 1000000L;
		until.tv_sec += until.tv_nsec / 1000000000L;
		until.tv_nsec %= 1000000000L;
		pthread_cond_timedwait(&h->slow_cond, &h->mutex, &until);
		pthread_mutex_unlock(&h->mutex);
		look(h);
		pthread_mutex_lock(&h->mutex);
	}
	pthread_mutex_unlock(&h->mutex);
	return NULL;
}

int
httpd_slow_start(struct httpd *h, struct err *e)
{
	pthread_condattr_t attr;

	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&h->slow_cond, &attr);
	pthread_condattr_destroy(&attr);
	if (pthread_create(&h->slow, NULL, run, h) != 0)
		return err_system(e, "a thread");
	h->has_slow = true;
	return 0;
}

void
httpd_slow_stop(struct httpd *h)
{
	if (!h->has_slow)
		return;
	pthread_mutex_lock(&h->mutex);
	h->slow_ends = true;
	pthread_cond_signal(&h->slow_cond);
	pthread_mutex_unlock(&h->mutex);
	pthread_join(h->slow, NULL);
	pthread_cond_destroy(&h->slow_cond);
	h->has_slow = false;
}
