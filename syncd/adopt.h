/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Taking over a generation that another scapcache has signed: what `bundle
 * import` and `sync --from tuf+https://` end with. Its files are proved and in
 * the store by now; here the index is built from them and compared with the
 * signed manifest, the generation is published, the TUF metadata becomes ours,
 * the catalog is told, receipt.json is written. Order: metadata files beside
 * those that are there, index, publish, catalog, timestamp.json. A run that is
 * killed leaves the old generation whole, and the next completes.
 */
#ifndef SYNCD_ADOPT_H
#define SYNCD_ADOPT_H

#include "base/config.h"
#include "base/store.h"
#include "bundle/custom.h"
#include "bundle/manifest.h"
#include "bundle/repository.h"
#include "syncd/progress.h"

#define ADOPT_RECEIPT "receipt.json" /* in the state directory */

/* A metadata file: "7.redhat.json". timestamp.json is among them. */
struct adopt_metadata {
	struct span name;
	struct span bytes;
};

struct adopt_target {
	struct span path; /* the target's */
	struct span role;
	struct digest sha256;
	uint64_t size_bytes;
	struct target_custom custom;
};

struct adopt {
	const struct manifest *manifest;
	const struct adopt_metadata *metadata;
	size_t n_metadata;
	const struct adopt_target *targets; /* all that are in the store */
	size_t n_targets;
	/* Of sources; NULL: all. Other sources' documents stay as they are. */
	const struct span *sources;
	size_t n_sources;
	uint64_t root_version;
	uint64_t timestamp_version;
	uint64_t snapshot_version;
	struct digest snapshot;
	bool is_expired;    /* taken all the same: marked stale everywhere */
	struct span name;   /* of the file or URL, for the ledger */
	struct span bundle; /* hex of its manifest; empty: none */
	uint64_t size_bytes;
	struct span base;
	struct progress *progress; /* NULL: none is shown */
	struct config *config;     /* of retention; NULL: nothing is removed */
};

struct adopt_result {
	uint64_t generation; /* current now */
	bool published;      /* by this run */
	uint64_t n_documents;
	uint64_t n_new;
};

/*
 * With the lock held. REFUSAL_INCOMPLETE: a digest is not reproduced. Fails
 * where this state directory has keys of its own.
 */
int adopt_run(struct state *s, struct db *catalog, struct store *store,
    const struct adopt *a, struct adopt_result *out, struct err *e);

/* Fails where this state directory has keys of its own; adopt_run() asks. */
int adopt_check(const struct state *s, struct err *e);

#endif
