/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The serve process: ROLE_SERVE, on sockets that main listens on. It answers
 * HTTP and takes from main what is to be served.
 */
#ifndef SERVER_PROC_SERVE_H
#define SERVER_PROC_SERVE_H

#include "base/ipc.h"
#include "server/httpd.h"

/* What it is forked with. */
struct proc_serve {
	struct httpd_options http; /* but view, access, desks */
	const int *desk_fds;       /* one a worker */
};

enum serve_message {
	/* From main. */
	SERVE_VIEW = 1, /* descriptor of a packed view (server/view.h) */
	SERVE_ACCESS,   /* the same of a list (server/access.h) */
	SERVE_DESK,     /* number, descriptor: another one has its place */
	SERVE_DRAIN,    /* seconds: finish what was begun, and end */
	/* To main. */
	SERVE_READY,  /* it answers */
	SERVE_FAILED, /* text: it never will */
};

/* In the process: struct proc_serve; its exit status. */
int proc_serve_run(struct ipc *ipc, void *ctx);

/* In main. kind: SERVE_VIEW or SERVE_ACCESS. */
int proc_serve_send(
    struct ipc *ipc, enum serve_message kind, struct span bytes, struct err *e);
int proc_serve_send_desk(struct ipc *ipc, size_t number, int fd, struct err *e);
int proc_serve_send_drain(struct ipc *ipc, unsigned seconds, struct err *e);

/* In children of main: only main is spoken to by signals and the manager. */
void proc_serve_be_child(void);

#endif
