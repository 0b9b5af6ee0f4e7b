/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "base/memfd.h"
#include "base/pack.h"
#include "server/proc_serve.h"

#define HANDED_MAX ((size_t)1024 * 1024 * 1024) /* bytes of a view */
#define DRAIN_MAX_S 86400u

struct serving_process {
	const struct proc_serve *start;
	struct httpd *httpd; /* NULL: not started yet */
	struct view *view;   /* until then */
	struct access_list *access;
	struct desk **desks;
	size_t n_desks;
	bool ended;
};

/* --- what is handed over; in main --- */

int
proc_serve_send(
    struct ipc *ipc, enum serve_message kind, struct span bytes, struct err *e)
{
	int fd, rc;

	if (memfd_of(bytes, &fd, e) != 0)
		return -1;
	rc = ipc_send(ipc, kind, SPAN_NONE, fd, e);
	close(fd);
	return rc;
}

static int
send_number(struct ipc *ipc, enum serve_message kind, uint64_t number, int fd,
    struct err *e)
{
	struct buf b = { 0 };
	int rc;

	pack_uint(&b, number);
	rc = ipc_send(ipc, kind, buf_span(&b), fd, e);
	buf_cleanup(&b);
	return rc;
}

int
proc_serve_send_desk(struct ipc *ipc, size_t number, int fd, struct err *e)
{
	return send_number(ipc, SERVE_DESK, number, fd, e);
}

int
proc_serve_send_drain(struct ipc *ipc, unsigned seconds, struct err *e)
{
	return send_number(ipc, SERVE_DRAIN, seconds, -1, e);
}

/* --- in the process --- */

void
proc_serve_be_child(void)
{
	sigset_t none;

	/* A terminal, or `kill` of a group, reaches all: main tells us. */
	signal(SIGTERM, SIG_IGN);
	signal(SIGINT, SIG_IGN);
	signal(SIGHUP, SIG_IGN);
	sigemptyset(&none);
	sigprocmask(SIG_SETMASK, &none, NULL);
	unsetenv("NOTIFY_SOCKET");
	unsetenv("WATCHDOG_USEC");
}

static int
take_view(struct serving_process *p, struct span bytes, struct err *e)
{
	struct view *view = NULL;

	if (view_unpack(&view, bytes, e) != 0)
		return -1;
	if (p->httpd != NULL)
		httpd_set_view(p->httpd, view);
	else
		p->view = view;
	return 0;
}

static int
take_access(struct serving_process *p, struct span bytes, struct err *e)
{
	struct access_list *list = xcalloc(1, sizeof(*list));

	if (access_unpack(list, bytes, e) != 0) {
		free(list);
		return -1;
	}
	if (p->httpd != NULL)
		httpd_set_access(p->httpd, list);
	else
		p->access = list;
	return 0;
}

static int
take_handed(
    struct serving_process *p, const struct ipc_message *m, struct err *e)
{
	struct buf bytes = { 0 };
	int rc;

	rc = file_read_fd(m->fd, HANDED_MAX, &bytes, e);
	if (rc == 0 && m->type == SERVE_VIEW)
		rc = take_view(p, buf_span(&bytes), e);
	else if (rc == 0)
		rc = take_access(p, buf_span(&bytes), e);
	buf_cleanup(&bytes);
	return rc;
}

/* The descriptor is the desk's from then on. */
static int
take_desk(struct serving_process *p, struct ipc_message *m, struct err *e)
{
	struct unpack u = unpack_of(m->payload);
	uint64_t number = unpack_uint(&u);

	if (!unpack_done(&u) || number >= p->n_desks || m->fd == -1)
		return err_set(e, ERR_FORMAT, "a desk that makes no sense");
	desk_replace(p->desks[number], m->fd);
	m->fd = -1;
	return 0;
}

static int
drain(struct serving_process *p, struct span payload, struct err *e)
{
	struct unpack u = unpack_of(payload);
	uint32_t seconds = unpack_max(&u, DRAIN_MAX_S);

	if (!unpack_done(&u))
		return err_set(e, ERR_FORMAT, "a time that makes no sense");
	if (p->httpd != NULL)
		httpd_drain(p->httpd, seconds);
	p->ended = true;
	return 0;
}

static int
take(struct serving_process *p, struct ipc_message *m, struct err *e)
{
	switch (m->type) {
	case SERVE_VIEW:
	case SERVE_ACCESS:
		return take_handed(p, m, e);
	case SERVE_DESK:
		return take_desk(p, m, e);
	case SERVE_DRAIN:
		return drain(p, m->payload, e);
	default:
		return err_set(e, ERR_FORMAT, "a message that makes no sense");
	}
}

/* 1: one was taken; 0: main has closed; -1. */
static int
take_next(struct serving_process *p, struct ipc *ipc, struct err *e)
{
	struct ipc_message m = { .fd = -1 };
	int rc = ipc_recv(ipc, &m, e);

	if (rc == 1 && take(p, &m, e) != 0)
		rc = -1;
	if (m.fd != -1)
		close(m.fd);
	ipc_message_cleanup(&m);
	return rc;
}

static void
make_desks(struct serving_process *p)
{
	const struct httpd_options *o = &p->start->http;
	size_t i;

	p->n_desks = o->n_work + o->n_scan + o->n_judge;
	p->desks = xcalloc(p->n_desks, sizeof(*p->desks));
	for (i = 0; i < p->n_desks; i++)
		p->desks[i] = desk_new(p->start->desk_fds[i]);
}

static int
start(struct serving_process *p, struct ipc *ipc, struct err *e)
{
	struct httpd_options o = p->start->http;
	struct desk **desks;
	size_t i;
	int rc;

	while (p->view == NULL || p->access == NULL) {
		rc = take_next(p, ipc, e);
		if (rc == 0)
			return err_set(e, ERR_SYSTEM, "the main process ended");
		if (rc == -1)
			return -1;
	}
	desks = xcalloc(p->n_desks, sizeof(*desks));
	for (i = 0; i < p->n_desks; i++)
		desks[i] = p->desks[i];
	o.view = p->view;
	o.access = p->access;
	o.desks = desks;
	if (httpd_start(&p->httpd, &o, e) != 0)
		return -1;
	return ipc_send(ipc, SERVE_READY, SPAN_NONE, -1, e);
}

static int
serve(struct serving_process *p, struct ipc *ipc, struct err *e)
{
	int rc = 1;

	if (start(p, ipc, e) != 0) {
		struct err ignored;

		ipc_send(ipc, SERVE_FAILED, span_of(e->msg), -1, &ignored);
		return -1;
	}
	while (rc == 1 && !p->ended)
		rc = take_next(p, ipc, e);
	return rc == -1 ? -1 : 0;
}

int
proc_serve_run(struct ipc *ipc, void *ctx)
{
	struct serving_process p = { .start = ctx };
	struct err e = { 0 };
	int rc;

	proc_serve_be_child();
	make_desks(&p);
	rc = serve(&p, ipc, &e);
	if (rc != 0 && p.httpd != NULL)
		log_error("serve: %s", e.msg);
	httpd_stop(p.httpd);
	free(p.desks);
	return rc == 0 ? 0 : 1;
}
