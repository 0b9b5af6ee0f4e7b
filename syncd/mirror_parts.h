/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of a mirror share. Only for mirror*.c.
 *
 *   mirror.c          one run from start to end
 *   mirror_trust.c    the metadata: what is trusted, what comes
 *   mirror_targets.c  which files are wanted
 *   mirror_fetch.c    those that the store lacks
 *   mirror_record.c   the catalog is told of runs that adopt nothing
 */
#ifndef SYNCD_MIRROR_PARTS_H
#define SYNCD_MIRROR_PARTS_H

#include "bundle/proc_tuf.h"
#include "bundle/tuf_fetch.h"
#include "syncd/http_options.h"
#include "syncd/mirror.h"
#include "syncd/progress.h"

struct mirror {
	struct state *state;
	const struct mirror_options *options;
	struct mirror_result *result;
	struct arena arena;
	struct db *catalog;
	struct store store;
	struct repository repository; /* what is trusted */
	struct progress *progress;
	const char *base;  /* "https://host/prefix" */
	struct span shown; /* without a password, for people */
	const struct span *sources;
	size_t n_sources; /* 0: all */

	struct tuf_fetch fetch;
	struct proc_tuf tuf;
	struct proc_tuf_state trusted;
	int64_t now;     /* not below what was accepted before */
	struct buf root; /* --root; or empty */
	bool dropped[N_TUF_TYPES];
	struct adopt_metadata *metadata; /* new, in the order of proof */
	size_t n_metadata;
	size_t metadata_cap;

	struct adopt_target *targets; /* wanted */
	size_t n_targets;
	size_t targets_cap;
	struct manifest manifest;
};

/* --- mirror_trust.c --- */

/* Roots, timestamp, snapshot, targets are proved. */
int mirror_refresh(struct mirror *m, struct err *e);

/* --- mirror_targets.c --- */

/* Every role; *manifest is the target of that, in m->targets. */
int mirror_list(
    struct mirror *m, const struct adopt_target **manifest, struct err *e);

/* --- mirror_fetch.c --- */

/* What the store lacks of these. REFUSAL_INCOMPLETE: it is not offered. */
int mirror_fetch(struct mirror *m, const struct adopt_target *targets, size_t n,
    struct err *e);

/* --- mirror_record.c --- */

/*
 * Was the last adoption of these sources, and is it whole? 1: yes; 0; -1. For
 * a repository in which nothing moved.
 */
int mirror_is_done(struct mirror *m, struct err *e);
/* A run that found nothing new, or failed because of *why. */
int mirror_record(struct mirror *m, const struct err *why, struct err *e);

#endif
