/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Telling the service manager how a daemon is, as sd_notify(3) describes it:
 * a datagram of "KEY=value" lines to $NOTIFY_SOCKET. Without that variable
 * nothing is sent.
 */
#ifndef BASE_NOTIFY_H
#define BASE_NOTIFY_H

#include "base/span.h"

/* What cannot be sent is dropped: the daemon works without. */
void notify(const char *fmt, ...) __attribute__((format(printf, 1, 2)));
/* Milliseconds between two signs of life; 0: none are asked for. */
int64_t notify_watchdog_ms(void);

#endif
