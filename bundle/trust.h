/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who signs what, as the newest root and top-level targets file of the state
 * directory say: read in a bundle process, which also proves that both are
 * signed as the root demands.
 */
#ifndef BUNDLE_TRUST_H
#define BUNDLE_TRUST_H

#include "bundle/repository.h"

struct trust_file {
	uint64_t version;
	int64_t expires;
	struct digest sha256;
	uint64_t size_bytes;
};

struct trust_role {
	struct tuf_role role;
	const struct span *paths; /* of a delegation: patterns */
	size_t n_paths;
};

struct trust {
	struct trust_file root;
	struct trust_file targets;
	/* root, targets, snapshot, timestamp, then those that targets
	 * delegates to, in its order. */
	const struct trust_role *roles;
	size_t n_roles;
};

/*
 * 1: *out lives in a; 0: there is no root or no targets file yet; -1.
 */
int trust_read(const struct repository *r, struct arena *a, struct trust *out,
    struct err *e);

#endif
