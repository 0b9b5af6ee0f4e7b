/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/buf.h"
#include "base/clock.h"
#include "base/xml.h"
#include "content/advisory_build.h"
#include "content/updateinfo.h"

struct reader {
	struct xml_reader *xml;
	const struct advisory_sink *sink;
	struct arena arena; /* of the update being read */
	struct advisory_build build;
	struct advisory update;
	struct map packages; /* what they are, but for arch, to their place */
	struct buf text;
	bool is_security;
	struct span module; /* of the open collection */
	uint64_t n_updates;
};

enum state {
	S_DOCUMENT = 0,
	S_UPDATES,
	S_UPDATE,
	S_REFERENCES,
	S_PKGLIST,
	S_COLLECTION,
	S_LEAF, /* nothing below matters */
};

#define START(name) \
	static int name(void *ctx, const struct xml_element *el, struct err *e)
#define END(name) static int name(void *ctx, struct span text, struct err *e)

static struct span
attr(const struct xml_element *el, const char *name)
{
	struct span value;

	return xml_attr(el, name, &value) ? span_trim(value) : SPAN_NONE;
}

START(root_refuse)
{
	(void)ctx;
	return err_set(e, ERR_FORMAT, "the document is <%.*s>, not <updates>",
	    SPAN_ARG(span_first(el->name, 64)));
}

START(update_start)
{
	struct reader *r = ctx;

	if (r->n_updates++ == UPDATEINFO_UPDATES_MAX)
		return err_set(e, ERR_LIMIT, "more than %u updates",
		    UPDATEINFO_UPDATES_MAX);
	arena_reset(&r->arena);
	advisory_build_begin(&r->build);
	map_cleanup(&r->packages);
	r->update = (struct advisory){ .offset = el->offset };
	r->update.withdrawn = span_is(attr(el, "status"), "retracted");
	r->is_security = advisory_is_security(attr(el, "type"));
	xml_capture(r->xml);
	return 0;
}

END(update_end)
{
	struct reader *r = ctx;
	struct advisory *a = &r->update;

	(void)text;
	if (a->id.len == 0)
		return err_set(e, ERR_FORMAT, "an update without an id");
	a->raw = xml_captured(r->xml);
	advisory_build_end(&r->build, a);
	if (a->withdrawn || (!r->is_security && a->n_aliases == 0))
		a->n_packages = 0;
	return r->sink->advisory(r->sink->ctx, a, e);
}

END(id_end)
{
	struct reader *r = ctx;
	struct span id = span_trim(text);

	if (!advisory_is_word(id))
		return err_set(e, ERR_FORMAT,
		    "\"%.*s\" is not the id of an update",
		    SPAN_ARG(span_first(id, 64)));
	r->update.id = arena_span(&r->arena, id);
	return 0;
}

END(title_end)
{
	struct reader *r = ctx;

	(void)e;
	r->update.title = arena_span(&r->arena, span_trim(text));
	return 0;
}

END(description_end)
{
	struct reader *r = ctx;

	(void)e;
	r->update.summary = arena_span(&r->arena, span_trim(text));
	return 0;
}

END(severity_end)
{
	struct reader *r = ctx;

	(void)e;
	r->update.severity = arena_span(&r->arena, span_trim(text));
	return 0;
}

/* "2023-02-17 20:41:00", also without the seconds; else unsaid. */
static int64_t
time_of(struct span date)
{
	char text[] = "YYYY-MM-DD hh:mm:00";
	int64_t t = 0;

	if (clock_parse(date, &t))
		return t;
	if (date.len != sizeof("YYYY-MM-DD hh:mm") - 1)
		return 0;
	memcpy(text, date.ptr, date.len);
	return clock_parse(span_of(text), &t) ? t : 0;
}

START(issued_start)
{
	struct reader *r = ctx;

	(void)e;
	r->update.published = time_of(attr(el, "date"));
	return 0;
}

START(updated_start)
{
	struct reader *r = ctx;

	(void)e;
	r->update.modified = time_of(attr(el, "date"));
	return 0;
}

START(reference_start)
{
	struct reader *r = ctx;
	bool is_cve = span_is_nocase(attr(el, "type"), "cve");
	struct span text = arena_span(&r->arena, attr(el, "id"));
	struct span id;

	while (advisory_next_id(&text, &id))
		if ((is_cve || span_has_prefix(id, "CVE-")) &&
		    advisory_build_alias(&r->build, id, e) != 0)
			return -1;
	return 0;
}

START(collection_start)
{
	struct reader *r = ctx;

	(void)el;
	(void)e;
	r->module = SPAN_NONE;
	return 0;
}

/* Appends to r->text; an attribute that is no word makes all of it none. */
static bool
add_attr(struct reader *r, const struct xml_element *el, const char *name,
    const char *before)
{
	struct span value = attr(el, name);

	if (!advisory_is_word(value))
		return false;
	buf_add_str(&r->text, before);
	buf_add_span(&r->text, value);
	return true;
}

/* <module stream="10" name="nodejs" …/> */
START(module_start)
{
	struct reader *r = ctx;

	(void)e;
	buf_reset(&r->text);
	if (add_attr(r, el, "name", "") && add_attr(r, el, "stream", ":"))
		r->module = arena_span(&r->arena, buf_span(&r->text));
	return 0;
}

/* "epoch:version-release", the epoch as far as there is one. */
static struct span
evr_of(struct reader *r, const struct xml_element *el)
{
	uint64_t epoch;

	buf_reset(&r->text);
	if (parse_uint(attr(el, "epoch"), UINT32_MAX, &epoch))
		buf_printf(&r->text, "%u:", (unsigned)epoch);
	else if (attr(el, "epoch").len > 0)
		return SPAN_NONE;
	if (!add_attr(r, el, "version", "") ||
	    !add_attr(r, el, "release", "-") ||
	    !advisory_is_version(buf_span(&r->text)))
		return SPAN_NONE;
	return arena_span(&r->arena, buf_span(&r->text));
}

static bool
has_arch(struct span arches, struct span arch)
{
	struct span one;

	while (span_next(&arches, ' ', &one))
		if (span_eq(one, arch))
			return true;
	return false;
}

/* No arch at all stands for all of them. */
static int
add_arch(struct reader *r, struct advisory_package *p, struct span arch,
    struct err *e)
{
	if (p->arch.len == 0 || has_arch(p->arch, arch))
		return 0;
	if (arch.len == 0) {
		p->arch = SPAN_NONE;
		return 0;
	}
	if (p->arch.len + 1 + arch.len > UPDATEINFO_ARCHES_MAX)
		return err_set(e, ERR_LIMIT, "%.*s: too many architectures",
		    SPAN_ARG(span_first(p->name, 64)));
	buf_reset(&r->text);
	buf_printf(&r->text, "%.*s %.*s", SPAN_ARG(p->arch), SPAN_ARG(arch));
	p->arch = arena_span(&r->arena, buf_span(&r->text));
	return 0;
}

/* What tells a statement from the others of its update. */
static uint32_t
place_of(struct reader *r, const struct advisory_package *p, bool *is_new)
{
	uint32_t place = (uint32_t)r->build.n_packages;

	buf_reset(&r->text);
	buf_printf(&r->text, "%.*s %.*s %.*s", SPAN_ARG(p->name),
	    SPAN_ARG(p->version), SPAN_ARG(p->module));
	*is_new = map_add(&r->packages, buf_span(&r->text), place, &place);
	return place;
}

START(package_start)
{
	struct reader *r = ctx;
	struct span arch = attr(el, "arch");
	struct advisory_package p = { .module = r->module };
	uint32_t place;
	bool is_new;

	if (!advisory_is_word(attr(el, "name")))
		return 0;
	if (!advisory_is_word(arch) || arch.len > UPDATEINFO_ARCHES_MAX)
		arch = SPAN_NONE; /* one that makes no sense: all */
	p.name = arena_span(&r->arena, attr(el, "name"));
	p.version = evr_of(r, el);
	p.state = p.version.len > 0 ? ADVISORY_FIXED : ADVISORY_UNKNOWN;
	place = place_of(r, &p, &is_new);
	if (!is_new)
		return add_arch(r, &r->build.packages[place], arch, e);
	if (arch.len > 0)
		p.arch = arena_span(&r->arena, arch);
	return advisory_build_package(&r->build, &p, e);
}

static const struct xml_rule rules[] = {
	{ S_DOCUMENT, NULL, "updates", S_UPDATES, NULL, NULL },
	{ S_DOCUMENT, NULL, NULL, S_LEAF, root_refuse, NULL },
	{ S_UPDATES, NULL, "update", S_UPDATE, update_start, update_end },
	{ S_UPDATE, NULL, "id", S_LEAF, NULL, id_end },
	{ S_UPDATE, NULL, "title", S_LEAF, NULL, title_end },
	{ S_UPDATE, NULL, "issued", S_LEAF, issued_start, NULL },
	{ S_UPDATE, NULL, "updated", S_LEAF, updated_start, NULL },
	{ S_UPDATE, NULL, "severity", S_LEAF, NULL, severity_end },
	{ S_UPDATE, NULL, "description", S_LEAF, NULL, description_end },
	{ S_UPDATE, NULL, "references", S_REFERENCES, NULL, NULL },
	{ S_REFERENCES, NULL, "reference", S_LEAF, reference_start, NULL },
	{ S_UPDATE, NULL, "pkglist", S_PKGLIST, NULL, NULL },
	{ S_PKGLIST, NULL, "collection", S_COLLECTION, collection_start, NULL },
	{ S_COLLECTION, NULL, "module", S_LEAF, module_start, NULL },
	{ S_COLLECTION, NULL, "package", S_LEAF, package_start, NULL },
	{ 0, NULL, NULL, 0, NULL, NULL },
};

static int
read_all(struct reader *r, struct stream *in, struct err *e)
{
	if (xml_read_all(r->xml, in, e) != 0)
		return -1;
	if (r->n_updates == 0)
		return err_set(e, ERR_FORMAT, "the document has no update");
	return 0;
}

int
updateinfo_read(struct stream *in, const struct advisory_sink *sink,
    struct arena *a, struct advisory_about *about, struct err *e)
{
	struct reader r = { .sink = sink };
	int rc;

	(void)a;
	(void)about;
	r.xml = xml_new(rules, &r);
	rc = read_all(&r, in, e);
	xml_free(r.xml);
	advisory_build_cleanup(&r.build);
	map_cleanup(&r.packages);
	arena_cleanup(&r.arena);
	buf_cleanup(&r.text);
	return rc;
}
