/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was proved and kept goes into a generation. The index itself says what
 * is indexed: a run that was killed after it kept a file, or an index that is
 * lost, is made good from the store.
 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "indexer/current.h"
#include "indexer/generation.h"
#include "indexer/history.h"
#include "indexer/proc_index.h"
#include "syncd/sync_parts.h"

#define SHRINK_LEAST 20u /* records, below which a share says nothing */

/* The documents of one family that are to be indexed. */
struct job {
	struct sync *s;
	const char *family;
	const struct index_reader *before;
	struct sync_item **items;
	struct index_input *inputs;
	struct index_outcome *outcomes;
	size_t n;
};

static int
open_current(struct sync *s, struct index_reader *r, struct err *e)
{
	if (current_open(r, s->state, e) != 0 &&
	    (e->code != ERR_FORMAT || s->options.dry_run ||
		current_mend(s->state, s->catalog, e) != 0 ||
		current_open(r, s->state, e) != 0))
		return -1;
	s->result.generation = r->generation;
	return 0;
}

static bool
is_indexed(const struct index_reader *r, const struct sync_item *it)
{
	const struct document *d = index_find(r, it->file.name, NULL);
	const struct source *source = it->file.source;
	char hex[DIGEST_HEX_SIZE];

	return d != NULL &&
	    span_is(d->sha256, digest_hex(&it->proof.sha256, hex)) &&
	    span_eq(d->path, it->path) && span_is(d->source, source->name) &&
	    span_eq(d->release, it->file.release) &&
	    span_eq(d->flavour, it->file.flavour) &&
	    span_eq(d->distribution, it->file.distribution);
}

static int
restore_row(struct sync *s, const struct index_reader *r,
    const struct catalog_document *row, struct err *e)
{
	const struct source *source = source_find(row->source);
	const struct document *d = index_find(r, row->name, NULL);
	struct source_file file;
	struct sync_item *it;

	if (d != NULL || sync_find(s, row->path) != NULL || source == NULL ||
	    !source_match(source, row->path, &s->arena, &file))
		return 0;
	if (sync_add(s, &file, row->path, &it, e) != 0)
		return -1;
	it->state = SYNC_RESTORED;
	it->unasked = true;
	it->proof.size_bytes = row->size_bytes;
	if (!digest_parse(row->sha256, &it->proof.sha256))
		return err_set(e, ERR_FORMAT, "catalog: %.*s has no digest",
		    SPAN_ARG(row->name));
	return 0;
}

/*
 * What was accepted once and is not in the index at all comes back from the
 * store. Another version of it may be there because somebody rolled back.
 */
static int
restore(struct sync *s, const struct index_reader *r, struct err *e)
{
	size_t i;

	for (i = 0; i < s->n_known; i++)
		if (restore_row(s, r, &s->known[i], e) != 0)
			return -1;
	return 0;
}

/* Marks it if the index lacks it. */
static bool
mark(const struct index_reader *r, struct sync_item *it)
{
	if (it->state == SYNC_RETIRED) {
		it->pending = index_find(r, it->file.name, NULL) != NULL;
		return it->pending;
	}
	if (it->file.role != SOURCE_DOCUMENT ||
	    (it->state != SYNC_FETCHED && it->state != SYNC_UNCHANGED &&
		it->state != SYNC_RESTORED))
		return false;
	it->pending = !is_indexed(r, it);
	return it->pending;
}

static bool
is_of(const struct job *j, const struct sync_item *it)
{
	return it->pending && strcmp(it->file.source->family, j->family) == 0;
}

static struct index_input
input_of(const struct sync *s, const struct sync_item *it)
{
	return (struct index_input){
		.format = it->file.kind->format,
		.name = it->file.name,
		.source = span_of(it->file.source->name),
		.path = it->path,
		.distribution = it->file.distribution,
		.release = it->file.release,
		.flavour = it->file.flavour,
		.unpacked_max = it->expect.unpacked_max,
		.store = it->state == SYNC_RETIRED ? NULL : &s->store,
		.sha256 = it->proof.sha256,
	};
}

static void
gather(struct job *j)
{
	struct sync *s = j->s;
	size_t i, n = 0;

	for (i = 0; i < s->n_items; i++)
		n += is_of(j, s->items[i]);
	j->items = xmalloc(xmul(n, sizeof(*j->items)));
	j->inputs = xmalloc(xmul(n, sizeof(*j->inputs)));
	j->outcomes = xcalloc(n, sizeof(*j->outcomes));
	for (i = 0, j->n = 0; i < s->n_items; i++) {
		if (!is_of(j, s->items[i]))
			continue;
		j->inputs[j->n] = input_of(s, s->items[i]);
		j->items[j->n++] = s->items[i];
	}
}

static void
job_cleanup(struct job *j)
{
	free(j->items);
	free(j->inputs);
	free(j->outcomes);
}

static void
refuse_pending(struct sync *s, struct sync_item *it, const struct err *why)
{
	it->pending = false;
	sync_refuse(s, it, why);
}

/* The reader's messages name the path, and so does sync_refuse(). */
static struct err
without_path(const struct sync_item *it, const struct err *why)
{
	struct err e = *why;
	size_t len = it->path.len;

	if (strncmp(why->msg, it->path.ptr, len) == 0 &&
	    strncmp(why->msg + len, ": ", 2) == 0)
		memmove(
		    e.msg, why->msg + len + 2, strlen(why->msg + len + 2) + 1);
	return e;
}

/* Fewer than four fifths of what it held: upstream may have had an accident. */
static bool
has_shrunk(const struct job *j, size_t i, uint64_t *before)
{
	const struct sync_item *it = j->items[i];
	const struct document *d = index_find(j->before, it->file.name, NULL);

	if (d == NULL || it->file.rolling || it->state == SYNC_RESTORED ||
	    d->n_records < SHRINK_LEAST)
		return false;
	*before = d->n_records;
	return j->outcomes[i].n_records < d->n_records - d->n_records / 5;
}

/* "2024-12-04" of "2024-12-04T07:00:03" and of "2024.12.04" */
static bool
is_dated(struct span s)
{
	size_t i;

	for (i = 0; i < 10; i++)
		if (i >= s.len ||
		    (i == 4 || i == 7 ? s.ptr[i] != '-' && s.ptr[i] != '.'
				      : !span_is_digit(s.ptr[i])))
			return false;
	return true;
}

/* Was it published before the one that we have? */
static bool
went_back(const struct job *j, size_t i, struct span *before)
{
	const struct sync_item *it = j->items[i];
	const struct document *d = index_find(j->before, it->file.name, NULL);
	struct span now = span_of(j->outcomes[i].published);

	if (d == NULL || it->state == SYNC_RESTORED || !is_dated(now) ||
	    !is_dated(d->published))
		return false;
	*before = d->published;
	return span_cmp(span_first(now, 19), span_first(d->published, 19)) < 0;
}

/* Is it incomplete where the one that we have is whole? */
static bool
lost_tests(const struct job *j, size_t i)
{
	const struct sync_item *it = j->items[i];
	const struct document *d = index_find(j->before, it->file.name, NULL);

	return d != NULL && it->state != SYNC_RESTORED &&
	    j->outcomes[i].n_missing > d->n_missing;
}

static bool
is_let_through(const struct sync *s, const struct source *source)
{
	const struct source *const *i = s->options.accept;

	for (; i != NULL && *i != NULL; i++)
		if (*i == source)
			return true;
	return false;
}

/* What about it makes an admin's eye necessary? */
static bool
is_odd(const struct job *j, size_t i, struct err *why)
{
	const struct index_outcome *o = &j->outcomes[i];
	struct span published = SPAN_NONE;
	uint64_t n = 0;

	if (lost_tests(j, i))
		err_set(why, ERR_UNTRUSTED,
		    "it lacks %" PRIu64 " tests, which the last good copy does "
		    "not: %s",
		    o->n_missing, o->missing);
	else if (has_shrunk(j, i, &n))
		err_set(why, ERR_UNTRUSTED,
		    "it has %" PRIu64 " records where the last good copy has "
		    "%" PRIu64,
		    o->n_records, n);
	else if (went_back(j, i, &published))
		err_set(why, ERR_UNTRUSTED,
		    "it was published %s, before the last good copy of %.*s",
		    o->published, SPAN_ARG(published));
	else
		return false;
	return true;
}

/* True if one of them is held back: the family is to be built without it. */
static bool
hold_odd(struct job *j)
{
	struct err odd, why = { 0 };
	bool any = false;
	size_t i;

	for (i = 0; i < j->n; i++) {
		struct sync_item *it = j->items[i];
		const struct source *source = it->file.source;

		if (it->state == SYNC_RETIRED || j->outcomes[i].refused ||
		    !is_odd(j, i, &odd))
			continue;
		if (is_let_through(j->s, source)) {
			it->accepted = true;
			log_info("sync: %.*s: let through: %s",
			    SPAN_ARG(it->path), odd.msg);
			continue;
		}
		err_set(&why, ERR_UNTRUSTED,
		    SYNC_HELD "%.160s; scapcache sync --accept %s lets it "
			      "through",
		    odd.msg, source->name);
		it->held = true;
		refuse_pending(j->s, it, &why);
		any = true;
	}
	return any;
}

static bool
has_failed_archive(const struct job *j, const struct source *source)
{
	size_t i;

	for (i = 0; i < j->n; i++)
		if (j->items[i]->file.source == source &&
		    sync_is_archive(&j->items[i]->file) &&
		    (j->items[i]->held || j->outcomes[i].refused))
			return true;
	return false;
}

/*
 * Where an archive does not get in, the documents that it was to stand for
 * stay. True if there are any: the family is to be built with them.
 */
static bool
keep_retired(struct job *j)
{
	bool any = false;
	size_t i;

	for (i = 0; i < j->n; i++) {
		struct sync_item *it = j->items[i];

		if (it->state != SYNC_RETIRED ||
		    !has_failed_archive(j, it->file.source))
			continue;
		it->state = SYNC_WAITING;
		it->pending = false;
		any = true;
	}
	return any;
}

/* What the indexer made of each. True if the family has anything new. */
static bool
settle(struct job *j)
{
	bool any = false;
	size_t i;

	for (i = 0; i < j->n; i++) {
		struct sync_item *it = j->items[i];
		const struct index_outcome *o = &j->outcomes[i];

		progress_clear(j->s->progress, it->file.name);
		if (o->refused) {
			struct err why = without_path(it, &o->error);

			refuse_pending(j->s, it, &why);
			continue;
		}
		it->pending = false;
		it->indexed = true;
		it->n_added = o->n_added;
		it->n_changed = o->n_changed;
		it->n_removed = o->n_removed;
		it->n_written = o->n_written;
		log_info("index: %.*s: indexed records=%" PRIu64
			 " added=%" PRIu64 " changed=%" PRIu64
			 " removed=%" PRIu64 " rows_written=%" PRIu64,
		    SPAN_ARG(it->file.name), o->n_records, o->n_added,
		    o->n_changed, o->n_removed, o->n_written);
		progress_say(j->s->progress,
		    "index: %.*s: %" PRIu64 " %s, %" PRIu64 " added, %" PRIu64
		    " changed, %" PRIu64 " removed",
		    SPAN_ARG(it->file.name), o->n_records,
		    o->n_records == 1 ? "record" : "records", o->n_added,
		    o->n_changed, o->n_removed);
		if (o->n_missing > 0)
			log_warn("index: %.*s: %" PRIu64
				 " tests are not in it, their criteria are "
				 "unknown: %s",
			    SPAN_ARG(it->file.name), o->n_missing, o->missing);
		any = true;
	}
	return any;
}

static void
refuse_all(struct job *j, const struct err *why)
{
	size_t i;

	for (i = 0; i < j->n; i++)
		refuse_pending(j->s, j->items[i], why);
}

/* One try at a generation: a job for each family that has something. */
struct round {
	struct sync *s;
	struct generation_builder *g;
	struct job *jobs;
	struct index_job *runs;
	size_t n;
	bool again; /* a family is to be built without what was held back */
	bool any;   /* a family has changed */
};

static void
on_records(void *ctx, const struct index_job *run, size_t i, uint64_t n_records)
{
	const struct round *r = ctx;

	(void)run;
	progress_show(
	    r->s->progress, run->inputs[i].name, n_records, 0, "records");
}

static bool
is_first_of_family(size_t source)
{
	size_t i;

	for (i = 0; i < source; i++)
		if (strcmp(sources[i].family, sources[source].family) == 0)
			return false;
	return true;
}

static int
round_prepare(struct round *r, const struct index_reader *before, struct err *e)
{
	struct sync *s = r->s;
	size_t i;

	r->n = 0;
	r->again = false;
	for (i = 0; i < n_sources; i++) {
		struct job *j = &r->jobs[r->n];
		struct index_job *run = &r->runs[r->n];

		*j = (struct job){ s, sources[i].family, before, NULL, NULL,
			NULL, 0 };
		if (!is_first_of_family(i))
			continue;
		gather(j);
		r->n++;
		if (j->n == 0) {
			job_cleanup(&r->jobs[--r->n]);
			continue;
		}
		*run = (struct index_job){ .inputs = j->inputs,
			.n_inputs = j->n,
			.outcomes = j->outcomes };
		if (generation_family(
			r->g, span_of(j->family), &run->path, e) != 0)
			return -1;
		progress_say(s->progress, "index: %s: %zu document%s",
		    j->family, j->n, j->n == 1 ? "" : "s");
	}
	return 0;
}

/* A family in which nothing is new stays the file that it was. */
static int
round_settle(struct round *r, struct err *e)
{
	bool changed, odd;
	size_t i;

	for (i = 0; i < r->n; i++) {
		struct job *j = &r->jobs[i];

		changed = false;
		odd = !r->runs[i].failed && hold_odd(j);
		odd = (!r->runs[i].failed && keep_retired(j)) || odd;
		if (r->runs[i].failed)
			refuse_all(j, &r->runs[i].error);
		else if (odd)
			r->again = true;
		else
			changed = settle(j);
		r->any = r->any || changed;
		if (!changed &&
		    generation_keep(r->g, span_of(j->family), e) != 0)
			return -1;
	}
	return 0;
}

static int
build_families(
    struct round *r, const struct index_reader *before, struct err *e)
{
	const struct index_report report = { r, on_records };
	int rc;

	do {
		rc = round_prepare(r, before, e);
		if (rc == 0) {
			index_jobs_run(r->runs, r->n, &report);
			rc = round_settle(r, e);
		}
		while (r->n > 0)
			job_cleanup(&r->jobs[--r->n]);
	} while (rc == 0 && r->again);
	return rc;
}

static int
build(struct sync *s, const struct index_reader *before, struct err *e)
{
	struct round r = { .s = s };
	uint64_t last, number;

	r.jobs = arena_array(&s->arena, n_sources + 1, sizeof(*r.jobs));
	r.runs = arena_array(&s->arena, n_sources + 1, sizeof(*r.runs));
	if (history_record(s->catalog, s->state, e) != 0 ||
	    history_last(s->catalog, &last, e) != 0 ||
	    generation_begin(&r.g, s->state->dirfd, last, e) != 0)
		return -1;
	if (build_families(&r, before, e) != 0) {
		generation_abandon(r.g);
		return -1;
	}
	if (!r.any) {
		generation_abandon(r.g);
		return 0;
	}
	progress_say(s->progress, "publish: generation %" PRIu64,
	    generation_number(r.g));
	number = generation_number(r.g);
	if (generation_publish(r.g, e) != 0)
		return -1;
	log_info("publish: generation %" PRIu64 ": current", number);
	s->result.published = true;
	return 0;
}

static void
take_stock_of(struct sync *s, const struct document *d)
{
	const struct source *source = source_find(d->source);
	struct sync_item *it = sync_find(s, d->path);

	if (source != NULL) {
		s->tallies[source - sources].n_documents++;
		s->tallies[source - sources].n_records += d->n_records;
	}
	if (it != NULL) {
		it->n_records = d->n_records;
		it->published = arena_span(&s->arena, d->published);
	}
}

/* What stands in the index now, for the catalog and the summary. */
static void
take_stock(struct sync *s, const struct index_reader *r)
{
	size_t i, k;

	for (i = 0; i < r->n_families; i++)
		for (k = 0; k < r->families[i].n_documents; k++)
			take_stock_of(s, &r->families[i].documents[k]);
}

int
sync_index(struct sync *s, struct err *e)
{
	struct index_reader before;
	bool any = false;
	int rc = -1;
	size_t i;

	if (open_current(s, &before, e) != 0)
		return -1;
	if (!s->options.dry_run) {
		if (restore(s, &before, e) != 0)
			goto out;
		for (i = 0; i < s->n_items; i++)
			any = mark(&before, s->items[i]) || any;
	}
	if (any && build(s, &before, e) != 0)
		goto out;
	if (s->result.published) {
		index_close(&before);
		if (open_current(s, &before, e) != 0)
			return -1;
	}
	take_stock(s, &before);
	rc = 0;
out:
	index_close(&before);
	return rc;
}
