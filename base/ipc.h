/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Messages between our processes: a type, a payload made with base/pack.h,
 * and perhaps a descriptor, whole or not at all, over a socket pair. Each
 * pair of write and read functions stands side by side in the module that
 * speaks it.
 */
#ifndef BASE_IPC_H
#define BASE_IPC_H

#include "base/buf.h"
#include "base/err.h"

#define IPC_PAYLOAD_MAX ((size_t)1024 * 1024) /* bytes of one message */

struct ipc {
	int fd; /* -1: closed */
};

struct ipc_message {
	uint32_t type;
	struct span payload; /* lives until the next ipc_recv() into buf */
	int fd;              /* -1: none; the receiver's to close */
	struct buf buf;
};

int ipc_pair(struct ipc *a, struct ipc *b, struct err *e);
void ipc_close(struct ipc *c);
/* fd is duplicated into the other process; -1: none. */
int ipc_send(
    struct ipc *c, uint32_t type, struct span payload, int fd, struct err *e);
/* 1: a message; 0: the other side has closed; -1: failed. */
int ipc_recv(struct ipc *c, struct ipc_message *m, struct err *e);
/* told as a message of that type. Matched by ipc_read_err(). */
int ipc_send_err(
    struct ipc *c, uint32_t type, const struct err *told, struct err *e);
/*
 * What ipc_send_err() sent, fit to be printed; a code that is none or above max
 * becomes ERR_SYSTEM. Returns -1.
 */
int ipc_read_err(struct span payload, uint32_t max, struct err *e);
void ipc_message_cleanup(struct ipc_message *m);

#endif
