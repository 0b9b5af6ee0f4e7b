/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "bundle/canonical.h"
#include "bundle/manifest.h"
#include "bundle/members.h"
#include "bundle/refusal.h"
#include "bundle/repository.h"

/* --- writing --- */

static void
write_document(struct buf *out, const struct catalog_document *d, int64_t seen)
{
	struct members m;

	members_begin(&m, out);
	members_text(&m, "distribution", d->distribution);
	members_text(&m, "family", d->family);
	members_text(&m, "flavour", d->flavour);
	members_text(&m, "format", d->format);
	members_text(&m, "held", d->held);
	members_int(&m, "length", (int64_t)d->size_bytes);
	members_text(&m, "name", d->name);
	members_text(&m, "origin", d->origin);
	members_text(&m, "path", d->path);
	members_text(&m, "proof", d->proof);
	members_int(&m, "proved", d->proved);
	members_text(&m, "published", d->published);
	members_int(&m, "records", (int64_t)d->n_records);
	members_text(&m, "release", d->release);
	members_int(&m, "seen", seen);
	members_text(&m, "sha256", d->sha256);
	members_text(&m, "source", d->source);
	members_end(&m);
}

static void
write_source(struct buf *out, const struct manifest_source *s)
{
	struct members m;

	members_begin(&m, out);
	members_int(&m, "changed", s->changed);
	members_int(&m, "checked", s->checked);
	members_int(&m, "failed", (int64_t)s->n_failed);
	members_text(&m, "message", s->message);
	members_text(&m, "name", s->name);
	members_text(&m, "result", s->result);
	members_end(&m);
}

static void
write_family(struct buf *out, const struct manifest_family *f)
{
	char hex[DIGEST_HEX_SIZE];
	struct members m;

	members_begin(&m, out);
	members_text(&m, "name", f->name);
	members_text(&m, "sha256", span_of(digest_hex(&f->content, hex)));
	members_end(&m);
}

static void
array_item(struct buf *out, size_t i)
{
	buf_add_char(out, i == 0 ? '[' : ',');
}

static void
array_end(struct buf *out, size_t n)
{
	buf_add_str(out, n == 0 ? "[]" : "]");
}

void
manifest_write(struct buf *out, const struct manifest *m)
{
	struct members top;
	size_t i;

	members_begin(&top, out);
	members_name(&top, "documents");
	for (i = 0; i < m->n_documents; i++) {
		array_item(out, i);
		write_document(out, &m->documents[i], m->seen[i]);
	}
	array_end(out, m->n_documents);
	members_name(&top, "families");
	for (i = 0; i < m->n_families; i++) {
		array_item(out, i);
		write_family(out, &m->families[i]);
	}
	array_end(out, m->n_families);
	members_int(&top, "format", MANIFEST_FORMAT);
	members_int(&top, "generation", (int64_t)m->generation);
	members_int(&top, "made", m->made);
	members_name(&top, "sources");
	for (i = 0; i < m->n_sources; i++) {
		array_item(out, i);
		write_source(out, &m->sources[i]);
	}
	array_end(out, m->n_sources);
	members_end(&top);
}

/* --- reading --- */

/* The names of the top-level members, each once. */
enum {
	SEEN_FAMILIES = 1,
	SEEN_FORMAT = 2,
	SEEN_GENERATION = 4,
	SEEN_MADE = 8,
	SEEN_SOURCES = 16,
};

static const char *const member_names[] = { "families", "format", "generation",
	"made", "sources" };

struct reading {
	struct arena *arena;
	struct manifest *out;
	struct catalog_document *documents;
	size_t documents_cap;
	int64_t *seen;
	size_t seen_cap;
	unsigned members;
};

static int
need_digest(
    struct span hex, const char *name, struct digest *out, struct err *e)
{
	char text[DIGEST_HEX_SIZE];

	/* One way to write it. */
	if (digest_parse(hex, out) && span_is(hex, digest_hex(out, text)))
		return 0;
	return err_set(
	    e, ERR_FORMAT, "%s has no sha256 of 64 digits, lower case", name);
}

static int
read_texts(const struct json_node *n, struct arena *a,
    struct catalog_document *d, struct err *e)
{
	const struct {
		const char *name;
		struct span *to;
	} texts[] = {
		{ "distribution", &d->distribution },
		{ "family", &d->family },
		{ "flavour", &d->flavour },
		{ "format", &d->format },
		{ "held", &d->held },
		{ "name", &d->name },
		{ "origin", &d->origin },
		{ "path", &d->path },
		{ "proof", &d->proof },
		{ "published", &d->published },
		{ "release", &d->release },
		{ "sha256", &d->sha256 },
		{ "source", &d->source },
	};
	size_t i;

	for (i = 0; i < sizeof(texts) / sizeof(*texts); i++)
		if (member_text(n, texts[i].name, a, texts[i].to, e) != 0)
			return -1;
	return 0;
}

/* "nvd-1.1": words with dots between them. */
static bool
is_source(struct span name)
{
	struct span rest = name, word;

	while (span_next(&rest, '.', &word))
		if (!member_is_word(word))
			return false;
	return name.len > 0;
}

static int
check_document(const struct catalog_document *d, struct err *e)
{
	struct digest digest;

	if (d->name.len == 0 || d->path.len == 0)
		return err_set(
		    e, ERR_FORMAT, "a document has no name or no path");
	if (!member_is_word(d->family) || !is_source(d->source) ||
	    d->format.len == 0)
		return err_set(e, ERR_FORMAT,
		    "a document has no family, source or format");
	return need_digest(d->sha256, "a document", &digest, e);
}

/* By name; one of two families may have the other's. */
static bool
is_behind(const struct catalog_document *a, const struct catalog_document *b)
{
	int cmp = span_cmp(a->name, b->name);

	return cmp < 0 || (cmp == 0 && span_cmp(a->family, b->family) < 0);
}

static int
on_document(void *ctx, const struct json_node *n, struct span raw,
    uint64_t offset, struct err *e)
{
	struct reading *r = ctx;
	struct catalog_document d = { 0 };
	size_t i = r->out->n_documents;
	int64_t seen;

	(void)raw;
	(void)offset;
	if (i == MANIFEST_DOCUMENTS_MAX)
		return err_set(e, ERR_FORMAT, "more than %u documents",
		    MANIFEST_DOCUMENTS_MAX);
	if (read_texts(n, r->arena, &d, e) != 0 ||
	    member_count(n, "length", &d.size_bytes, e) != 0 ||
	    member_count(n, "records", &d.n_records, e) != 0 ||
	    member_time(n, "proved", &d.proved, e) != 0 ||
	    member_time(n, "seen", &seen, e) != 0 || check_document(&d, e) != 0)
		return -1;
	if (i > 0 && !is_behind(&r->documents[i - 1], &d))
		return err_set(e, ERR_FORMAT,
		    "documents are not in the order of their names");
	r->documents = xgrow(
	    r->documents, &r->documents_cap, i + 1, sizeof(*r->documents));
	r->seen = xgrow(r->seen, &r->seen_cap, i + 1, sizeof(*r->seen));
	r->documents[i] = d;
	r->seen[i] = seen;
	r->out->n_documents++;
	return 0;
}

/* How many items an array has, at most max. */
static int
count_items(
    const struct json_node *n, size_t max, size_t *n_items, struct err *e)
{
	const struct json_node *item;

	*n_items = 0;
	if (n->type != JSON_ARRAY)
		return err_set(
		    e, ERR_FORMAT, "%.*s is no list", SPAN_ARG(n->name));
	for (item = n->child; item != NULL; item = item->next)
		if (++*n_items > max)
			return err_set(e, ERR_FORMAT, "more than %zu %.*s", max,
			    SPAN_ARG(n->name));
	return 0;
}

static int
read_families(struct reading *r, const struct json_node *n, struct err *e)
{
	struct manifest *m = r->out;
	const struct json_node *item;
	struct manifest_family *f;
	struct span hex;

	if (count_items(n, MANIFEST_FAMILIES_MAX, &m->n_families, e) != 0)
		return -1;
	m->families = f =
	    arena_array(r->arena, m->n_families, sizeof(*m->families));
	for (item = n->child; item != NULL; item = item->next, f++) {
		if (member_text(item, "name", r->arena, &f->name, e) != 0 ||
		    member_text(item, "sha256", r->arena, &hex, e) != 0 ||
		    need_digest(hex, "a family", &f->content, e) != 0)
			return -1;
		if (!member_is_word(f->name))
			return err_set(e, ERR_FORMAT,
			    "a family's name is not of [a-z0-9-]");
		if (f > m->families && span_cmp(f[-1].name, f->name) >= 0)
			return err_set(e, ERR_FORMAT,
			    "families are not in the order of their names");
	}
	return 0;
}

static int
check_source(const struct manifest_source *s, struct err *e)
{
	if (!is_source(s->name))
		return err_set(
		    e, ERR_FORMAT, "a source's name is not of [a-z0-9.-]");
	if (!span_is(s->result, "ok") && !span_is(s->result, "held") &&
	    !span_is(s->result, "failed"))
		return err_set(e, ERR_FORMAT,
		    "source %.*s is not ok, held or failed", SPAN_ARG(s->name));
	return 0;
}

static int
read_sources(struct reading *r, const struct json_node *n, struct err *e)
{
	struct manifest *m = r->out;
	const struct json_node *i;
	struct manifest_source *s;

	if (count_items(n, MANIFEST_SOURCES_MAX, &m->n_sources, e) != 0)
		return -1;
	m->sources = s =
	    arena_array(r->arena, m->n_sources, sizeof(*m->sources));
	for (i = n->child; i != NULL; i = i->next, s++) {
		if (member_text(i, "name", r->arena, &s->name, e) != 0 ||
		    member_text(i, "result", r->arena, &s->result, e) != 0 ||
		    member_text(i, "message", r->arena, &s->message, e) != 0 ||
		    member_time(i, "checked", &s->checked, e) != 0 ||
		    member_time(i, "changed", &s->changed, e) != 0 ||
		    member_count(i, "failed", &s->n_failed, e) != 0 ||
		    check_source(s, e) != 0)
			return -1;
		if (s > m->sources && span_cmp(s[-1].name, s->name) >= 0)
			return err_set(e, ERR_FORMAT,
			    "sources are not in the order of their names");
	}
	return 0;
}

static int
read_number(const struct json_node *n, uint64_t *out, struct err *e)
{
	if (n->type == JSON_NUMBER && parse_uint(n->text, INT64_MAX, out) &&
	    *out > 0)
		return 0;
	return err_set(e, ERR_FORMAT, "%.*s is no whole number from 1 on",
	    SPAN_ARG(n->name));
}

static int
read_generation(const struct json_node *n, uint64_t *out, struct err *e)
{
	if (read_number(n, out, e) != 0)
		return -1;
	if (*out <= MANIFEST_GENERATION_MAX)
		return 0;
	return err_set(
	    e, ERR_FORMAT, "generation is above %u", MANIFEST_GENERATION_MAX);
}

static int
read_format(const struct json_node *n, struct err *e)
{
	uint64_t format = 0;

	if (read_number(n, &format, e) != 0)
		return -1;
	if (format != MANIFEST_FORMAT)
		return err_set(e, ERR_FORMAT,
		    "format %llu: this scapcache reads %u; a newer one is "
		    "needed",
		    (unsigned long long)format, MANIFEST_FORMAT);
	return 0;
}

static unsigned
member_flag(struct span name)
{
	unsigned i;

	for (i = 0; i < sizeof(member_names) / sizeof(*member_names); i++)
		if (span_is(name, member_names[i]))
			return 1u << i;
	return 0;
}

static int
once(struct reading *r, unsigned flag, struct err *e)
{
	if ((r->members & flag) != 0)
		return err_set(e, ERR_FORMAT, "a member stands there twice");
	r->members |= flag;
	return 0;
}

static int
on_member(void *ctx, const struct json_node *n, struct err *e)
{
	struct reading *r = ctx;
	unsigned flag = member_flag(n->name);
	uint64_t made = 0;

	/* What a later version adds is not for us. */
	if (flag == 0)
		return 0;
	if (once(r, flag, e) != 0)
		return -1;
	switch (flag) {
	case SEEN_FAMILIES:
		return read_families(r, n, e);
	case SEEN_FORMAT:
		return read_format(n, e);
	case SEEN_GENERATION:
		return read_generation(n, &r->out->generation, e);
	case SEEN_MADE:
		if (read_number(n, &made, e) != 0)
			return -1;
		r->out->made = (int64_t)made;
		return 0;
	default:
		return read_sources(r, n, e);
	}
}

static void *
arena_copy(struct arena *a, const void *items, size_t n, size_t size)
{
	void *copy = arena_array(a, n, size);

	if (items != NULL)
		memcpy(copy, items, n * size);
	return copy;
}

static int
read_all(struct reading *r, struct span json, struct err *e)
{
	const struct json_sink sink = { .array = "documents",
		.ctx = r,
		.record = on_document,
		.member = on_member };
	unsigned i;

	if (json.len > MANIFEST_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "larger than %llu MiB",
		    (unsigned long long)(MANIFEST_SIZE_MAX / 1024 / 1024));
	if (json_read_span(json, &sink, e) != 0)
		return -1;
	for (i = 0; i < sizeof(member_names) / sizeof(*member_names); i++)
		if ((r->members & 1u << i) == 0)
			return err_set(
			    e, ERR_FORMAT, "has no %s", member_names[i]);
	return 0;
}

int
manifest_read(
    struct span json, struct arena *a, struct manifest *out, struct err *e)
{
	struct reading r = { .arena = a, .out = out };
	struct err why;
	int rc;

	*out = (struct manifest){ 0 };
	rc = read_all(&r, json, &why);
	if (rc != 0)
		refuse(e, REFUSAL_SHAPE, REPOSITORY_MANIFEST ": %s", why.msg);
	out->documents =
	    arena_copy(a, r.documents, out->n_documents, sizeof(*r.documents));
	out->seen = arena_copy(a, r.seen, out->n_documents, sizeof(*r.seen));
	free(r.documents);
	free(r.seen);
	return rc;
}
