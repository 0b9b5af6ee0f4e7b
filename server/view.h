/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A published generation as the server shows it: which stored file stands at
 * which upstream path, and where its index is. The main process reads it from
 * the catalog and hands it over whole; a request keeps the view with which it
 * began, so that no answer mixes two generations.
 */
#ifndef SERVER_VIEW_H
#define SERVER_VIEW_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/catalog.h"
#include "base/digest.h"
#include "base/map.h"

/* A mirrored file. */
struct view_file {
	struct span path; /* <host>/<path>, as upstream names it */
	struct span source;
	struct digest sha256;
	uint64_t size_bytes;
	struct span modified; /* Last-Modified, as upstream wrote it; or "" */
	int64_t fetched;      /* when its bytes came */
};

struct view {
	_Atomic unsigned n_users;
	struct arena arena;
	uint64_t generation;     /* 0: none is published yet */
	int64_t made;            /* when it was published */
	struct view_file *files; /* by path */
	size_t n_files;
	struct map by_path;   /* <host>/<path> */
	struct map by_tail;   /* "/<path>": the upstream's own, first source */
	struct map by_digest; /* 32 bytes; also of bundles' targets */
};

/* From the catalog, in one read transaction. In main. */
int view_read(struct view **out, struct db *catalog, const struct state *s,
    struct err *e);
/* Between our processes; twins. */
void view_pack(struct buf *out, const struct view *v);
int view_unpack(struct view **out, struct span bytes, struct err *e);

struct view *view_keep(struct view *v);
void view_drop(struct view *v); /* the last user frees it; NULL is fine */

/* NULL if there is no such file. */
const struct view_file *view_find(const struct view *v, struct span path);
const struct view_file *view_find_tail(const struct view *v, struct span path);
/* Is it the digest of a file, or target, of this view? */
bool view_has(const struct view *v, const struct digest *sha256);

#endif
