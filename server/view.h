/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A published generation as the server shows it: which stored file stands at
 * which upstream path, and where its index is. The main process reads it from
 * the catalog and hands it over whole; a request keeps the view with which it
 * began, so that no answer mixes two generations. Files of a generation may
 * change without another one being published (a new .meta of the same feed):
 * that is another view.
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
	int64_t fetched;      /* when its bytes came; 0: not known */
};

/* A list of changes as it was, oldest first; also as it is now. */
struct view_past {
	struct span path; /* <host>/<path> */
	struct digest sha256;
	int64_t since; /* when it was first published here */
};

/* Of the TUF repository of now, or of the one before. */
struct view_target {
	struct span path; /* "index/NOTICE"; empty: it is a mirrored file */
	struct digest sha256;
};

struct view {
	_Atomic unsigned n_users;
	struct arena arena;
	uint64_t generation;     /* 0: none is published yet */
	int64_t made;            /* when it was published */
	struct view_file *files; /* by path, each path once */
	size_t n_files;
	struct view_past *past; /* by path and time */
	size_t n_past;
	struct view_target *targets; /* by path and digest */
	size_t n_targets;
	/* tuf/metadata/timestamp.json; empty: nothing was signed. All targets
	 * that it leads to are known here. */
	struct span timestamp;
	struct map by_path;   /* <host>/<path> */
	struct map by_tail;   /* "/<path>": the upstream's own; of several
				 hosts the first by name */
	struct map by_digest; /* 32 bytes; also of targets */
};

/*
 * From the catalog, in one read transaction; NULL: there is none yet, and
 * nothing is shown. In main. Which generation it is
 * may lag behind index/current by a moment: one whose files are not written
 * down yet is not shown while the one before it can be.
 */
int view_read(struct view **out, struct db *catalog, const struct state *s,
    struct err *e);
/* Between our processes; twins. Equal views have equal bytes. */
void view_pack(struct buf *out, const struct view *v);
int view_unpack(struct view **out, struct span bytes, struct err *e);

/* One user more, who calls view_drop(); returns v. From any thread. */
struct view *view_keep(struct view *v);
void view_drop(struct view *v); /* the last user frees it; NULL is fine */

/*
 * NULL if there is no such file. Paths are as requests have them, decoded:
 * "osv.example.org/Rocky Linux/all.zip"; as they are written is fine, too.
 */
const struct view_file *view_find(const struct view *v, struct span path);
/* "/oval/x.xml.bz2" */
const struct view_file *view_find_tail(const struct view *v, struct span path);
/* Is it the digest of a file, or target, of this view? */
bool view_has(const struct view *v, const struct digest *sha256);
/* A file with that digest; NULL if it is a target only, or none. */
const struct view_file *
view_find_digest(const struct view *v, const struct digest *sha256);

/* "index/manifest.json" */
const struct view_target *
view_find_target(const struct view *v, struct span path);

#endif
