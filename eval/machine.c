/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "content/oval_pack.h"
#include "eval/machine_memo.h"
#include "schema_index.h"

/* Each takes the row of its query apart; what it keeps lives in m->arena. */

static struct span
keep(struct machine *m, struct span s)
{
	return arena_span(&m->arena, s);
}

static int
definition_row(struct machine *m, struct db_stmt *row, void *out, struct err *e)
{
	struct oval_definition *d = out;

	d->id = keep(m, db_text(row, 1));
	d->version = (uint64_t)db_int(row, 2);
	d->class = (enum oval_class)db_int(row, 3);
	d->deprecated = db_int(row, 4) != 0;
	return oval_unpack_nodes(
	    keep(m, db_blob(row, 5)), &m->arena, &d->nodes, &d->n_nodes, e);
}

static int
test_row(struct machine *m, struct db_stmt *row, void *out, struct err *e)
{
	struct oval_test *t = out;
	struct span id = keep(m, db_text(row, 1));

	if (oval_unpack_test(keep(m, db_blob(row, 2)), &m->arena, t, e) != 0)
		return -1;
	t->id = id;
	return 0;
}

static int
object_row(struct machine *m, struct db_stmt *row, void *out, struct err *e)
{
	struct oval_object *o = out;
	struct span id = keep(m, db_text(row, 1));

	if (oval_unpack_object(keep(m, db_blob(row, 2)), &m->arena, o, e) != 0)
		return -1;
	o->id = id;
	return 0;
}

static int
state_row(struct machine *m, struct db_stmt *row, void *out, struct err *e)
{
	struct oval_state *s = out;
	struct span id = keep(m, db_text(row, 1));

	if (oval_unpack_state(keep(m, db_blob(row, 2)), &m->arena, s, e) != 0)
		return -1;
	s->id = id;
	return 0;
}

static int
variable_row(struct machine *m, struct db_stmt *row, void *out, struct err *e)
{
	struct oval_variable *v = out;
	struct span id = keep(m, db_text(row, 1));

	if (oval_unpack_variable(keep(m, db_blob(row, 2)), &m->arena, v, e) !=
	    0)
		return -1;
	v->id = id;
	return 0;
}

static const struct {
	const char *what;
	unsigned query;
	unsigned query_max;
	size_t size;
	int (*row)(
	    struct machine *m, struct db_stmt *row, void *out, struct err *e);
} records[N_RECORDS] = {
	[RECORD_DEFINITION] = { "definition", QUERY_INDEX_EVAL_DEFINITION,
	    QUERY_INDEX_EVAL_DEFINITION_MAX, sizeof(struct oval_definition),
	    definition_row },
	[RECORD_TEST] = { "test", QUERY_INDEX_EVAL_TEST,
	    QUERY_INDEX_EVAL_TEST_MAX, sizeof(struct oval_test), test_row },
	[RECORD_OBJECT] = { "object", QUERY_INDEX_EVAL_OBJECT,
	    QUERY_INDEX_EVAL_OBJECT_MAX, sizeof(struct oval_object),
	    object_row },
	[RECORD_STATE] = { "state", QUERY_INDEX_EVAL_STATE,
	    QUERY_INDEX_EVAL_STATE_MAX, sizeof(struct oval_state), state_row },
	[RECORD_VARIABLE] = { "variable", QUERY_INDEX_EVAL_VARIABLE,
	    QUERY_INDEX_EVAL_VARIABLE_MAX, sizeof(struct oval_variable),
	    variable_row },
};

int64_t
machine_key(const struct machine *m, uint32_t ord)
{
	return (int64_t)((uint64_t)m->document << 32 | ord);
}

static int
count_record(struct machine *m, enum record kind, struct err *e)
{
	struct db_stmt *s = db_query(m->db, records[kind].query_max);
	int rc;

	db_bind_int(s, "low", machine_key(m, 0));
	db_bind_int(s, "high", machine_key(m, UINT32_MAX));
	rc = db_step(s, e);
	if (rc == 1 && !db_is_null(s, 0))
		m->n[kind] = (size_t)(db_int(s, 0) & UINT32_MAX) + 1;
	db_reset(s);
	return rc < 0 ? -1 : 0;
}

int
machine_open(
    struct machine **out, struct db *db, int64_t document, struct err *e)
{
	struct machine *m = xcalloc(1, sizeof(*m));
	enum record kind;

	m->db = db;
	m->document = document;
	for (kind = 0; kind < N_RECORDS; kind++) {
		if (count_record(m, kind, e) != 0) {
			machine_close(m);
			return -1;
		}
		m->read[kind] = xcalloc(m->n[kind], sizeof(*m->read[kind]));
	}
	*out = m;
	return 0;
}

void
machine_give(struct machine *m, const struct oval_given_list *given)
{
	m->given = given;
}

void
machine_close(struct machine *m)
{
	enum record kind;

	if (m == NULL)
		return;
	for (kind = 0; kind < N_RECORDS; kind++)
		free(m->read[kind]);
	raw_reader_free(m->texts);
	free(m->kept);
	machine_memo_free(m->memo);
	buf_cleanup(&m->answer);
	arena_cleanup(&m->kept_texts);
	arena_cleanup(&m->arena);
	free(m);
}

static const void *
machine_record(struct machine *m, enum record kind, uint32_t ord, struct err *e)
{
	const void **known;
	struct db_stmt *s;
	void *record;
	int rc;

	if (ord >= m->n[kind]) {
		err_set(e, ERR_FORMAT, "the index is damaged: no %s %lu",
		    records[kind].what, (unsigned long)ord);
		return NULL;
	}
	known = &m->read[kind][ord];
	if (*known != NULL)
		return *known;
	rc = db_near(m->db, records[kind].query, machine_key(m, ord), &s, e);
	if (rc == 1) {
		record = arena_alloc(&m->arena, records[kind].size);
		if (records[kind].row(m, s, record, e) == 0)
			*known = record;
	} else if (rc == 0) {
		err_set(e, ERR_FORMAT, "the index is damaged: no %s %lu",
		    records[kind].what, (unsigned long)ord);
	}
	db_near_done(s);
	return *known;
}

const struct oval_definition *
machine_definition(struct machine *m, uint32_t ord, struct err *e)
{
	return machine_record(m, RECORD_DEFINITION, ord, e);
}

const struct oval_test *
machine_test(struct machine *m, uint32_t ord, struct err *e)
{
	return machine_record(m, RECORD_TEST, ord, e);
}

const struct oval_object *
machine_object(struct machine *m, uint32_t ord, struct err *e)
{
	return machine_record(m, RECORD_OBJECT, ord, e);
}

const struct oval_state *
machine_state(struct machine *m, uint32_t ord, struct err *e)
{
	return machine_record(m, RECORD_STATE, ord, e);
}

const struct oval_variable *
machine_variable(struct machine *m, uint32_t ord, struct err *e)
{
	return machine_record(m, RECORD_VARIABLE, ord, e);
}

size_t
machine_n_definitions(const struct machine *m)
{
	return m->n[RECORD_DEFINITION];
}

size_t
machine_n_tests(const struct machine *m)
{
	return m->n[RECORD_TEST];
}

size_t
machine_n_objects(const struct machine *m)
{
	return m->n[RECORD_OBJECT];
}

size_t
machine_n_states(const struct machine *m)
{
	return m->n[RECORD_STATE];
}

size_t
machine_n_variables(const struct machine *m)
{
	return m->n[RECORD_VARIABLE];
}

int
machine_ords(struct machine *m, enum record kind, uint32_t **ords, size_t *n,
    struct err *e)
{
	struct db_stmt *row = db_query(m->db,
	    kind == RECORD_TEST ? QUERY_INDEX_EVAL_TEST_KEYS
				: QUERY_INDEX_EVAL_DEFINITION_KEYS);
	size_t cap = 0;
	int rc;

	*ords = NULL;
	*n = 0;
	db_bind_int(row, "low", machine_key(m, 0));
	db_bind_int(row, "high", machine_key(m, UINT32_MAX));
	while ((rc = db_step(row, e)) == 1) {
		*ords = xgrow(*ords, &cap, *n + 1, sizeof(**ords));
		(*ords)[(*n)++] = (uint32_t)db_int(row, 0);
	}
	db_reset(row);
	return rc;
}

int
machine_read_nodes(struct machine *m, uint32_t ord, struct arena *a,
    struct oval_node **nodes, size_t *n, struct err *e)
{
	struct db_stmt *s;
	int rc = db_near(
	    m->db, QUERY_INDEX_EVAL_NODES_NEAR, machine_key(m, ord), &s, e);

	if (rc == 1)
		rc = oval_unpack_nodes(
		    arena_span(a, db_blob(s, 1)), a, nodes, n, e);
	else if (rc == 0)
		rc = err_set(e, ERR_FORMAT,
		    "the index is damaged: no definition %lu",
		    (unsigned long)ord);
	db_near_done(s);
	return rc;
}

int
machine_definition_text(struct machine *m, uint32_t ord, struct arena *a,
    struct oval_definition *out, struct err *e)
{
	struct span raw;

	if (m->texts == NULL)
		m->texts = raw_reader_new(m->db);
	if (raw_read(m->texts, machine_key(m, ord), &raw, e) != 0)
		return err_context(e, "definition %lu", (unsigned long)ord);
	return oval_read_definition(arena_span(a, raw), a, out, e);
}

int
machine_definition_kept(struct machine *m, uint32_t ord,
    const struct oval_definition **out, struct err *e)
{
	struct oval_definition *d;

	if (m->kept == NULL)
		m->kept = xcalloc(m->n[RECORD_DEFINITION], sizeof(*m->kept));
	if (m->kept[ord] == NULL) {
		if (m->kept_texts.total > MACHINE_TEXTS_MAX) {
			arena_reset(&m->kept_texts);
			memset(m->kept, 0,
			    m->n[RECORD_DEFINITION] * sizeof(*m->kept));
		}
		d = arena_alloc(&m->kept_texts, sizeof(*d));
		if (machine_definition_text(m, ord, &m->kept_texts, d, e) != 0)
			return -1;
		m->kept[ord] = d;
	}
	*out = m->kept[ord];
	return 0;
}

uint32_t
machine_find_definition(struct machine *m, struct span id, struct err *e)
{
	struct db_stmt *s = db_query(m->db, QUERY_INDEX_EVAL_DEFINITION_FIND);
	uint32_t ord = OVAL_ORD_NONE;

	db_bind_int(s, "document", m->document);
	db_bind_text(s, "id", id);
	if (db_step(s, e) == 1)
		ord = (uint32_t)db_int(s, 0);
	db_reset(s);
	return ord;
}
