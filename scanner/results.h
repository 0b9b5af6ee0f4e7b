/* SPDX-License-Identifier: Apache-2.0 */
/*
 * results.sqlite: what was scanned and what came out, held by the main
 * process: images, inventories under their digests, facts of layers, verdicts
 * with their policies. Everything in it is what scan processes answered,
 * proved by digest where it has one; nothing of it is parsed here.
 * docs/results.md says what is kept and for how long.
 */
#ifndef SCANNER_RESULTS_H
#define SCANNER_RESULTS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/state.h"

/* Limits. */
#define RESULTS_LAYERS_SIZE_MAX                                              \
	((uint64_t)1024 * 1024 * 1024) /* bytes of all layers' facts, packed \
					*/
#define RESULTS_LAYER_MAX ((size_t)64 * 1024 * 1024)   /* bytes of one */
#define RESULTS_RECORD_MAX ((size_t)256 * 1024 * 1024) /* bytes of a record */

struct results;

/*
 * writes: made when missing. ERR_MISSING: there is none to read. A folder
 * that cannot be written to is ERR_SYSTEM; scans go on without it.
 */
int results_open(
    struct results **out, const struct state *s, bool writes, struct err *e);
void results_close(struct results *r); /* NULL is fine */

/* Several changes as one; without them each is one of its own. */
int results_begin(struct results *r, struct err *e);
int results_commit(struct results *r, struct err *e);
void results_rollback(struct results *r);

/*
 * Facts of a layer under its diff id and the digest of what was wanted of it
 * (scanner/layer_facts.h). 1: added to bytes; 0: not known; -1.
 */
int results_layer_get(struct results *r, const struct digest *diff_id,
    const struct digest *wanted, struct buf *bytes, struct err *e);
int results_layer_put(struct results *r, const struct digest *diff_id,
    const struct digest *wanted, struct span bytes, struct err *e);
/* Drops the least recently used above RESULTS_LAYERS_SIZE_MAX. */
int results_layers_trim(struct results *r, struct err *e);
/* It was of use: of layers above the limit the least recently used go. */
int results_layer_touch(struct results *r, const struct digest *diff_id,
    const struct digest *wanted, struct err *e);

/* An inventory's bytes (scanner/inventory.h) under their digest. */
struct results_inventory {
	struct digest digest;
	struct span bytes;
	uint64_t n_packages;
	struct span os; /* for people: "Ubuntu 20.04 LTS" */
};

/* ERR_UNTRUSTED where the bytes are not those of the digest. */
int results_inventory_put(
    struct results *r, const struct results_inventory *i, struct err *e);
/* 1: added to bytes, proved by the digest; 0: not there; -1. */
int results_inventory_get(struct results *r, const struct digest *d,
    struct buf *bytes, struct err *e);
/* The newest image's that has it. As results_inventory_get(). */
int results_origin_get(struct results *r, const struct digest *inventory,
    struct buf *bytes, struct err *e);

struct results_image {
	struct span target;
	struct span digest; /* "sha256:…", or empty */
	struct span platform;
	struct digest inventory; /* is there */
	struct span origin;      /* inventory_origin_encode() */
	/* Of results_images() only: */
	int64_t first_scanned;
	int64_t last_scanned;
	uint64_t inventory_size;
	uint64_t n_packages;
	struct span os;
};

int results_image_put(
    struct results *r, const struct results_image *i, struct err *e);
/* All, by target, the newest first; in a, without origin. */
int results_images(struct results *r, struct arena *a,
    struct results_image **out, size_t *n, struct err *e);

/* A policy's bytes. 1: added to bytes; 0: not there; -1. */
int results_policy_put(
    struct results *r, struct span bytes, struct span name, struct err *e);
int results_policy_get(struct results *r, const struct digest *d,
    struct buf *bytes, struct err *e);

struct results_verdict {
	struct digest digest; /* of the record */
	struct digest inventory;
	struct span target;   /* the image: as given to scan, and … */
	struct span image;    /* … its digest, or empty */
	struct digest policy; /* is there, if has_policy */
	bool has_policy;
	uint64_t generation; /* 0: none */
	struct digest content;
	bool fail_on_set;
	unsigned fail_on;     /* enum severity */
	struct span document; /* --document; empty: all that apply */
	int64_t judged_at;
	unsigned verdict; /* enum verdict */
	uint64_t n_findings;
	uint64_t n_failing;
	struct span record; /* canonical JSON; of results_verdict_put() only */
	struct span os;     /* of listings only */
};

/* ERR_UNTRUSTED where the record is not that of the digest. */
int results_verdict_put(
    struct results *r, const struct results_verdict *v, struct err *e);
/* All, in the order in which they were judged; in a. */
int results_verdicts(struct results *r, struct arena *a,
    struct results_verdict **out, size_t *n, struct err *e);
/* The last one of an image as it is. 1: there; 0: none; -1. Without spans. */
int results_verdict_last(struct results *r, const struct results_image *image,
    struct results_verdict *out, struct err *e);
/* 1: added to bytes; 0: not there; -1. Not proved: that is `verdict verify`. */
int results_record_get(struct results *r, const struct digest *d,
    struct buf *bytes, struct err *e);

struct results_counts {
	uint64_t n_images;
	uint64_t n_inventories;
	uint64_t n_verdicts;
	uint64_t n_layers;
	uint64_t inventories_size; /* bytes, packed; so are the others */
	uint64_t verdicts_size;
	uint64_t layers_size;
	uint64_t inventories_unpacked_size;
};

int
results_counts(struct results *r, struct results_counts *out, struct err *e);

/* What results_gc() drops. */
struct results_removed {
	uint64_t n_layers;
	uint64_t n_inventories;
	uint64_t n_verdicts;
	uint64_t size;
};

/*
 * Drops images that were not scanned for so many days with their inventories
 * and verdicts, verdicts of that age that are not the last of their
 * inventory (0 days: none of these), and layers above their limit.
 */
int results_gc(struct results *r, uint64_t keep_days, bool dry_run,
    struct results_removed *out, struct err *e);

#endif
