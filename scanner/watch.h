/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The paths of an image that matter, as a tree of names: what is asked for,
 * the folders on the way to it, and folders of which everything is. Of all
 * else a layer keeps nothing, so that memory does not grow with the image.
 * Paths are clean and relative to the root: "etc/os-release". Many threads
 * may look at one that nobody changes.
 */
#ifndef SCANNER_WATCH_H
#define SCANNER_WATCH_H

#include "base/arena.h"
#include "base/digest.h"
#include "base/err.h"
#include "base/map.h"

/* Limits of outside input. */
#define WATCH_NAMES_MAX 65536u /* names in the tree */
#define WATCH_DEPTH_MAX 256u   /* folders below each other */
#define WATCH_NAME_MAX 4096u   /* bytes of a name */

enum watch_kind {
	WATCH_NONE = 0, /* does not matter */
	WATCH_WAY,      /* leads to what does */
	WATCH_HERE,     /* is asked for */
};

struct watch_node {
	const char *name;
	uint32_t name_len;
	uint32_t child;   /* first, in no order; 0: none */
	uint32_t sibling; /* next; 0: none */
	bool is_here;
	bool is_below;    /* so is all that is in it */
	size_t max;       /* bytes to keep of a file here; 0: none */
	size_t max_below; /* and of files below */
};

struct watch {
	struct watch_node *nodes; /* 0 is the root */
	uint32_t n;
	size_t cap;
	struct arena names;
	struct map by_name; /* "<parent's number><name>" to a node */
};

void watch_init(struct watch *w);
void watch_cleanup(struct watch *w);
/*
 * Adds a path; max bytes of it, if it is a file, are kept. 1: something new
 * is watched; 0: it was already; -1: ERR_LIMIT.
 */
int watch_add(struct watch *w, struct span path, size_t max, struct err *e);
/* Adds a folder ("": the root) and all below it. Returns as watch_add(). */
int
watch_add_below(struct watch *w, struct span path, size_t max, struct err *e);
/* What matters at `from` matters at `to`, too. Returns as watch_add(). */
int
watch_graft(struct watch *w, struct span from, struct span to, struct err *e);
enum watch_kind
watch_find(const struct watch *w, struct span path, size_t *max);
/* The same for the same paths, in whatever order they came. */
void watch_digest(const struct watch *w, struct digest *out);

#endif
