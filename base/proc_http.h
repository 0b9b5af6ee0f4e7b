/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The fetch process that makes one request after the other, and how the main
 * process talks to it: a request with a descriptor to write to goes in, the
 * head of the answer comes out, then how the body ended. It has the network,
 * opens none of our files and cannot read what it fetched.
 */
#ifndef BASE_PROC_HTTP_H
#define BASE_PROC_HTTP_H

#include "base/http.h"
#include "base/pack.h"
#include "base/proc.h"

/* Who hears of an upload: how many of its bytes went. */
struct proc_http_sent {
	void *ctx;
	void (*sent)(void *ctx, uint64_t bytes);
};

/* The process keeps a copy of the options. */
int proc_http_open(
    struct proc *p, const struct http_options *options, struct err *e);
/*
 * r->fd stays the caller's, who closes it, lest the reader sees no end; -1
 * where nothing is to be got. So do the descriptors of the pieces.
 */
int proc_http_get(struct proc *p, const struct http_request *r, struct err *e);
/* Waits for the head; its spans live in m until the next call. */
int proc_http_answer(struct proc *p, struct ipc_message *m,
    struct http_answer *out, struct err *e);
/* The same; hears of what is sent meanwhile. */
int proc_http_answer_sent(struct proc *p, struct ipc_message *m,
    const struct proc_http_sent *sent, struct http_answer *out, struct err *e);
/* Waits for the end of the body, where there is one. */
int proc_http_end(struct proc *p, struct http_end *out, struct err *e);

/* --- the head and the end as parts of other messages --- */

/* Without challenge and location. Matched by http_answer_read(). */
void http_answer_pack(struct buf *b, const struct http_answer *a);
void http_answer_read(struct unpack *u, struct http_answer *a);
/* Matched by http_end_read(). */
void http_end_pack(struct buf *b, const struct http_end *end);
void http_end_read(struct unpack *u, struct http_end *end);

#endif
