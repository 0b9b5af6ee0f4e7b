/* SPDX-License-Identifier: Apache-2.0 */
/* The error that a bundle process ends with, on its way to main. */
#ifndef BUNDLE_REFUSAL_PACK_H
#define BUNDLE_REFUSAL_PACK_H

#include "base/ipc.h"

/* Matched by refusal_take(). -1: main is gone. */
int refusal_send(struct ipc *ipc, uint32_t type, const struct err *why);
/* Matched by refusal_send(). Fit to be printed, and never none. Returns -1. */
int refusal_take(struct span payload, struct err *e);

#endif
