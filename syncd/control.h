/* SPDX-License-Identifier: Apache-2.0 */
/*
 * run/syncd.sock: how `sync --now` asks a running daemon. A message each way
 * is one packet of text: "sync", names of sources and "accept:" with names go
 * in; "started" and, when the run has ended, "ended ok 7" or "ended failed 7"
 * (the generation) come back; "refused" with a reason for what makes no sense.
 */
#ifndef SYNCD_CONTROL_H
#define SYNCD_CONTROL_H

#include "base/err.h"
#include "base/span.h"

#define CONTROL_TEXT_MAX 4096 /* bytes of a message */
#define CONTROL_PATH "run/syncd.sock"
#define CONTROL_ACCEPT "accept:"

/* In the daemon: listens; *fd is non-blocking. A socket that is there goes. */
int control_listen(int statefd, int *fd, struct err *e);
/*
 * Asks and waits until the run has ended; 1: ok, 0: failed, -1: no daemon.
 * words: see above, blanks between them; those on schedule if no name is there.
 */
int control_sync(
    int statefd, struct span words, uint64_t *generation, struct err *e);
/*
 * Asks, and goes away once it is taken: 1: the run has begun; 0: it waits for
 * the one that is going on; -1: as above.
 */
int control_ask(int statefd, struct span words, struct err *e);
/* One packet; false if the other side is gone. */
bool control_send(int fd, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* 1: text; 0: the other side is gone, or says what is too long. */
int control_receive(int fd, char text[CONTROL_TEXT_MAX + 1]);

#endif
