/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"
#include "eval/machine_memo.h"
#include "schema_index.h"

static struct machine_memo *
memo_new(const struct machine *m)
{
	struct machine_memo *memo = xcalloc(1, sizeof(*memo));

	memo->above = xcalloc(m->n[RECORD_TEST], sizeof(*memo->above));
	memo->nodes = xcalloc(m->n[RECORD_DEFINITION], sizeof(*memo->nodes));
	return memo;
}

void
machine_memo_free(struct machine_memo *m)
{
	if (m == NULL)
		return;
	free(m->above);
	free(m->nodes);
	free(m->lists);
	map_cleanup(&m->names);
	buf_cleanup(&m->key);
	arena_cleanup(&m->arena);
	free(m);
}

void
machine_keep(struct machine *m)
{
	if (m->memo == NULL)
		m->memo = memo_new(m);
}

static bool
has_room(const struct machine_memo *memo)
{
	return memo->arena.total + memo->names.keys.total < MACHINE_MEMO_MAX;
}

/* Never NULL: an empty list is an answer, too. */
static struct span
keep(struct machine_memo *memo, int rc, struct db_stmt *s)
{
	return arena_span(&memo->arena, rc == 1 ? db_blob(s, 0) : SPAN_LIT(""));
}

/*
 * The query's answer: into *kept where there is a memo. Without one *out is
 * in the machine's own buffer.
 */
static int
ask(struct machine *m, struct db_stmt *s, struct span *kept, struct span *out,
    struct err *e)
{
	int rc = db_step(s, e);

	if (rc >= 0 && kept != NULL) {
		*kept = keep(m->memo, rc, s);
		*out = *kept;
	} else if (rc == 1) {
		buf_reset(&m->answer);
		buf_add_span(&m->answer, db_blob(s, 0));
		*out = buf_span(&m->answer);
	}
	db_reset(s);
	return rc;
}

static struct span
name_key(struct machine_memo *memo, enum package_kind kind, struct span name)
{
	buf_reset(&memo->key);
	buf_add_char(&memo->key, (char)('0' + (int)kind));
	buf_add_span(&memo->key, name);
	return buf_span(&memo->key);
}

/* The place for the name's list; its ptr is NULL if it was not asked yet. */
static struct span *
name_place(struct machine *m, enum package_kind kind, struct span name)
{
	struct machine_memo *memo = m->memo;
	struct span key;
	uint32_t at;

	if (memo == NULL)
		return NULL;
	key = name_key(memo, kind, name);
	if (map_get(&memo->names, key, &at))
		return &memo->lists[at];
	if (!has_room(memo))
		return NULL;
	memo->lists = xgrow(memo->lists, &memo->cap_lists, memo->n_lists + 1,
	    sizeof(*memo->lists));
	map_add(&memo->names, key, (uint32_t)memo->n_lists, NULL);
	memo->lists[memo->n_lists] = SPAN_NONE;
	return &memo->lists[memo->n_lists++];
}

int
machine_package_tests(struct machine *m, enum package_kind kind,
    struct span name, struct span *out, struct err *e)
{
	struct span *place = name_place(m, kind, name);
	struct db_stmt *s;

	if (place != NULL && place->ptr != NULL) {
		*out = *place;
		return out->len > 0;
	}
	s = db_query(m->db, QUERY_INDEX_EVAL_PACKAGE_TESTS);
	db_bind_int(s, "document", m->document);
	db_bind_int(s, "kind", kind);
	db_bind_text(s, "name", name);
	return ask(m, s, place, out, e);
}

int
machine_definitions_above(
    struct machine *m, uint32_t test, struct span *out, struct err *e)
{
	struct span *place = NULL;
	struct db_stmt *s;

	if (m->memo != NULL && m->memo->above[test].ptr != NULL) {
		*out = m->memo->above[test];
		return out->len > 0;
	}
	if (m->memo != NULL && has_room(m->memo))
		place = &m->memo->above[test];
	s = db_query(m->db, QUERY_INDEX_EVAL_TEST_DEFINITIONS);
	db_bind_int(s, "key", machine_key(m, test));
	return ask(m, s, place, out, e);
}

int
machine_nodes(struct machine *m, uint32_t ord, struct arena *a,
    struct oval_node **nodes, size_t *n, struct err *e)
{
	struct machine_memo *memo = m->memo;
	struct memo_nodes *kept = NULL;

	if (memo != NULL && ord < m->n[RECORD_DEFINITION])
		kept = &memo->nodes[ord];
	if (kept == NULL || (kept->v == NULL && !has_room(memo)))
		return machine_read_nodes(m, ord, a, nodes, n, e);
	if (kept->v == NULL &&
	    machine_read_nodes(m, ord, &memo->arena, &kept->v, &kept->n, e) !=
		0)
		return -1;
	*nodes = kept->v;
	*n = kept->n;
	return 0;
}
