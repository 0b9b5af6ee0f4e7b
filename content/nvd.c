/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "content/nvd_impl.h"

/* What tells the two shapes of feed apart. */
static const struct shape {
	const char *name; /* for messages */
	const char *array;
	const char *count;
	const char *format;
	const char *version;
	const char *timestamp;
	const char *wanted_format;
	const char *wanted_version;
	int (*record)(const struct json_node *n, struct arena *a,
	    struct nvd_cve *out, struct err *e);
} shapes[] = {
	[NVD_SHAPE_20] = { "NVD 2.0", "vulnerabilities", "resultsPerPage",
	    "format", "version", "timestamp", "NVD_CVE", "2.0", nvd_20_record },
	[NVD_SHAPE_11] = { "NVD 1.1", "CVE_Items", "CVE_data_numberOfCVEs",
	    "CVE_data_type", "CVE_data_version", "CVE_data_timestamp", "CVE",
	    "4.0", nvd_11_record },
};

struct feed {
	const struct shape *shape;
	const struct nvd_sink *sink;
	struct arena *header_arena;
	struct nvd_header *header;
	struct arena arena; /* of the record in hand */
	uint64_t n_records;
	uint64_t n_stated;
	bool stated;
};

const struct json_node *
nvd_first(const struct json_node *list)
{
	return list == NULL ? NULL : list->child;
}

size_t
nvd_count(const struct json_node *list)
{
	const struct json_node *n;
	size_t count = 0;

	for (n = nvd_first(list); n != NULL; n = n->next)
		count++;
	return count;
}

void *
nvd_room(size_t n, size_t size, struct nvd_limit limit, struct arena *a,
    struct err *e)
{
	if (n <= limit.max)
		return arena_array(a, n, size);
	err_set(e, ERR_LIMIT, "%zu %s, at most %zu", n, limit.what, limit.max);
	return NULL;
}

int
nvd_room_nodes(size_t n_nodes, size_t n_matches, struct arena *a,
    struct nvd_cve *out, struct err *e)
{
	out->nodes = nvd_room(n_nodes, sizeof(*out->nodes),
	    (struct nvd_limit){ "nodes", NVD_NODES_MAX }, a, e);
	if (out->nodes == NULL)
		return -1;
	out->matches = nvd_room(n_matches, sizeof(*out->matches),
	    (struct nvd_limit){ "CPE matches", NVD_MATCHES_MAX }, a, e);
	return out->matches == NULL ? -1 : 0;
}

/* NVD writes "…T05:59:00.000" and "…T05:59Z", UTC both. */
int
nvd_time(struct span text, int64_t *ms, struct err *e)
{
	char full[40];
	size_t dot = span_find(text, '.'), i;
	struct span s = text;
	int64_t seconds, fraction = 0, unit = 100;

	*ms = 0;
	if (text.len == 0)
		return 0;
	if (text.len == sizeof("2016-01-13T05:59Z") - 1) {
		memcpy(full, text.ptr, text.len - 1);
		memcpy(full + text.len - 1, ":00Z", 5);
		s = span_of(full);
	}
	if (!clock_parse(s, &seconds))
		return err_set(e, ERR_FORMAT, "\"%.*s\" is no date",
		    SPAN_ARG(span_first(text, 64)));
	for (i = dot + 1; i < text.len && unit > 0; i++, unit /= 10) {
		if (!span_is_digit(text.ptr[i]))
			break;
		fraction += (text.ptr[i] - '0') * unit;
	}
	*ms = seconds * 1000 + fraction;
	return 0;
}

struct nvd_number
nvd_number(const struct json_node *n)
{
	struct nvd_number v = { 0 };
	struct span text = json_text(n);
	char copy[40];

	if (text.len == 0 || text.len >= sizeof(copy))
		return v;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	v.value = strtod(copy, NULL);
	v.known = true;
	return v;
}

struct span
nvd_lines(const struct json_node *array, struct arena *a)
{
	const struct json_node *n = nvd_first(array);
	size_t len = 0;
	char *text;

	if (n == NULL)
		return SPAN_NONE;
	if (n->next == NULL)
		return json_text(n);
	for (; n != NULL; n = n->next)
		len += json_text(n).len + 1;
	text = arena_alloc(a, len);
	len = 0;
	for (n = array->child; n != NULL; n = n->next) {
		struct span s = json_text(n);

		if (len > 0)
			text[len++] = '\n';
		if (s.len > 0)
			memcpy(text + len, s.ptr, s.len);
		len += s.len;
	}
	return span_make(text, len);
}

void
nvd_bounds(const struct json_node *n, struct nvd_match *m)
{
	m->version_start = json_text(json_get(n, "versionStartIncluding"));
	if (m->version_start.len == 0) {
		m->version_start =
		    json_text(json_get(n, "versionStartExcluding"));
		m->start_excluding = m->version_start.len > 0;
	}
	m->version_end = json_text(json_get(n, "versionEndIncluding"));
	if (m->version_end.len == 0) {
		m->version_end = json_text(json_get(n, "versionEndExcluding"));
		m->end_excluding = m->version_end.len > 0;
	}
	m->vulnerable = json_is_true(json_get(n, "vulnerable"));
}

int
nvd_descriptions(const struct json_node *list, struct arena *a,
    struct nvd_cve *out, struct err *e)
{
	const struct json_node *n = nvd_first(list);

	out->descriptions = nvd_room(nvd_count(list),
	    sizeof(*out->descriptions),
	    (struct nvd_limit){ "descriptions", NVD_DESCRIPTIONS_MAX }, a, e);
	if (out->descriptions == NULL)
		return -1;
	for (; n != NULL; n = n->next)
		out->descriptions[out->n_descriptions++] =
		    (struct nvd_description){
			    .lang = json_text(json_get(n, "lang")),
			    .value = json_text(json_get(n, "value")),
		    };
	return 0;
}

int
nvd_weaknesses(const struct json_node *list, struct span source,
    struct arena *a, struct nvd_cve *out, struct err *e)
{
	const struct json_node *first = nvd_first(list);
	const struct json_node *n, *d;
	size_t count = 0;

	for (n = first; n != NULL; n = n->next)
		count += nvd_count(json_get(n, "description"));
	out->weaknesses = nvd_room(count, sizeof(*out->weaknesses),
	    (struct nvd_limit){ "weaknesses", NVD_WEAKNESSES_MAX }, a, e);
	if (out->weaknesses == NULL)
		return -1;
	for (n = first; n != NULL; n = n->next) {
		d = json_get(n, "description");
		for (d = nvd_first(d); d != NULL; d = d->next)
			out->weaknesses[out->n_weaknesses++] =
			    (struct nvd_weakness){
				    .source = source.len > 0
					? source
					: json_text(json_get(n, "source")),
				    .value = json_text(json_get(d, "value")),
			    };
	}
	return 0;
}

int
nvd_references(const struct json_node *list, const char *source,
    struct arena *a, struct nvd_cve *out, struct err *e)
{
	const struct json_node *n = nvd_first(list);

	out->references = nvd_room(nvd_count(list), sizeof(*out->references),
	    (struct nvd_limit){ "references", NVD_REFERENCES_MAX }, a, e);
	if (out->references == NULL)
		return -1;
	for (; n != NULL; n = n->next)
		out->references[out->n_references++] = (struct nvd_reference){
			.url = json_text(json_get(n, "url")),
			.source = json_text(json_get(n, source)),
			.tags = nvd_lines(json_get(n, "tags"), a),
		};
	return 0;
}

bool
nvd_is_cve(struct span id)
{
	uint64_t year, number;
	size_t dash;

	if (!span_has_prefix(id, "CVE-"))
		return false;
	id = span_from(id, 4);
	dash = span_find(id, '-');
	return dash == 4 && parse_uint(span_first(id, 4), 9999, &year) &&
	    id.len - dash > 4 &&
	    parse_uint(span_from(id, dash + 1), UINT32_MAX, &number);
}

static int
read_record(const struct shape *shape, const struct json_node *n,
    struct arena *a, struct nvd_cve *out, struct err *e)
{
	*out = (struct nvd_cve){ 0 };
	if (shape->record(n, a, out, e) != 0)
		return out->id.len == 0
		    ? -1
		    : err_context(e, "%.*s", SPAN_ARG(span_first(out->id, 32)));
	if (nvd_is_cve(out->id))
		return 0;
	return err_set(e, ERR_FORMAT, "\"%.*s\" is not a CVE id",
	    SPAN_ARG(span_first(out->id, 64)));
}

static int
on_record(void *ctx, const struct json_node *n, struct span raw,
    uint64_t offset, struct err *e)
{
	struct feed *f = ctx;
	struct nvd_cve cve;

	arena_reset(&f->arena);
	if (read_record(f->shape, n, &f->arena, &cve, e) != 0)
		return -1;
	cve.raw = raw;
	cve.offset = offset;
	f->n_records++;
	return f->sink->cve(f->sink->ctx, &cve, e);
}

static int
on_member(void *ctx, const struct json_node *n, struct err *e)
{
	struct feed *f = ctx;
	const struct shape *shape = f->shape;
	struct span text = json_text(n);

	if (span_is(n->name, shape->format))
		f->header->format = arena_span(f->header_arena, text);
	else if (span_is(n->name, shape->version))
		f->header->version = arena_span(f->header_arena, text);
	else if (span_is(n->name, shape->timestamp))
		f->header->timestamp = arena_span(f->header_arena, text);
	if (!span_is(n->name, shape->count))
		return 0;
	f->stated = parse_uint(text, UINT32_MAX, &f->n_stated);
	return f->stated
	    ? 0
	    : err_set(e, ERR_FORMAT, "%s is no number", shape->count);
}

static int
check_feed(const struct feed *f, struct err *e)
{
	const struct shape *shape = f->shape;

	if (!span_is(f->header->format, shape->wanted_format) ||
	    !span_is(f->header->version, shape->wanted_version))
		return err_set(
		    e, ERR_FORMAT, "not a feed of CVEs as %s", shape->name);
	if (!f->stated)
		return err_set(e, ERR_FORMAT, "does not say %s", shape->count);
	if (f->n_records == 0)
		return err_set(
		    e, ERR_FORMAT, "has no records in %s", shape->array);
	if (f->n_stated == f->n_records)
		return 0;
	return err_set(e, ERR_FORMAT,
	    "says that it has %" PRIu64 " records and has %" PRIu64,
	    f->n_stated, f->n_records);
}

int
nvd_read(struct stream *in, enum nvd_shape shape, const struct nvd_sink *sink,
    struct arena *a, struct nvd_header *header, struct err *e)
{
	struct feed f = { .shape = &shapes[shape],
		.sink = sink,
		.header_arena = a,
		.header = header };
	struct json_sink json = { .array = shapes[shape].array,
		.ctx = &f,
		.record = on_record,
		.member = on_member };
	int rc;

	*header = (struct nvd_header){ 0 };
	rc = json_read(in, &json, e);
	if (rc == 0)
		rc = check_feed(&f, e);
	arena_cleanup(&f.arena);
	return rc;
}

int
nvd_read_record(struct span raw, enum nvd_shape shape, struct arena *a,
    struct nvd_cve *out, struct err *e)
{
	const struct json_node *n;

	if (json_parse(raw, a, &n, e) != 0)
		return -1;
	if (read_record(&shapes[shape], n, a, out, e) != 0)
		return -1;
	out->raw = raw;
	return 0;
}

/* The next component of a formatted string, NISTIR 7695 §6.2.2. */
static bool
next_component(struct span *rest, struct arena *a, struct span *out)
{
	char *text = arena_alloc(a, rest->len + 1);
	size_t i, n = 0;

	for (i = 0; i < rest->len && rest->ptr[i] != ':'; i++) {
		if (rest->ptr[i] == '\\' && i + 1 < rest->len)
			i++;
		text[n++] = rest->ptr[i];
	}
	*out = span_make(text, n);
	*rest = span_from(*rest, i + 1);
	return n > 0;
}

bool
nvd_cpe_product(
    struct span cpe, struct arena *a, struct span *vendor, struct span *product)
{
	struct span part;

	if (!span_has_prefix(cpe, "cpe:2.3:"))
		return false;
	cpe = span_from(cpe, 8);
	return next_component(&cpe, a, &part) &&
	    next_component(&cpe, a, vendor) && next_component(&cpe, a, product);
}
