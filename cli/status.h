/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What `status` tells: gathered in status.c, for a program in status_json.c,
 * for a person in status_text.c. All of it lives as long as struct status.
 */
#ifndef CLI_STATUS_H
#define CLI_STATUS_H

#include "base/catalog.h"
#include "base/json_out.h"
#include "cli/status_tuf.h"
#include "indexer/current.h"
#include "syncd/schedule.h"
#include "syncd/sources.h"
#include "scanner/results.h"

/* The last word about a source. */
struct source_row {
	bool asked_once;
	int64_t checked;
	int64_t changed;
	struct span result;
	struct span message;
	unsigned n_failed; /* runs in a row */
	uint64_t n_files;  /* kept, .meta and lists among them */
	uint64_t size_bytes;
	bool asked;   /* when no source is named */
	int64_t next; /* when the daemon asks it; SCHEDULE_NEVER */
	/* Of its documents: */
	struct span published; /* the newest, as written; empty: unsaid */
	int64_t proved;        /* the newest; 0: none */
	const struct catalog_document *held; /* the first that is, or NULL */
};

struct run_row {
	bool any;
	int64_t id;
	int64_t started;
	int64_t ended;
	struct span origin;
	struct span result;
};

/* Records, and CVEs counted once, of one source or family. */
struct counts {
	uint64_t records;
	uint64_t distinct;
	bool has_distinct;
};

struct status {
	struct config *config;
	struct arena arena;
	struct state state;
	struct db *catalog; /* NULL: nothing was synced yet */
	struct index_reader index;
	struct source_row *sources;
	struct run_row run;
	struct catalog_document *documents;
	size_t n_documents;
	struct results_counts results; /* zeros: nothing was scanned yet */
	struct status_tuf tuf;
	int daemon; /* its process; 0: none is running */
	/* For others than who has this machine: without paths, processes. */
	bool is_public;
};

/* Reads all of it; ended by status_close() either way. */
int status_open(
    struct status *st, struct config *config, const char *path, struct err *e);
void status_close(struct status *st);

/* What was accepted under that name, or NULL. */
const struct catalog_document *
status_accepted(const struct status *st, struct span name);
/* NULL if nothing of it is indexed. */
const struct index_family *
status_family(const struct status *st, const char *name);
/* "ok", "held", "failed" or "never" */
const char *status_word(const struct source_row *r);
/* source NULL: the whole family. */
int status_count(const struct index_family *f, const struct source *source,
    struct counts *c, struct err *e);

int status_json(const struct status *st, struct out *o, struct err *e);
/* The members of one source's object. */
int status_json_source(const struct status *st, const struct source *source,
    struct json_out *j, struct err *e);
int status_text(const struct status *st, struct out *o, struct err *e);
/* The newest n lines of the audit log. */
int status_audit(const struct status *st, uint64_t n, bool json, struct out *o,
    struct err *e);

#endif
