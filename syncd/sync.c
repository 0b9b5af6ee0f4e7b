/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/log.h"
#include "base/mem.h"
#include "indexer/generation.h"
#include "syncd/publish.h"
#include "syncd/publish_bundles.h"
#include "syncd/sync_parts.h"

#define MIB ((uint64_t)1024 * 1024)
#define SECONDS_A_YEAR 31556952 /* of the Gregorian calendar, on average */

static const char *const state_names[] = {
	[SYNC_WAITING] = "waiting",
	[SYNC_ASKED] = "asked",
	[SYNC_PLANNED] = "planned",
	[SYNC_FETCHED] = "fetched",
	[SYNC_UNCHANGED] = "unchanged",
	[SYNC_RESTORED] = "restored",
	[SYNC_RETIRED] = "retired",
	[SYNC_NOT_OFFERED] = "not-offered",
	[SYNC_REFUSED] = "refused",
};

const char *
sync_state_name(enum sync_state state)
{
	return state_names[state];
}

static bool
is_configured(const struct sync *s, const struct source *source)
{
	const char *const *words =
	    config_words(s->options.config, "sync.sources");
	const char *from = s->options.from;

	/* A tree is taken whole, also what upstream has no more. */
	if (from != NULL &&
	    (source->archive || (*words == NULL && sync_is_folder(from))))
		return true;
	if (*words == NULL)
		return source_enabled(source, s->options.config) &&
		    !source->archive;
	for (; *words != NULL; words++)
		if (strcmp(*words, source->name) == 0)
			return true;
	return false;
}

bool
sync_is_selected(const struct sync *s, const struct source *source)
{
	const struct source *const *i = s->options.sources;

	if (source == s->also)
		return true;
	if (i == NULL)
		return is_configured(s, source);
	for (; *i != NULL; i++)
		if (*i == source)
			return true;
	return false;
}

struct source_names
sync_names(const struct sync *s, const struct source *source)
{
	/* The site's clock is not to be trusted to the hour: a day ahead. */
	int64_t t = s->result.started + 86400;

	return source_names_of(
	    source, s->options.config, (unsigned)(1970 + t / SECONDS_A_YEAR));
}

struct sync_item *
sync_find(const struct sync *s, struct span path)
{
	uint32_t i;

	return map_get(&s->by_path, path, &i) ? s->items[i] : NULL;
}

/* Two streams of one name in two folders: the second keeps its folder. */
static struct span
claim_name(struct sync *s, struct span name, struct span path)
{
	struct span folder = span_first(path, span_rfind(path, '/'));
	struct buf longer = { 0 };
	uint32_t i;

	if (map_add(&s->by_name, name, s->n_names, &i)) {
		s->name_paths = xgrow(s->name_paths, &s->name_paths_cap,
		    s->n_names + 1, sizeof(*s->name_paths));
		s->name_paths[s->n_names++] = path;
		return name;
	}
	if (span_eq(s->name_paths[i], path))
		return name;
	if (span_rfind(folder, '/') < folder.len)
		folder = span_from(folder, span_rfind(folder, '/') + 1);
	buf_printf(&longer, "%.*s/%.*s", SPAN_ARG(folder), SPAN_ARG(name));
	name = arena_span(&s->arena, buf_span(&longer));
	buf_cleanup(&longer);
	return name;
}

static uint64_t
size_limit(const struct sync *s, const struct source_file *file)
{
	uint64_t max = config_uint(s->options.config, "sync.size_max_mib");
	uint64_t own = source_size_max(file->source, s->options.config);

	if (file->role == SOURCE_META)
		return META_SIZE_MAX;
	if (file->role == SOURCE_LISTING)
		return LISTING_SIZE_MAX;
	return max * MIB < own ? max * MIB : own;
}

static uint64_t
unpacked_limit(const struct sync *s, const struct source *source)
{
	uint64_t max =
	    config_uint(s->options.config, "sync.unpacked_max_mib") * MIB;

	/* Archives of everything are larger than any one document. */
	return max > source->unpacked_max ? max : source->unpacked_max;
}

int
sync_add(struct sync *s, const struct source_file *file, struct span path,
    struct sync_item **out, struct err *e)
{
	struct sync_item *it = sync_find(s, path);
	struct source_file copy;

	*out = it;
	if (it != NULL)
		return 0;
	if (s->n_items == SYNC_ITEMS_MAX)
		return err_set(e, ERR_LIMIT, "%s: more than %u files",
		    file->source->name, SYNC_ITEMS_MAX);
	it = *out = arena_alloc(&s->arena, sizeof(*it));
	it->path = arena_span(&s->arena, path);
	/* The parts of the name are to lie in our copy of the path. */
	source_match(file->source, it->path, &s->arena, &copy);
	it->sync = s;
	it->file = copy;
	/* A name of the table's is the document's, wherever the file is. */
	if (copy.role == SOURCE_DOCUMENT && copy.kind->document == NULL)
		it->file.name = claim_name(s, copy.name, it->path);
	if (copy.role == SOURCE_DOCUMENT || copy.role == SOURCE_MIRROR)
		it->expect.packing = verify_packing_of(it->path);
	it->expect.proof =
	    span_is(sync_place(s, copy.source)->origin, "upstream")
	    ? PROOF_TLS
	    : PROOF_LOCAL;
	it->expect.unpacked_max = unpacked_limit(s, copy.source);
	it->expect.may_be_empty =
	    copy.kind->format == DOCUMENT_CSAF_DELETIONS ||
	    copy.kind->listing == LISTING_CSAF_CHANGES;
	it->size_max = size_limit(s, &copy);
	it->id = s->n_items;
	s->items =
	    xgrow(s->items, &s->items_cap, s->n_items + 1, sizeof(*s->items));
	s->items[s->n_items] = it;
	map_add(&s->by_path, it->path, (uint32_t)s->n_items, NULL);
	s->n_items++;
	return 0;
}

void
sync_refuse(struct sync *s, struct sync_item *it, const struct err *why)
{
	it->state = SYNC_REFUSED;
	it->error = *why;
	sync_close(it);
	if (s->progress != NULL)
		progress_say(s->progress, "sync: %.*s: %s", SPAN_ARG(it->path),
		    why->msg);
	else
		log_error("sync: %.*s: %s", SPAN_ARG(it->path), why->msg);
}

void
sync_close(struct sync_item *it)
{
	verified_close(it->verified);
	it->verified = NULL;
}

int
sync_incoming(struct sync *s, struct sync_item *it, int *fd, struct err *e)
{
	snprintf(it->incoming, sizeof(it->incoming), "incoming/%zu", it->id);
	*fd = openat(s->state->dirfd, it->incoming,
	    O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (*fd == -1)
		return err_system(e, "%s", it->incoming);
	return 0;
}

void
sync_incoming_drop(struct sync *s, struct sync_item *it)
{
	part_drop(s->state->dirfd, it->incoming);
}

void
sync_unreadable(struct sync *s, struct span path, const struct err *why)
{
	struct buf text = { 0 };

	buf_printf(&text, "%.*s: %s", SPAN_ARG(path), why->msg);
	s->unreadable = xgrow(s->unreadable, &s->unreadable_cap,
	    s->result.n_unreadable + 1, sizeof(*s->unreadable));
	s->unreadable[s->result.n_unreadable++] =
	    arena_span(&s->arena, buf_span(&text));
	s->result.unreadable = s->unreadable;
	if (s->progress != NULL)
		progress_say(s->progress, "sync: %s", buf_str(&text));
	else
		log_error("sync: %s", buf_str(&text));
	buf_cleanup(&text);
}

void
sync_unclaimed(struct sync *s, struct span path)
{
	s->unclaimed = xgrow(s->unclaimed, &s->unclaimed_cap,
	    s->result.n_unclaimed + 1, sizeof(*s->unclaimed));
	s->unclaimed[s->result.n_unclaimed++] = arena_span(&s->arena, path);
	s->result.unclaimed = s->unclaimed;
}

/* Names of documents that stand in the catalog belong to their paths. */
static int
load_known(struct sync *s, struct err *e)
{
	size_t i;

	if (catalog_documents(
		s->catalog, &s->arena, &s->known, &s->n_known, e) != 0)
		return -1;
	for (i = 0; i < s->n_known; i++) {
		claim_name(s, s->known[i].name, s->known[i].path);
		map_add(&s->known_by_name, s->known[i].name, (uint32_t)i, NULL);
	}
	return 0;
}

const struct catalog_document *
sync_known(const struct sync *s, struct span name)
{
	uint32_t i;

	return map_get(&s->known_by_name, name, &i) ? &s->known[i] : NULL;
}

/* What a killed run left takes room that this one may need. */
static int
clean_up(struct sync *s, struct err *e)
{
	return store_clean(&s->store, e) == 0
	    ? generation_clean(s->state->dirfd, e)
	    : -1;
}

static int
open_parts(struct sync *s, struct err *e)
{
	if (catalog_open(&s->catalog, s->state, DB_WRITE, e) != 0 ||
	    store_open(&s->store, s->state->dirfd, e) != 0 ||
	    clean_up(s, e) != 0 || load_known(s, e) != 0)
		return -1;
	s->progress = progress_open(s->options.quiet);
	sync_http_open(s);
	return sync_places_open(s, e);
}

int
sync_list(struct sync *s, const struct source *source, struct err *e)
{
	const struct sync_place *p = sync_place(s, source);

	if (sync_place_open(s, source, e) != 0)
		return -1;
	if (p->treefd != -1)
		return sync_tree_list(s, source, e);
	/* A folder that nobody named has nothing. */
	return p->url == NULL ? 0 : sync_http_list(s, source, e);
}

static int
list_all(struct sync *s, struct err *e)
{
	size_t i;

	if (s->treefd != -1)
		return sync_tree_list(s, NULL, e);
	for (i = 0; i < n_sources; i++)
		if (sync_is_selected(s, &sources[i]) &&
		    sync_list(s, &sources[i], e) != 0)
			return -1;
	return 0;
}

/* Items that come up on the way are at the end of the list. */
static int
take_all(struct sync *s, struct err *e)
{
	size_t i = 0;
	int rc = 0;

	do {
		while (rc == 0 && (i < s->n_items || s->n_asked > 0)) {
			if (i == s->n_items ||
			    s->n_asked == PROC_FETCH_OPEN_MAX)
				rc = sync_http_next(s, e);
			else
				rc = sync_begin(s, s->items[i++], e);
		}
	} while (rc == 0 && sync_follow_deferred(s));
	return rc;
}

static void
count_item(struct sync_tally *t, const struct sync_item *it)
{
	t->fetched_bytes += it->fetched_bytes;
	switch (it->state) {
	case SYNC_FETCHED:
		t->n_fetched++;
		break;
	case SYNC_UNCHANGED:
		t->n_unchanged++;
		break;
	case SYNC_PLANNED:
		t->n_planned++;
		break;
	case SYNC_NOT_OFFERED:
		t->n_not_offered++;
		break;
	case SYNC_RETIRED:
		t->n_retired++;
		break;
	case SYNC_REFUSED:
		t->n_refused++;
		if (t->failure == NULL)
			t->failure = it;
		break;
	default:
		break;
	}
}

static void
count_items(struct sync *s)
{
	struct sync_tally *t;
	size_t i;

	for (i = 0; i < n_sources; i++) {
		s->tallies[i].source = &sources[i];
		/* What a tree has nothing of was not asked. */
		s->tallies[i].asked = sync_is_selected(s, &sources[i]) &&
		    (s->options.sources != NULL || !s->result.whole_tree);
	}
	s->result.nothing = !s->pages.is_recent;
	for (i = 0; i < s->n_items; i++) {
		t = &s->tallies[s->items[i]->file.source - sources];
		t->asked = t->asked || !s->items[i]->unasked;
		count_item(t, s->items[i]);
		if (t->failure != NULL)
			s->result.failed = true;
		if (s->items[i]->state != SYNC_NOT_OFFERED &&
		    s->items[i]->state != SYNC_RESTORED &&
		    s->items[i]->state != SYNC_RETIRED)
			s->result.nothing = false;
	}
	/* A wrong tree must not look like one in which nothing is new. */
	if (s->result.nothing || s->result.n_unreadable > 0)
		s->result.failed = true;
}

static void
say_unpublished(const struct sync *s, const char *what, const struct err *why)
{
	if (s->progress != NULL)
		progress_say(s->progress, "publish: %s: %s", what, why->msg);
	else
		log_warn("publish: %s: %s", what, why->msg);
}

/* A generation that cannot be signed is published all the same. */
static void
sign(struct sync *s)
{
	const struct publish_options o = {
		.config = s->options.config,
		.passphrase_fd = -1,
		.may_ask = s->progress != NULL && isatty(STDIN_FILENO),
	};
	struct err e = { 0 };

	if (publish_generation(s->state, s->catalog, &o, &e) == -1)
		say_unpublished(s, "not signed", &e);
	else if (publish_bundles(s->state, s->catalog, s->options.config, &e) ==
	    -1)
		say_unpublished(s, "no bundle", &e);
}

static int
run(struct sync *s, struct err *e)
{
	if (open_parts(s, e) != 0 || list_all(s, e) != 0 || take_all(s, e) != 0)
		return -1;
	sync_tree_end(s);
	sync_http_end(s);
	if (sync_retire(s, e) != 0 || sync_index(s, e) != 0)
		return -1;
	s->result.ended = clock_now();
	count_items(s);
	if (s->options.dry_run)
		return 0;
	if (sync_record(s, e) != 0)
		return -1;
	/* Also what a run that was killed did not get to. */
	sign(s);
	return 0;
}

static void
close_parts(struct sync *s)
{
	size_t i;

	for (i = 0; i < s->n_items; i++)
		sync_close(s->items[i]);
	proc_verify_close(&s->verify);
	sync_http_close(s);
	progress_close(s->progress);
	s->progress = NULL;
	store_close(&s->store);
	db_close(s->catalog);
	s->catalog = NULL;
	sync_places_close(s);
}

int
sync_run(struct sync **out, struct state *state,
    const struct sync_options *options, struct err *e)
{
	struct sync *s = xcalloc(1, sizeof(*s));
	int rc;

	s->state = state;
	s->options = *options;
	s->treefd = s->store.dirfd = s->fetch.ipc.fd = -1;
	s->fetch_message.fd = -1;
	s->result.started = clock_now();
	s->result.dry_run = options->dry_run;
	proc_verify_init(&s->verify);
	s->tallies = arena_array(&s->arena, n_sources, sizeof(*s->tallies));
	s->gave_up = arena_array(&s->arena, n_sources, sizeof(*s->gave_up));
	s->result.tallies = s->tallies;
	rc = run(s, e);
	s->result.items = s->items;
	s->result.n_items = s->n_items;
	close_parts(s);
	if (rc != 0) {
		sync_free(s);
		return -1;
	}
	*out = s;
	return 0;
}

void
sync_free(struct sync *s)
{
	if (s == NULL)
		return;
	map_cleanup(&s->by_path);
	map_cleanup(&s->by_name);
	map_cleanup(&s->known_by_name);
	arena_cleanup(&s->arena);
	free(s->items);
	free(s->name_paths);
	free(s->unclaimed);
	free(s->unreadable);
	free(s->tree_proved);
	free(s);
}

const struct sync_result *
sync_result(const struct sync *s)
{
	return &s->result;
}
