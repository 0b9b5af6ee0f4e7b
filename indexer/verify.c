/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <unistd.h>

#include "base/file.h"
#include "base/store.h"
#include "indexer/current.h"
#include "indexer/generation.h"
#include "indexer/proc_index.h"
#include "indexer/verify.h"
#include "schema_index.h"

struct verification {
	const struct state *state;
	struct store store;
	char folder[GENERATION_PATH_SIZE]; /* "index/verify-1" */
	struct arena arena;                /* of the family in hand */
	struct index_input *inputs;
	struct index_outcome *outcomes;
	struct verified_file **files;
	size_t n;
};

static int
take_document(struct verification *v, struct db_stmt *s, struct err *e)
{
	struct index_input *in = &v->inputs[v->n];
	struct digest sha256;

	if (!document_format_parse(db_text(s, 2), &in->format) ||
	    !digest_parse(db_text(s, 8), &sha256))
		return err_set(e, ERR_FORMAT, "the index is damaged");
	in->name = arena_span(&v->arena, db_text(s, 1));
	in->source = arena_span(&v->arena, db_text(s, 3));
	in->distribution = arena_span(&v->arena, db_text(s, 4));
	in->release = arena_span(&v->arena, db_text(s, 5));
	in->flavour = arena_span(&v->arena, db_text(s, 6));
	in->path = arena_span(&v->arena, db_text(s, 7));
	if (store_get(&v->store, &sha256, &v->files[v->n], e) != 0)
		return err_context(e, "%.*s", SPAN_ARG(in->name));
	in->file = v->files[v->n++];
	return 0;
}

/* What the published family was made of, from the store. */
static int
take_documents(
    struct verification *v, const struct index_family *f, struct err *e)
{
	struct db_stmt *s = db_query(f->db, QUERY_INDEX_DOCUMENT_LIST);
	int rc;

	v->n = 0;
	v->inputs = arena_array(&v->arena, f->n_documents, sizeof(*v->inputs));
	v->outcomes =
	    arena_array(&v->arena, f->n_documents, sizeof(*v->outcomes));
	v->files = arena_array(&v->arena, f->n_documents, sizeof(*v->files));
	while ((rc = db_step(s, e)) == 1 && v->n < f->n_documents) {
		if (take_document(v, s, e) != 0) {
			db_reset(s);
			return -1;
		}
	}
	db_reset(s);
	return rc == -1 ? -1 : 0;
}

static int
check_outcomes(const struct verification *v, struct err *e)
{
	size_t i;

	for (i = 0; i < v->n; i++)
		if (v->outcomes[i].refused) {
			*e = v->outcomes[i].error;
			return -1;
		}
	return 0;
}

static int
rebuild(struct verification *v, const struct index_family *f,
    struct verify_result *r, struct err *e)
{
	struct buf path = { 0 };
	int rc = -1;

	buf_printf(&path, "%s/%s/%.*s.sqlite", v->state->path, v->folder,
	    SPAN_ARG(f->name));
	if (take_documents(v, f, e) == 0 &&
	    index_family_run(buf_str(&path), v->inputs, v->n, v->outcomes, e) ==
		0 &&
	    check_outcomes(v, e) == 0)
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
	size_t i;

	*r = (struct verify_result){ .family = f->name };
	if (digest_current(v, generation, f->name, &r->current, &why) == 0 &&
	    rebuild(v, f, r, &why) == 0)
		r->same = digest_eq(&r->current.content, &r->rebuilt.content) &&
		    digest_eq(&r->current.plan, &r->rebuilt.plan);
	if (why.code != ERR_NONE)
		r->reason = arena_span(&v->arena, span_of(why.msg));
	for (i = 0; i < v->n; i++)
		verified_close(v->files[i]);
	v->n = 0;
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
