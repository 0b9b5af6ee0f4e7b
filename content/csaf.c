/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "content/csaf_impl.h"
#include "content/members.h"

struct reader {
	const struct advisory_sink *sink;
	struct arena record;
	struct csaf_tree tree;
	uint64_t n_records;
	int64_t newest; /* of the records, and what that one says: */
	struct buf engine;
	struct buf version;
	struct buf date;
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

/* An advisory tells of itself, a VEX document only of its vulnerability. */
static struct span
summary_of(const struct json_node *document, const struct json_node *first)
{
	struct span text = note_of(document, "general");

	if (text.len == 0)
		text = note_of(document, "summary");
	if (text.len == 0)
		text = note_of(first, "description");
	if (text.len == 0)
		text = note_of(first, "summary");
	return text;
}

static void
read_aliases(
    const struct json_node *first, struct arena *a, struct advisory *out)
{
	const struct json_node *v = first;
	struct span *aliases;
	size_t n = 0;

	for (; v != NULL; v = v->next)
		n++;
	aliases = arena_array(a, n, sizeof(*aliases));
	n = 0;
	for (v = first; v != NULL; v = v->next) {
		struct span cve = json_text(json_get(v, "cve"));

		if (cve.len > 0 && !span_eq(cve, out->id))
			aliases[n++] = cve;
	}
	out->aliases = aliases;
	out->n_aliases = n;
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

static int
read_body(struct reader *r, const struct json_node *root, struct advisory *out,
    struct err *e)
{
	const struct json_node *document = json_get(root, "document");
	const struct json_node *first = csaf_first(root, "vulnerabilities");
	struct span version = json_text(json_get(document, "csaf_version"));

	if (!span_is(version, "2.0"))
		return err_set(e, ERR_FORMAT,
		    "csaf_version is \"%.*s\", not 2.0",
		    SPAN_ARG(span_first(version, 64)));
	out->title = json_text(json_get(document, "title"));
	out->summary = summary_of(document, first);
	out->severity =
	    json_text(json_path(document, "aggregate_severity.text"));
	read_aliases(first, &r->record, out);
	if (csaf_tree_read(
		&r->tree, json_get(root, "product_tree"), &r->record, e) != 0)
		return -1;
	return csaf_status_read(&r->tree, first, out, e);
}

/* A document that was deleted may hold nothing but its id. */
static int
read_document(struct reader *r, const struct json_node *root,
    struct advisory *out, struct err *e)
{
	const struct json_node *tracking = json_path(root, "document.tracking");

	out->id = json_text(json_get(tracking, "id"));
	if (!is_id(out->id))
		return err_set(e, ERR_FORMAT,
		    "document.tracking.id is \"%.*s\", no id of a document",
		    SPAN_ARG(span_first(out->id, 64)));
	out->published = time_of(tracking, "initial_release_date");
	out->modified = time_of(tracking, "current_release_date");
	note_newest(r, tracking, out->modified);
	out->withdrawn =
	    span_is(json_text(json_get(tracking, "status")), "deleted");
	if (!out->withdrawn && read_body(r, root, out, e) != 0)
		return err_context(e, "%.*s", SPAN_ARG(out->id));
	return r->sink->advisory(r->sink->ctx, out, e);
}

/* The bytes without white space around them. */
static int
on_member(void *ctx, struct span name, struct span bytes, uint64_t offset,
    struct err *e)
{
	struct reader *r = ctx;
	const struct json_node *root = NULL;
	struct advisory out = { .raw = span_trim(bytes) };

	if (name.len > 0 && !span_has_suffix(name, ".json"))
		return 0;
	if (out.raw.len > 0)
		out.offset = offset + (uint64_t)(out.raw.ptr - bytes.ptr);
	arena_reset(&r->record);
	if (json_parse(out.raw, &r->record, &root, e) != 0)
		return -1;
	r->n_records++;
	return read_document(r, root, &out, e);
}

static void
cleanup(struct reader *r)
{
	csaf_tree_cleanup(&r->tree);
	arena_cleanup(&r->record);
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
