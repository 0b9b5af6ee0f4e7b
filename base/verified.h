/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Trust as a type. A struct verified_file is an open file whose bytes were
 * read whole and have the digest that a proof names; only this module makes
 * one. store_add() and family_build() take nothing else, so code that skips
 * verification does not compile.
 */
#ifndef BASE_VERIFIED_H
#define BASE_VERIFIED_H

#include "base/digest.h"

/* How upstream's offer was proved; DISTRIBUTION.md §1 "custom". */
enum proof_kind {
	PROOF_NONE = 0,
	PROOF_TLS,           /* nothing but the connection it came over */
	PROOF_LOCAL,         /* nothing but the tree that the admin named */
	PROOF_META_SHA256,   /* NVD .meta, over the unpacked bytes */
	PROOF_PULP_MANIFEST, /* Red Hat's manifest of digests */
	PROOF_REPOMD,        /* repomd.xml of a dnf repository */
	PROOF_SHA256_SIDECAR,
	PROOF_STORE, /* accepted before, kept by us */
};

const char *proof_name(enum proof_kind kind); /* "meta-sha256" */

struct proof {
	enum proof_kind kind;
	struct digest sha256; /* of the file's own bytes */
	uint64_t size_bytes;
};

struct verified_file;

/*
 * Reads fd whole; ERR_UNTRUSTED if digest or size are not the proof's. On
 * success the file owns fd; on failure fd stays the caller's.
 */
int verified_open(struct verified_file **out, int fd, const struct proof *proof,
    struct err *e);
void verified_close(struct verified_file *f); /* NULL is fine */

/* Valid until verified_close(); the position is not to be relied on. */
int verified_fd(const struct verified_file *f);
const struct proof *verified_proof(const struct verified_file *f);

#endif
