/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/file.h"
#include "base/mem.h"
#include "bundle/refusal.h"
#include "schema_catalog.h"
#include "syncd/adopt_parts.h"
#include "syncd/sources.h"

/* Names of documents have no line feeds in them, families neither. */
static struct span
key_of(struct buf *b, struct span family, struct span name)
{
	buf_reset(b);
	buf_printf(b, "%.*s\n", SPAN_ARG(family));
	buf_add_span(b, name);
	return buf_span(b);
}

static void
map_all(struct adoption *ad)
{
	const struct adopt *a = ad->a;
	const struct manifest *m = a->manifest;
	struct buf key = { 0 };
	size_t i;

	for (i = 0; i < a->n_sources; i++)
		map_set(&ad->sources, a->sources[i], 0);
	for (i = 0; i < m->n_documents; i++)
		map_set(&ad->documents,
		    key_of(&key, m->documents[i].family, m->documents[i].name),
		    (uint32_t)i);
	for (i = 0; i < a->n_targets; i++)
		map_set(&ad->targets, a->targets[i].path, (uint32_t)i);
	buf_cleanup(&key);
}

bool
adopt_is_selected(const struct adoption *ad, struct span source)
{
	uint32_t ignored;

	return ad->a->sources == NULL ||
	    map_get(&ad->sources, source, &ignored);
}

const struct catalog_document *
adopt_promised(struct adoption *ad, struct span family, struct span name)
{
	struct buf key = { 0 };
	uint32_t i;
	bool found;

	found = map_get(&ad->documents, key_of(&key, family, name), &i);
	buf_cleanup(&key);
	return found ? &ad->a->manifest->documents[i] : NULL;
}

static struct adopt_family *
family_of(struct adoption *ad, struct span name)
{
	size_t i;

	for (i = 0; i < ad->n_families; i++)
		if (span_eq(ad->families[i].name, name))
			return &ad->families[i];
	return NULL;
}

static void
add_family(struct adoption *ad, struct span name)
{
	const struct manifest *m = ad->a->manifest;
	struct adopt_family *f;
	size_t i;

	if (family_of(ad, name) != NULL)
		return;
	f = &ad->families[ad->n_families++];
	*f = (struct adopt_family){ .name = name };
	for (i = 0; i < m->n_families; i++)
		if (span_eq(m->families[i].name, name))
			f->promised = &m->families[i];
}

/* Those of the manifest's digests, then those that are here. */
static void
list_families(struct adoption *ad)
{
	const struct manifest *m = ad->a->manifest;
	size_t i;

	ad->families = arena_array(&ad->arena,
	    m->n_families + ad->before.n_families, sizeof(*ad->families));
	for (i = 0; i < m->n_families; i++)
		add_family(ad, m->families[i].name);
	for (i = 0; i < ad->before.n_families; i++)
		add_family(ad, ad->before.families[i].name);
}

static int
cmp_name(const void *name, const void *document)
{
	const struct document *d = document;

	return span_cmp(*(const struct span *)name, d->name);
}

/* The document as the index has it, or NULL. */
static const struct document *
find_in(const struct index_reader *r, struct span family, struct span name)
{
	size_t i;

	for (i = 0; i < r->n_families; i++) {
		const struct index_family *f = &r->families[i];

		if (span_eq(f->name, family) && f->n_documents > 0)
			return bsearch(&name, f->documents, f->n_documents,
			    sizeof(*f->documents), cmp_name);
	}
	return NULL;
}

static bool
is_indexed(const struct document *d, const struct catalog_document *m)
{
	return d != NULL && span_eq(d->sha256, m->sha256) &&
	    span_eq(d->format, m->format) && span_eq(d->source, m->source) &&
	    span_eq(d->path, m->path) &&
	    span_eq(d->distribution, m->distribution) &&
	    span_eq(d->release, m->release) && span_eq(d->flavour, m->flavour);
}

static void
add_input(struct adopt_family *f, const struct index_input *in)
{
	f->inputs = xgrow(
	    f->inputs, &f->inputs_cap, f->n_inputs + 1, sizeof(*f->inputs));
	f->inputs[f->n_inputs++] = *in;
}

/*
 * The role `index` says what a document is made of, but not what the file is:
 * that, the role of its family says.
 */
static int
check_signed(struct adoption *ad, const struct catalog_document *m,
    const struct digest *sha256, struct err *e)
{
	struct span path =
	    repository_target_path(m->family, m->path, &ad->arena);
	uint32_t i;

	if (!map_get(&ad->targets, path, &i) ||
	    !digest_eq(&ad->a->targets[i].sha256, sha256))
		return refuse(e, REFUSAL_INCOMPLETE,
		    "document %.*s: there is no target %.*s with its digest",
		    SPAN_ARG(m->name), SPAN_ARG(path));
	if (!store_has(ad->store, sha256))
		return refuse(e, REFUSAL_INCOMPLETE,
		    "document %.*s: its file is not there: %.*s",
		    SPAN_ARG(m->name), SPAN_ARG(path));
	return 0;
}

/* Archives of everything are larger than any one document. */
static uint64_t
unpacked_limit(struct span name)
{
	const struct source *source = source_find(name);

	return source != NULL && source->unpacked_max > STREAM_OUT_MAX
	    ? source->unpacked_max
	    : STREAM_OUT_MAX;
}

static int
plan_document(
    struct adoption *ad, const struct catalog_document *m, struct err *e)
{
	struct adopt_family *f = family_of(ad, m->family);
	struct index_input in = {
		.name = m->name,
		.source = m->source,
		.path = m->path,
		.distribution = m->distribution,
		.release = m->release,
		.flavour = m->flavour,
		.unpacked_max = unpacked_limit(m->source),
		.store = ad->store,
	};

	if (f == NULL || f->promised == NULL)
		return refuse(e, REFUSAL_INCOMPLETE,
		    "document %.*s: the manifest has no digest of its family "
		    "%.*s",
		    SPAN_ARG(m->name), SPAN_ARG(m->family));
	if (!adopt_is_selected(ad, m->source)) {
		f->is_whole = false;
		return 0;
	}
	if (!document_format_parse(m->format, &in.format))
		return refuse(e, REFUSAL_INCOMPLETE,
		    "document %.*s is of format %.*s: it takes a later "
		    "version of scapcache",
		    SPAN_ARG(m->name), SPAN_ARG(m->format));
	if (!digest_parse(m->sha256, &in.sha256))
		return refuse(e, REFUSAL_SHAPE, "document %.*s has no digest",
		    SPAN_ARG(m->name));
	if (check_signed(ad, m, &in.sha256, e) != 0)
		return -1;
	ad->result->n_documents++;
	if (is_indexed(find_in(&ad->before, m->family, m->name), m))
		return 0;
	ad->result->n_new++;
	add_input(f, &in);
	return 0;
}

/* What the manifest does not have, it has no more. */
static void
plan_removals(struct adoption *ad, const struct index_family *now)
{
	struct adopt_family *f = family_of(ad, now->name);
	size_t i;

	for (i = 0; i < now->n_documents; i++) {
		const struct document *d = &now->documents[i];
		struct index_input in = {
			.name = d->name,
			.source = d->source,
			.path = d->path,
			.distribution = d->distribution,
			.release = d->release,
			.flavour = d->flavour,
		};

		if (adopt_promised(ad, now->name, d->name) != NULL)
			continue;
		if (!adopt_is_selected(ad, d->source)) {
			f->is_whole = false;
			continue;
		}
		document_format_parse(d->format, &in.format);
		add_input(f, &in);
	}
}

/* Every document, and no other. */
static bool
is_manifest(const struct adoption *ad, const struct index_reader *r)
{
	const struct manifest *m = ad->a->manifest;
	size_t i, n = 0;

	for (i = 0; i < r->n_families; i++)
		n += r->families[i].n_documents;
	for (i = 0; n == m->n_documents && i < n; i++)
		if (!is_indexed(find_in(r, m->documents[i].family,
				    m->documents[i].name),
			&m->documents[i]))
			return false;
	return n == m->n_documents;
}

/*
 * A generation of that number may be here and not be current: the other side
 * went back to it, or a run was killed before it was.
 */
static void
find_kept(struct adoption *ad)
{
	uint64_t number = ad->a->manifest->generation;
	char below[GENERATION_PATH_SIZE];
	struct index_reader kept;
	struct err ignored;

	generation_path(number, below);
	if (ad->a->sources != NULL || number == ad->before.generation ||
	    !file_exists(ad->state->dirfd, below) ||
	    generation_open(&kept, ad->state, below, &ignored) != 0)
		return;
	if (!is_manifest(ad, &kept)) {
		index_close(&kept);
		return;
	}
	index_close(&ad->before);
	ad->before = kept;
	ad->is_kept = true;
}

/* --- one file of upstream's, one role --- */

/* A role could sign a file of another's under a folder of its own. */
static int
map_files(struct adoption *ad, struct map *files, struct err *e)
{
	const struct adopt_target *t = ad->a->targets;
	uint32_t other;
	size_t i;

	for (i = 0; i < ad->a->n_targets; i++) {
		if (t[i].custom.source.len == 0 ||
		    !adopt_is_selected(ad, t[i].custom.source) ||
		    map_add(files,
			repository_mirror_path(t[i].path, &ad->arena),
			(uint32_t)i, &other))
			continue;
		return refuse(e, REFUSAL_UNTRUSTED,
		    "%.*s and %.*s are signed as the same file of upstream's",
		    SPAN_ARG(t[other].path), SPAN_ARG(t[i].path));
	}
	return 0;
}

/* Nor does it become one of a source that stays as it is. */
static int
check_sources(struct adoption *ad, const struct map *files, struct err *e)
{
	struct db_stmt *q = db_query(ad->catalog, QUERY_CATALOG_RESOURCE_LIST);
	uint32_t i;
	int rc;

	while ((rc = db_step(q, e)) == 1) {
		if (adopt_is_selected(ad, db_text(q, 1)) ||
		    !map_get(files, db_text(q, 0), &i))
			continue;
		rc = refuse(e, REFUSAL_UNTRUSTED,
		    "%.*s is signed as a file of source %.*s",
		    SPAN_ARG(ad->a->targets[i].path), SPAN_ARG(db_text(q, 1)));
		break;
	}
	db_reset(q);
	return rc;
}

static int
check_files(struct adoption *ad, struct err *e)
{
	struct map files = { 0 };
	int rc = map_files(ad, &files, e);

	if (rc == 0)
		rc = check_sources(ad, &files, e);
	map_cleanup(&files);
	return rc;
}

int
adopt_plan(struct adoption *ad, struct err *e)
{
	const struct manifest *m = ad->a->manifest;
	size_t i;

	map_all(ad);
	if (check_files(ad, e) != 0)
		return -1;
	find_kept(ad);
	list_families(ad);
	for (i = 0; i < ad->n_families; i++)
		ad->families[i].is_whole = ad->families[i].promised != NULL;
	for (i = 0; i < ad->before.n_families; i++)
		plan_removals(ad, &ad->before.families[i]);
	for (i = 0; i < m->n_documents; i++)
		if (plan_document(ad, &m->documents[i], e) != 0)
			return -1;
	return 0;
}
