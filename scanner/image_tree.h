/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The names of an image: one tree of what its layers come to (or, of an
 * unpacked root, of what was looked at). Node 0 is the root. Only symbolic
 * links and files that are wanted carry details; any other node is a name, a
 * type and the place it comes from.
 */
#ifndef SCANNER_IMAGE_TREE_H
#define SCANNER_IMAGE_TREE_H

#include "base/buf.h"
#include "base/err.h"
#include "base/map.h"
#include "base/mapped.h"
#include "scanner/image_spool.h"

/* Limits of outside input. */
#define TREE_NODES_MAX 200000u
#define TREE_HOPS_MAX 40u            /* symbolic links on one path */
#define TREE_PATH_MAX ((size_t)4096) /* bytes of a path or a link */
#define TREE_DEPTH_MAX 256u          /* folders below each other */
#define TREE_GATHERED_MAX ((uint64_t)1024 * 1024 * 1024) /* bytes of files */
/* Spooled files from this size on are mapped, not held in memory. */
#define DETAIL_MAPPED_MIN ((size_t)1024 * 1024)

#define TREE_ROOT 0u

enum node_type {
	NODE_GONE = 0,
	NODE_REGULAR,
	NODE_DIRECTORY,
	NODE_SYMLINK,
	NODE_CHARACTER,
	NODE_BLOCK,
	NODE_FIFO,
	NODE_SOCKET,
	NODE_UNREADABLE, /* there may be something; its detail says why not */
};

/* Shared by hard links, and by the layer that has it; freed with its last user.
 */
struct detail {
	unsigned n_users;
	uint32_t uid;
	uint32_t gid;
	uint32_t mode; /* permission bits */
	uint64_t size_bytes;
	int64_t mtime;
	struct span link; /* of a symbolic link; owned */
	bool has_data;
	struct buf data;       /* of a wanted regular file */
	struct mapped *mapped; /* where data lies; NULL: in memory */
	/* Of a large one, until detail_load(): where it is kept. */
	struct spool *spool;
	struct extent *extents; /* owned */
	size_t n_extents;
	char *error; /* why there is no data; owned, may be NULL */
	_Atomic uint64_t *gathered; /* counts data; may be NULL */
};

struct detail *detail_new(void);
struct detail *detail_use(struct detail *d); /* one user more */
void detail_drop(struct detail *d);          /* NULL is fine */
void detail_set_error(struct detail *d, const char *text);
/* Spools the next piece of a large file's bytes. */
int detail_add_piece(
    struct detail *d, struct spool *spool, struct span piece, struct err *e);
/* Gets data from where it is kept. */
int detail_load(struct detail *d, struct err *e);
/* Makes sure that data can grow to so many bytes. */
int detail_reserve(struct detail *d, size_t size, struct err *e);
/* The mapping that data lies in, with room behind it; or nothing. */
struct span detail_mapped(const struct detail *d);
/* Gives data back if it can be got again; NULL is fine. */
void detail_unload(struct detail *d);

struct node {
	uint32_t parent;
	uint32_t child;   /* first, 0: none */
	uint32_t sibling; /* next, 0: none */
	uint32_t name_len;
	const char *name;      /* not NUL-terminated */
	struct detail *detail; /* may be NULL */
	uint32_t ordinal;      /* which entry of its layer it comes from */
	uint16_t layer;
	uint16_t depth; /* below the root */
	uint8_t type;   /* enum node_type */
};

struct tree {
	struct node *nodes;
	uint32_t n;
	size_t cap;
	struct map by_name; /* "<parent's number><name>" to a node */
	struct arena names;
	struct buf key;
	/*
	 * Where names are looked up when they are first asked for: makes the
	 * child if there is one. NULL: all names are in the tree.
	 */
	int (*probe)(void *ctx, uint32_t dir, struct span name, struct err *e);
	void *probe_ctx;
};

void tree_init(struct tree *t);
void tree_cleanup(struct tree *t);

/* The child, made as NODE_GONE if there was none. ERR_LIMIT. */
int tree_make(struct tree *t, uint32_t dir, struct span name, uint32_t *node,
    struct err *e);
/* Takes the node's children and its detail away, and the node itself. */
void tree_clear(struct tree *t, uint32_t node);
void tree_clear_children(struct tree *t, uint32_t dir);

enum tree_walk_flags {
	TREE_FOLLOW = 1,   /* a symbolic link at the end too */
	TREE_MAKE = 2,     /* folders that are missing are made */
	TREE_STRAIGHT = 4, /* no symbolic link anywhere on the way */
};

/*
 * Goes from the root along a path, which may have any of "/", "." and "..";
 * links are followed inside the image, absolute ones from its root, and ".."
 * stays in it. 1: found; 0: not there; -1: too many links, a name that cannot
 * be looked at, or a limit.
 */
int tree_walk(struct tree *t, struct span path, unsigned flags, uint32_t *node,
    struct err *e);

/* The node's path from the root, without a leading "/", added to b. */
void tree_path(const struct tree *t, uint32_t node, struct buf *b);
/* Orders uint32_t nodes by their names, for qsort_r(); ctx is the tree. */
int tree_cmp_name(const void *pa, const void *pb, void *ctx);

#endif
