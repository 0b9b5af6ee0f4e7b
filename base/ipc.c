/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "base/ipc.h"
#include "base/pack.h"
#include "base/printable.h"

/* What stands before each payload on the wire; both ends are one program. */
struct header {
	uint32_t type;
	uint32_t size;
	uint32_t has_fd;
};

union control {
	struct cmsghdr header;
	char room[CMSG_SPACE(sizeof(int))];
};

int
ipc_pair(struct ipc *a, struct ipc *b, struct err *e)
{
	int fds[2];

	a->fd = b->fd = -1;
	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
		return err_system(e, "cannot make a socket pair");
	a->fd = fds[0];
	b->fd = fds[1];
	return 0;
}

void
ipc_close(struct ipc *c)
{
	if (c->fd != -1)
		close(c->fd);
	c->fd = -1;
}

static ssize_t
send_header(int to, const struct header *h, int fd)
{
	struct iovec iov = { 0 };
	struct header copy = *h;
	union control control = { 0 };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	struct cmsghdr *c;
	ssize_t n;

	iov.iov_base = &copy;
	iov.iov_len = sizeof(copy);
	if (fd != -1) {
		m.msg_control = &control;
		m.msg_controllen = sizeof(control);
		c = CMSG_FIRSTHDR(&m);
		c->cmsg_level = SOL_SOCKET;
		c->cmsg_type = SCM_RIGHTS;
		c->cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(c), &fd, sizeof(int));
	}
	do {
		n = sendmsg(to, &m, MSG_NOSIGNAL);
	} while (n < 0 && errno == EINTR);
	return n;
}

int
ipc_send(
    struct ipc *c, uint32_t type, struct span payload, int fd, struct err *e)
{
	struct header h = { type, (uint32_t)payload.len, fd != -1 };

	if (payload.len > IPC_PAYLOAD_MAX)
		return err_set(
		    e, ERR_LIMIT, "message of %zu bytes", payload.len);
	if (send_header(c->fd, &h, fd) != (ssize_t)sizeof(h))
		return err_system(e, "cannot reach the other process");
	while (payload.len > 0) {
		ssize_t n = send(c->fd, payload.ptr, payload.len, MSG_NOSIGNAL);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_system(e, "cannot reach the other process");
		payload = span_from(payload, (size_t)n);
	}
	return 0;
}

/* The first bytes of a message, where a descriptor may come along. */
static ssize_t
recv_header(int from, struct header *h, int *fd)
{
	struct iovec iov = { h, sizeof(*h) };
	union control control;
	struct msghdr m = { .msg_iov = &iov,
		.msg_iovlen = 1,
		.msg_control = &control,
		.msg_controllen = sizeof(control) };
	struct cmsghdr *c;
	ssize_t n;

	*fd = -1;
	do {
		n = recvmsg(from, &m, MSG_CMSG_CLOEXEC | MSG_WAITALL);
	} while (n < 0 && errno == EINTR);
	c = n > 0 ? CMSG_FIRSTHDR(&m) : NULL;
	if (c != NULL && c->cmsg_level == SOL_SOCKET &&
	    c->cmsg_type == SCM_RIGHTS && c->cmsg_len == CMSG_LEN(sizeof(int)))
		memcpy(fd, CMSG_DATA(c), sizeof(int));
	return n;
}

static int
recv_payload(int from, struct buf *b, size_t size, struct err *e)
{
	buf_reset(b);
	buf_reserve(b, size);
	while (b->len < size) {
		ssize_t n = recv(from, b->ptr + b->len, size - b->len, 0);

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return err_set(e, ERR_SYSTEM,
			    "the other process ended in the middle of a "
			    "message");
		b->len += (size_t)n;
	}
	b->ptr[b->len] = '\0';
	return 0;
}

int
ipc_recv(struct ipc *c, struct ipc_message *m, struct err *e)
{
	struct header h;
	ssize_t n = recv_header(c->fd, &h, &m->fd);

	if (n == 0 || (n < 0 && errno == ECONNRESET))
		return 0;
	if (n < 0)
		return err_system(e, "cannot hear the other process");
	if (n != (ssize_t)sizeof(h) || h.size > IPC_PAYLOAD_MAX ||
	    (h.has_fd != 0) != (m->fd != -1)) {
		if (m->fd != -1)
			close(m->fd);
		m->fd = -1;
		return err_set(e, ERR_SYSTEM,
		    "the other process ended in the middle of a message");
	}
	if (recv_payload(c->fd, &m->buf, h.size, e) != 0) {
		if (m->fd != -1)
			close(m->fd);
		m->fd = -1;
		return -1;
	}
	m->type = h.type;
	m->payload = buf_span(&m->buf);
	return 1;
}

int
ipc_send_err(
    struct ipc *c, uint32_t type, const struct err *told, struct err *e)
{
	struct buf b = { 0 };
	int rc;

	pack_uint(&b, told->code);
	pack_span(&b, span_of(told->msg));
	rc = ipc_send(c, type, buf_span(&b), -1, e);
	buf_cleanup(&b);
	return rc;
}

int
ipc_read_err(struct span payload, uint32_t max, struct err *e)
{
	struct unpack u = unpack_of(payload);
	enum err_code code = (enum err_code)unpack_max(&u, max);
	struct buf b = { 0 };

	printable_add(&b, unpack_span(&u));
	err_set(e, code == ERR_NONE ? ERR_SYSTEM : code, "%s", buf_str(&b));
	buf_cleanup(&b);
	return -1;
}

void
ipc_message_cleanup(struct ipc_message *m)
{
	buf_cleanup(&m->buf);
	*m = (struct ipc_message){ .fd = -1 };
}
