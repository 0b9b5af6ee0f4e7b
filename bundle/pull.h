/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pulling a bundle from a registry: the file that was pushed, byte for byte,
 * written out of its manifest and its blobs (plan.h). The manifest is proved by
 * its digest, each blob by that in the manifest; who signed is import's
 * business.
 */
#ifndef BUNDLE_PULL_H
#define BUNDLE_PULL_H

#include "bundle/transfer.h"

/* fd is written to from where it stands; after an error it holds a part. */
int pull_run(const struct transfer_options *o, int fd,
    struct transfer_result *out, struct err *e);

#endif
