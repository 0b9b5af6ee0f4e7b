/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One sync run: fetch → verify → store → index → publish. A source that fails
 * keeps its last good copy and the others are published. Whatever the instant
 * at which a run is killed, the last published generation stays whole and the
 * next run completes: bytes are kept before they are indexed, published
 * before the catalog says so, and the index says what is indexed.
 */
#ifndef SYNCD_SYNC_H
#define SYNCD_SYNC_H

#include "base/catalog.h"
#include "syncd/sources.h"
#include "syncd/verify.h"

struct sync_options {
	struct config *config;
	const struct source *const *sources; /* NULL-terminated; NULL: those
						configured */
	const char *from; /* URL or folder; NULL: the upstreams */
	/* NULL-terminated: what was held back is let through; or NULL. */
	const struct source *const *accept;
	bool dry_run; /* proves nothing, keeps nothing */
	bool quiet;   /* no progress */
};

struct sync; /* a run and its results */

/* How the catalog's word on a document begins that --accept lets through. */
#define SYNC_HELD "held back: "
#define SYNC_NOT_OFFERED_TEXT "not offered any more"

enum sync_state {
	SYNC_WAITING = 0,
	SYNC_ASKED,       /* the fetch process has it */
	SYNC_PLANNED,     /* dry run: would be fetched */
	SYNC_FETCHED,     /* new bytes, proved and kept */
	SYNC_UNCHANGED,   /* what we keep is what is offered */
	SYNC_RESTORED,    /* not asked for: indexed again from the store */
	SYNC_RETIRED,     /* leaves the index: others stand for it by now */
	SYNC_NOT_OFFERED, /* upstream has no such file */
	SYNC_REFUSED,     /* error says why; the last good copy stays */
};

const char *sync_state_name(enum sync_state state); /* "not-offered" */

/* A file that the run looked at. Spans live as long as the run. */
struct sync_item {
	struct source_file file;
	struct span path; /* <host>/<path> */
	enum sync_state state;
	bool held;     /* refused for what --accept lets through */
	bool accepted; /* would have been held, but for --accept */
	struct err error;
	struct proof proof;     /* of the accepted bytes */
	uint64_t fetched_bytes; /* this run */
	bool indexed;           /* new in the generation */
	uint64_t n_added;       /* records, where indexed */
	uint64_t n_changed;
	uint64_t n_removed;
	uint64_t n_written; /* rows of the index */

	/* Below: for the run itself. */
	bool unasked; /* its source need not be one of the run's */
	struct sync *sync;
	size_t id;                /* its place among the items */
	struct sync_item *index;  /* that proves it, or NULL */
	struct sync_item *proves; /* .meta: its document, or NULL */
	bool deferred;            /* a listing that others are read before */
	bool moved;               /* .meta: names other bytes than before */
	uint64_t page_start;      /* of an API's page: its first record */
	int64_t changed;          /* as the listing says; 0: it does not */
	int64_t since;            /* of a listing: older changes are known */
	struct catalog_resource before;
	struct digest before_sha256;
	bool known; /* before has a digest, and the store its bytes */
	struct verify_expect expect;
	uint64_t size_max;  /* bytes, packed */
	char incoming[96];  /* its file below the state directory */
	struct span origin; /* that the validators are of */
	struct span etag;
	struct span last_modified;
	struct verified_file *verified; /* open while it is read */
	bool pending;                   /* the index does not have it yet */
	uint64_t n_records;             /* of what is indexed now */
	struct span published;
};

/* What stands in the index now, a source each. */
struct sync_tally {
	const struct source *source;
	bool asked;
	unsigned n_fetched; /* files, .meta and manifests among them */
	unsigned n_unchanged;
	unsigned n_planned;
	unsigned n_not_offered;
	unsigned n_refused;
	unsigned n_retired;
	uint64_t fetched_bytes;
	unsigned n_documents;
	uint64_t n_records;
	const struct sync_item *failure; /* the first refused, or NULL */
};

int sync_run(struct sync **out, struct state *state,
    const struct sync_options *options, struct err *e);
void sync_free(struct sync *s); /* NULL is fine */

struct sync_result {
	struct span origin; /* "upstream", a URL or a folder */
	int64_t started;
	int64_t ended;
	uint64_t generation; /* current now; 0: none */
	bool published;      /* by this run */
	bool failed;         /* a file was refused, or nothing was found */
	bool nothing;        /* not one file that was asked for is offered */
	bool dry_run;
	bool whole_tree; /* --from is a folder */
	struct sync_item *const *items;
	size_t n_items;
	const struct sync_tally *tallies; /* one a row of the sources */
	const struct span *unclaimed;     /* files that no source takes */
	size_t n_unclaimed;
	const struct span *unreadable; /* "<folder>: <why>" */
	size_t n_unreadable;
};

/* Valid until sync_free(). */
const struct sync_result *sync_result(const struct sync *s);

#endif
