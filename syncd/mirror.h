/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A mirror of another scapcache: `sync --from tuf+https://HOST/PREFIX`.
 * PREFIX/metadata/ and PREFIX/targets/ are what that one serves, or a bundle
 * that was unpacked below any web server. A TUF client proves the metadata;
 * targets that the store lacks are fetched, each proved by its digest; then
 * the generation is adopted, as an import does. A run that is refused or
 * killed leaves what was there, and files that were fetched whole.
 */
#ifndef SYNCD_MIRROR_H
#define SYNCD_MIRROR_H

#include "base/config.h"
#include "base/state.h"
#include "syncd/adopt.h"
#include "syncd/due.h"
#include "syncd/sources.h"

struct mirror_options {
	struct config *config;
	const char *from; /* "tuf+https://host/prefix", or tuf+http */
	const char *root; /* file of the root to trust first; NULL: none */
	/* NULL-terminated; NULL: sync.sources, and if that is empty: all. */
	const struct source *const *sources;
	bool accept_expired;
	bool quiet;
};

struct mirror_result {
	int64_t started;
	int64_t ended;
	bool is_same;       /* nothing has moved there */
	bool is_expired;    /* and taken all the same */
	uint64_t n_fetched; /* files, without metadata */
	uint64_t fetched_bytes;
	struct adopt_result adopted;
};

/* Is it a mirror's URL, "tuf+…://…"? NULL is not. */
bool mirror_is_url(const char *from);
/* The lock is held. Refusals are those of bundle/refusal.h. */
int mirror_run(struct state *s, const struct mirror_options *o,
    struct mirror_result *out, struct err *e);
/* When a run ended last, and how: what decides when the next is due. */
int mirror_last(struct db *catalog, struct due_last *out, struct err *e);

#endif
