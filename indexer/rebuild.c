/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/stat.h>

#include "indexer/proc_index.h"
#include "indexer/rebuild.h"

/* Documents whose files are open at one time: the process has a limit. */
#define REBUILD_BATCH 100

struct rebuild {
	struct arena arena;
	struct index_input *inputs;
	struct index_outcome *outcomes;
	struct verified_file **files;
	size_t n;
};

static int
take_document(struct rebuild *r, const struct store *store,
    const struct rebuild_document *d, struct err *e)
{
	struct index_input *in = &r->inputs[r->n];
	struct digest sha256;

	if (!document_format_parse(d->format, &in->format) ||
	    !digest_parse(d->sha256, &sha256))
		return err_set(e, ERR_FORMAT, "%.*s: the index is damaged",
		    SPAN_ARG(d->name));
	in->name = d->name;
	in->source = d->source;
	in->path = d->path;
	in->distribution = d->distribution;
	in->release = d->release;
	in->flavour = d->flavour;
	if (store_get(store, &sha256, &r->files[r->n], e) != 0)
		return err_context(e, "%.*s", SPAN_ARG(d->name));
	in->file = r->files[r->n++];
	return 0;
}

static int
check_outcomes(const struct rebuild *r, struct err *e)
{
	size_t i;

	for (i = 0; i < r->n; i++)
		if (r->outcomes[i].refused) {
			*e = r->outcomes[i].error;
			return -1;
		}
	return 0;
}

static int
run_batch(const struct store *store, const char *path,
    const struct rebuild_document *documents, size_t n, struct err *e)
{
	struct rebuild r = { 0 };
	size_t i;
	int rc = 0;

	r.inputs = arena_array(&r.arena, n, sizeof(*r.inputs));
	r.outcomes = arena_array(&r.arena, n, sizeof(*r.outcomes));
	r.files = arena_array(&r.arena, n, sizeof(struct verified_file *));
	for (i = 0; i < n && rc == 0; i++)
		rc = take_document(&r, store, &documents[i], e);
	if (rc == 0)
		rc = index_family_run(path, r.inputs, n, r.outcomes, e);
	if (rc == 0)
		rc = check_outcomes(&r, e);
	for (i = 0; i < r.n; i++)
		verified_close(r.files[i]);
	arena_cleanup(&r.arena);
	return rc;
}

/* What one batch has sealed is opened again for the next. */
int
rebuild_family(const struct store *store, const char *path,
    const struct rebuild_document *documents, size_t n, struct err *e)
{
	size_t from = 0, batch;

	do {
		batch = n - from < REBUILD_BATCH ? n - from : REBUILD_BATCH;
		if (from > 0 && chmod(path, 0644) != 0)
			return err_system(e, "%s", path);
		if (run_batch(store, path, documents + from, batch, e) != 0)
			return -1;
		from += batch;
	} while (from < n);
	return 0;
}
