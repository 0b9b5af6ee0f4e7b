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

/* ERR_MISSING: its inventory is not kept. */
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

#define RESULTS_SEVERITIES 6 /* enum severity */

struct results_verdict {
	struct digest digest; /* of the record: made by main alone */
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
	/* Of results_latest.c's only: findings by severity. */
	bool has_counts;
	bool has_reasons; /* with counts: it is not certain of everything */
	uint64_t severities[RESULTS_SEVERITIES];
	uint64_t n_waived;
};

/* Sets its digest. */
int results_verdict_put(
    struct results *r, struct results_verdict *v, struct err *e);
/* All, in the order in which they were judged; in a. */
int results_verdicts(struct results *r, struct arena *a,
    struct results_verdict **out, size_t *n, struct err *e);
/* The last one of an image as it is. 1: there; 0: none; -1. Without spans. */
int results_verdict_last(struct results *r, const struct results_image *image,
    struct results_verdict *out, struct err *e);
/* 1: added to bytes; 0: not there; -1. Not proved: that is `verdict verify`. */
int results_record_get(struct results *r, const struct digest *d,
    struct buf *bytes, struct err *e);

/* --- results_latest.c: what stands for an image --- */

#define RESULTS_NAME_SIZE 33 /* an image's public id, with the NUL */

/* An image with the verdict that stands for it. */
struct results_row {
	struct span name; /* its public id */
	struct results_image image;
	bool has_verdict;
	struct results_verdict verdict;
	bool fails; /* of results_cve_images() only: its findings do */
};

/* Made of target, digest and platform; into name, which is returned. */
const char *
results_image_name(const struct results_image *i, char name[RESULTS_NAME_SIZE]);

/* Which part of a list. */
struct results_page {
	uint64_t offset;
	uint64_t limit;
	uint64_t total; /* is set: how many there are, … */
	size_t n;       /* … and of the page */
};

struct results_filter {
	struct span words; /* lower case: of target, digest, system; or empty */
	int verdict;       /* enum verdict, 0 for none; -1: any */
};

/* The last scanned first; in a. */
int results_rows(struct results *r, const struct results_filter *f,
    struct results_page *page, struct arena *a, struct results_row **out,
    struct err *e);
/* 1: there; 0: no image has that public id; -1. In a. */
int results_row(struct results *r, struct span name, struct arena *a,
    struct results_row *out, struct err *e);
/* Its origin. 1: added to bytes; 0: not there; -1. */
int results_row_origin(
    struct results *r, struct span name, struct buf *bytes, struct err *e);
/* Images without a finding of a CVE, which do not say that they lack it. */
struct results_doubts {
	uint64_t n_unknown; /* there is no verdict, or it has reasons */
	uint64_t n_older;   /* it is certain, by another generation */
};

int results_doubts(struct results *r, struct span cve, uint64_t generation,
    struct results_doubts *out, struct err *e);
/*
 * Images whose verdict that stands has a finding of that CVE, those that fail
 * by it first.
 */
int results_cve_images(struct results *r, struct span cve,
    struct results_page *page, struct arena *a, struct results_row **out,
    struct err *e);
/* Of an image, whatever it was; the newest first. */
int results_verdicts_of(struct results *r, const struct results_image *image,
    struct results_page *page, struct arena *a, struct results_verdict **out,
    struct err *e);
/* 1: there; 0: not; -1. In a. */
int results_verdict(struct results *r, const struct digest *d, struct arena *a,
    struct results_verdict *out, struct err *e);

/* --- results_jobs.c --- */

/* Kept rolls (scanner/roll.h), by name. 1: added to bytes; 0; -1. */
#define RESULTS_ROLLS_MAX 32
#define RESULTS_ROLL_MAX ((size_t)256 * 1024 * 1024) /* bytes of one */
int results_roll_get(
    struct results *r, struct span name, struct buf *bytes, struct err *e);
int results_roll_put(
    struct results *r, struct span name, struct span bytes, struct err *e);

enum job_state {
	JOB_NONE = 0,
	JOB_QUEUED,
	JOB_RUNNING,
	JOB_DONE,
	JOB_FAILED,
};

#define RESULTS_JOBS_MAX 1000 /* that ended and are kept */

/* A scan that was asked for over HTTP. */
struct results_job {
	struct span name;
	enum job_state state;
	struct span target;
	struct span who;
	int64_t created;
	int64_t started; /* 0: not yet; so is ended */
	int64_t ended;
	unsigned verdict; /* enum verdict; 0: none */
	bool has_record;
	struct digest record; /* of the verdict */
	struct span image;    /* its public id, or empty */
	struct span why;      /* it failed, or empty */
};

/* A new one, JOB_QUEUED since now: name, target and who. */
int
results_job_put(struct results *r, const struct results_job *j, struct err *e);
/* Runs since now; one that is not queued stays as it is. */
int results_job_start(struct results *r, struct span name, struct err *e);
/* state, verdict, record, image and why; one that ended stays as it is. */
int
results_job_end(struct results *r, const struct results_job *j, struct err *e);
/* 1: there; 0: not; -1. In a. */
int results_job(struct results *r, struct span name, struct arena *a,
    struct results_job *out, struct err *e);
/* Names of those that have not ended; in a. */
int results_jobs_open(struct results *r, struct arena *a, struct span **out,
    size_t *n, struct err *e);

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
#define RESULTS_VERDICTS 4u
/* By enum verdict. */
int results_verdict_counts(
    struct results *r, uint64_t n[RESULTS_VERDICTS], struct err *e);

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
