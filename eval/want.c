/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "eval/object.h"
#include "eval/regex.h"
#include "eval/want.h"
#include "schema_index.h"

struct want
want_of(enum want_kind kind, struct span path)
{
	return (struct want){
		.is_pattern =
		    kind == WANT_PATTERN || kind == WANT_OWNER_PATTERN,
		.is_owner = kind == WANT_OWNER || kind == WANT_OWNER_PATTERN,
		.path = path,
	};
}

enum want_kind
want_kind_of(const struct want *w)
{
	if (w->is_owner)
		return w->is_pattern ? WANT_OWNER_PATTERN : WANT_OWNER;
	return w->is_pattern ? WANT_PATTERN : WANT_PATH;
}

void
want_list_add(struct want_list *l, enum want_kind kind, struct span path)
{
	struct want *grown;

	/* Full at every power of two. */
	if ((l->n & (l->n - 1)) == 0) {
		grown = arena_array(
		    &l->arena, l->n == 0 ? 1 : 2 * l->n, sizeof(*grown));
		if (l->n > 0)
			memcpy(grown, l->wants, l->n * sizeof(*grown));
		l->wants = grown;
	}
	l->wants[l->n++] = want_of(kind, arena_span(&l->arena, path));
}

int
want_cmp(const struct want *a, const struct want *b)
{
	int kind_a = (int)want_kind_of(a);
	int kind_b = (int)want_kind_of(b);

	return kind_a != kind_b ? kind_a - kind_b : span_cmp(a->path, b->path);
}

static int
cmp_want(const void *a, const void *b)
{
	return want_cmp(a, b);
}

void
want_list_finish(struct want_list *l)
{
	size_t n = 0;
	size_t i;

	if (l->n == 0)
		return;
	qsort(l->wants, l->n, sizeof(*l->wants), cmp_want);
	for (i = 0; i < l->n; i++)
		if (n == 0 || want_cmp(&l->wants[n - 1], &l->wants[i]) != 0)
			l->wants[n++] = l->wants[i];
	l->n = n;
}

bool
want_was_asked(const struct system *s, const struct want *w)
{
	if (!s->has_asked || want_kind_of(w) == WANT_PATH)
		return true; /* files themselves say which were */
	return s->n_asked > 0 &&
	    bsearch(w, s->asked, s->n_asked, sizeof(*w), cmp_want) != NULL;
}

int
machine_wants(struct db *db, struct want_list *wants, struct err *e)
{
	struct db_stmt *row = db_query(db, QUERY_INDEX_EVAL_WANTS);
	int rc;

	while ((rc = db_step(row, e)) == 1)
		want_list_add(
		    wants, (enum want_kind)db_int(row, 0), db_text(row, 1));
	db_reset(row);
	want_list_finish(wants);
	return rc;
}

/* What an entity may say: its text or the values of a constant variable. */
struct stated {
	const struct oval_entity *entity;
	const struct span *values;
	size_t n;
	enum oval_datatype datatype;
};

static struct span
stated_text(const struct stated *s, size_t i)
{
	return value_text(s->datatype, s->values[i]);
}

static int
unsaid(struct err *why, const struct oval_entity *entity)
{
	err_set(why, ERR_MISSING,
	    "the image was not searched for what %.*s may be",
	    SPAN_ARG(entity->name));
	return 0;
}

static int
stated_values(struct machine *m, const struct oval_entity *entity,
    struct stated *out, struct err *e)
{
	const struct oval_variable *v;

	*out = (struct stated){ entity, &entity->value, 1, OVAL_STRING };
	if (entity->operation != OVAL_EQUALS &&
	    entity->operation != OVAL_PATTERN_MATCH)
		return unsaid(e, entity);
	if (!entity->has_var)
		return 1;
	v = machine_variable(m, entity->var.ord, e);
	if (v == NULL)
		return -1;
	if (v->type != OVAL_VARIABLE_CONSTANT)
		return unsaid(e, entity);
	out->values = v->values;
	out->n = v->n_values;
	return 1;
}

/* Of files, or of who owns them: kinds come in pairs. */
static int
want_filepath(struct machine *m, const struct oval_entity *filepath,
    enum want_kind path, struct want_list *l, struct err *e)
{
	struct stated s;
	size_t i;
	int rc = stated_values(m, filepath, &s, e);

	if (rc != 1 || l == NULL)
		return rc;
	for (i = 0; i < s.n; i++)
		want_list_add(l,
		    filepath->operation == OVAL_PATTERN_MATCH ? path + 1 : path,
		    stated_text(&s, i));
	return 1;
}

/*
 * A path and a filename, either perhaps a pattern (a wider one is asked for
 * then; the collector looks closer).
 */
static void
want_joined(struct want_list *l, const struct oval_object *o, struct span dir,
    struct span name, bool name_is_pattern)
{
	bool down = object_recursion(o) == RECURSION_DOWN;
	struct buf b = { 0 };

	if (!name_is_pattern && !down) {
		path_join(&b, dir, name);
		want_list_add(l, WANT_PATH, buf_span(&b));
		goto out;
	}
	buf_add_char(&b, '^');
	regex_escape(&b, path_bare(dir));
	buf_add_str(&b, down ? "/(?:.*/)?" : "/");
	if (name_is_pattern)
		buf_add_str(&b, "[^/]+");
	else
		regex_escape(&b, name);
	buf_add_char(&b, '$');
	want_list_add(l, WANT_PATTERN, buf_span(&b));
out:
	buf_cleanup(&b);
}

/* A path that is a pattern: any folder may be meant. */
static void
want_name(struct want_list *l, struct span name)
{
	struct buf b = { 0 };

	buf_add_char(&b, '/');
	regex_escape(&b, name);
	buf_add_char(&b, '$');
	want_list_add(l, WANT_PATTERN, buf_span(&b));
	buf_cleanup(&b);
}

static int
want_path_filename(struct machine *m, const struct oval_object *o,
    struct want_list *l, struct err *e)
{
	const struct oval_entity *path = object_entity(o, "path");
	const struct oval_entity *filename = object_entity(o, "filename");
	struct stated dirs, names;
	size_t i, j;
	int rc;

	if (filename == NULL || filename->nil)
		return want_filepath(m, path, WANT_PATH, l, e);
	if (object_recursion(o) == RECURSION_UP ||
	    (path->operation == OVAL_PATTERN_MATCH &&
		filename->operation == OVAL_PATTERN_MATCH))
		return unsaid(e, path);
	rc = stated_values(m, path, &dirs, e);
	if (rc == 1)
		rc = stated_values(m, filename, &names, e);
	if (rc != 1 || l == NULL)
		return rc;
	for (j = 0; j < names.n; j++) {
		if (path->operation == OVAL_PATTERN_MATCH) {
			want_name(l, stated_text(&names, j));
			continue;
		}
		for (i = 0; i < dirs.n; i++)
			want_joined(l, o, stated_text(&dirs, i),
			    stated_text(&names, j),
			    filename->operation == OVAL_PATTERN_MATCH);
	}
	return 1;
}

int
want_object(struct machine *m, const struct oval_object *o, struct want_list *l,
    struct err *e)
{
	const struct oval_entity *filepath;

	if (o->set != NULL)
		return 1;
	filepath = object_entity(o, "filepath");
	switch (o->kind) {
	case OVAL_KIND_RPMVERIFYFILE:
		if (filepath == NULL)
			return 1;
		return want_filepath(m, filepath, WANT_OWNER, l, e);
	case OVAL_KIND_TEXTFILECONTENT54:
	case OVAL_KIND_FILE:
		if (filepath != NULL)
			return want_filepath(m, filepath, WANT_PATH, l, e);
		if (object_entity(o, "path") == NULL)
			return 1;
		return want_path_filename(m, o, l, e);
	default:
		return 1;
	}
}
