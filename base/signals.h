/* SPDX-License-Identifier: Apache-2.0 */
/* Signals as bytes of a descriptor, for programs that wait with poll(2). */
#ifndef BASE_SIGNALS_H
#define BASE_SIGNALS_H

#include "base/err.h"

/*
 * SIGTERM, SIGINT, SIGHUP and SIGCHLD come from *fd, and no other way; it does
 * not block (signalfd(2)). A child that is to have them unblocks them.
 */
int signals_open(int *fd, struct err *e);

#endif
