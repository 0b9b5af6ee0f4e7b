/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"
#include "eval/criteria.h"
#include "eval/evaluation_impl.h"
#include "eval/id_list.h"
#include "schema_index.h"

struct evaluation *
evaluation_new(struct machine *m, const struct system *s)
{
	struct evaluation *ev = xcalloc(1, sizeof(*ev));

	ev->m = m;
	ev->s = s;
	ev->definitions = xcalloc(machine_n_definitions(m), 1);
	ev->tests = xcalloc(machine_n_tests(m), 1);
	ev->objects = xcalloc(machine_n_objects(m), sizeof(*ev->objects));
	ev->variables = xcalloc(machine_n_variables(m), sizeof(*ev->variables));
	ev->package_items = xcalloc(s->n_packages, sizeof(*ev->package_items));
	ev->file_texts = xcalloc(s->n_files, 1);
	ev->regex = regex_cache_new();
	return ev;
}

void
evaluation_free(struct evaluation *ev)
{
	if (ev == NULL)
		return;
	regex_cache_free(ev->regex);
	free(ev->file_texts);
	map_cleanup(&ev->items);
	free(ev->builder.entities);
	free(ev->by_id);
	free(ev->package_items);
	free(ev->variables);
	free(ev->objects);
	free(ev->kernel);
	free(ev->supposed[0]);
	free(ev->supposed[1]);
	free(ev->tests);
	free(ev->definitions);
	arena_cleanup(&ev->nodes);
	arena_cleanup(&ev->arena);
	free(ev);
}

int
evaluation_enter(struct evaluation *ev, struct err *e)
{
	if (ev->depth == EVALUATION_DEPTH_MAX)
		return err_set(e, ERR_FORMAT,
		    "the index is damaged: references nest deeper than %u",
		    EVALUATION_DEPTH_MAX);
	ev->depth++;
	return 0;
}

void
evaluation_leave(struct evaluation *ev)
{
	ev->depth--;
}

/* --- definitions --- */

/* What a criterion or an extend_definition comes to. */
static int
leaf_result(
    void *ctx, const struct oval_node *node, enum result *out, struct err *e)
{
	struct evaluation *ev = ctx;

	if (node->type == OVAL_NODE_CRITERION) {
		if (evaluate_test(ev, node->ref.ord, e) != 0)
			return -1;
		*out = ev->tests[node->ref.ord];
		return 0;
	}
	if (evaluate_definition(ev, node->ref.ord, e) != 0)
		return -1;
	*out = ev->definitions[node->ref.ord];
	return 0;
}

int
evaluate_definition(struct evaluation *ev, uint32_t ord, struct err *e)
{
	struct criteria_leaves leaves = { leaf_result, ev, &ev->nodes };
	struct oval_node *nodes;
	enum result r;
	size_t n;
	int rc = -1;

	if (ord < machine_n_definitions(ev->m) &&
	    ev->definitions[ord] != RESULT_NONE)
		return 0;
	if (evaluation_enter(ev, e) != 0)
		return -1;
	if (machine_nodes(ev->m, ord, &ev->nodes, &nodes, &n, e) == 0 &&
	    criteria_result(nodes, n, &leaves, &r, e) == 0) {
		ev->definitions[ord] = (uint8_t)r;
		ev->stats.definitions_evaluated++;
		rc = 0;
	}
	evaluation_leave(ev);
	if (ev->depth == 0)
		arena_reset(&ev->nodes);
	return rc;
}

static int
evaluate_each(struct evaluation *ev, enum record kind,
    int (*evaluate)(struct evaluation *ev, uint32_t ord, struct err *e),
    struct err *e)
{
	uint32_t *ords;
	size_t n, i;
	int rc = machine_ords(ev->m, kind, &ords, &n, e);

	for (i = 0; i < n && rc == 0; i++)
		rc = evaluate(ev, ords[i], e);
	free(ords);
	return rc;
}

int
evaluation_run_plain(struct evaluation *ev, struct err *e)
{
	if (evaluate_each(ev, RECORD_TEST, evaluate_test, e) != 0)
		return -1;
	return evaluate_each(ev, RECORD_DEFINITION, evaluate_definition, e);
}

int
evaluation_run(struct evaluation **out, struct machine *m,
    const struct system *s, enum evaluation_mode mode, struct err *e)
{
	struct evaluation *ev = evaluation_new(m, s);
	int rc = 0;

	if (mode == EVALUATE_FAST)
		rc = evaluation_run_fast(ev, e);
	if (rc == 0)
		rc = evaluation_run_plain(ev, e);
	if (rc < 0) {
		evaluation_free(ev);
		return -1;
	}
	*out = ev;
	return 0;
}

enum result
evaluation_definition(const struct evaluation *ev, uint32_t ord)
{
	return ord < machine_n_definitions(ev->m) ? ev->definitions[ord]
						  : RESULT_NONE;
}

enum result
evaluation_test(struct evaluation *ev, uint32_t ord)
{
	struct err e;

	if (ord >= machine_n_tests(ev->m))
		return RESULT_NONE;
	if (evaluate_test(ev, ord, &e) != 0)
		return RESULT_ERROR;
	return ev->tests[ord];
}

int
evaluation_each(struct evaluation *ev,
    int (*fn)(
	void *ctx, uint32_t ord, struct span id, enum result r, struct err *e),
    void *ctx, struct err *e)
{
	struct db_stmt *row = db_query(ev->m->db, QUERY_INDEX_EVAL_PLAN_IDS);
	struct id_reader ids = { 0 };
	struct span id;
	uint32_t ord;
	int rc;

	db_bind_int(row, "document", ev->m->document);
	rc = db_step(row, e);
	if (rc < 0)
		goto out;
	if (rc == 1)
		ids = id_reader_of(db_blob(row, 0));
	else
		rc = -1;
	while (rc > 0 && (rc = id_reader_next(&ids, &id, &ord)) == 1)
		if (fn(ctx, ord, id, evaluation_definition(ev, ord), e) != 0)
			goto out;
	if (rc < 0)
		err_set(e, ERR_FORMAT,
		    "the index is damaged: a list of definitions");
out:
	id_reader_cleanup(&ids);
	db_reset(row);
	return rc == 0 ? 0 : -1;
}

struct evaluation_stats
evaluation_stats(const struct evaluation *ev)
{
	return ev->stats;
}
