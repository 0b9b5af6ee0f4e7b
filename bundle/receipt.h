/* SPDX-License-Identifier: Apache-2.0 */
/*
 * receipt.json: what the side that imports has, carried back to the side that
 * exports, which need not send it again. Canonical JSON:
 *
 *   {"format":1,"generation":7,"root":1,
 *    "snapshot":{"sha256":"…","version":3},"targets":["…"],"timestamp":5}
 *
 * Nobody signs it: one that is wrong makes a bundle too small or too large,
 * which the import refuses or takes.
 */
#ifndef BUNDLE_RECEIPT_H
#define BUNDLE_RECEIPT_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"

#define RECEIPT_FORMAT 1u
/* Limits of outside input. */
#define RECEIPT_SIZE_MAX ((size_t)32 * 1024 * 1024)
#define RECEIPT_TARGETS_MAX 300000u

struct receipt {
	uint64_t generation;
	uint64_t root_version; /* versions are at least 1 */
	uint64_t timestamp_version;
	uint64_t snapshot_version;
	struct digest snapshot;
	const struct digest *targets; /* held files: sorted, none twice */
	size_t n_targets;
};

void receipt_write(struct buf *out, const struct receipt *r);
/* REFUSAL_SHAPE unless writing it gives its bytes. targets live in a. */
int receipt_read(
    struct span json, struct arena *a, struct receipt *out, struct err *e);
/* receipt_read() of a file in a bundle process; fd stays the caller's. */
int
receipt_read_run(int fd, struct arena *a, struct receipt *out, struct err *e);

#endif
