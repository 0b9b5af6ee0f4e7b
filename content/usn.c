/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "content/usn.h"

struct reader {
	const struct usn_sink *sink;
	struct arena arena; /* of the notice being read */
	uint64_t n_notices;
};

/* The named member as a list of `type`, or NULL; null counts as absent. */
static int
list_of(const struct json_node *n, const char *name, enum json_type type,
    const struct json_node **out, struct err *e)
{
	const struct json_node *list = json_get(n, name);

	*out = list;
	if (list == NULL || list->type == type)
		return 0;
	*out = NULL;
	if (list->type == JSON_NULL)
		return 0;
	return err_set(e, ERR_FORMAT, "%s is not %s", name,
	    type == JSON_ARRAY ? "an array" : "an object");
}

static const struct json_node *
first_child(const struct json_node *n)
{
	return n == NULL ? NULL : n->child;
}

static size_t
count_children(const struct json_node *n)
{
	const struct json_node *child = first_child(n);
	size_t count = 0;

	for (; child != NULL; child = child->next)
		count++;
	return count;
}

/* "USN-4011-1" and "4011-1" are the same notice. */
static struct span
id_normalised(struct span id)
{
	return span_has_prefix(id, "USN-") ? span_from(id, 4) : id;
}

static bool
is_id(struct span id)
{
	size_t i;

	if (id.len == 0 || id.len > USN_ID_MAX)
		return false;
	for (i = 0; i < id.len; i++)
		if (!span_is_digit(id.ptr[i]) && !span_is_alpha(id.ptr[i]) &&
		    id.ptr[i] != '-')
			return false;
	return true;
}

static int
read_id(const struct json_node *n, struct usn_notice *out, struct err *e)
{
	struct span stated = id_normalised(json_text(json_get(n, "id")));

	out->id = id_normalised(n->name);
	if (!is_id(out->id))
		return err_set(e, ERR_FORMAT,
		    "\"%.*s\" is not the number of a notice",
		    SPAN_ARG(span_first(n->name, 64)));
	if (stated.len > 0 && !span_eq(stated, out->id))
		return err_set(e, ERR_FORMAT,
		    "notice %.*s calls itself \"%.*s\"", SPAN_ARG(out->id),
		    SPAN_ARG(span_first(stated, 64)));
	return 0;
}

/* Seconds, with or without a fraction. */
static int
read_timestamp(const struct json_node *n, struct usn_notice *out, struct err *e)
{
	struct span text = json_text(json_get(n, "timestamp"));

	if (text.len == 0 ||
	    parse_int(span_first(text, span_find(text, '.')), &out->timestamp))
		return 0;
	return err_set(e, ERR_FORMAT, "the timestamp \"%.*s\" is no number",
	    SPAN_ARG(span_first(text, 64)));
}

/* Bugs stand among the CVEs, as URLs. */
static int
read_cves(const struct json_node *n, struct arena *a, struct usn_notice *out,
    struct err *e)
{
	const struct json_node *list;
	const struct json_node *item;
	size_t count;

	if (list_of(n, "cves", JSON_ARRAY, &list, e) != 0)
		return -1;
	count = count_children(list);
	out->cves = arena_array(a, count, sizeof(*out->cves));
	out->urls = arena_array(a, count, sizeof(*out->urls));
	for (item = first_child(list); item != NULL; item = item->next) {
		if (item->type != JSON_STRING)
			return err_set(e, ERR_FORMAT, "cves is not of text");
		if (span_has_prefix(item->text, "CVE-"))
			out->cves[out->n_cves++] = item->text;
		else
			out->urls[out->n_urls++] = item->text;
	}
	return 0;
}

static int
read_sources(const struct json_node *n, struct arena *a,
    struct usn_release *out, struct err *e)
{
	const struct json_node *list;
	const struct json_node *item;
	size_t count;

	if (list_of(n, "sources", JSON_OBJECT, &list, e) != 0)
		return -1;
	count = count_children(list);
	out->sources = arena_array(a, count, sizeof(*out->sources));
	for (item = first_child(list); item != NULL; item = item->next)
		out->sources[out->n_sources++] = (struct usn_source){
			.name = item->name,
			.version = json_text(json_get(item, "version")),
			.description = json_text(json_get(item, "description")),
		};
	return 0;
}

/* allbinaries is the full list where there is one. */
static int
read_binaries(const struct json_node *n, struct arena *a,
    struct usn_release *out, struct err *e)
{
	const struct json_node *list;
	const struct json_node *item;
	size_t count;

	if (list_of(n, "allbinaries", JSON_OBJECT, &list, e) != 0)
		return -1;
	if (count_children(list) == 0 &&
	    list_of(n, "binaries", JSON_OBJECT, &list, e) != 0)
		return -1;
	count = count_children(list);
	out->binaries = arena_array(a, count, sizeof(*out->binaries));
	for (item = first_child(list); item != NULL; item = item->next)
		out->binaries[out->n_binaries++] = (struct usn_binary){
			.name = item->name,
			.version = json_text(json_get(item, "version")),
			.pocket = json_text(json_get(item, "pocket")),
			.source = json_text(json_get(item, "source")),
			.module = json_text(json_get(item, "module")),
		};
	return 0;
}

static int
read_releases(const struct json_node *n, struct arena *a,
    struct usn_notice *out, struct err *e)
{
	const struct json_node *list;
	const struct json_node *item;
	size_t count;

	if (list_of(n, "releases", JSON_OBJECT, &list, e) != 0)
		return -1;
	count = count_children(list);
	out->releases = arena_array(a, count, sizeof(*out->releases));
	for (item = first_child(list); item != NULL; item = item->next) {
		struct usn_release *r = &out->releases[out->n_releases++];

		r->codename = item->name;
		if (read_sources(item, a, r, e) != 0 ||
		    read_binaries(item, a, r, e) != 0)
			return err_context(e, "%.*s", SPAN_ARG(item->name));
	}
	return 0;
}

static int
read_notice(const struct json_node *n, struct arena *a, struct usn_notice *out,
    struct err *e)
{
	out->title = json_text(json_get(n, "title"));
	out->summary = json_text(json_get(n, "summary"));
	out->isummary = json_text(json_get(n, "isummary"));
	out->action = json_text(json_get(n, "action"));
	out->description = json_text(json_get(n, "description"));
	if (read_timestamp(n, out, e) != 0 || read_cves(n, a, out, e) != 0)
		return -1;
	return read_releases(n, a, out, e);
}

static int
on_record(void *ctx, const struct json_node *n, struct span raw,
    uint64_t offset, struct err *e)
{
	struct reader *r = ctx;
	struct usn_notice notice = { .raw = raw, .offset = offset };

	arena_reset(&r->arena);
	if (r->n_notices++ == USN_NOTICES_MAX)
		return err_set(
		    e, ERR_LIMIT, "more than %u notices", USN_NOTICES_MAX);
	if (read_id(n, &notice, e) != 0)
		return -1;
	if (n->type != JSON_OBJECT)
		return err_set(e, ERR_FORMAT, "notice %.*s is not an object",
		    SPAN_ARG(notice.id));
	if (read_notice(n, &r->arena, &notice, e) != 0)
		return err_context(e, "notice %.*s", SPAN_ARG(notice.id));
	return r->sink->notice(r->sink->ctx, &notice, e);
}

int
usn_read(struct stream *in, const struct usn_sink *sink, struct err *e)
{
	struct reader r = { .sink = sink };
	struct json_sink json = { .ctx = &r, .record = on_record };
	int rc = json_read(in, &json, e);

	if (rc == 0 && r.n_notices == 0)
		rc = err_set(e, ERR_FORMAT, "the database has no notice");
	arena_cleanup(&r.arena);
	return rc;
}
