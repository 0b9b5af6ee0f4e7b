/* SPDX-License-Identifier: Apache-2.0 */
/* A state directory with store, catalog and generations made from feeds. */
#ifndef TESTS_UNIT_SITE_H
#define TESTS_UNIT_SITE_H

#include "base/proc.h"
#include "base/store.h"
#include "indexer/generation.h"
#include "indexer/history.h"
#include "indexer/proc_index.h"
#include "schema_catalog.h"
#include "tests/unit/family_world.h"

/* A feed of one CVE with a description. */
#define SITE_CVE(id, words)                                               \
	"{\"cve\":{\"id\":\"" id "\",\"descriptions\":[{\"lang\":\"en\"," \
	"\"value\":\"" words "\"}]}}"
#define SITE_FEED(n, cves)                                  \
	"{\"resultsPerPage\":" n ",\"format\":\"NVD_CVE\"," \
	"\"version\":\"2.0\",\"vulnerabilities\":[" cves "]}"
#define SITE_FEED_1(id, words) SITE_FEED("1", SITE_CVE(id, words))

static const struct role_rights site_roles[N_ROLES] = {
	[ROLE_MAIN] = { .name = "main" },
	[ROLE_FETCH] = { .name = "fetch" },
	[ROLE_VERIFY] = { .name = "verify" },
	[ROLE_INDEX] = { .name = "index", .files_max = 256 },
	[ROLE_SCAN] = { .name = "scan", .reads = { "@state/index", NULL } },
};

struct site {
	struct family_world world; /* for its files */
	struct tmp tmp;
	struct state state;
	struct store store;
	struct db *catalog;
	struct buf seen;
	struct err e;
};

static inline void
site_at(int64_t time)
{
	char text[32];

	snprintf(text, sizeof(text), "%lld", (long long)time);
	setenv("SOURCE_DATE_EPOCH", text, 1);
}

static inline void
site_open(struct site *s)
{
	*s = (struct site){ 0 };
	tmp_init(&s->tmp);
	family_world_open(&s->world);
	proc_init(site_roles, s->tmp.path);
	site_at(1000);
	if (state_open(&s->state, s->tmp.path, STATE_WRITE, 0, &s->e) != 0 ||
	    store_open(&s->store, s->state.dirfd, &s->e) != 0 ||
	    catalog_open(&s->catalog, &s->state, DB_WRITE, &s->e) != 0)
		fail_msg("%s", s->e.msg);
}

static inline void
site_close(struct site *s)
{
	db_close(s->catalog);
	store_close(&s->store);
	state_close(&s->state);
	buf_cleanup(&s->seen);
	family_world_close(&s->world);
	tmp_cleanup(&s->tmp);
}

static inline void
site_index_as(struct site *s, struct generation_builder *g,
    enum document_format format, const char *family, const char *name,
    const char *text)
{
	struct verified_file *file =
	    family_world_file(&s->world, span_of(text));
	struct index_input input = { .format = format,
		.name = span_of(name),
		.source = SPAN_LIT("nvd"),
		.path = span_of(name),
		.file = file };
	struct index_outcome outcome = { 0 };
	const char *path = NULL;

	if (store_add(&s->store, file, &s->e) != 0 ||
	    generation_family(g, span_of(family), &path, &s->e) != 0 ||
	    index_family_run(path, &input, 1, &outcome, &s->e) != 0)
		fail_msg("%s", s->e.msg);
	if (outcome.refused)
		fail_msg("%s", outcome.error.msg);
	verified_close(file);
}

static inline void
site_index(struct site *s, struct generation_builder *g, const char *family,
    const char *name, const char *text)
{
	site_index_as(s, g, DOCUMENT_NVD, family, name, text);
}

/* Publishes a generation in which the document has that text; says nothing
 * to the catalog. */
static inline void
site_publish(
    struct site *s, const char *family, const char *name, const char *text)
{
	struct generation_builder *g = NULL;
	uint64_t last;

	if (history_last(s->catalog, &last, &s->e) != 0 ||
	    generation_begin(&g, s->state.dirfd, last, &s->e) != 0)
		fail_msg("%s", s->e.msg);
	site_index(s, g, family, name, text);
	if (generation_publish(g, &s->e) != 0)
		fail_msg("%s", s->e.msg);
}

static inline void
site_record(struct site *s)
{
	if (history_record(s->catalog, &s->state, &s->e) != 0)
		fail_msg("%s", s->e.msg);
}

static inline int
site_note_publication(
    void *ctx, const struct catalog_publication *p, struct err *e)
{
	(void)e;
	buf_printf(ctx, "%lld %llu %.*s;", (long long)p->time,
	    (unsigned long long)p->generation, SPAN_ARG(p->event));
	return 0;
}

static inline int
site_note_audit(void *ctx, const struct catalog_audit_row *row, struct err *e)
{
	(void)e;
	buf_printf(ctx, "%lld %.*s %.*s %.*s;", (long long)row->time,
	    SPAN_ARG(row->subject), SPAN_ARG(row->event),
	    SPAN_ARG(row->detail));
	return 0;
}

static inline void
site_expect_publications(struct site *s, const char *expect)
{
	buf_reset(&s->seen);
	if (catalog_publications(
		s->catalog, site_note_publication, &s->seen, &s->e) != 0)
		fail_msg("%s", s->e.msg);
	assert_string_equal(buf_str(&s->seen), expect);
}

static inline void
site_expect_audit(struct site *s, uint64_t limit, const char *expect)
{
	buf_reset(&s->seen);
	if (catalog_audit_each(s->catalog, limit, INT64_MAX, site_note_audit,
		&s->seen, &s->e) != 0)
		fail_msg("%s", s->e.msg);
	assert_string_equal(buf_str(&s->seen), expect);
}

/* "family/name=text's digest;" of every document of a generation. */
static inline void
site_expect_documents(struct site *s, uint64_t number, const char *expect)
{
	struct db_stmt *q =
	    db_query(s->catalog, QUERY_CATALOG_GENERATION_DOCUMENT_LIST);
	int rc;

	buf_reset(&s->seen);
	db_bind_int(q, ":generation", (int64_t)number);
	while ((rc = db_step(q, &s->e)) == 1)
		buf_printf(&s->seen, "%.*s/%.*s=%.4s;", SPAN_ARG(db_text(q, 9)),
		    SPAN_ARG(db_text(q, 0)), db_text(q, 4).ptr);
	assert_int_equal(rc, 0);
	assert_string_equal(buf_str(&s->seen), expect);
}

#endif
