/* SPDX-License-Identifier: Apache-2.0 */
/*
 * results.sqlite: what was scanned and what came out, held by the main
 * process: images, inventories under their digests, facts of layers, verdicts.
 * Everything in it is what scan processes answered, proved by digest where it
 * has one; nothing of it is parsed here.
 */
#ifndef SCANNER_RESULTS_H
#define SCANNER_RESULTS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/digest.h"
#include "base/state.h"

/* Limits. */
#define RESULTS_LAYERS_SIZE_MAX \
	((uint64_t)1024 * 1024 * 1024) /* bytes of all layers' facts */

struct results;

/*
 * writes: made when missing. ERR_MISSING: there is none to read. A folder
 * that cannot be written to is ERR_SYSTEM; scans go on without it.
 */
int results_open(
    struct results **out, const struct state *s, bool writes, struct err *e);
void results_close(struct results *r); /* NULL is fine */

/*
 * Facts of a layer under its diff id and the digest of what was wanted of it
 * (scanner/layer_facts.h). 1: *bytes, in a; 0: not known; -1.
 */
int results_layer_get(struct results *r, const struct digest *diff_id,
    const struct digest *wanted, struct arena *a, struct span *bytes,
    struct err *e);
int results_layer_put(struct results *r, const struct digest *diff_id,
    const struct digest *wanted, struct span bytes, struct err *e);

/* An inventory's bytes (scanner/inventory.h) under their digest. */
int results_inventory_put(
    struct results *r, struct span bytes, struct digest *out, struct err *e);
/* 1: found and proved by its digest; 0: not there; -1. */
int results_inventory_get(struct results *r, const struct digest *d,
    struct buf *bytes, struct err *e);

#endif
