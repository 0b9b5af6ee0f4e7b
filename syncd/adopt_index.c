/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/log.h"
#include "bundle/refusal.h"
#include "indexer/history.h"
#include "syncd/adopt_parts.h"

struct building {
	struct adoption *ad;
	struct index_job *jobs;
	struct adopt_family **families; /* a job each */
	size_t n;
};

static void
on_records(void *ctx, const struct index_job *job, size_t i, uint64_t n_records)
{
	const struct building *b = ctx;

	progress_show(
	    b->ad->a->progress, job->inputs[i].name, n_records, 0, "records");
}

static int
prepare(struct building *b, struct err *e)
{
	struct adoption *ad = b->ad;
	struct index_job *job;
	size_t i;

	b->jobs = arena_array(&ad->arena, ad->n_families, sizeof(*b->jobs));
	b->families = arena_array(
	    &ad->arena, ad->n_families, sizeof(struct adopt_family *));
	for (i = 0; i < ad->n_families; i++) {
		struct adopt_family *f = &ad->families[i];

		if (f->n_inputs == 0)
			continue;
		if (generation_family(ad->builder, f->name, &f->path, e) != 0)
			return -1;
		job = &b->jobs[b->n];
		b->families[b->n++] = f;
		*job = (struct index_job){
			.path = f->path,
			.inputs = f->inputs,
			.n_inputs = f->n_inputs,
			.outcomes = arena_array(
			    &ad->arena, f->n_inputs, sizeof(*job->outcomes)),
		};
		progress_say(ad->a->progress, "index: %.*s: %zu document%s",
		    SPAN_ARG(f->name), f->n_inputs,
		    f->n_inputs == 1 ? "" : "s");
	}
	return 0;
}

static int
settle_document(const struct building *b, const struct index_input *in,
    const struct index_outcome *o, struct err *e)
{
	progress_clear(b->ad->a->progress, in->name);
	if (o->refused)
		return refuse(e, REFUSAL_INCOMPLETE,
		    "document %.*s is refused here: %.300s", SPAN_ARG(in->name),
		    o->error.msg);
	log_info("index: %.*s: %s records=%" PRIu64 " rows_written=%" PRIu64,
	    SPAN_ARG(in->name), in->store == NULL ? "removed" : "indexed",
	    o->n_records, o->n_written);
	return 0;
}

static int
settle(const struct building *b, struct err *e)
{
	size_t i, k;

	for (i = 0; i < b->n; i++) {
		const struct index_job *job = &b->jobs[i];

		if (job->failed) {
			*e = job->error;
			return err_context(
			    e, "index: %.*s", SPAN_ARG(b->families[i]->name));
		}
		for (k = 0; k < job->n_inputs; k++)
			if (settle_document(
				b, &job->inputs[k], &job->outcomes[k], e) != 0)
				return -1;
	}
	return 0;
}

static int
build(struct adoption *ad, struct err *e)
{
	struct building b = { .ad = ad };
	const struct index_report report = { &b, on_records };

	if (prepare(&b, e) != 0)
		return -1;
	index_jobs_run(b.jobs, b.n, &report);
	return settle(&b, e);
}

static int
digest_of_family(struct adoption *ad, const struct adopt_family *f,
    struct family_digests *out, struct err *e)
{
	char below[GENERATION_PATH_SIZE];
	struct buf path = { 0 };
	int rc;

	if (f->path != NULL)
		return index_digests_run(f->path, out, e);
	buf_printf(&path, "%s/%s/%.*s.sqlite", ad->state->path,
	    generation_path(ad->before.generation, below), SPAN_ARG(f->name));
	rc = index_digests_run(buf_str(&path), out, e);
	buf_cleanup(&path);
	return rc;
}

static int
compare_family(struct adoption *ad, const struct adopt_family *f, struct err *e)
{
	char here[DIGEST_HEX_SIZE], there[DIGEST_HEX_SIZE];
	struct family_digests digests;

	if (digest_of_family(ad, f, &digests, e) != 0)
		return err_context(e, "index: %.*s", SPAN_ARG(f->name));
	if (digest_eq(&digests.content, &f->promised->content))
		return 0;
	return refuse(e, REFUSAL_INCOMPLETE,
	    "family %.*s becomes %s here, where the manifest has %s: are both "
	    "sides of the same version of scapcache?",
	    SPAN_ARG(f->name), digest_hex(&digests.content, here),
	    digest_hex(&f->promised->content, there));
}

/* A family of no documents may be a file on one side and none on the other. */
static bool
has_documents(const struct adoption *ad, const struct adopt_family *f)
{
	const struct manifest *m = ad->a->manifest;
	size_t i;

	for (i = 0; i < m->n_documents; i++)
		if (span_eq(m->documents[i].family, f->name))
			return true;
	return false;
}

static int
compare(struct adoption *ad, struct err *e)
{
	size_t i;

	for (i = 0; i < ad->n_families; i++) {
		const struct adopt_family *f = &ad->families[i];

		if (f->is_whole && has_documents(ad, f) &&
		    compare_family(ad, f, e) != 0)
			return -1;
	}
	return 0;
}

/*
 * The manifest's number where that is above all that were given here, so that
 * both sides speak of the same; also where nothing but the number moved.
 */
static int
begin(struct adoption *ad, bool any, struct err *e)
{
	uint64_t number = ad->a->manifest->generation;
	uint64_t last;

	if (history_last(ad->catalog, &last, e) != 0)
		return -1;
	if (!any &&
	    (ad->a->sources != NULL || ad->before.generation == 0 ||
		number <= last))
		return 0;
	return generation_begin(&ad->builder, ad->state->dirfd,
	    number > last ? number - 1 : last, e);
}

int
adopt_index(struct adoption *ad, struct err *e)
{
	bool any = false;
	size_t i;

	for (i = 0; i < ad->n_families; i++)
		any = any || ad->families[i].n_inputs > 0;
	if (begin(ad, any, e) != 0 || (any && build(ad, e) != 0))
		return -1;
	return compare(ad, e);
}
