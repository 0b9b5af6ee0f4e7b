/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of an adoption share. Only for adopt*.c.
 *
 *   adopt.c         the order of things, and the receipt
 *   adopt_plan.c    what the index lacks, or has too much
 *   adopt_index.c   it is built and compared, beside the current one
 *   adopt_record.c  the catalog is told
 *   adopt_tuf.c     … and of roles, targets and the ledger
 */
#ifndef SYNCD_ADOPT_PARTS_H
#define SYNCD_ADOPT_PARTS_H

#include "base/map.h"
#include "bundle/roles.h"
#include "indexer/current.h"
#include "indexer/generation.h"
#include "indexer/proc_index.h"
#include "syncd/adopt.h"

/* One family: what the index process is to do. */
struct adopt_family {
	struct span name;
	bool is_whole; /* all of it is adopted: its digest is to be equal */
	const struct manifest_family *promised; /* or NULL */
	struct index_input *inputs;
	size_t n_inputs;
	size_t inputs_cap;
	const char *path; /* of the file that was built; NULL: as it was */
};

struct adoption {
	struct state *state;
	struct db *catalog;
	struct store *store;
	const struct adopt *a;
	struct adopt_result *result;
	int64_t started;
	struct arena arena;
	struct index_reader before; /* what there is to begin with */
	bool is_kept;         /* it is all that is wanted, and not current */
	struct map sources;   /* a->sources */
	struct map documents; /* "family name" to place in manifest */
	struct map targets;   /* path to place in a->targets */
	struct adopt_family *families;
	size_t n_families;
	struct generation_builder *builder; /* NULL: nothing is new */
	struct role_row *roles;
	size_t n_roles;
};

/* Columns that may not be NULL get an empty text instead. */
static inline struct span
adopt_text(struct span text)
{
	return text.ptr == NULL ? SPAN_LIT("") : text;
}

/* --- adopt_plan.c --- */

bool adopt_is_selected(const struct adoption *ad, struct span source);
/* NULL: the manifest has none of that name in that family. */
const struct catalog_document *
adopt_promised(struct adoption *ad, struct span family, struct span name);
/*
 * Compares the manifest with what is current. REFUSAL_INCOMPLETE: a file that
 * a document is made of is not signed, or not in the store.
 */
int adopt_plan(struct adoption *ad, struct err *e);

/* --- adopt_index.c --- */

/* Builds what is missing and compares; nothing is published by it. */
int adopt_index(struct adoption *ad, struct err *e);

/* --- adopt_record.c --- */

/* One transaction. */
int adopt_record(struct adoption *ad, struct err *e);

/* --- adopt_tuf.c --- */

/* Reads what there is to say of the roles. */
int adopt_roles(struct adoption *ad, struct err *e);
/* Within that transaction. */
int adopt_record_tuf(struct adoption *ad, struct err *e);

#endif
