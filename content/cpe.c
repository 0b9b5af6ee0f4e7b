/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/json.h"
#include "content/cpe.h"
#include "content/members.h"

#define PREFIX "cpe:2.3:"

struct reader {
	const struct cpe_sink *sink;
	struct arena *arena;
	struct span *timestamp;
	struct buf deprecated_by;
	uint64_t n_names;
};

/* Cuts at the first colon that no backslash stands before. */
static bool
next_field(struct span *rest, struct span *field)
{
	size_t i;

	if (rest->ptr == NULL)
		return false;
	for (i = 0; i < rest->len && rest->ptr[i] != ':'; i++) {
		if (rest->ptr[i] <= ' ' || rest->ptr[i] == 0x7f)
			return false;
		if (rest->ptr[i] == '\\' && ++i == rest->len)
			return false;
	}
	*field = span_first(*rest, i);
	*rest = i < rest->len ? span_from(*rest, i + 1) : SPAN_NONE;
	return field->len > 0;
}

bool
cpe_split(struct span name, struct span fields[CPE_FIELDS])
{
	struct span rest = span_from(name, sizeof(PREFIX) - 1);
	size_t i;

	if (!span_has_prefix(name, PREFIX) || name.len > CPE_NAME_MAX)
		return false;
	for (i = 0; i < CPE_FIELDS; i++)
		if (!next_field(&rest, &fields[i]))
			return false;
	return rest.ptr == NULL &&
	    (span_is(fields[CPE_PART], "a") || span_is(fields[CPE_PART], "o") ||
		span_is(fields[CPE_PART], "h"));
}

static int
read_title(const struct json_node *n, struct cpe_name *out, struct err *e)
{
	const struct json_node *list = json_get(n, "titles"), *item;

	if (list == NULL || list->type != JSON_ARRAY)
		return 0;
	for (item = list->child; item != NULL; item = item->next) {
		if (!span_is(json_text(json_get(item, "lang")), "en"))
			continue;
		out->title = json_text(json_get(item, "title"));
		break;
	}
	if (out->title.len <= CPE_TITLE_MAX)
		return 0;
	return err_set(
	    e, ERR_LIMIT, "its title is longer than %u bytes", CPE_TITLE_MAX);
}

static int
read_deprecated(struct reader *r, const struct json_node *n,
    struct cpe_name *out, struct err *e)
{
	const struct json_node *list = json_get(n, "deprecatedBy"), *item;
	struct span fields[CPE_FIELDS], name;
	size_t count = 0;

	buf_reset(&r->deprecated_by);
	out->deprecated = json_is_true(json_get(n, "deprecated"));
	if (list == NULL || list->type != JSON_ARRAY)
		return 0;
	for (item = list->child; item != NULL; item = item->next) {
		name = json_text(json_get(item, "cpeName"));
		if (!cpe_split(name, fields))
			return err_set(e, ERR_FORMAT,
			    "deprecatedBy \"%.*s\" is not a CPE name",
			    SPAN_ARG(span_first(name, 128)));
		if (count++ == CPE_DEPRECATED_MAX)
			return err_set(e, ERR_LIMIT,
			    "deprecated by more than %d names",
			    CPE_DEPRECATED_MAX);
		if (r->deprecated_by.len > 0)
			buf_add_char(&r->deprecated_by, '\n');
		buf_add_span(&r->deprecated_by, name);
	}
	out->deprecated_by = buf_span(&r->deprecated_by);
	return 0;
}

static int
on_record(void *ctx, const struct json_node *n, struct span raw,
    uint64_t offset, struct err *e)
{
	const struct json_node *cpe = json_get(n, "cpe");
	struct span fields[CPE_FIELDS];
	struct reader *r = ctx;
	struct cpe_name name = { .name = json_text(json_get(cpe, "cpeName")) };

	(void)raw;
	(void)offset;
	if (r->n_names++ == CPE_NAMES_MAX)
		return err_set(
		    e, ERR_LIMIT, "more than %u names", CPE_NAMES_MAX);
	if (!cpe_split(name.name, fields))
		return err_set(e, ERR_FORMAT, "\"%.*s\" is not a CPE name",
		    SPAN_ARG(span_first(name.name, 128)));
	if (read_title(cpe, &name, e) != 0 ||
	    read_deprecated(r, cpe, &name, e) != 0)
		return err_context(
		    e, "%.*s", SPAN_ARG(span_first(name.name, 128)));
	return r->sink->name(r->sink->ctx, &name, e);
}

static int
on_member(void *ctx, const struct json_node *n, struct err *e)
{
	struct reader *r = ctx;
	struct span text = json_text(n);

	if (span_is(n->name, "format") && !span_is(text, "NVD_CPE"))
		return err_set(e, ERR_FORMAT,
		    "the format is \"%.*s\", not NVD_CPE",
		    SPAN_ARG(span_first(text, 64)));
	if (span_is(n->name, "timestamp") && span_cmp(text, *r->timestamp) > 0)
		*r->timestamp = arena_span(r->arena, text);
	return 0;
}

/* Archives may hold other things: a note, a checksum. */
static int
on_file(void *ctx, struct span name, struct span bytes, uint64_t offset,
    struct err *e)
{
	struct json_sink json = { .array = "products",
		.ctx = ctx,
		.record = on_record,
		.member = on_member };

	(void)offset;
	if (name.len > 0 && !span_has_suffix(name, ".json"))
		return 0;
	return json_read_span(bytes, &json, e);
}

int
cpe_read(struct stream *in, const struct cpe_sink *sink, struct arena *a,
    struct span *timestamp, struct err *e)
{
	struct reader r = { .sink = sink, .arena = a, .timestamp = timestamp };
	struct member_sink members = { &r, on_file };
	int rc;

	*timestamp = SPAN_NONE;
	rc = members_read(in, &members, e);
	if (rc == 0 && r.n_names == 0)
		rc = err_set(e, ERR_FORMAT, "there is no CPE name in it");
	buf_cleanup(&r.deprecated_by);
	return rc;
}
