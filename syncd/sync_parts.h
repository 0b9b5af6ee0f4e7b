/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of a sync run share: the run itself and the steps of a file
 * through it. Only for sync*.c.
 *
 *   sync_tree.c, sync_http.c   where the bytes come from
 *   sync_take.c                a file's way: conditional, proved, kept
 *   sync_index.c               what is kept goes into a generation
 *   sync_record.c              the catalog is told
 */
#ifndef SYNCD_SYNC_PARTS_H
#define SYNCD_SYNC_PARTS_H

#include "base/map.h"
#include "base/store.h"
#include "syncd/proc_fetch.h"
#include "syncd/proc_verify.h"
#include "syncd/progress.h"
#include "syncd/sync.h"

#define SYNC_ITEMS_MAX 200000u /* files of one run */

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
	struct sync_tally *tallies;
	struct span *unclaimed;
	size_t unclaimed_cap;

	int treefd;               /* --from DIR; -1: none */
	struct span *tree_proved; /* documents that a manifest may name */
	size_t tree_proved_cap;
	size_t n_tree_proved;

	const char *base; /* --from URL, without a slash at its end, or NULL */
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
/* Makes the item's file in incoming/; fd is to write it. */
int sync_incoming(struct sync *s, struct sync_item *it, int *fd, struct err *e);
void sync_incoming_drop(struct sync *s, struct sync_item *it);
/* One more file of the tree that no source takes. */
void sync_unclaimed(struct sync *s, struct span path);

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

int sync_tree_open(struct sync *s, struct err *e);
int sync_tree_list(struct sync *s, struct err *e);
int sync_tree_get(struct sync *s, struct sync_item *it, struct err *e);
/* When all is done: documents that no manifest named are nobody's. */
void sync_tree_end(struct sync *s);

/* --- sync_http.c --- */

int sync_http_open(struct sync *s, struct err *e);
int sync_http_list(struct sync *s, struct err *e);
int sync_http_get(struct sync *s, struct sync_item *it, struct err *e);
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
