/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "indexer/current.h"
#include "indexer/generation.h"
#include "indexer/proc_index.h"
#include "indexer/rebuild.h"
#include "indexer/verify.h"

struct verification {
	const struct state *state;
	struct store store;
	char folder[GENERATION_PATH_SIZE]; /* "index/verify-1" */
	struct arena arena;                /* of the family in hand */
};

static int
rebuild(struct verification *v, const struct index_family *f,
    struct verify_result *r, struct err *e)
{
	struct rebuild_document *documents =
	    arena_array(&v->arena, f->n_documents, sizeof(*documents));
	struct buf path = { 0 };
	size_t i;
	int rc;

	for (i = 0; i < f->n_documents; i++) {
		const struct document *d = &f->documents[i];

		documents[i] = (struct rebuild_document){ d->name, d->format,
			d->source, d->path, d->sha256, d->distribution,
			d->release, d->flavour };
	}
	buf_printf(&path, "%s/%s/%.*s.sqlite", v->state->path, v->folder,
	    SPAN_ARG(f->name));
	rc = rebuild_family(
	    &v->store, buf_str(&path), documents, f->n_documents, e);
	if (rc == 0)
		rc = index_digests_run(buf_str(&path), &r->rebuilt, e);
	unlink(buf_str(&path));
	buf_cleanup(&path);
	return rc;
}

static int
digest_current(const struct verification *v, uint64_t generation,
    struct span family, struct family_digests *out, struct err *e)
{
	char below[GENERATION_PATH_SIZE];
	struct buf path = { 0 };
	int rc;

	buf_printf(&path, "%s/%s/%.*s.sqlite", v->state->path,
	    generation_path(generation, below), SPAN_ARG(family));
	rc = index_digests_run(buf_str(&path), out, e);
	buf_cleanup(&path);
	return rc;
}

/* A family that cannot be rebuilt differs, and the others are looked at. */
static void
verify_family(struct verification *v, uint64_t generation,
    const struct index_family *f, struct verify_result *r)
{
	struct err why = { 0 };

	*r = (struct verify_result){ .family = f->name };
	if (digest_current(v, generation, f->name, &r->current, &why) == 0 &&
	    rebuild(v, f, r, &why) == 0)
		r->same = digest_eq(&r->current.content, &r->rebuilt.content) &&
		    digest_eq(&r->current.plan, &r->rebuilt.plan);
	if (why.code != ERR_NONE)
		r->reason = arena_span(&v->arena, span_of(why.msg));
}

int
verify_run(const struct state *state,
    int (*fn)(void *ctx, const struct verify_result *r, struct err *e),
    void *ctx, struct err *e)
{
	struct verification v = { .state = state, .store = { -1 } };
	struct index_reader reader;
	struct verify_result r;
	struct err ignored;
	size_t i;
	int rc = -1;

	snprintf(v.folder, sizeof(v.folder), "index/verify-%d", (int)getpid());
	if (current_open(&reader, state, e) != 0 ||
	    store_open(&v.store, state->dirfd, e) != 0 ||
	    file_make_dirs(state->dirfd, v.folder, e) != 0)
		goto out;
	for (i = 0; i < reader.n_families; i++) {
		verify_family(&v, reader.generation, &reader.families[i], &r);
		if (fn(ctx, &r, e) != 0)
			goto out;
		arena_reset(&v.arena);
	}
	rc = 0;
out:
	file_remove_tree(state->dirfd, v.folder, &ignored);
	store_close(&v.store);
	index_close(&reader);
	arena_cleanup(&v.arena);
	return rc;
}
