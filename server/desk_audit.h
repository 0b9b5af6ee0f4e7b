/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was asked for over HTTP and changed something, in the audit log of the
 * catalog: by whom, and from where. Written before it is answered: what cannot
 * be written down is not done.
 */
#ifndef SERVER_DESK_AUDIT_H
#define SERVER_DESK_AUDIT_H

#include "server/desk.h"

struct desk_deed {
	struct span subject; /* "source nvd", "image sha256:…" */
	struct span event;   /* one word: "asked", "scanned" */
	struct span detail;  /* for people; may be empty */
	struct span who;     /* token or certificate */
	struct span address;
};

/* In the desk: a line of the log. ERR_FORMAT: it makes no sense. */
int
desk_audit(struct desk_server *d, const struct desk_deed *deed, struct err *e);

#endif
