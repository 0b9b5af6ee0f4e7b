/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is exported as the ledger has it: the generation that was signed, or
 * taken over, last; and the row of an export that was made.
 */
#ifndef BUNDLE_EXPORT_LEDGER_H
#define BUNDLE_EXPORT_LEDGER_H

#include "bundle/export.h"

struct export_current {
	uint64_t generation; /* 0: nothing was signed or taken over yet */
	int64_t made;
	uint64_t root; /* versions */
	uint64_t timestamp;
	uint64_t snapshot;
	struct span snapshot_sha256; /* hex */
	struct span sources; /* words; all that was imported; empty: all */
};

/* Spans live in a. */
int export_current(struct db *catalog, struct arena *a,
    struct export_current *out, struct err *e);
/*
 * A side that took over some sources has no others to give: o->sources, which
 * may be NULL, are checked, or become those. ERR_MISSING.
 */
int export_limit_sources(const struct export_current *c, struct arena *a,
    struct export_options *o, struct err *e);
/* name: of the file, as people say it. */
int export_record(struct db *catalog, const struct export_current *c,
    const struct export_options *o, const struct export_result *r,
    struct span name, struct err *e);
/*
 * 1: what is current now was exported under that name, so large; 0: it was
 * not; -1.
 */
int export_was_recorded(struct db *catalog, const struct export_current *c,
    struct span name, uint64_t *size_bytes, struct err *e);

#endif
