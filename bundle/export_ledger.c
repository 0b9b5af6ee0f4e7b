/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "bundle/export_ledger.h"
#include "schema_catalog.h"

int
export_current(struct db *catalog, struct arena *a, struct export_current *out,
    struct err *e)
{
	struct db_stmt *st = db_query(catalog, QUERY_CATALOG_LEDGER_LAST);
	int rc = db_step(st, e);

	*out = (struct export_current){ .snapshot_sha256 = SPAN_LIT("") };
	if (rc == 1)
		*out = (struct export_current){
			.generation = (uint64_t)db_int(st, 3),
			.made = db_int(st, 4),
			.root = (uint64_t)db_int(st, 5),
			.timestamp = (uint64_t)db_int(st, 6),
			.snapshot = (uint64_t)db_int(st, 7),
			.snapshot_sha256 = arena_span(a, db_text(st, 8)),
			.sources = arena_span(a, db_text(st, 13)),
		};
	db_reset(st);
	return rc == -1 ? -1 : 0;
}

static size_t
count_words(struct span text)
{
	struct span word;
	size_t n = 0;

	while (text.len > 0 && span_next(&text, ' ', &word))
		n++;
	return n;
}

static bool
is_word_of(struct span text, struct span word)
{
	struct span one;

	while (span_next(&text, ' ', &one))
		if (span_eq(one, word))
			return true;
	return false;
}

int
export_limit_sources(const struct export_current *c, struct arena *a,
    struct export_options *o, struct err *e)
{
	struct span rest = c->sources;
	struct span *list;
	size_t i;

	if (rest.len == 0)
		return 0;
	for (i = 0; i < o->n_sources; i++)
		if (!is_word_of(rest, o->sources[i]))
			return err_set(e, ERR_MISSING,
			    "of %.*s nothing was imported here, only of %.*s",
			    SPAN_ARG(o->sources[i]), SPAN_ARG(rest));
	if (o->sources != NULL)
		return 0;
	list = arena_array(a, count_words(rest), sizeof(*list));
	o->sources = list;
	while (span_next(&rest, ' ', &list[o->n_sources]))
		o->n_sources++;
	return 0;
}

static void
bind_current(struct db_stmt *st, const struct export_current *c)
{
	db_bind_int(st, ":generation", (int64_t)c->generation);
	db_bind_int(st, ":made", c->made);
	db_bind_int(st, ":root", (int64_t)c->root);
	db_bind_int(st, ":timestamp", (int64_t)c->timestamp);
	db_bind_int(st, ":snapshot", (int64_t)c->snapshot);
	db_bind_text(st, ":snapshot_sha256", c->snapshot_sha256);
}

static void
add_words(struct buf *out, const struct export_options *o)
{
	size_t i;

	for (i = 0; i < o->n_sources; i++) {
		if (i > 0)
			buf_add_char(out, ' ');
		buf_add_span(out, o->sources[i]);
	}
}

/* Columns that may not be NULL get an empty text instead. */
static struct span
text_of(struct span s)
{
	return s.ptr == NULL ? SPAN_LIT("") : s;
}

int
export_record(struct db *catalog, const struct export_current *c,
    const struct export_options *o, const struct export_result *r,
    struct span name, struct err *e)
{
	struct db_stmt *st = db_query(catalog, QUERY_CATALOG_LEDGER_ADD);
	struct buf sources = { 0 };
	char hex[DIGEST_HEX_SIZE];
	int rc;

	add_words(&sources, o);
	bind_current(st, c);
	db_bind_int(st, ":time", clock_now());
	db_bind_text(st, ":event", SPAN_LIT("exported"));
	db_bind_text(st, ":name", name);
	db_bind_text(st, ":sha256", span_of(digest_hex(&r->manifest, hex)));
	db_bind_int(st, ":size_bytes", (int64_t)r->size_bytes);
	db_bind_text(st, ":base", text_of(o->base_snapshot));
	db_bind_text(st, ":sources", text_of(buf_span(&sources)));
	db_bind_int(st, ":expired", 0);
	rc = db_run(st, e);
	buf_cleanup(&sources);
	return rc;
}

int
export_was_recorded(struct db *catalog, const struct export_current *c,
    struct span name, uint64_t *size_bytes, struct err *e)
{
	struct db_stmt *st = db_query(catalog, QUERY_CATALOG_LEDGER_EXPORTED);
	int rc;

	db_bind_text(st, ":name", name);
	db_bind_int(st, ":timestamp", (int64_t)c->timestamp);
	db_bind_text(st, ":snapshot_sha256", c->snapshot_sha256);
	rc = db_step(st, e);
	*size_bytes = rc == 1 ? (uint64_t)db_int(st, 0) : 0;
	db_reset(st);
	return rc;
}
