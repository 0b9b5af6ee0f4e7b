/* SPDX-License-Identifier: Apache-2.0 */
#include <pthread.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/pack.h"
#include "server/desk_impl.h"
#include "server/desk.h"

#define REPLACED_WITHIN_S 5 /* a desk that is gone, by main */
#define CODE_MAX 255        /* ERR_REFUSED and those after it among them */

struct desk {
	pthread_mutex_t lock; /* of next */
	pthread_cond_t replaced;
	int next;       /* another one's descriptor, or -1 */
	struct ipc ipc; /* of who asks alone */
};

struct desk *
desk_new(int fd)
{
	struct desk *d = xcalloc(1, sizeof(*d));
	pthread_condattr_t attr;

	pthread_mutex_init(&d->lock, NULL);
	pthread_condattr_init(&attr);
	pthread_condattr_setclock(&attr, CLOCK_MONOTONIC);
	pthread_cond_init(&d->replaced, &attr);
	pthread_condattr_destroy(&attr);
	d->next = -1;
	d->ipc.fd = fd;
	return d;
}

void
desk_free(struct desk *d)
{
	if (d == NULL)
		return;
	ipc_close(&d->ipc);
	if (d->next != -1)
		close(d->next);
	pthread_cond_destroy(&d->replaced);
	pthread_mutex_destroy(&d->lock);
	free(d);
}

void
desk_replace(struct desk *d, int fd)
{
	pthread_mutex_lock(&d->lock);
	if (d->next != -1)
		close(d->next);
	d->next = fd;
	pthread_cond_signal(&d->replaced);
	pthread_mutex_unlock(&d->lock);
}

/* Turns to the one that has the place now; false: nobody has. */
static bool
turn_to(struct desk *d)
{
	struct timespec until;
	int rc = 0;

	/* however the time of day is set meanwhile */
	clock_gettime(CLOCK_MONOTONIC, &until);
	until.tv_sec += REPLACED_WITHIN_S;
	pthread_mutex_lock(&d->lock);
	while (d->ipc.fd == -1 && d->next == -1 && rc == 0)
		rc = pthread_cond_timedwait(&d->replaced, &d->lock, &until);
	if (d->next != -1) {
		ipc_close(&d->ipc);
		d->ipc.fd = d->next;
		d->next = -1;
	}
	pthread_mutex_unlock(&d->lock);
	return d->ipc.fd != -1;
}

static int
gone(struct desk *d, struct err *e)
{
	ipc_close(&d->ipc);
	return err_set(e, ERR_NETWORK,
	    "the process that answers this has ended; ask again");
}

/* A desk that ended between two questions has heard nothing of this one. */
static int
put(struct desk *d, const struct desk_question *q, struct err *e)
{
	unsigned n;

	if (q->words.len > IPC_PAYLOAD_MAX)
		return err_set(
		    e, ERR_LIMIT, "a question of %zu bytes", q->words.len);
	for (n = 0; n < 2 && turn_to(d); n++) {
		if (ipc_send(&d->ipc, q->call, q->words, q->fd, e) == 0)
			return 0;
		ipc_close(&d->ipc);
	}
	return gone(d, e);
}

/* What it says next could belong to this question still. */
static int
nonsense(struct desk *d, struct err *e)
{
	ipc_close(&d->ipc);
	return err_set(e, ERR_SYSTEM, "the desk's answer makes no sense");
}

static int
read_failure(struct desk *d, struct span payload, struct err *e)
{
	struct unpack u = unpack_of(payload);
	uint32_t code = unpack_max(&u, CODE_MAX);
	struct span text = unpack_span(&u);

	if (!unpack_done(&u) || code == ERR_NONE)
		return nonsense(d, e);
	return err_set(e, (enum err_code)code, "%.*s", SPAN_ARG(text));
}

static int
read_part(int fd, struct buf *out, struct err *e)
{
	struct buf part = { 0 };
	int rc;

	if (out == NULL)
		return 0;
	rc = file_read_fd(fd, DESK_ANSWER_MAX, &part, e);
	if (rc == 0)
		buf_add_span(out, buf_span(&part));
	buf_cleanup(&part);
	return rc;
}

/* Of one message. 1: another one comes; 0: that was all; -1. */
static int
take(struct desk *d, struct ipc_message *m, struct buf *out, int *answer_fd,
    struct err *e)
{
	switch (m->type) {
	case DESK_PART:
		if (read_part(m->fd, out, e) == 0)
			return 1;
		ipc_close(&d->ipc);
		return -1;
	case DESK_DONE:
		if (out != NULL)
			buf_add_span(out, m->payload);
		if (answer_fd != NULL) {
			*answer_fd = m->fd;
			m->fd = -1;
		}
		return 0;
	case DESK_FAILED:
		return read_failure(d, m->payload, e);
	default:
		return nonsense(d, e);
	}
}

int
desk_ask(struct desk *d, const struct desk_question *q, struct buf *out,
    int *answer_fd, struct err *e)
{
	struct ipc_message m = { .fd = -1 };
	int rc;

	if (answer_fd != NULL)
		*answer_fd = -1;
	if (put(d, q, e) != 0)
		return -1;
	do {
		rc = ipc_recv(&d->ipc, &m, e);
		if (rc != 1) {
			rc = gone(d, e);
			break;
		}
		rc = take(d, &m, out, answer_fd, e);
		if (m.fd != -1)
			close(m.fd);
		m.fd = -1;
	} while (rc == 1);
	ipc_message_cleanup(&m);
	return rc;
}
