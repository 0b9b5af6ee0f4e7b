/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The state directory (ARCHITECTURE §4): store/ index/ catalog.sqlite
 * incoming/ run/ bundles/ and a file `version`. One writer at a time holds its
 * lock; readers need none.
 */
#ifndef BASE_STATE_H
#define BASE_STATE_H

#include "base/err.h"
#include "base/span.h"

#define STATE_VERSION 1

enum state_mode {
	STATE_READ = 0, /* must exist */
	STATE_WRITE,    /* made when missing; locked; leftovers of a crashed
			   run are removed, see base/incoming.h */
};

struct state {
	char *path; /* absolute */
	int dirfd;
	int lockfd; /* -1: not locked */
};

/*
 * ERR_MISSING where there is none, ERR_FORMAT when it is of another version.
 * A lock that another process holds is waited for up to wait_ms, then
 * ERR_SYSTEM names the holder.
 */
int state_open(struct state *s, const char *path, enum state_mode mode,
    int wait_ms, struct err *e);
void state_close(struct state *s);
/* /var/lib/scapcache for root, else $XDG_STATE_HOME/scapcache; caller frees. */
char *state_default_path(void);

#endif
