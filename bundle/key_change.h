/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Root and targets files read, changed and checked in a bundle process: main
 * sees who signs what, and gets bytes to have signed.
 */
#ifndef BUNDLE_KEY_CHANGE_H
#define BUNDLE_KEY_CHANGE_H

#include "bundle/repository.h"

/* Of the newest root and targets files. */
struct key_view {
	uint64_t root_version; /* 0: there is none */
	uint64_t targets_version;
	int64_t root_expires;
	int64_t targets_expires;
	/* Is the targets file signed as the root demands? */
	bool is_whole;
	/* The four, by type, then those that targets delegates to. */
	const struct tuf_role *roles;
	size_t n_roles;
};

/* Spans live in a. No root: all is empty. */
int key_look(const struct repository *r, struct arena *a, struct key_view *out,
    struct err *e);
/* NULL: there is no such role. */
const struct tuf_role *
key_view_role(const struct key_view *v, struct span role);

struct key_change {
	enum tuf_type type; /* TUF_ROOT or TUF_TARGETS */
	struct span file;   /* "3.root.json": what is changed */
	uint64_t version;   /* of what comes of it */
	int64_t expires;
	struct span role; /* whose keys change; empty: nobody's */
	const struct digest *remove;
	size_t n_remove;
	const struct tuf_key *add;
	size_t n_add;
};

/* Appends the canonical signed part of what the file becomes. */
int key_change(const struct repository *r, const struct key_change *c,
    struct buf *out, struct err *e);

/*
 * Is a new root signed as the newest one and it itself demand, and is it the
 * next? REFUSAL_UNTRUSTED says how many signatures there are. *view is what
 * would be seen with it; spans live in a.
 */
int key_check_root(const struct repository *r, struct span bytes,
    struct arena *a, struct key_view *view, struct err *e);

#endif
