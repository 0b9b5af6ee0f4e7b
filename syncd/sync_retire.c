/* SPDX-License-Identifier: Apache-2.0 */
/* Documents that the cache needs no more, or that a tree has no more. */
#include "base/clock.h"
#include "syncd/sync_parts.h"

#define DAY_S ((int64_t)86400)

/*
 * A document of CSAF by itself was fetched because it was newer than the
 * archive. An archive of a day after that has it.
 */
static bool
is_in_archive(const struct catalog_document *row,
    const struct source_file *file, int64_t archive)
{
	int64_t published;

	/* Our clock may be behind: the document's own date is older, too. */
	return archive != 0 && file->kind->format == DOCUMENT_CSAF &&
	    !sync_is_archive(file) && row->proved + DAY_S < archive &&
	    clock_parse(row->published, &published) &&
	    published + DAY_S < archive;
}

static int
add_state(struct sync *s, const struct source_file *file, struct span path,
    enum sync_state state, struct err *e)
{
	struct sync_item *it;

	if (sync_add(s, file, path, &it, e) != 0)
		return -1;
	it->state = state;
	it->unasked = true;
	return 0;
}

/* Has the manifest that names all of a source's documents left it out? */
static bool
is_left_out(struct sync *s, const struct source_file *file)
{
	const struct source_path *listing = source_listing(file->source);
	struct source_names names;
	struct sync_item *it;

	if (listing == NULL || listing->listing != LISTING_PULP_MANIFEST ||
	    file->kind->proof != SOURCE_PROOF_LISTING)
		return false;
	it = sync_find(
	    s, source_path(file->source, span_of(listing->pattern), &s->arena));
	names = sync_names(s, file->source);
	return it != NULL &&
	    (it->state == SYNC_FETCHED || it->state == SYNC_UNCHANGED) &&
	    source_wants(&names, file->flavour);
}

/* archives: when that of each source was made, 0 where none was fetched. */
static int
retire_row(struct sync *s, const struct catalog_document *row,
    const int64_t *archives, struct err *e)
{
	const struct source *source = source_find(row->source);
	const struct sync_place *p;
	struct source_file file;

	if (source == NULL || sync_find(s, row->path) != NULL ||
	    !source_match(source, row->path, &s->arena, &file))
		return 0;
	if (is_in_archive(row, &file, archives[source - sources]) ||
	    (file.kind->listing == LISTING_NVD_PAGE &&
		sync_page_is_covered(s, row)))
		return add_state(s, &file, row->path, SYNC_RETIRED, e);
	p = sync_place(s, source);
	if (!span_eq(row->origin, p->origin) ||
	    (p->treefd == -1 && !is_left_out(s, &file)))
		return 0;
	return add_state(s, &file, row->path, SYNC_NOT_OFFERED, e);
}

int
sync_retire(struct sync *s, struct err *e)
{
	int64_t *archives =
	    arena_array(&s->arena, n_sources, sizeof(*archives));
	size_t i;

	for (i = 0; i < n_sources; i++)
		archives[i] = sync_archive_fetched(s, &sources[i]);
	for (i = 0; i < s->n_known; i++)
		if (retire_row(s, &s->known[i], archives, e) != 0)
			return -1;
	return 0;
}
