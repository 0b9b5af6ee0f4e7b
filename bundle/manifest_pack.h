/* SPDX-License-Identifier: Apache-2.0 */
/* A manifest on its way from a bundle process to the main process. */
#ifndef BUNDLE_MANIFEST_PACK_H
#define BUNDLE_MANIFEST_PACK_H

#include "base/pack.h"
#include "bundle/manifest.h"

/* Twins. What comes out borrows from the packed bytes; arrays lie in a. */
void manifest_pack(struct buf *b, const struct manifest *m);
void manifest_unpack(struct unpack *u, struct arena *a, struct manifest *m);

/*
 * manifest_read() of a file in a bundle process; fd stays the caller's.
 * Everything lives in a.
 */
int
manifest_read_run(int fd, struct arena *a, struct manifest *out, struct err *e);

#endif
