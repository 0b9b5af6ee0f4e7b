/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of bundle/key share: not for others. */
#ifndef BUNDLE_KEY_IMPL_H
#define BUNDLE_KEY_IMPL_H

#include "bundle/key.h"

#define KEY_SIGNERS_MAX ((size_t)2 * KEY_OF_ROLE_MAX)

/* When what is signed now expires. */
int64_t key_expires(unsigned days);
/* Signs and writes N.<role>.json; ERR_MISSING if it needs more keys. */
int key_write(struct key_ring *k, const struct tuf_role *role, uint64_t version,
    struct span signed_bytes, struct err *e);

/* --- a root that is on its way --- */

struct key_pending {
	uint64_t version;
	struct buf bytes;                   /* the canonical signed part */
	struct digest ids[KEY_SIGNERS_MAX]; /* who may sign it */
	size_t n_ids;
	struct tuf_signature signatures[KEY_SIGNERS_MAX]; /* so far */
	size_t n_signatures;
};

void key_pending_cleanup(struct key_pending *p);
/* 1: there is one; 0: there is none (a root that is out is removed); -1. */
int key_pending_read(struct key_ring *k, struct key_pending *p, struct err *e);
int key_pending_write(
    struct key_ring *k, const struct key_pending *p, struct err *e);
/*
 * Has it signed by all keys at hand. If these and those before are enough, a
 * targets file that it would not trust is signed anew, then it is written.
 */
int key_pending_finish(struct key_ring *k, struct key_pending *p,
    struct key_changed *out, struct err *e);

/* --- targets --- */

/* A change of targets.json, or none of it: signed as the view demands. */
int key_write_targets(struct key_ring *k, const struct key_view *view,
    struct key_change *c, struct key_changed *out, struct err *e);

#endif
