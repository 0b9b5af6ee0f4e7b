/* SPDX-License-Identifier: Apache-2.0 */
/* What index files of upstream's name: .meta, manifests, lists of changes. */
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "content/pulp_manifest.h"
#include "syncd/sync_parts.h"

#define DAY_S ((int64_t)86400)
#define ARCHIVE_AGE_S (7 * DAY_S) /* then the whole is fetched again */
#define OVERLAP_S ((int64_t)600)  /* between the upstream's lists and files */

/* --- .meta --- */

/* Did the .meta that we keep name the same bytes? */
static bool
names_the_same(
    struct sync *s, const struct sync_item *it, const struct meta *now)
{
	struct verified_file *kept = NULL;
	struct meta before;
	struct err ignored;
	bool same = false;

	if (!it->known ||
	    store_get(&s->store, &it->before_sha256, &kept, &ignored) != 0)
		return false;
	if (proc_verify_meta(
		&s->verify, verified_fd(kept), &before, &ignored) == 0)
		same = before.size_bytes == now->size_bytes &&
		    digest_eq(&before.sha256, &now->sha256);
	verified_close(kept);
	return same;
}

static int
follow_meta(struct sync *s, struct sync_item *it, struct err *e)
{
	struct span path = source_meta_document(it->path, &s->arena);
	struct source_file file;
	struct meta meta;
	struct sync_item *document;

	if (proc_verify_meta(&s->verify, verified_fd(it->verified), &meta, e) !=
	    0)
		return -1;
	source_match(it->file.source, path, &s->arena, &file);
	if (sync_add(s, &file, path, &document, e) != 0)
		return -1;
	it->moved =
	    it->state != SYNC_UNCHANGED && !names_the_same(s, it, &meta);
	it->proves = document;
	document->index = it;
	document->expect.proof = PROOF_META_SHA256;
	document->expect.sha256 = meta.sha256;
	document->expect.size_bytes = meta.size_bytes;
	return 0;
}

/* --- listings --- */

/* Entries, kept until the listing has been read to its end. */
struct listed {
	struct sync *s;
	struct listing_entry *entries;
	size_t n;
	size_t cap;
};

static int
note_entry(void *ctx, const struct listing_entry *entry, struct err *e)
{
	struct listed *l = ctx;

	(void)e;
	l->entries = xgrow(l->entries, &l->cap, l->n + 1, sizeof(*l->entries));
	l->entries[l->n] = *entry;
	l->entries[l->n++].path = arena_span(&l->s->arena, entry->path);
	return 0;
}

static struct span
folder_of(struct span path)
{
	return span_first(path, span_rfind(path, '/'));
}

static struct span
join(struct sync *s, struct span folder, struct span name)
{
	struct buf b = { 0 };
	struct span path;

	buf_printf(&b, "%.*s/%.*s", SPAN_ARG(folder), SPAN_ARG(name));
	path = arena_span(&s->arena, buf_span(&b));
	buf_cleanup(&b);
	return path;
}

/* The <host>/<path> that an entry stands for; empty: it is not to be used. */
static struct span
resolve(struct sync *s, const struct sync_item *listing,
    const struct listing_entry *entry)
{
	struct span folder = folder_of(listing->path);
	struct span name = entry->path;
	size_t i;

	switch (listing->file.kind->listing) {
	case LISTING_MIRRORS:
		i = span_find(name, ':');
		if (i + 3 > name.len ||
		    !span_has_prefix(span_from(name, i), "://"))
			return SPAN_NONE;
		name = span_from(name, i + 3);
		while (span_has_suffix(name, "/"))
			name.len--;
		return pulp_path_is_safe(name)
		    ? join(s, name, SPAN_LIT("repodata/repomd.xml"))
		    : SPAN_NONE;
	case LISTING_REPOMD:
		folder = folder_of(folder);
		break;
	default:
		break;
	}
	return pulp_path_is_safe(name) ? join(s, folder, name) : SPAN_NONE;
}

/* csaf_vex_2024-08-04.tar.zst; the newer layout has no date in its name. */
static bool
date_of(struct span path, int64_t *time)
{
	struct span date = span_from(path, span_rfind(path, '_') + 1);

	return date.len > 10 && clock_parse(span_first(date, 10), time);
}

/*
 * When an archive was made: as its name says, or the server. Where neither
 * does it may be as old as we let one get: rather too old than too new.
 */
static int64_t
made_at(struct span path, struct span last_modified, int64_t fetched)
{
	int64_t time;

	if (date_of(path, &time) || clock_http_parse(last_modified, &time))
		return time;
	return fetched > ARCHIVE_AGE_S ? fetched - ARCHIVE_AGE_S : 1;
}

/* The archive that this run has fetched, or NULL. */
static const struct sync_item *
fetched_archive(const struct sync *s, const struct source *source)
{
	size_t i;

	for (i = 0; i < s->n_items; i++) {
		const struct sync_item *it = s->items[i];

		if (it->file.source == source && it->state == SYNC_FETCHED &&
		    sync_is_archive(&it->file))
			return it;
	}
	return NULL;
}

bool
sync_is_archive(const struct source_file *file)
{
	return file->role == SOURCE_DOCUMENT &&
	    file->kind->format == DOCUMENT_CSAF &&
	    strchr(file->kind->document, '/') == NULL;
}

int64_t
sync_archive_fetched(const struct sync *s, const struct source *source)
{
	const struct sync_item *it = fetched_archive(s, source);

	if (it == NULL)
		return 0;
	return made_at(it->path, it->last_modified, s->result.started);
}

/* When the archive that we keep was made, as far as we know; 0: there is none.
 */
static int64_t
archive_time(struct sync *s, const struct source *source, int64_t *fetched,
    struct err *e)
{
	const struct catalog_document *row = NULL;
	struct catalog_resource r;
	struct source_file file;
	int64_t time = sync_archive_fetched(s, source);
	size_t i;

	*fetched = time != 0 ? s->result.started : 0;
	if (time != 0)
		return time;
	for (i = 0; i < s->n_known; i++)
		if (span_is(s->known[i].source, source->name) &&
		    source_match(source, s->known[i].path, &s->arena, &file) &&
		    sync_is_archive(&file))
			row = &s->known[i];
	if (row == NULL)
		return 0;
	if (catalog_resource(s->catalog, row->path, &s->arena, &r, e) == 1)
		*fetched = r.fetched;
	return made_at(row->path, r.last_modified, *fetched);
}

/*
 * The whole archive is large and made every day: what we have is brought up to
 * date by the changes, until it is a week old.
 */
static bool
wants_archive(struct sync *s, const struct sync_item *listing)
{
	struct err ignored;
	int64_t fetched;

	return sync_in_tree(s, listing) ||
	    archive_time(s, listing->file.source, &fetched, &ignored) == 0 ||
	    fetched + ARCHIVE_AGE_S < s->result.started;
}

static bool
wants_entry(struct sync *s, const struct sync_item *listing,
    const struct listing_entry *entry, const struct source_file *file)
{
	struct source_names names;

	switch (listing->file.kind->listing) {
	case LISTING_PULP_MANIFEST:
		/* A tree is taken whole; else the configuration chooses. */
		names = sync_names(s, listing->file.source);
		return file->role == SOURCE_DOCUMENT &&
		    (sync_in_tree(s, listing) ||
			source_wants(&names, file->flavour));
	case LISTING_CSAF_ARCHIVE:
		return wants_archive(s, listing);
	case LISTING_CSAF_CHANGES:
		return entry->time + OVERLAP_S > listing->since;
	default:
		return true;
	}
}

static enum proof_kind
proof_of(enum listing_kind kind)
{
	return kind == LISTING_REPOMD ? PROOF_REPOMD : PROOF_PULP_MANIFEST;
}

static int
add_entry(struct sync *s, struct sync_item *listing,
    const struct listing_entry *entry, struct err *e)
{
	const struct source *source = listing->file.source;
	struct span path = resolve(s, listing, entry);
	struct source_file file;
	struct sync_item *it;

	if (path.len == 0 || !source_match(source, path, &s->arena, &file) ||
	    !wants_entry(s, listing, entry, &file))
		return 0;
	if (sync_add(s, &file, path, &it, e) != 0)
		return -1;
	it->index = listing;
	it->changed = entry->time;
	if (!entry->has_sha256)
		return 0;
	it->expect.proof = proof_of(listing->file.kind->listing);
	it->expect.sha256 = entry->sha256;
	it->expect.size_bytes = entry->size_bytes;
	return 0;
}

/*
 * Changes count from the archive on: where there is none, none of them. In a
 * tree the files that are there are found as such.
 */
static bool
needs_changes(struct sync *s, struct sync_item *it)
{
	struct err ignored;
	int64_t fetched;

	if (sync_in_tree(s, it))
		return false;
	it->since = archive_time(s, it->file.source, &fetched, &ignored);
	return it->since != 0;
}

static int
follow_listing(struct sync *s, struct sync_item *it, struct err *e)
{
	enum listing_kind kind = it->file.kind->listing;
	struct listed l = { .s = s };
	const struct listing_sink sink = { &l, note_entry };
	size_t i;
	int rc;

	if (kind == LISTING_CSAF_CHANGES && !needs_changes(s, it))
		return 0;
	rc = proc_verify_listing(
	    &s->verify, verified_fd(it->verified), kind, &sink, e);
	/* One mirror is enough. */
	if (kind == LISTING_MIRRORS && l.n > 1)
		l.n = 1;
	for (i = 0; rc == 0 && i < l.n; i++)
		rc = add_entry(s, it, &l.entries[i], e);
	free(l.entries);
	return rc;
}

bool
sync_has_digest(const struct sync_item *it)
{
	return it->index != NULL &&
	    (it->expect.proof == PROOF_META_SHA256 ||
		it->expect.proof == PROOF_PULP_MANIFEST ||
		it->expect.proof == PROOF_REPOMD);
}

bool
sync_follow_deferred(struct sync *s)
{
	bool any = false;
	size_t i;

	for (i = 0; i < s->n_items; i++) {
		struct sync_item *it = s->items[i];

		if (!it->deferred)
			continue;
		any = true;
		sync_follow(s, it);
		it->deferred = false;
	}
	return any;
}

void
sync_follow(struct sync *s, struct sync_item *it)
{
	struct err why = { 0 };
	int rc;

	/* Which changes matter depends on the archive. */
	if (it->file.kind->listing == LISTING_CSAF_CHANGES && !it->deferred) {
		it->deferred = true;
		return;
	}

	if (it->file.kind->listing == LISTING_NVD_PAGE)
		rc = sync_page_arrived(s, it, &why);
	else if (it->file.role == SOURCE_META)
		rc = follow_meta(s, it, &why);
	else
		rc = follow_listing(s, it, &why);
	sync_close(it);
	if (rc != 0)
		sync_refuse(s, it, &why);
}

bool
sync_is_current(const struct sync *s, const struct sync_item *it)
{
	/* What was answered for a window in the past stays the answer. */
	if (it->known && it->file.kind->listing == LISTING_NVD_PAGE)
		return true;
	if (!it->known || it->index == NULL)
		return false;
	switch (it->expect.proof) {
	case PROOF_META_SHA256:
		return !it->index->moved;
	case PROOF_PULP_MANIFEST:
	case PROOF_REPOMD:
		return digest_eq(&it->before_sha256, &it->expect.sha256);
	default:
		/* We asked after it had changed last, by a clock as now. */
		return it->changed != 0 &&
		    it->before.checked <= s->result.started &&
		    it->before.checked > it->changed + OVERLAP_S;
	}
}
