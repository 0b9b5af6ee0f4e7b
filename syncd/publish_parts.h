/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of publishing share. Only for publish*.c.
 *
 *   publish.c           one run from start to end
 *   publish_known.c     what was signed last; the catalog is told
 *   publish_targets.c   which files become targets
 *   publish_manifest.c  manifest and NOTICE, put into the store
 *   publish_notice.c    the text of NOTICE
 *   publish_sign.c      roles whose content moved, snapshot, timestamp
 */
#ifndef SYNCD_PUBLISH_PARTS_H
#define SYNCD_PUBLISH_PARTS_H

#include "base/map.h"
#include "base/store.h"
#include "bundle/custom.h"
#include "bundle/manifest.h"
#include "bundle/trust.h"
#include "syncd/publish.h"

#define PUBLISH_KEEP 32u /* versions of a role below the one of now */

/* Index of the first four roles: those of enum tuf_type. */
#define PUBLISH_FIRST_DELEGATED ((size_t)N_TUF_TYPES)

struct publish_target {
	struct span path;
	struct span role;
	struct span sha256; /* hex */
	uint64_t size_bytes;
	struct target_custom custom;
};

struct publish_role {
	struct tuf_role signer; /* as root and targets say */
	/* As it was signed last; version 0: it never was. */
	uint64_t version;
	int64_t expires;
	unsigned threshold;
	struct span keyids; /* hex, with blanks between */
	struct digest sha256;
	uint64_t size_bytes;

	const struct publish_target *targets; /* delegated: by path */
	size_t n_targets;
	bool due;       /* is to be signed */
	bool is_signed; /* was, by this run */
};

struct publish {
	struct state *state;
	struct db *catalog;
	const struct publish_options *options;
	int64_t now;
	struct arena arena;
	struct repository repository;
	struct store store;
	struct signer signer;
	bool has_signer;
	int passphrase_fd; /* -1: none */
	int own_fd;        /* the same, if it was opened here; else -1 */

	struct trust trust;
	struct publish_role *roles; /* in trust's order */
	size_t n_roles;
	bool is_uncommitted; /* timestamp.json is not what it was to be */
	struct publish_target *old; /* signed last, by path */
	size_t n_old;
	struct digest old_content; /* as below */

	uint64_t generation;
	int64_t made;
	struct publish_target *targets; /* by path */
	size_t n_targets;
	size_t targets_cap;
	struct map by_path;                 /* of the generation's files */
	struct catalog_resource *resources; /* by path */
	size_t n_resources;
	struct catalog_document *accepted; /* the catalog's, by name */
	size_t n_accepted;
	struct catalog_document *documents; /* the generation's, by name */
	int64_t *seen;
	size_t n_documents;

	struct digest content; /* of the manifest, but for times */
	struct buf timestamp;  /* its bytes, to be committed last */
};

/* --- publish_known.c --- */

/* Roles, and the targets that they had. */
int publish_known(struct publish *p, struct err *e);
/* What was signed; event as the ledger names it. One transaction. */
int publish_record(struct publish *p, const char *event, struct err *e);
/* Keys as the catalog has them, in the arena. */
struct span publish_keyids(struct publish *p, const struct tuf_role *r);

/* --- publish_targets.c --- */

/* The files of the generation, then all others that are mirrored. */
int publish_targets(struct publish *p, struct err *e);
void publish_add_target(struct publish *p, const struct publish_target *t);
/* By path; then each delegated role has its own. */
int publish_targets_end(struct publish *p, struct err *e);

/* --- publish_manifest.c --- */

/* Makes both, or finds that those of the last time still hold. */
int publish_manifest(struct publish *p, struct err *e);

/* --- publish_notice.c --- */

void publish_notice(struct buf *out);

/* --- publish_sign.c --- */

/* Which roles are to be signed; true if any is. */
bool publish_plan(struct publish *p);
/* The timestamp alone. */
void publish_plan_timestamp(struct publish *p);
/*
 * Signs what is due, in order, and writes all of it but timestamp.json. Before
 * the first it makes sure of the keys of all.
 */
int publish_sign(struct publish *p, struct err *e);

#endif
