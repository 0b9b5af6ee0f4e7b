/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "bundle/folder.h"
#include "bundle/receipt.h"
#include "indexer/history.h"
#include "schema_catalog.h"
#include "syncd/adopt_parts.h"
#include "syncd/collect.h"

#define TIMESTAMP "timestamp.json"
#define KEEP_VERSIONS 32u /* of each role's metadata, below the one of now */

/* Two who sign one repository would fork it. */
int
adopt_check(const struct state *s, struct err *e)
{
	if (!file_exists(s->dirfd, "keys"))
		return 0;
	return err_set(e, ERR_UNTRUSTED,
	    "%s/keys: this state directory signs what it has with keys of its "
	    "own, and takes over nothing that others have signed: name "
	    "another with --state, or move keys/ and tuf/ away",
	    s->path);
}

static int
open_before(struct adoption *ad, struct err *e)
{
	if (current_open(&ad->before, ad->state, e) == 0)
		return 0;
	index_close(&ad->before);
	if (e->code != ERR_FORMAT ||
	    current_mend(ad->state, ad->catalog, e) != 0)
		return -1;
	return current_open(&ad->before, ad->state, e);
}

/* --- metadata --- */

/* What became of one file, to take it back. */
struct written {
	bool is_new;
	struct span before; /* that it replaced; ptr NULL: nothing */
};

/*
 * What has the name already, and other bytes, is signed with keys that were
 * taken away since, or what a killed run left: the client has compared what
 * comes with all that is trusted. A root is for good.
 */
static int
replace_one(struct adoption *ad, const struct repository *r, const char *name,
    struct span bytes, struct written *w, struct err *e)
{
	struct buf old = { 0 };
	int rc = repository_read(r, name, TUF_TARGETS_MAX, &old, e);

	if (rc == 0 && !span_eq(buf_span(&old), bytes)) {
		w->before = arena_span(&ad->arena, buf_span(&old));
		rc = file_replace(r->dirfd, name, bytes, e);
	}
	buf_cleanup(&old);
	return rc;
}

static int
write_one(struct adoption *ad, const struct repository *r,
    const struct adopt_metadata *m, struct written *w, struct err *e)
{
	char name[REPOSITORY_NAME_SIZE];

	if (!repository_is_name(m->name))
		return err_set(e, ERR_FORMAT, "%.*s: no name of metadata",
		    SPAN_ARG(span_first(m->name, REPOSITORY_NAME_SIZE)));
	memcpy(name, m->name.ptr, m->name.len);
	name[m->name.len] = '\0';
	if (strcmp(name, TIMESTAMP) == 0)
		return 0;
	w->is_new = !file_exists(r->dirfd, name);
	if (w->is_new || span_has_suffix(m->name, ".root.json"))
		return repository_write(r, name, m->bytes, e);
	return replace_one(ad, r, name, m->bytes, w, e);
}

static void
take_back(const struct repository *r, const struct adopt *a,
    const struct written *w, size_t n)
{
	struct buf name = { 0 };
	struct err ignored;
	size_t i;

	for (i = 0; i < n; i++) {
		buf_reset(&name);
		buf_add_span(&name, a->metadata[i].name);
		if (w[i].is_new)
			unlinkat(r->dirfd, buf_str(&name), 0);
		else if (w[i].before.ptr != NULL)
			file_replace(
			    r->dirfd, buf_str(&name), w[i].before, &ignored);
	}
	buf_cleanup(&name);
}

/* Beside those that are there; timestamp.json does not lead to them yet. */
static int
write_metadata(struct adoption *ad, const struct repository *r,
    struct written *w, struct err *e)
{
	const struct adopt *a = ad->a;
	size_t i;

	for (i = 0; i < a->n_metadata; i++)
		if (write_one(ad, r, &a->metadata[i], &w[i], e) != 0) {
			take_back(r, a, w, i + 1);
			return -1;
		}
	return 0;
}

static int
commit(const struct adoption *ad, const struct repository *r, struct err *e)
{
	size_t i;

	for (i = 0; i < ad->a->n_metadata; i++)
		if (span_is(ad->a->metadata[i].name, TIMESTAMP))
			return repository_commit(
			    r, ad->a->metadata[i].bytes, e);
	return 0;
}

/* --- the receipt --- */

struct digests {
	struct digest *items;
	size_t n;
	size_t cap;
};

static void
add_digest(struct digests *d, const struct digest *sha256)
{
	d->items = xgrow(d->items, &d->cap, d->n + 1, sizeof(*d->items));
	d->items[d->n++] = *sha256;
}

static int
cmp_digests(const void *a, const void *b)
{
	return memcmp(a, b, DIGEST_SIZE);
}

static void
sort_digests(struct digests *d)
{
	size_t i, n = 0;

	if (d->n == 0)
		return;
	qsort(d->items, d->n, sizeof(*d->items), cmp_digests);
	for (i = 1; i < d->n; i++)
		if (!digest_eq(&d->items[i], &d->items[n]))
			d->items[++n] = d->items[i];
	d->n = n + 1;
}

/* Targets, and files of sources that stayed out of it this time. */
static int
list_held(struct adoption *ad, struct digests *out, struct err *e)
{
	struct db_stmt *q = db_query(ad->catalog, QUERY_CATALOG_RESOURCE_LIST);
	struct digest sha256;
	size_t i;
	int rc;

	for (i = 0; i < ad->a->n_targets; i++)
		add_digest(out, &ad->a->targets[i].sha256);
	while ((rc = db_step(q, e)) == 1)
		if (digest_parse(db_text(q, 7), &sha256) &&
		    store_has(ad->store, &sha256))
			add_digest(out, &sha256);
	db_reset(q);
	sort_digests(out);
	return rc;
}

/* Where the server offers it; the import does not depend on it. */
static void
offer_receipt(const struct adoption *ad, struct span json)
{
	struct err e = { 0 };

	if (file_make_dirs(ad->state->dirfd, FOLDER_BUNDLES, &e) != 0 ||
	    file_replace(ad->state->dirfd, FOLDER_RECEIPT, json, &e) != 0)
		log_warn("import: %s", e.msg);
}

static int
write_receipt(struct adoption *ad, struct err *e)
{
	struct receipt r = {
		.generation = ad->a->manifest->generation,
		.root_version = ad->a->root_version,
		.timestamp_version = ad->a->timestamp_version,
		.snapshot_version = ad->a->snapshot_version,
		.snapshot = ad->a->snapshot,
	};
	struct digests held = { 0 };
	struct buf json = { 0 };
	int rc;

	rc = list_held(ad, &held, e);
	if (rc == 0) {
		r.targets = held.items;
		r.n_targets = held.n;
		receipt_write(&json, &r);
		rc = file_replace(
		    ad->state->dirfd, ADOPT_RECEIPT, buf_span(&json), e);
	}
	if (rc == 0)
		offer_receipt(ad, buf_span(&json));
	buf_cleanup(&json);
	free(held.items);
	return rc;
}

/* --- the order of things --- */

static int
publish(struct adoption *ad, struct err *e)
{
	struct generation_builder *g = ad->builder;
	uint64_t number;

	ad->result->generation = ad->before.generation;
	ad->result->published = ad->is_kept;
	if (ad->is_kept)
		return generation_rollback(
		    ad->state->dirfd, ad->before.generation, e);
	if (g == NULL)
		return 0;
	number = generation_number(g);
	progress_say(ad->a->progress, "publish: generation %" PRIu64, number);
	ad->builder = NULL;
	if (generation_publish(g, e) != 0)
		return -1;
	log_info("publish: generation %" PRIu64 ": current", number);
	ad->result->generation = number;
	ad->result->published = true;
	return 0;
}

/* Old metadata that stays does no harm. */
static void
clean(struct adoption *ad, const struct repository *r)
{
	struct repository_version *now =
	    arena_array(&ad->arena, ad->n_roles, sizeof(*now));
	struct err e;
	size_t i;

	for (i = 0; i < ad->n_roles; i++)
		now[i] = (struct repository_version){ ad->roles[i].name,
			ad->roles[i].version };
	if (repository_clean(r, now, ad->n_roles, KEEP_VERSIONS, &e) != 0)
		log_warn("%s", e.msg);
}

/* From here on everything is proved, and nothing but writing is left. */
static int
finish(struct adoption *ad, const struct repository *r, struct err *e)
{
	struct written *w =
	    arena_array(&ad->arena, ad->a->n_metadata, sizeof(*w));

	if (write_metadata(ad, r, w, e) != 0)
		return -1;
	if (publish(ad, e) != 0) {
		take_back(r, ad->a, w, ad->a->n_metadata);
		return -1;
	}
	if (history_record(ad->catalog, ad->state, e) != 0 ||
	    adopt_record(ad, e) != 0 || write_receipt(ad, e) != 0 ||
	    commit(ad, r, e) != 0)
		return -1;
	clean(ad, r);
	if (ad->a->config != NULL)
		collect_garbage(ad->state, ad->catalog, ad->a->config);
	return 0;
}

static int
run(struct adoption *ad, struct err *e)
{
	struct repository r = { -1 };
	int rc;

	if (adopt_check(ad->state, e) != 0 ||
	    history_record(ad->catalog, ad->state, e) != 0 ||
	    open_before(ad, e) != 0 || adopt_plan(ad, e) != 0 ||
	    adopt_index(ad, e) != 0 || adopt_roles(ad, e) != 0 ||
	    repository_open(&r, ad->state->dirfd, true, e) != 0)
		return -1;
	rc = finish(ad, &r, e);
	repository_close(&r);
	return rc;
}

int
adopt_run(struct state *s, struct db *catalog, struct store *store,
    const struct adopt *a, struct adopt_result *out, struct err *e)
{
	struct adoption ad = {
		.state = s,
		.catalog = catalog,
		.store = store,
		.a = a,
		.result = out,
		.started = clock_now(),
	};
	size_t i;
	int rc;

	*out = (struct adopt_result){ 0 };
	rc = run(&ad, e);
	generation_abandon(ad.builder);
	index_close(&ad.before);
	for (i = 0; i < ad.n_families; i++)
		free(ad.families[i].inputs);
	map_cleanup(&ad.sources);
	map_cleanup(&ad.documents);
	map_cleanup(&ad.targets);
	arena_cleanup(&ad.arena);
	return rc;
}
