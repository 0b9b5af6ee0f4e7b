/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "scanner/results_impl.h"

#define DAY_S 86400

/* Rows that are to go: an id and how many bytes each. */
struct stale {
	int64_t *ids;
	size_t n;
	size_t cap;
	uint64_t size;
};

static void
add(struct stale *l, struct db_stmt *s)
{
	l->ids = xgrow(l->ids, &l->cap, l->n + 1, sizeof(*l->ids));
	l->ids[l->n++] = db_int(s, 0);
	l->size += (uint64_t)db_int(s, 1);
}

static int
list(struct results *r, unsigned query, int64_t before, struct stale *l,
    struct err *e)
{
	struct db_stmt *s = db_query(r->db, query);
	int rc;

	db_bind_int(s, "before", before);
	while ((rc = db_step(s, e)) == 1)
		add(l, s);
	db_reset(s);
	return rc;
}

static int
drop(struct results *r, unsigned query, const char *name, const struct stale *l,
    struct err *e)
{
	struct db_stmt *s;
	size_t i;

	for (i = 0; i < l->n; i++) {
		s = db_query(r->db, query);
		db_bind_int(s, name, l->ids[i]);
		if (db_run(s, e) != 0)
			return -1;
	}
	return 0;
}

static int
sum(struct results *r, unsigned query, uint64_t *n, uint64_t *size,
    uint64_t *unpacked, struct err *e)
{
	struct db_stmt *s = db_query(r->db, query);
	int rc = db_step(s, e);

	if (rc == 1) {
		*n = (uint64_t)db_int(s, 0);
		if (size != NULL)
			*size = (uint64_t)db_int(s, 1);
		if (unpacked != NULL)
			*unpacked = (uint64_t)db_int(s, 2);
	}
	db_reset(s);
	return rc < 0 ? -1 : 0;
}

int
results_counts(struct results *r, struct results_counts *out, struct err *e)
{
	*out = (struct results_counts){ 0 };
	if (sum(r, QUERY_RESULTS_IMAGE_COUNT, &out->n_images, NULL, NULL, e) !=
		0 ||
	    sum(r, QUERY_RESULTS_INVENTORY_COUNT, &out->n_inventories,
		&out->inventories_size, &out->inventories_unpacked_size,
		e) != 0 ||
	    sum(r, QUERY_RESULTS_VERDICT_COUNT, &out->n_verdicts,
		&out->verdicts_size, NULL, e) != 0)
		return -1;
	return sum(r, QUERY_RESULTS_LAYER_SUM, &out->n_layers,
	    &out->layers_size, NULL, e);
}

int
results_verdict_counts(
    struct results *r, uint64_t n[RESULTS_VERDICTS], struct err *e)
{
	struct db_stmt *s = db_query(r->db, QUERY_RESULTS_VERDICT_EACH);
	int rc;

	memset(n, 0, RESULTS_VERDICTS * sizeof(*n));
	while ((rc = db_step(s, e)) == 1)
		if (db_int(s, 0) >= 0 && db_int(s, 0) < RESULTS_VERDICTS)
			n[db_int(s, 0)] = (uint64_t)db_int(s, 1);
	db_reset(s);
	return rc;
}

static int
list_layers(struct results *r, struct stale *l, struct err *e)
{
	struct db_stmt *s;
	uint64_t n = 0;
	uint64_t size = 0;
	int rc;

	if (sum(r, QUERY_RESULTS_LAYER_SUM, &n, &size, NULL, e) != 0)
		return -1;
	s = db_query(r->db, QUERY_RESULTS_LAYER_OLDEST);
	while (size - l->size > RESULTS_LAYERS_SIZE_MAX &&
	    (rc = db_step(s, e)) != 0) {
		if (rc < 0) {
			db_reset(s);
			return -1;
		}
		add(l, s);
	}
	db_reset(s);
	return 0;
}

int
results_layers_trim(struct results *r, struct err *e)
{
	struct stale l = { 0 };
	int rc = list_layers(r, &l, e);

	if (rc == 0)
		rc = drop(r, QUERY_RESULTS_LAYER_DELETE, "id", &l, e);
	free(l.ids);
	return rc;
}

struct gone {
	struct stale layers;
	struct stale inventories;
	struct stale verdicts;
};

static int
drop_all(struct results *r, const struct gone *g, struct err *e)
{
	struct db_stmt *s;

	if (drop(r, QUERY_RESULTS_LAYER_DELETE, "id", &g->layers, e) != 0 ||
	    drop(r, QUERY_RESULTS_VERDICT_DELETE, "id", &g->verdicts, e) != 0 ||
	    drop(r, QUERY_RESULTS_VERDICT_DELETE_OF, "inventory",
		&g->inventories, e) != 0 ||
	    drop(r, QUERY_RESULTS_LATEST_DELETE_OF, "inventory",
		&g->inventories, e) != 0 ||
	    drop(r, QUERY_RESULTS_LATEST_CVES_DELETE_OF, "inventory",
		&g->inventories, e) != 0 ||
	    drop(r, QUERY_RESULTS_IMAGE_DELETE_OF, "inventory", &g->inventories,
		e) != 0 ||
	    drop(r, QUERY_RESULTS_INVENTORY_DELETE, "id", &g->inventories, e) !=
		0)
		return -1;
	s = db_query(r->db, QUERY_RESULTS_POLICY_DROP_UNUSED);
	return db_run(s, e);
}

int
results_gc(struct results *r, uint64_t keep_days, bool dry_run,
    struct results_removed *out, struct err *e)
{
	int64_t before = clock_now() - (int64_t)keep_days * DAY_S;
	struct gone g = { 0 };
	int rc = -1;

	*out = (struct results_removed){ 0 };
	if (results_begin(r, e) != 0)
		return -1;
	if (list_layers(r, &g.layers, e) != 0 ||
	    (keep_days > 0 &&
		(list(r, QUERY_RESULTS_INVENTORY_STALE, before, &g.inventories,
		     e) != 0 ||
		    list(r, QUERY_RESULTS_VERDICT_STALE, before, &g.verdicts,
			e) != 0)))
		goto out;
	if (!dry_run && drop_all(r, &g, e) != 0)
		goto out;
	*out =
	    (struct results_removed){ g.layers.n, g.inventories.n, g.verdicts.n,
		    g.layers.size + g.inventories.size + g.verdicts.size };
	rc = results_commit(r, e);
out:
	if (rc != 0)
		results_rollback(r);
	free(g.layers.ids);
	free(g.inventories.ids);
	free(g.verdicts.ids);
	return rc;
}
