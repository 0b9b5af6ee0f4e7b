/* SPDX-License-Identifier: Apache-2.0 */
/* The two listings of a dnf repository (FORMATS §6.7). */
#include <inttypes.h>

#include "base/xml.h"
#include "content/listing_impl.h"
#include "content/pulp_manifest.h"

static int
too_long(struct span text, struct err *e)
{
	if (text.len <= LISTING_SIZE_MAX)
		return 0;
	return err_set(
	    e, ERR_LIMIT, "longer than %" PRIu64 " bytes", LISTING_SIZE_MAX);
}

static bool
is_url(struct span s)
{
	size_t i;

	if (span_has_prefix(s, "https://"))
		i = sizeof("https://") - 1;
	else if (span_has_prefix(s, "http://"))
		i = sizeof("http://") - 1;
	else
		return false;
	if (i == s.len || s.ptr[i] == '/' || s.len > LISTING_PATH_MAX)
		return false;
	for (; i < s.len; i++)
		if (s.ptr[i] <= ' ' || s.ptr[i] > '~')
			return false;
	return true;
}

static int
read_mirror(struct span line, uint64_t *n, const struct listing_sink *sink,
    struct err *e)
{
	const struct listing_entry entry = { .path = span_trim(line) };

	if (entry.path.len == 0 || *entry.path.ptr == '#')
		return 0;
	if (!is_url(entry.path))
		return err_set(e, ERR_FORMAT, "\"%.*s\" is not a mirror's URL",
		    SPAN_ARG(span_first(entry.path, 64)));
	if ((*n)++ == LISTING_ENTRIES_MAX)
		return err_set(
		    e, ERR_LIMIT, "more than %u mirrors", LISTING_ENTRIES_MAX);
	return sink->entry(sink->ctx, &entry, e);
}

int
listing_mirrors(
    struct span text, const struct listing_sink *sink, struct err *e)
{
	struct span rest = text;
	struct span line;
	uint64_t number = 0;
	uint64_t n = 0;

	if (too_long(text, e) != 0)
		return -1;
	while (span_next(&rest, '\n', &line)) {
		number++;
		if (read_mirror(line, &n, sink, e) != 0)
			return err_context(e, "line %" PRIu64, number);
	}
	if (n == 0)
		return err_set(e, ERR_FORMAT, "no mirror is listed");
	return 0;
}

struct repomd {
	const struct listing_sink *sink;
	bool is_updateinfo; /* the open <data> */
	bool is_sha256;     /* the open <checksum> */
	bool found;
	char path[LISTING_PATH_MAX];
	struct listing_entry entry;
};

#define START(name) \
	static int name(void *ctx, const struct xml_element *el, struct err *e)
#define END(name) static int name(void *ctx, struct span text, struct err *e)

START(root_refuse)
{
	(void)ctx;
	return err_set(e, ERR_FORMAT, "the document is <%.*s>, not <repomd>",
	    SPAN_ARG(span_first(el->name, 64)));
}

START(data_start)
{
	struct repomd *r = ctx;
	struct span type;

	r->is_updateinfo = xml_attr(el, "type", &type) &&
	    span_is(span_trim(type), "updateinfo");
	if (r->is_updateinfo && r->found)
		return err_set(e, ERR_FORMAT, "updateinfo is listed twice");
	r->found = r->found || r->is_updateinfo;
	r->entry = (struct listing_entry){ 0 };
	return 0;
}

END(data_end)
{
	struct repomd *r = ctx;

	(void)text;
	if (!r->is_updateinfo)
		return 0;
	if (r->entry.path.len == 0)
		return err_set(e, ERR_FORMAT, "updateinfo has no location");
	return r->sink->entry(r->sink->ctx, &r->entry, e);
}

/* A path below the repository, as all of them are. */
START(location_start)
{
	struct repomd *r = ctx;
	struct span href = SPAN_NONE;
	size_t i;

	if (!r->is_updateinfo)
		return 0;
	if (!xml_attr(el, "href", &href) || href.len > sizeof(r->path) ||
	    !pulp_path_is_safe(href))
		return err_set(e, ERR_FORMAT, "the path \"%.*s\" is not safe",
		    SPAN_ARG(span_first(href, 64)));
	for (i = 0; i < href.len; i++)
		r->path[i] = href.ptr[i];
	r->entry.path = span_make(r->path, href.len);
	return 0;
}

START(checksum_start)
{
	struct repomd *r = ctx;
	struct span type;

	(void)e;
	r->is_sha256 =
	    xml_attr(el, "type", &type) && span_is(span_trim(type), "sha256");
	return 0;
}

/* Of the file as it is published; <open-checksum> is of its content. */
END(checksum_end)
{
	struct repomd *r = ctx;

	if (!r->is_updateinfo || !r->is_sha256)
		return 0;
	if (!digest_parse(span_trim(text), &r->entry.sha256))
		return err_set(e, ERR_FORMAT, "\"%.*s\" is not a SHA-256",
		    SPAN_ARG(span_first(span_trim(text), 80)));
	r->entry.has_sha256 = true;
	return 0;
}

END(size_end)
{
	struct repomd *r = ctx;

	if (!r->is_updateinfo)
		return 0;
	if (!parse_uint(span_trim(text), INT64_MAX, &r->entry.size_bytes))
		return err_set(e, ERR_FORMAT, "\"%.*s\" is not a size",
		    SPAN_ARG(span_first(span_trim(text), 64)));
	return 0;
}

enum state { S_DOCUMENT = 0, S_REPOMD, S_DATA, S_LEAF };

static const struct xml_rule rules[] = {
	{ S_DOCUMENT, NULL, "repomd", S_REPOMD, NULL, NULL },
	{ S_DOCUMENT, NULL, NULL, S_LEAF, root_refuse, NULL },
	{ S_REPOMD, NULL, "data", S_DATA, data_start, data_end },
	{ S_DATA, NULL, "location", S_LEAF, location_start, NULL },
	{ S_DATA, NULL, "checksum", S_LEAF, checksum_start, checksum_end },
	{ S_DATA, NULL, "size", S_LEAF, NULL, size_end },
	{ 0, NULL, NULL, 0, NULL, NULL },
};

int
listing_repomd(struct span text, const struct listing_sink *sink, struct err *e)
{
	struct repomd r = { .sink = sink };
	struct xml_reader *xml;
	int rc = -1;

	if (too_long(text, e) != 0)
		return -1;
	xml = xml_new(rules, &r);
	if (xml_push(xml, text.ptr, text.len, e) == 0)
		rc = xml_finish(xml, e);
	xml_free(xml);
	if (rc == 0 && !r.found)
		rc = err_set(e, ERR_FORMAT, "no updateinfo is listed");
	return rc;
}
