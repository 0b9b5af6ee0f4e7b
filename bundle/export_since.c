/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "bundle/export.h"
#include "bundle/receipt.h"
#include "schema_catalog.h"

static int
compare_digests(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct digest));
}

/* Empty: the generation was never signed, nor taken over. */
static int
find_snapshot(struct db *catalog, uint64_t generation, struct arena *a,
    struct span *out, struct err *e)
{
	struct db_stmt *st = db_query(catalog, QUERY_CATALOG_LEDGER_SNAPSHOT);
	int rc;

	*out = SPAN_NONE;
	db_bind_int(st, ":generation", (int64_t)generation);
	rc = db_step(st, e);
	if (rc == 1)
		*out = arena_span(a, db_text(st, 0));
	db_reset(st);
	return rc == -1 ? -1 : 0;
}

/* The files that the generation's documents were made from. */
static int
read_digests(struct db *catalog, uint64_t generation, struct arena *a,
    struct export_options *o, struct err *e)
{
	struct db_stmt *st =
	    db_query(catalog, QUERY_CATALOG_GENERATION_DOCUMENT_LIST);
	struct digest *list = NULL, *kept;
	size_t n = 0, cap = 0;
	int rc;

	db_bind_int(st, ":generation", (int64_t)generation);
	while ((rc = db_step(st, e)) == 1) {
		list = xgrow(list, &cap, n + 1, sizeof(*list));
		if (digest_parse(db_text(st, 4), &list[n]))
			n++;
	}
	db_reset(st);
	kept = arena_array(a, n, sizeof(*kept));
	if (n > 0) {
		qsort(list, n, sizeof(*list), compare_digests);
		memcpy(kept, list, n * sizeof(*list));
	}
	o->has = kept;
	o->n_has = n;
	free(list);
	return rc;
}

int
export_since_generation(struct db *catalog, uint64_t generation,
    struct arena *a, struct export_options *o, struct err *e)
{
	if (find_snapshot(catalog, generation, a, &o->base_snapshot, e) != 0 ||
	    read_digests(catalog, generation, a, o, e) != 0)
		return -1;
	if (o->base_snapshot.len == 0 || o->n_has == 0)
		return err_set(e, ERR_MISSING,
		    "generation %" PRIu64 " was never signed here, or is "
		    "forgotten: use the other side's receipt.json, or export "
		    "in full",
		    generation);
	return 0;
}

int
export_since_receipt(
    int fd, struct arena *a, struct export_options *o, struct err *e)
{
	char hex[DIGEST_HEX_SIZE];
	struct receipt r;

	if (receipt_read_run(fd, a, &r, e) != 0)
		return -1;
	o->has = r.targets;
	o->n_has = r.n_targets;
	o->base_snapshot = arena_span(a, span_of(digest_hex(&r.snapshot, hex)));
	return 0;
}
