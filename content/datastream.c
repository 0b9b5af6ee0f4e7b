/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/xml.h"
#include "content/datastream.h"

#define DS "http://scap.nist.gov/schema/scap/source/1.2"
#define XCCDF "http://checklists.nist.gov/xccdf/1.2"
#define OVAL "http://oval.mitre.org/XMLSchema/oval-definitions-5"
#define OCIL "http://scap.nist.gov/schema/ocil/2.0"
#define CPE "http://cpe.mitre.org/dictionary/2.0"
#define XLINK "http://www.w3.org/1999/xlink"
#define CATALOG "urn:oasis:names:tc:entity:xmlns:xml:catalog"

struct reader {
	const struct datastream_sink *sink;
	struct xml_reader *xml;
	struct arena *arena; /* of the collection */
	struct datastream_collection *collection;
	struct arena part_arena;
	struct datastream_part part;
	size_t cap_refs;
	size_t cap_uris;
	size_t cap_profiles;
	struct span section;
	struct map components; /* ids */
	struct map wanted;     /* components that are referred to */
	struct span *hrefs;    /* the same, in order */
	size_t n_hrefs;
	size_t cap_hrefs;
	size_t n_parts;
	size_t n_streams;
};

static const struct {
	const char *name;
	const char *element; /* of the content; NULL: none tells it */
	const char *ns;
} kinds[] = {
	[DATASTREAM_OTHER] = { "other", NULL, NULL },
	[DATASTREAM_STREAM] = { "data-stream", NULL, NULL },
	[DATASTREAM_BENCHMARK] = { "benchmark", "Benchmark", XCCDF },
	[DATASTREAM_TAILORING] = { "tailoring", "Tailoring", XCCDF },
	[DATASTREAM_OVAL] = { "oval", "oval_definitions", OVAL },
	[DATASTREAM_OCIL] = { "ocil", "ocil", OCIL },
	[DATASTREAM_CPE_LIST] = { "cpe-list", "cpe-list", CPE },
	[DATASTREAM_EXTENDED] = { "extended", NULL, NULL },
};

const char *
datastream_kind_name(enum datastream_kind k)
{
	return kinds[k].name;
}

/* Documents that people take for a data stream. */
static const struct {
	const char *element;
	const char *what;
} strangers[] = {
	{ "Benchmark", "an XCCDF benchmark by itself" },
	{ "Tailoring", "an XCCDF tailoring" },
	{ "TestResult", "an XCCDF result" },
	{ "oval_definitions", "a file of OVAL definitions by itself" },
	{ "oval_results", "a file of OVAL results" },
	{ "ocil", "an OCIL questionnaire by itself" },
	{ "cpe-list", "a CPE dictionary by itself" },
	{ "asset-report-collection", "an ARF report" },
};

static int
root_refuse(void *ctx, const struct xml_element *el, struct err *e)
{
	size_t i;

	(void)ctx;
	for (i = 0; i < sizeof(strangers) / sizeof(*strangers); i++)
		if (span_is(el->name, strangers[i].element))
			return err_set(e, ERR_FORMAT,
			    "%s, not a SCAP data stream", strangers[i].what);
	return err_set(e, ERR_FORMAT, "<%.*s> is not a SCAP data stream",
	    SPAN_ARG(span_first(el->name, 64)));
}

static struct span
attr_ns(const struct xml_element *el, const char *ns, const char *name)
{
	size_t i;

	for (i = 0; i < el->n_attrs; i++)
		if (span_is(el->attrs[i].ns, ns) &&
		    span_is(el->attrs[i].name, name))
			return el->attrs[i].value;
	return SPAN_NONE;
}

/* A copy of the text in the part's arena. */
static int
keep(struct reader *r, struct span text, struct span *out, struct err *e)
{
	text = span_trim(text);
	if (text.len > DATASTREAM_TEXT_MAX)
		return err_set(e, ERR_LIMIT, "a text longer than %u bytes",
		    DATASTREAM_TEXT_MAX);
	*out = arena_span(&r->part_arena, text);
	return 0;
}

static int
keep_attr(struct reader *r, const struct xml_element *el, const char *name,
    struct span *out, struct err *e)
{
	struct span value;

	return xml_attr(el, name, &value) ? keep(r, value, out, e) : 0;
}

static int
keep_id(struct reader *r, const struct xml_element *el, struct span *out,
    struct err *e)
{
	if (keep_attr(r, el, "id", out, e) != 0)
		return -1;
	if (out->len > 0)
		return 0;
	return err_set(e, ERR_FORMAT, "<%.*s> without an id",
	    SPAN_ARG(span_first(el->name, 64)));
}

static int
collection_start(void *ctx, const struct xml_element *el, struct err *e)
{
	struct reader *r = ctx;
	struct span id = SPAN_NONE, version = SPAN_NONE;

	if (keep_id(r, el, &id, e) != 0 ||
	    keep_attr(r, el, "schematron-version", &version, e) != 0)
		return -1;
	r->collection->id = arena_span(r->arena, id);
	r->collection->schematron_version = arena_span(r->arena, version);
	return 0;
}

static int
part_start(struct reader *r, const struct xml_element *el,
    enum datastream_kind kind, struct err *e)
{
	struct datastream_part *p = &r->part;

	if (r->n_parts++ == DATASTREAM_PARTS_MAX)
		return err_set(e, ERR_LIMIT,
		    "more than %u data streams and components",
		    DATASTREAM_PARTS_MAX);
	arena_reset(&r->part_arena);
	xml_capture(r->xml);
	*p = (struct datastream_part){ .kind = kind,
		.offset = el->offset,
		.refs = p->refs,
		.uris = p->uris,
		.profiles = p->profiles };
	if (keep_id(r, el, &p->id, e) != 0 ||
	    keep_attr(r, el, "timestamp", &p->timestamp, e) != 0)
		return -1;
	if (span_cmp(p->timestamp, r->collection->timestamp) > 0)
		r->collection->timestamp = arena_span(r->arena, p->timestamp);
	return 0;
}

static int
stream_start(void *ctx, const struct xml_element *el, struct err *e)
{
	struct reader *r = ctx;
	struct datastream_part *p = &r->part;

	if (part_start(r, el, DATASTREAM_STREAM, e) != 0 ||
	    keep_attr(r, el, "scap-version", &p->scap_version, e) != 0 ||
	    keep_attr(r, el, "use-case", &p->use_case, e) != 0)
		return -1;
	if (r->n_streams++ == 0)
		r->collection->scap_version =
		    arena_span(r->arena, p->scap_version);
	return 0;
}

static int
component_start(void *ctx, const struct xml_element *el, struct err *e)
{
	struct reader *r = ctx;

	if (part_start(r, el, DATASTREAM_OTHER, e) != 0)
		return -1;
	map_add(&r->components, r->part.id, 0, NULL);
	return 0;
}

static int
extended_start(void *ctx, const struct xml_element *el, struct err *e)
{
	struct reader *r = ctx;

	if (component_start(r, el, e) != 0)
		return -1;
	r->part.kind = DATASTREAM_EXTENDED;
	return 0;
}

static int
part_end(void *ctx, struct span text, struct err *e)
{
	struct reader *r = ctx;

	(void)text;
	r->part.raw = xml_captured(r->xml);
	return r->sink->part(r->sink->ctx, &r->part, e);
}

static int
section_start(void *ctx, const struct xml_element *el, struct err *e)
{
	struct reader *r = ctx;

	return keep(r, el->name, &r->section, e);
}

/* Notes a component of this collection that has to be there in the end. */
static void
want(struct reader *r, struct span href)
{
	if (href.len < 2 || href.ptr[0] != '#' ||
	    !map_add(&r->wanted, span_from(href, 1), 0, NULL))
		return;
	r->hrefs =
	    xgrow(r->hrefs, &r->cap_hrefs, r->n_hrefs + 1, sizeof(*r->hrefs));
	r->hrefs[r->n_hrefs++] = arena_span(r->arena, span_from(href, 1));
}

static int
ref_start(void *ctx, const struct xml_element *el, struct err *e)
{
	struct reader *r = ctx;
	struct datastream_part *p = &r->part;
	struct datastream_ref *ref;

	if (p->n_refs == DATASTREAM_REFS_MAX)
		return err_set(e, ERR_LIMIT, "more than %u references",
		    DATASTREAM_REFS_MAX);
	p->refs = xgrow(p->refs, &r->cap_refs, p->n_refs + 1, sizeof(*p->refs));
	ref = &p->refs[p->n_refs++];
	*ref = (struct datastream_ref){ .section = r->section };
	if (keep_id(r, el, &ref->id, e) != 0 ||
	    keep(r, attr_ns(el, XLINK, "href"), &ref->href, e) != 0)
		return -1;
	if (ref->href.len < 2)
		return err_set(e, ERR_FORMAT, "%.*s refers to nothing",
		    SPAN_ARG(span_first(ref->id, 128)));
	want(r, ref->href);
	return 0;
}

static int
uri_start(void *ctx, const struct xml_element *el, struct err *e)
{
	struct reader *r = ctx;
	struct datastream_part *p = &r->part;
	struct datastream_uri *uri;

	if (p->n_uris == DATASTREAM_URIS_MAX)
		return err_set(e, ERR_LIMIT, "more than %u names in catalogs",
		    DATASTREAM_URIS_MAX);
	p->uris = xgrow(p->uris, &r->cap_uris, p->n_uris + 1, sizeof(*p->uris));
	uri = &p->uris[p->n_uris++];
	*uri = (struct datastream_uri){ 0 };
	if (keep_attr(r, el, "name", &uri->name, e) != 0)
		return -1;
	return keep_attr(r, el, "uri", &uri->uri, e);
}

/* What a component is, by its document element. */
static int
content_start(void *ctx, const struct xml_element *el, struct err *e)
{
	struct reader *r = ctx;
	size_t i;

	for (i = 0; i < DATASTREAM_KINDS; i++)
		if (kinds[i].element != NULL &&
		    span_is(el->name, kinds[i].element) &&
		    span_is(el->ns, kinds[i].ns))
			r->part.kind = (enum datastream_kind)i;
	if (r->part.kind != DATASTREAM_BENCHMARK &&
	    r->part.kind != DATASTREAM_TAILORING)
		return 0;
	return keep_id(r, el, &r->part.benchmark, e);
}

/* The last status is the one that holds. */
static int
status_end(void *ctx, struct span text, struct err *e)
{
	struct reader *r = ctx;

	return keep(r, text, &r->part.status, e);
}

static int
title_end(void *ctx, struct span text, struct err *e)
{
	struct reader *r = ctx;

	return r->part.title.len > 0 ? 0 : keep(r, text, &r->part.title, e);
}

static int
version_end(void *ctx, struct span text, struct err *e)
{
	struct reader *r = ctx;

	return keep(r, text, &r->part.version, e);
}

static int
profile_start(void *ctx, const struct xml_element *el, struct err *e)
{
	struct reader *r = ctx;
	struct datastream_part *p = &r->part;

	if (p->n_profiles == DATASTREAM_PROFILES_MAX)
		return err_set(e, ERR_LIMIT, "more than %u profiles",
		    DATASTREAM_PROFILES_MAX);
	p->profiles = xgrow(p->profiles, &r->cap_profiles, p->n_profiles + 1,
	    sizeof(*p->profiles));
	p->profiles[p->n_profiles++] = (struct datastream_profile){ 0 };
	return keep_id(r, el, &p->profiles[p->n_profiles - 1].id, e);
}

static int
profile_title_end(void *ctx, struct span text, struct err *e)
{
	struct reader *r = ctx;
	struct datastream_profile *p =
	    &r->part.profiles[r->part.n_profiles - 1];

	return p->title.len > 0 ? 0 : keep(r, text, &p->title, e);
}

enum state {
	S_DOCUMENT = 0,
	S_COLLECTION,
	S_STREAM,
	S_SECTION,
	S_REF,
	S_CATALOG,
	S_COMPONENT,
	S_BENCHMARK, /* or a tailoring */
	S_PROFILE,
	S_LEAF, /* nothing below matters */
};

static const struct xml_rule rules[] = {
	{ S_DOCUMENT, DS, "data-stream-collection", S_COLLECTION,
	    collection_start, NULL },
	{ S_DOCUMENT, NULL, NULL, S_LEAF, root_refuse, NULL },

	{ S_COLLECTION, DS, "data-stream", S_STREAM, stream_start, part_end },
	{ S_COLLECTION, DS, "component", S_COMPONENT, component_start,
	    part_end },
	{ S_COLLECTION, DS, "extended-component", S_LEAF, extended_start,
	    part_end },

	{ S_STREAM, DS, NULL, S_SECTION, section_start, NULL },
	{ S_SECTION, DS, "component-ref", S_REF, ref_start, NULL },
	{ S_REF, CATALOG, "catalog", S_CATALOG, NULL, NULL },
	{ S_CATALOG, CATALOG, "uri", S_LEAF, uri_start, NULL },

	{ S_COMPONENT, XCCDF, "Benchmark", S_BENCHMARK, content_start, NULL },
	{ S_COMPONENT, XCCDF, "Tailoring", S_BENCHMARK, content_start, NULL },
	{ S_COMPONENT, NULL, NULL, S_LEAF, content_start, NULL },

	{ S_BENCHMARK, XCCDF, "status", S_LEAF, NULL, status_end },
	{ S_BENCHMARK, XCCDF, "title", S_LEAF, NULL, title_end },
	{ S_BENCHMARK, XCCDF, "version", S_LEAF, NULL, version_end },
	{ S_BENCHMARK, XCCDF, "Profile", S_PROFILE, profile_start, NULL },
	{ S_PROFILE, XCCDF, "title", S_LEAF, NULL, profile_title_end },

	{ 0, NULL, NULL, 0, NULL, NULL },
};

static int
check_refs(const struct reader *r, struct err *e)
{
	uint32_t ignored;
	size_t i;

	if (r->n_streams == 0)
		return err_set(
		    e, ERR_FORMAT, "the collection has no data stream");
	for (i = 0; i < r->n_hrefs; i++)
		if (!map_get(&r->components, r->hrefs[i], &ignored))
			return err_set(e, ERR_FORMAT,
			    "the component %.*s is not there",
			    SPAN_ARG(span_first(r->hrefs[i], 128)));
	return 0;
}

int
datastream_read(struct stream *in, const struct datastream_sink *sink,
    struct arena *a, struct datastream_collection *out, struct err *e)
{
	struct reader r = { .sink = sink, .arena = a, .collection = out };
	int rc;

	*out = (struct datastream_collection){ 0 };
	r.xml = xml_new(rules, &r);
	rc = xml_read_all(r.xml, in, e);
	if (rc == 0)
		rc = check_refs(&r, e);
	xml_free(r.xml);
	map_cleanup(&r.components);
	map_cleanup(&r.wanted);
	arena_cleanup(&r.part_arena);
	free(r.hrefs);
	free(r.part.refs);
	free(r.part.uris);
	free(r.part.profiles);
	return rc;
}
