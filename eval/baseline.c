/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "eval/baseline.h"
#include "schema_index.h"

/* Every file that the document asks for is missing. */
static int
empty_system(struct system *s, struct machine *m, struct err *e)
{
	struct db_stmt *row = db_query(m->db, QUERY_INDEX_EVAL_PATHS);
	struct want_list paths = { 0 };
	size_t i;
	int rc;

	db_bind_int(row, "document", m->document);
	while ((rc = db_step(row, e)) == 1)
		want_list_add(&paths, WANT_PATH, db_text(row, 0));
	db_reset(row);
	s->files = arena_array(&s->arena, paths.n, sizeof(*s->files));
	for (i = 0; i < paths.n; i++)
		s->files[s->n_files++] = (struct file){
			.path = arena_span(&s->arena, paths.wants[i].path),
			.status = FILE_MISSING,
		};
	want_list_cleanup(&paths);
	for (i = 0; i < N_PACKAGE_KINDS; i++)
		s->collected[i] = COLLECTION_COMPLETE;
	system_finish(s);
	return rc;
}

int
baseline_make(struct baseline *b, struct machine *m,
    const struct facts_given *facts, const struct baseline *like, struct err *e)
{
	size_t i;

	*b = (struct baseline){ 0 };
	if (empty_system(&b->system, m, e) != 0)
		goto fail;
	b->ev = evaluation_new(m, &b->system);
	if (like != NULL)
		memcpy(b->ev->tests, like->ev->tests, machine_n_tests(m));
	for (i = 0; i < facts->n && facts->results != NULL; i++)
		b->ev->tests[facts->tests[i]] = facts->results[i];
	if (evaluation_run_plain(b->ev, e) != 0)
		goto fail;
	return 0;
fail:
	baseline_cleanup(b);
	return -1;
}

void
baseline_cleanup(struct baseline *b)
{
	evaluation_free(b->ev);
	system_cleanup(&b->system);
	*b = (struct baseline){ 0 };
}
