/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The signing keys of a state directory: making them with the first root and
 * targets files, replacing them, signing both files anew. What the roles below
 * targets sign, and snapshot and timestamp, is the publisher's to sign
 * afterwards.
 *
 * A new root is written to keys/root.pending before it is signed, and goes on
 * from there until enough keys have signed it: a run that ends in between, or
 * keys that lie on two sticks, cost nothing.
 */
#ifndef BUNDLE_KEY_H
#define BUNDLE_KEY_H

#include "base/state.h"
#include "bundle/key_change.h"
#include "bundle/sign.h"

#define KEY_FOLDER "keys"
/* A target's path has at most so many components: "ubuntu/a/b" has 3. */
#define KEY_DEPTH_MAX 16u
#define KEY_OF_ROLE_MAX 16u /* keys of one role */

/* What the verbs work on. */
struct key_ring {
	struct arena arena;
	struct repository repository;
	struct sign_options sign;
	struct signer signer;
	bool has_signer; /* false: there is no folder of keys */
	int keysfd;
	struct key_view view; /* root_version 0: nothing was ever made */
	unsigned root_days;   /* until what is signed now expires */
	unsigned targets_days;
};

/*
 * Opens what there is of a state directory; the caller sets the days. make:
 * what is missing is made. offline is an absolute path, or NULL.
 */
int key_open(struct key_ring *k, const struct state *s,
    const struct sign_options *sign, bool make, struct err *e);
void key_close(struct key_ring *k); /* fine after failure */

struct key_init {
	unsigned n_root; /* more than half of them must sign */
	unsigned snapshot_threshold;
};

/* Makes all keys, 1.root.json and 1.targets.json. */
int key_init(struct key_ring *k, const struct key_init *o, struct err *e);

/* What came of a change. Arrays live with the ring. */
struct key_changed {
	uint64_t root; /* versions that were written; 0: none */
	uint64_t targets;
	bool was_pending; /* it was the rest of an earlier change */
	const struct tuf_key *made;
	size_t n_made;
	const struct sign_key *retired; /* files that were moved aside */
	size_t n_retired;
	size_t n_absent; /* keys that were replaced and are not at hand */
};

/*
 * New keys in place of a role's; with id in place of that one only. Where a
 * new root was begun before, it is completed and nothing else is done.
 */
int key_rotate(struct key_ring *k, struct span role, const struct digest *id,
    struct key_changed *out, struct err *e);
/* Signs root or targets anew, with the same keys. */
int key_renew(struct key_ring *k, enum tuf_type type, struct key_changed *out,
    struct err *e);

#endif
