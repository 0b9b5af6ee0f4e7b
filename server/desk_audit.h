/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was asked for over HTTP and changed something, in the audit log of the
 * catalog: by whom, and from where. Written before it is answered: what cannot
 * be written down is not done.
 */
#ifndef SERVER_DESK_AUDIT_H
#define SERVER_DESK_AUDIT_H

#include "base/pack.h"
#include "server/desk.h"
#include "server/request.h"

struct desk_deed {
	struct span subject; /* "source nvd", "image sha256:…" */
	struct span event;   /* one word: "asked", "scanned" */
	struct span detail;  /* for people; may be empty */
	struct span who;     /* token or certificate */
	struct span address;
};

/* Who asks, and from where; the rest is the caller's. */
struct desk_deed desk_deed_of(const struct request *q);
/* Twins; they take five texts. Spans of the second borrow. */
void desk_deed_pack(struct buf *b, const struct desk_deed *deed);
struct desk_deed desk_deed_unpack(struct unpack *u);

/* In the desk: a line of the log. ERR_FORMAT: it makes no sense. */
int
desk_audit(struct desk_server *d, const struct desk_deed *deed, struct err *e);

#endif
