/* SPDX-License-Identifier: Apache-2.0 */
/*
 * catalog.sqlite: what was fetched from where and how it was proved, which
 * stored file stands behind each document and generation, the runs, and an
 * audit log. Only the main process has it open. The index families say what
 * is indexed; the catalog says what was accepted, and follows them.
 * Queries are QUERY_CATALOG_* of schema/catalog/queries.sql; this header
 * wraps those that several places need.
 */
#ifndef BASE_CATALOG_H
#define BASE_CATALOG_H

#include "base/arena.h"
#include "base/db.h"
#include "base/state.h"

/*
 * base/db.h's functions work on it too. One that is made by DB_WRITE begins
 * its audit log with that.
 */
int catalog_open(
    struct db **out, const struct state *s, enum db_mode mode, struct err *e);

/* Validators belong to the path and to the origin that they came from. */
struct catalog_resource {
	struct span path; /* <host>/<path> */
	struct span source;
	struct span origin;
	struct span etag;
	struct span last_modified;
	int64_t checked;
	int64_t fetched;
	struct span sha256; /* hex, empty: none accepted yet */
	uint64_t size_bytes;
};

/* 1: there; 0: not; -1: failed. Spans live in a. */
int catalog_resource(struct db *c, struct span path, struct arena *a,
    struct catalog_resource *out, struct err *e);
int catalog_set_resource(
    struct db *c, const struct catalog_resource *r, struct err *e);

struct catalog_document {
	struct span name;
	struct span source;
	struct span family;
	struct span format;
	struct span distribution;
	struct span release;
	struct span flavour;
	struct span path;
	struct span origin;
	struct span sha256;
	uint64_t size_bytes;
	struct span proof;
	int64_t proved;
	uint64_t n_records;
	struct span published;
	struct span held; /* why a newer file was refused; empty: it was not */
};

/* All, by name, in a. */
int catalog_documents(struct db *c, struct arena *a,
    struct catalog_document **out, size_t *n, struct err *e);
/* Also clears held. */
int catalog_set_document(
    struct db *c, const struct catalog_document *d, struct err *e);

/* It is no document of the cache any more. */
int catalog_drop_document(struct db *c, struct span name, struct err *e);

/* A document of a generation, and when one first had it as it is. */
struct catalog_seen {
	struct span name;
	int64_t seen; /* 0: not known */
};

/* Of one generation, by name, in a. */
int catalog_seen(struct db *c, uint64_t generation, struct arena *a,
    struct catalog_seen **out, size_t *n, struct err *e);

/*
 * Had the signatures of a generation's content, or of some of it, expired when
 * it was taken over the last time?
 */
int
catalog_is_stale(struct db *c, uint64_t generation, bool *stale, struct err *e);

/*
 * The audit log: every decision, in one line each. By subject:
 *   state          made
 *   generation 7   published, rolled-back, removed, gap (before it, of imports)
 *   a source       failed
 *   a bundle's file, a mirror's URL  imported, failed, refused
 *   a file's path  accepted (through --accept), held, refused
 *   key all        made
 *   key redhat     rotated, renewed
 *   token ci       made, revoked
 * Over HTTP, with who asked and from where:
 *   names of sources, all sources  asked
 */
int catalog_audit(struct db *c, struct span subject, const char *event,
    struct span detail, struct err *e);

struct catalog_audit_row {
	int64_t id; /* grows with each */
	int64_t time;
	struct span subject;
	struct span event;
	struct span detail;
	struct span who;     /* asked for it over HTTP; empty: nobody did */
	struct span address; /* of who did */
};

/* The same; id and time are given by it. */
int catalog_audit_add(
    struct db *c, const struct catalog_audit_row *row, struct err *e);

/*
 * Calls fn for at most limit lines whose id is below before, the newest first;
 * INT64_MAX: of all.
 */
int catalog_audit_each(struct db *c, uint64_t limit, int64_t before,
    int (*fn)(void *ctx, const struct catalog_audit_row *row, struct err *e),
    void *ctx, struct err *e);

/* A change of index/current. */
struct catalog_publication {
	int64_t id;
	int64_t time;
	uint64_t generation;
	struct span event; /* published, rolled-back; lives for the call */
};

/* Oldest first. The seam for tests. */
int catalog_publications(struct db *c,
    int (*fn)(void *ctx, const struct catalog_publication *row, struct err *e),
    void *ctx, struct err *e);

#endif
