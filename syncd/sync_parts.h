/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of a sync run share: the run itself and the steps of a file
 * through it. Only for sync*.c.
 *
 *   sync_place.c               where the files of each source are
 *   sync_tree.c, sync_http.c   where the bytes come from
 *   sync_take.c                a file's way: conditional, proved, kept
 *   sync_follow.c              what listings and .meta files name
 *   sync_pages.c               an API that answers in pages
 *   sync_retire.c              what the cache needs no more
 *   sync_index.c               what is kept goes into a generation
 *   sync_record.c              the catalog is told
 */
#ifndef SYNCD_SYNC_PARTS_H
#define SYNCD_SYNC_PARTS_H

#include "base/map.h"
#include "base/store.h"
#include "syncd/part.h"
#include "syncd/proc_fetch.h"
#include "syncd/proc_verify.h"
#include "syncd/progress.h"
#include "syncd/sync.h"

#define SYNC_ITEMS_MAX 200000u /* files of one run */

/* Where the files of a source are. */
struct sync_place {
	int treefd;         /* of a folder; -1: none */
	bool own;           /* the folder is the source's <host><base> */
	const char *url;    /* for <host><base>, ends with '/'; NULL: a tree */
	struct span origin; /* that validators are of */
};

/* The window of an API that is being read. */
struct sync_pages {
	const struct source *source;
	bool is_open;
	bool is_recent; /* asked a moment ago: there is nothing to ask */
	int64_t since;
	int64_t until;
	uint64_t total;
	bool complete; /* its last page came */
	bool moved;    /* records left it meanwhile */
	bool done;
};

struct sync {
	struct state *state;
	struct sync_options options;
	struct sync_result result;
	struct arena arena;
	struct db *catalog;
	struct store store;
	struct proc_verify verify;
	struct progress *progress;

	struct sync_item **items; /* in the order in which they came up */
	size_t n_items;
	size_t items_cap;
	struct map by_path;
	struct map by_name; /* of documents; also those of the catalog */
	struct span *name_paths;
	size_t name_paths_cap;
	uint32_t n_names;
	struct sync_pages pages;
	const struct source *also; /* asked, though nobody named it; or NULL */
	struct sync_tally *tallies;
	struct span *unclaimed;
	struct span *unreadable; /* "<folder>: <why>" */
	size_t unreadable_cap;
	size_t unclaimed_cap;

	struct sync_place *places;      /* a source each */
	int treefd;                     /* --from DIR; -1: none */
	struct catalog_document *known; /* what the catalog has */
	size_t n_known;
	struct map known_by_name;
	struct span *tree_proved; /* documents that something may name */
	size_t tree_proved_cap;
	size_t n_tree_proved;

	struct fetch_options fetch_options;
	struct proc fetch;
	struct ipc_message fetch_message;
	size_t n_asked; /* requests without a reply */
	bool *gave_up;  /* a source each: its host does not answer */
};

/* --- sync.c --- */

bool sync_is_selected(const struct sync *s, const struct source *source);
struct source_names sync_names(const struct sync *s, const struct source *src);
/* NULL if the path is no file of a source that was asked for. */
struct sync_item *sync_find(const struct sync *s, struct span path);
/* Finds it or makes a new one, waiting. path is copied. */
int sync_add(struct sync *s, const struct source_file *file, struct span path,
    struct sync_item **out, struct err *e);
/* Refuses the item with *why; says so. */
void sync_refuse(struct sync *s, struct sync_item *it, const struct err *why);
/* Its bytes are in the store, or of no use. */
void sync_close(struct sync_item *it);
/* Makes the item's file in incoming/; fd is to write it. */
int sync_incoming(struct sync *s, struct sync_item *it, int *fd, struct err *e);
void sync_incoming_drop(struct sync *s, struct sync_item *it);
/* Adds what the source is asked for, or what its folder has. */
int sync_list(struct sync *s, const struct source *source, struct err *e);
/* What the catalog says of a document, or NULL. */
const struct catalog_document *
sync_known(const struct sync *s, struct span name);
/* A folder of the tree cannot be read: told, and the run has failed. */
void sync_unreadable(struct sync *s, struct span path, const struct err *why);
/* One more file of the tree that no source takes. */
void sync_unclaimed(struct sync *s, struct span path);

/* --- sync_place.c --- */

/* Is what --from names no URL? */
bool sync_is_folder(const char *from);
/*
 * "http://name:password@host/path" from "host" on: neither logs nor the
 * catalog hold secrets.
 */
struct span sync_url_shown(struct span url);
int sync_places_open(struct sync *s, struct err *e);
/* Of a source that was not asked for, but is needed after all. */
int sync_place_open(struct sync *s, const struct source *src, struct err *e);
void sync_places_close(struct sync *s);
struct sync_place *
sync_place(const struct sync *s, const struct source *source);
/* Is the item's place a folder? */
bool sync_in_tree(const struct sync *s, const struct sync_item *it);

/* --- sync_follow.c --- */

/*
 * Reads a listing or .meta that is at hand, and adds what it names. One that
 * cannot be read is refused and names nothing.
 */
void sync_follow(struct sync *s, struct sync_item *it);
/* Does another file say which bytes it must have? Then it is asked for whole.
 */
bool sync_has_digest(const struct sync_item *it);
/* Reads what had to wait for others; true if there was any. */
bool sync_follow_deferred(struct sync *s);
/* Does what proves it, or names it, say that what we keep is current? */
bool sync_is_current(const struct sync *s, const struct sync_item *it);

/* --- sync_pages.c --- */

/* Asks for the first page, if the source is such an API. */
int sync_pages_begin(struct sync *s, const struct source *src, struct err *e);
/* A page is at hand; asks for the next. -1: it is to be refused. */
int sync_page_arrived(struct sync *s, struct sync_item *it, struct err *e);
/* Do the feeds have by now what the page has? */
bool
sync_page_is_covered(const struct sync *s, const struct catalog_document *row);
/* Within the transaction that records the run. */
int sync_pages_record(struct sync *s, struct err *e);

/* Is it an archive of CSAF documents? */
bool sync_is_archive(const struct source_file *file);
/* When the archive was made that this run has fetched; 0: it has none. */
int64_t sync_archive_fetched(const struct sync *s, const struct source *src);

/* --- sync_retire.c --- */

/*
 * Documents that others stand for by now are to leave the index; those that a
 * tree had and has no more are listed as not offered.
 */
int sync_retire(struct sync *s, struct err *e);

/* --- sync_take.c --- */

/* Looks up what is known of it, then asks for it where that is needed. */
int sync_begin(struct sync *s, struct sync_item *it, struct err *e);
/*
 * What became of it; each moves the item on, and may bring up new ones. -1
 * only for what ends the run. sync_arrived() uses up its file in incoming/.
 */
int sync_arrived(struct sync *s, struct sync_item *it, struct err *e);
int sync_not_modified(struct sync *s, struct sync_item *it, struct err *e);
int sync_absent(struct sync *s, struct sync_item *it, struct err *e);

/* --- sync_tree.c --- */

/* Lists the folder of --from, or of one source. */
int sync_tree_list(struct sync *s, const struct source *source, struct err *e);
int sync_tree_get(struct sync *s, struct sync_item *it, struct err *e);
/* When all is done: documents that no manifest named are nobody's. */
void sync_tree_end(struct sync *s);

/* --- sync_http.c --- */

void sync_http_open(struct sync *s);
int sync_http_list(struct sync *s, const struct source *source, struct err *e);
int sync_http_get(struct sync *s, struct sync_item *it, struct err *e);
/* When all is done: a source that offers nothing at all has failed. */
void sync_http_end(struct sync *s);
/* Waits for one answer and deals with it. */
int sync_http_next(struct sync *s, struct err *e);
void sync_http_close(struct sync *s);

/* --- sync_index.c --- */

/* Builds and publishes what the index does not have yet. */
int sync_index(struct sync *s, struct err *e);

/* --- sync_record.c --- */

/* One transaction: resources, documents, sources, the run. */
int sync_record(struct sync *s, struct err *e);

#endif
