/* SPDX-License-Identifier: Apache-2.0 */
/* Bytes as a descriptor, to be handed to another process. */
#ifndef BASE_MEMFD_H
#define BASE_MEMFD_H

#include "base/err.h"
#include "base/span.h"

/* *fd is the caller's to close. */
int memfd_of(struct span bytes, int *fd, struct err *e);

#endif
