/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The TUF side of an import: the metadata that stands at the head of a bundle
 * as a transport, what the state directory trusts as the trust, and what comes
 * of the two.
 */
#ifndef BUNDLE_IMPORT_TRUST_H
#define BUNDLE_IMPORT_TRUST_H

#include "bundle/import_stream.h"

struct import_trust {
	const struct import_stream *in;
	struct arena *arena;           /* for what the caller is given */
	struct import_metadata *files; /* of the bundle, in its order */
	size_t n_files;
	struct tuf_client *client;
	struct buf root; /* trusted before, byte for byte; or empty */
	struct buf timestamp;
	struct buf snapshot;
	struct tuf_file old_root; /* the same, read */
	struct tuf_file old_timestamp;
	struct tuf_file old_snapshot;
	bool is_first;  /* nothing was trusted but --root */
	unsigned drops; /* a bit for each enum tuf_type, and one for roles */
};

/* Proves everything; fills in what the metadata says of the result. */
int import_trust_run(
    struct import_trust *t, struct import_result *out, struct err *e);
/* All targets of all roles, by path. */
int import_trust_targets(
    struct import_trust *t, struct import_result *out, struct err *e);
void import_trust_cleanup(struct import_trust *t);

#endif
