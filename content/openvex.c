/* SPDX-License-Identifier: Apache-2.0 */
#include "content/members.h"
#include "content/openvex.h"
#include "content/openvex_impl.h"

struct reader {
	const struct advisory_sink *sink;
	struct arena arena; /* of the document in hand */
	struct advisory_build build;
	uint64_t n_records;
};

/* The last part of a URL or path, without ".json". */
static struct span
last_part(struct span path)
{
	size_t slash = span_rfind(path, '/');

	if (slash < path.len)
		path = span_from(path, slash + 1);
	if (span_has_suffix(path, ".json"))
		path.len -= 5;
	return path;
}

/* 2025 has a header of its own; 2026 has none. */
static const struct json_node *
header_of(const struct json_node *document)
{
	const struct json_node *header = json_get(document, "metadata");

	return header == NULL ? document : header;
}

static int
read_header(const struct json_node *document, struct span name,
    struct advisory *out, struct err *e)
{
	const struct json_node *header = header_of(document);
	const struct json_node *updated = json_get(header, "last_updated");

	if (json_get(document, "statements") == NULL)
		return err_set(
		    e, ERR_FORMAT, "no OpenVEX document: it has no statements");
	out->id = last_part(json_text(json_get(header, "@id")));
	if (!advisory_is_word(out->id))
		out->id = last_part(name);
	if (!advisory_is_word(out->id))
		return err_set(
		    e, ERR_FORMAT, "no OpenVEX document: it has no @id");
	out->modified = advisory_time(
	    updated == NULL ? json_get(header, "timestamp") : updated);
	return 0;
}

/* What is no URL: the flaw under other names, a notice's CVEs. */
static int
add_name(
    struct advisory_build *b, struct span name, struct span id, struct err *e)
{
	if (!advisory_is_id(name) || span_eq(name, id))
		return 0;
	return advisory_build_alias(b, name, e);
}

static int
read_names(struct advisory_build *b, const struct json_node *flaw,
    struct span name, struct span id, struct err *e)
{
	const struct json_node *item;

	if (add_name(b, name, id, e) != 0 ||
	    advisory_elements(flaw, "aliases", &item, e) != 0)
		return -1;
	for (; item != NULL; item = item->next)
		if (add_name(b, json_text(item), id, e) != 0)
			return -1;
	return 0;
}

/* The only CVE among the flaw's other names. */
static struct span
cve_in_aliases(const struct json_node *flaw)
{
	const struct json_node *item = advisory_first(flaw, "aliases");
	struct span found = SPAN_NONE;
	struct span name;

	for (; item != NULL; item = item->next) {
		name = json_text(item);
		if (!span_has_prefix(name, "CVE-") || !advisory_is_id(name) ||
		    span_eq(name, found))
			continue;
		if (found.len > 0)
			return SPAN_NONE;
		found = name;
	}
	return found;
}

/*
 * Which of the record's flaws the statement is about; empty: all, as of a
 * notice. What does not say says nothing good of the others.
 */
static void
attribute(const struct json_node *flaw, struct span name, struct span id,
    struct advisory_package *p)
{
	bool is_id = advisory_is_id(name);

	if (is_id && span_eq(name, id) && !span_has_prefix(name, "CVE-"))
		return;
	if (is_id && span_has_prefix(name, "CVE-"))
		p->cve = name;
	else
		p->cve = cve_in_aliases(flaw);
	if (p->cve.len == 0 && is_id)
		p->cve = name;
	if (p->cve.len == 0 &&
	    (p->state == ADVISORY_FIXED || p->state == ADVISORY_NOT_AFFECTED))
		p->state = ADVISORY_UNKNOWN;
}

static int
read_statement(struct reader *r, const struct json_node *n,
    struct advisory *out, struct err *e)
{
	const struct json_node *flaw = json_get(n, "vulnerability");
	struct advisory_package p = { .severity = openvex_severity(n) };
	struct span name = span_trim(json_text(json_get(flaw, "name")));

	if (n->type != JSON_OBJECT)
		return err_set(e, ERR_FORMAT, "a statement is not an object");
	if (name.len == 0)
		name = span_trim(json_text(flaw));
	if (out->summary.len == 0)
		out->summary = json_text(json_get(flaw, "description"));
	if (out->severity.len == 0)
		out->severity = p.severity;
	if (out->published == 0)
		out->published = advisory_time(json_get(n, "timestamp"));
	p.state = openvex_state(n, &p.detail);
	attribute(flaw, name, out->id, &p);
	if (read_names(&r->build, flaw, name, out->id, e) != 0)
		return -1;
	return openvex_products(&r->build, &r->arena, n, &p, e);
}

static int
read_document(struct reader *r, const struct json_node *document,
    struct advisory *out, struct err *e)
{
	const struct json_node *n;

	if (advisory_elements(document, "statements", &n, e) != 0)
		return -1;
	for (; n != NULL; n = n->next)
		if (read_statement(r, n, out, e) != 0)
			return -1;
	advisory_build_end(&r->build, out);
	return 0;
}

static int
on_member(void *ctx, struct span name, struct span bytes, uint64_t offset,
    struct err *e)
{
	struct reader *r = ctx;
	struct advisory a = { .offset = offset };
	const struct json_node *document;

	if (name.len > 0 && !span_has_suffix(name, ".json"))
		return 0;
	arena_reset(&r->arena);
	advisory_build_begin(&r->build);
	a.raw = advisory_raw(bytes, &a.offset);
	if (json_parse(a.raw, &r->arena, &document, e) != 0 ||
	    read_header(document, name, &a, e) != 0)
		return -1;
	if (read_document(r, document, &a, e) != 0)
		return err_context(e, "%.*s", SPAN_ARG(a.id));
	r->n_records++;
	return r->sink->advisory(r->sink->ctx, &a, e);
}

int
openvex_read(struct stream *in, const struct advisory_sink *sink,
    struct arena *a, struct advisory_about *about, struct err *e)
{
	struct reader r = { .sink = sink };
	const struct member_sink members = { &r, on_member };
	int rc = members_read(in, &members, e);

	(void)a;
	(void)about;
	if (rc == 0 && r.n_records == 0)
		rc = err_set(e, ERR_FORMAT, "the archive has no document");
	arena_cleanup(&r.arena);
	advisory_build_cleanup(&r.build);
	return rc;
}
