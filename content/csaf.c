/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "content/csaf_impl.h"
#include "content/members.h"

struct reader {
	const struct advisory_sink *sink;
	uint64_t n_records;
	int64_t newest; /* of the records, and what that one says: */
	struct buf engine;
	struct buf version;
	struct buf date;
	/* Of the document in hand: */
	struct arena arena;
	struct advisory out;
	struct span csaf_version;
	struct csaf_tree tree;
	struct csaf_status *status;
	struct span *aliases;
	size_t aliases_cap;
	bool has_document;
	bool has_tree;
	bool is_early; /* a vulnerability came before one of these */
	bool is_again; /* … so that they are read now */
};

static int64_t
time_of(const struct json_node *tracking, const char *name)
{
	int64_t t;

	return clock_parse(json_text(json_get(tracking, name)), &t) ? t : 0;
}

/* Letters, digits and ":._-": "CVE-2023-6240", "RHSA-2023:7435". */
static bool
is_id(struct span id)
{
	size_t i;

	if (id.len == 0 || id.len > ADVISORY_ID_MAX)
		return false;
	for (i = 0; i < id.len; i++)
		if (!span_is_alpha(id.ptr[i]) && !span_is_digit(id.ptr[i]) &&
		    span_find(SPAN_LIT(":._-"), id.ptr[i]) == 4)
			return false;
	return true;
}

/* The text of the first note of a category. */
static struct span
note_of(const struct json_node *n, const char *category)
{
	const struct json_node *note = csaf_first(n, "notes");

	for (; note != NULL; note = note->next)
		if (span_is(json_text(json_get(note, "category")), category))
			return json_text(json_get(note, "text"));
	return SPAN_NONE;
}

/* An archive is as new as the newest of its records. */
static void
note_newest(
    struct reader *r, const struct json_node *tracking, int64_t modified)
{
	const struct json_node *engine =
	    json_path(tracking, "generator.engine");

	if (modified <= r->newest)
		return;
	r->newest = modified;
	buf_reset(&r->engine);
	buf_reset(&r->version);
	buf_reset(&r->date);
	buf_add_span(&r->engine, json_text(json_get(engine, "name")));
	buf_add_span(&r->version, json_text(json_get(engine, "version")));
	buf_add_span(
	    &r->date, json_text(json_get(tracking, "current_release_date")));
}

static struct span
kept(struct reader *r, struct span text)
{
	return arena_span(&r->arena, text);
}

static void
read_head(struct reader *r, const struct json_node *document)
{
	const struct json_node *tracking = json_get(document, "tracking");
	struct advisory *out = &r->out;
	struct span summary = note_of(document, "general");

	if (summary.len == 0)
		summary = note_of(document, "summary");
	out->id = kept(r, json_text(json_get(tracking, "id")));
	out->published = time_of(tracking, "initial_release_date");
	out->modified = time_of(tracking, "current_release_date");
	note_newest(r, tracking, out->modified);
	out->withdrawn =
	    span_is(json_text(json_get(tracking, "status")), "deleted");
	r->csaf_version =
	    kept(r, json_text(json_get(document, "csaf_version")));
	out->title = kept(r, json_text(json_get(document, "title")));
	out->summary = kept(r, summary);
	out->severity =
	    kept(r, json_text(json_path(document, "aggregate_severity.text")));
	r->has_document = true;
}

static int
on_part(void *ctx, const struct json_node *n, struct err *e)
{
	struct reader *r = ctx;

	if (span_is(n->name, "document") && !r->has_document)
		read_head(r, n);
	if (!span_is(n->name, "product_tree") || r->has_tree)
		return 0;
	r->has_tree = true;
	return csaf_tree_read(&r->tree, n, &r->arena, e);
}

/* A VEX document tells of its vulnerability, not of itself. */
static void
note_about(struct reader *r, const struct json_node *v)
{
	struct advisory *out = &r->out;
	struct span cve = json_text(json_get(v, "cve"));

	if (out->summary.len == 0)
		out->summary = kept(r, note_of(v, "description"));
	if (out->summary.len == 0)
		out->summary = kept(r, note_of(v, "summary"));
	if (cve.len == 0 || span_eq(cve, out->id))
		return;
	r->aliases = xgrow(r->aliases, &r->aliases_cap, out->n_aliases + 1,
	    sizeof(*r->aliases));
	r->aliases[out->n_aliases++] = kept(r, cve);
}

static int
on_vulnerability(void *ctx, const struct json_node *v, struct span raw,
    uint64_t offset, struct err *e)
{
	struct reader *r = ctx;

	(void)raw;
	(void)offset;
	if (!r->has_document || !r->has_tree)
		r->is_early = true;
	if (r->is_early != r->is_again || r->out.withdrawn)
		return 0;
	if (r->status == NULL)
		r->status = csaf_status_new(&r->tree, r->out.id);
	note_about(r, v);
	return csaf_status_add(r->status, v, e);
}

static int
read_parts(struct reader *r, struct span raw, struct err *e)
{
	const struct json_sink json = { .array = "vulnerabilities",
		.ctx = r,
		.record = on_vulnerability,
		.member = on_part };

	return json_read_span(raw, &json, e);
}

/*
 * The vulnerabilities, one at a time, come behind what they refer to: else
 * the document is read again.
 */
static int
read_all_parts(struct reader *r, struct span raw, struct err *e)
{
	if (!span_has_prefix(raw, "{"))
		return err_set(e, ERR_FORMAT, "not a JSON object");
	if (read_parts(r, raw, e) != 0)
		return -1;
	if (!r->is_early || !r->has_document)
		return 0;
	if (!r->has_tree && csaf_tree_read(&r->tree, NULL, &r->arena, e) != 0)
		return -1;
	r->has_tree = true;
	r->is_again = true;
	return read_parts(r, raw, e);
}

/* A document that was deleted may hold nothing but its id. */
static int
check_document(const struct reader *r, struct err *e)
{
	if (!is_id(r->out.id))
		return err_set(e, ERR_FORMAT,
		    "document.tracking.id is \"%.*s\", no id of a document",
		    SPAN_ARG(span_first(r->out.id, 64)));
	if (!r->out.withdrawn && !span_is(r->csaf_version, "2.0"))
		return err_set(e, ERR_FORMAT,
		    "%.*s: csaf_version is \"%.*s\", not 2.0",
		    SPAN_ARG(r->out.id),
		    SPAN_ARG(span_first(r->csaf_version, 64)));
	return 0;
}

static void
begin_document(struct reader *r)
{
	arena_reset(&r->arena);
	csaf_status_free(r->status);
	r->status = NULL;
	r->out = (struct advisory){ 0 };
	r->csaf_version = SPAN_NONE;
	r->has_document = false;
	r->has_tree = false;
	r->is_early = false;
	r->is_again = false;
}

/* The bytes without white space around them. */
static int
on_member(void *ctx, struct span name, struct span bytes, uint64_t offset,
    struct err *e)
{
	struct reader *r = ctx;
	struct span raw = span_trim(bytes);

	if (name.len > 0 && !span_has_suffix(name, ".json"))
		return 0;
	begin_document(r);
	r->n_records++;
	if (read_all_parts(r, raw, e) != 0 || check_document(r, e) != 0)
		return -1;
	r->out.raw = raw;
	r->out.offset = offset + (uint64_t)(raw.ptr - bytes.ptr);
	r->out.aliases = r->aliases;
	if (r->status != NULL)
		csaf_status_finish(r->status, &r->out);
	return r->sink->advisory(r->sink->ctx, &r->out, e);
}

static void
cleanup(struct reader *r)
{
	csaf_tree_cleanup(&r->tree);
	csaf_status_free(r->status);
	free(r->aliases);
	arena_cleanup(&r->arena);
	buf_cleanup(&r->engine);
	buf_cleanup(&r->version);
	buf_cleanup(&r->date);
}

int
csaf_read(struct stream *in, const struct advisory_sink *sink, struct arena *a,
    struct advisory_about *about, struct err *e)
{
	struct reader r = { .sink = sink };
	struct member_sink members = { &r, on_member };
	int rc = members_read(in, &members, e);

	if (rc == 0 && r.n_records == 0)
		rc = err_set(e, ERR_FORMAT, "the archive has no document");
	if (rc == 0) {
		about->product_name = arena_span(a, buf_span(&r.engine));
		about->product_version = arena_span(a, buf_span(&r.version));
		about->published = arena_span(a, buf_span(&r.date));
	}
	cleanup(&r);
	return rc;
}
