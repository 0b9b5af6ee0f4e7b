/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json_out.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/printable.h"
#include "indexer/changes_impl.h"
#include "schema_index.h"

#define FAMILY_SUFFIX ".sqlite"
#define CHANGE_FAMILIES_MAX 64 /* files of one generation */

static const char *const names[N_CHANGES] = { "added", "changed", "removed" };

/* A document of either generation, or of both. */
struct pair {
	struct span name;
	struct span family;
	struct change_side since;
	struct change_side now;
	uint64_t counts[N_CHANGES];
};

struct comparison {
	const struct changes *c;
	struct out *out;
	struct json_out json;
	struct arena arena;
	struct db *dbs[2 * CHANGE_FAMILIES_MAX]; /* that are open */
	size_t n_dbs;
	struct map families; /* that were looked at */
	struct map by_name;  /* pairs by family and name */
	struct pair *pairs;  /* by name and family */
	size_t n_pairs;
	size_t cap_pairs;
	struct pair *pair; /* in hand */
	uint64_t n_seen;   /* while they are listed */
	uint64_t n_listed;
};

/* --- families and documents --- */

static int
by_name(const void *a, const void *b)
{
	const struct pair *x = a, *y = b;
	int order = span_cmp(x->name, y->name);

	return order != 0 ? order : span_cmp(x->family, y->family);
}

/* The document's pair; a new one where it was not seen on the other side. */
static struct pair *
find_pair(struct comparison *m, struct span family, struct span name)
{
	struct buf key = { 0 };
	struct pair *p;
	uint32_t i;
	bool added;

	buf_printf(&key, "%.*s/%.*s", SPAN_ARG(family), SPAN_ARG(name));
	added = map_add(&m->by_name, buf_span(&key), (uint32_t)m->n_pairs, &i);
	buf_cleanup(&key);
	if (!added)
		return &m->pairs[i];
	m->pairs =
	    xgrow(m->pairs, &m->cap_pairs, m->n_pairs + 1, sizeof(*m->pairs));
	p = &m->pairs[m->n_pairs++];
	*p = (struct pair){ .name = arena_span(&m->arena, name),
		.family = family };
	return p;
}

static int
take_document(struct comparison *m, struct db *db, struct span family,
    bool is_now, struct db_stmt *s, struct err *e)
{
	struct change_side *side;
	struct pair *p;

	if (m->c->document != NULL && !span_is(db_text(s, 1), m->c->document))
		return 0;
	p = find_pair(m, family, db_text(s, 1));
	side = is_now ? &p->now : &p->since;
	side->db = db;
	side->document = db_int(s, 0);
	side->source = arena_span(&m->arena, db_text(s, 3));
	side->sha256 = arena_span(&m->arena, db_text(s, 8));
	if (document_format_parse(db_text(s, 2), &side->format))
		return 0;
	return err_set(e, ERR_FORMAT, "%.*s has a format that is not known",
	    SPAN_ARG(p->name));
}

static int
open_family(struct comparison *m, const char *folder, struct span family,
    bool is_now, struct err *e)
{
	struct buf path = { 0 };
	struct db *db = NULL;
	struct db_stmt *s;
	int rc;

	buf_printf(&path, "%s/%.*s" FAMILY_SUFFIX, folder, SPAN_ARG(family));
	rc = db_open(&db, buf_str(&path), &SCHEMA_INDEX, DB_READ_IMMUTABLE, e);
	buf_cleanup(&path);
	if (rc != 0)
		return -1;
	m->dbs[m->n_dbs++] = db;
	s = db_query(db, QUERY_INDEX_DOCUMENT_LIST);
	while ((rc = db_step(s, e)) == 1)
		if (take_document(m, db, family, is_now, s, e) != 0)
			break;
	db_reset(s);
	return rc == 0 ? 0 : -1;
}

/* False: the generation does not have the family. */
static bool
has_family(const char *folder, struct span family, struct stat *st)
{
	struct buf path = { 0 };
	bool has;

	buf_printf(&path, "%s/%.*s" FAMILY_SUFFIX, folder, SPAN_ARG(family));
	has = stat(buf_str(&path), st) == 0;
	buf_cleanup(&path);
	return has;
}

static int
take_family(struct comparison *m, struct span family, struct err *e)
{
	const char *since = m->c->since.path, *now = m->c->now.path;
	struct stat a, b;
	bool has_a = has_family(since, family, &a);
	bool has_b = has_family(now, family, &b);

	if (has_a && has_b && a.st_dev == b.st_dev && a.st_ino == b.st_ino)
		return 0;
	if (m->n_dbs + 2 > 2 * CHANGE_FAMILIES_MAX)
		return err_set(
		    e, ERR_LIMIT, "more than %d families", CHANGE_FAMILIES_MAX);
	if (has_a && open_family(m, since, family, false, e) != 0)
		return -1;
	return has_b ? open_family(m, now, family, true, e) : 0;
}

static int
take_name(void *ctx, const char *name, struct err *e)
{
	struct comparison *m = ctx;
	struct span family = span_of(name);

	if (!span_has_suffix(family, FAMILY_SUFFIX))
		return 0;
	family.len -= strlen(FAMILY_SUFFIX);
	if (!map_add(&m->families, family, 0, NULL))
		return 0;
	return take_family(m, arena_span(&m->arena, family), e);
}

/* A folder that went away meanwhile would look like one without families. */
static int
take_families(struct comparison *m, struct err *e)
{
	const struct change_generation *both[2] = { &m->c->since, &m->c->now };
	size_t i;

	for (i = 0; i < 2; i++)
		if (file_list(AT_FDCWD, both[i]->path, take_name, m, e) != 0)
			return -1;
	for (i = 0; i < 2; i++)
		if (!file_exists(AT_FDCWD, both[i]->path))
			return err_set(e, ERR_MISSING,
			    "generation %" PRIu64 " was removed meanwhile: try "
			    "again",
			    both[i]->number);
	if (m->n_pairs > 0)
		qsort(m->pairs, m->n_pairs, sizeof(*m->pairs), by_name);
	return 0;
}

/* --- counts, then records --- */

static bool
is_of_one_file(const struct pair *p)
{
	return p->since.db != NULL && p->now.db != NULL &&
	    p->since.format == p->now.format &&
	    span_eq(p->since.sha256, p->now.sha256);
}

static void
count_record(void *ctx, enum change change, struct span id)
{
	struct comparison *m = ctx;

	(void)id;
	m->pair->counts[change]++;
}

static void
list_record(void *ctx, enum change change, struct span id)
{
	struct comparison *m = ctx;
	struct buf line = { 0 };

	if (m->n_seen++ < m->c->offset || m->n_listed == m->c->limit)
		return;
	m->n_listed++;
	if (m->c->as_json) {
		json_object(&m->json, NULL);
		json_str(&m->json, "change", names[change]);
		json_span(&m->json, "document", m->pair->name);
		json_span(&m->json, "id", id);
		json_object_end(&m->json);
		return;
	}
	buf_printf(&line, "%-8s  ", names[change]);
	printable_add(&line, m->pair->name);
	buf_add_str(&line, "  ");
	printable_add(&line, id);
	buf_add_char(&line, '\n');
	out_span(m->out, buf_span(&line));
	buf_cleanup(&line);
}

/* Twice over what differs, so that nothing of it is held. */
static int
each_record(struct comparison *m,
    void (*fn)(void *ctx, enum change change, struct span id), struct err *e)
{
	size_t i;

	for (i = 0; i < m->n_pairs; i++) {
		m->pair = &m->pairs[i];
		if (!is_of_one_file(m->pair) &&
		    change_records(&m->pair->since, &m->pair->now, fn, m, e) !=
			0)
			return err_context(e, "%.*s", SPAN_ARG(m->pair->name));
	}
	return 0;
}

static void
json_generation(
    struct json_out *j, const char *name, const struct change_generation *g)
{
	json_object(j, name);
	json_uint(j, "generation", g->number);
	json_time(j, "published", g->made);
	json_object_end(j);
}

static const char *
result_of(const struct pair *p)
{
	return p->since.db == NULL ? "added"
	    : p->now.db == NULL    ? "removed"
				   : "changed";
}

static void
json_pair(struct json_out *j, const struct pair *p)
{
	const struct change_side *side =
	    p->now.db != NULL ? &p->now : &p->since;
	size_t i;

	json_object(j, NULL);
	json_span(j, "name", p->name);
	json_span(j, "family", p->family);
	json_span(j, "source", side->source);
	json_str(j, "format", document_format_name(side->format));
	json_str(j, "result", result_of(p));
	for (i = 0; i < N_CHANGES; i++)
		json_uint(j, names[i], p->counts[i]);
	json_object_end(j);
}

static uint64_t
sum(const struct comparison *m)
{
	uint64_t n = 0;
	size_t i, k;

	for (i = 0; i < m->n_pairs; i++)
		for (k = 0; k < N_CHANGES; k++)
			n += m->pairs[i].counts[k];
	return n;
}

static void
begin_json(struct comparison *m)
{
	struct json_out *j = &m->json;
	size_t i;

	json_out_init(j, m->out);
	json_object(j, NULL);
	json_uint(j, "format", 1);
	json_generation(j, "since", &m->c->since);
	json_generation(j, "now", &m->c->now);
	json_array(j, "documents");
	for (i = 0; i < m->n_pairs; i++)
		if (!is_of_one_file(&m->pairs[i]))
			json_pair(j, &m->pairs[i]);
	json_array_end(j);
	json_uint(j, "found", sum(m));
	json_uint(j, "offset", m->c->offset);
	json_array(j, "records");
}

static void
end_json(struct comparison *m)
{
	json_array_end(&m->json);
	json_object_end(&m->json);
	out_char(m->out, '\n');
}

static void
print_pair(struct comparison *m, const struct pair *p, size_t width)
{
	struct buf line = { 0 };
	size_t used = printable_width(p->name);

	printable_add(&line, p->name);
	for (; used < width; used++)
		buf_add_char(&line, ' ');
	buf_printf(&line, " %9" PRIu64 " %9" PRIu64 " %9" PRIu64 "%s\n",
	    p->counts[CHANGE_ADDED], p->counts[CHANGE_CHANGED],
	    p->counts[CHANGE_REMOVED],
	    p->since.db == NULL     ? "  new document"
		: p->now.db == NULL ? "  document removed"
				    : "");
	out_span(m->out, buf_span(&line));
	buf_cleanup(&line);
}

static void
begin_text(struct comparison *m)
{
	const struct changes *c = m->c;
	char since[CLOCK_TEXT_SIZE], now[CLOCK_TEXT_SIZE];
	size_t width = strlen("DOCUMENT"), i, n = 0;

	for (i = 0; i < m->n_pairs; i++)
		if (printable_width(m->pairs[i].name) > width)
			width = printable_width(m->pairs[i].name);
	out_printf(m->out,
	    "Generation %" PRIu64 " of %s to generation %" PRIu64 " of %s\n\n",
	    c->since.number, clock_text(c->since.made, since), c->now.number,
	    clock_text(c->now.made, now));
	for (i = 0; i < m->n_pairs; i++) {
		if (is_of_one_file(&m->pairs[i]))
			continue;
		if (n++ == 0)
			out_printf(m->out, "%-*s %9s %9s %9s\n", (int)width,
			    "DOCUMENT", "ADDED", "CHANGED", "REMOVED");
		print_pair(m, &m->pairs[i], width);
	}
	out_str(m->out, n == 0 ? "No document changed.\n" : "\n");
}

static int
write_all(struct comparison *m, uint64_t *n, struct err *e)
{
	if (each_record(m, count_record, e) != 0)
		return -1;
	*n = sum(m);
	if (m->c->as_json)
		begin_json(m);
	else
		begin_text(m);
	if (each_record(m, list_record, e) != 0)
		return -1;
	if (m->c->as_json)
		end_json(m);
	return 0;
}

int
changes_write(
    const struct changes *c, struct out *o, uint64_t *n, struct err *e)
{
	struct comparison m = { .c = c, .out = o };
	int rc = take_families(&m, e);
	size_t i;

	if (rc == 0)
		rc = write_all(&m, n, e);
	for (i = 0; i < m.n_dbs; i++)
		db_close(m.dbs[i]);
	free(m.pairs);
	map_cleanup(&m.families);
	map_cleanup(&m.by_name);
	arena_cleanup(&m.arena);
	return rc;
}
