/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/json.h"
#include "content/repository_cpe.h"

struct reader {
	const struct repository_sink *sink;
	struct arena *arena;
	struct span *updated;
	uint64_t n;
	uint64_t offset; /* of data in the document */
	struct buf cpes;
	struct buf urls;
};

static bool
is_line(struct span text)
{
	return text.len > 0 && text.len <= REPOSITORY_TEXT_MAX &&
	    span_find(text, '\n') == text.len;
}

/* An array of texts as lines; one that is missing is empty. */
static int
read_lines(const struct json_node *n, const char *name, struct buf *lines,
    struct err *e)
{
	const struct json_node *list = json_get(n, name);
	const struct json_node *item = list == NULL ? NULL : list->child;
	unsigned count = 0;

	buf_reset(lines);
	if (list != NULL && list->type != JSON_ARRAY && list->type != JSON_NULL)
		return err_set(e, ERR_FORMAT, "%s is not an array", name);
	for (; item != NULL; item = item->next) {
		if (item->type != JSON_STRING || !is_line(item->text))
			return err_set(
			    e, ERR_FORMAT, "%s is not of short texts", name);
		if (count++ == REPOSITORY_LINES_MAX)
			return err_set(e, ERR_LIMIT, "more than %u %s",
			    REPOSITORY_LINES_MAX, name);
		if (lines->len > 0)
			buf_add_char(lines, '\n');
		buf_add_span(lines, item->text);
	}
	return 0;
}

static int
read_repository(struct reader *r, const struct json_node *n,
    struct repository_cpe *out, struct err *e)
{
	if (n->type != JSON_OBJECT)
		return err_set(e, ERR_FORMAT, "is not an object");
	if (read_lines(n, "cpes", &r->cpes, e) != 0 ||
	    read_lines(n, "repo_relative_urls", &r->urls, e) != 0)
		return -1;
	out->cpes = buf_span(&r->cpes);
	out->urls = buf_span(&r->urls);
	return 0;
}

static int
on_repository(void *ctx, const struct json_node *n, struct span raw,
    uint64_t offset, struct err *e)
{
	struct reader *r = ctx;
	struct repository_cpe out = { .id = n->name,
		.offset = r->offset + offset };

	(void)raw;
	if (!is_line(out.id))
		return err_set(e, ERR_FORMAT,
		    "\"%.*s\" is no id of a repository",
		    SPAN_ARG(span_first(out.id, 64)));
	if (r->n++ == REPOSITORIES_MAX)
		return err_set(e, ERR_LIMIT, "more than %u repositories",
		    REPOSITORIES_MAX);
	if (read_repository(r, n, &out, e) != 0)
		return err_context(
		    e, "repository %.*s", SPAN_ARG(span_first(out.id, 64)));
	return r->sink->repository(r->sink->ctx, &out, e);
}

/* Its members are read one at a time, from the source bytes. */
static int
read_data(struct reader *r, struct span raw, struct err *e)
{
	const struct json_sink sink = { .ctx = r, .record = on_repository };

	return json_read_span(raw, &sink, e);
}

static int
on_member(void *ctx, const struct json_node *n, struct span raw,
    uint64_t offset, struct err *e)
{
	struct reader *r = ctx;

	if (span_is(n->name, "last_updated") && n->type == JSON_STRING)
		*r->updated = arena_span(
		    r->arena, span_first(n->text, REPOSITORY_TEXT_MAX));
	if (!span_is(n->name, "data"))
		return 0;
	if (n->type != JSON_OBJECT)
		return err_set(e, ERR_FORMAT, "data is not an object");
	r->offset = offset;
	if (read_data(r, raw, e) != 0)
		return err_context(e, "data");
	return 0;
}

int
repository_cpe_read(struct stream *in, const struct repository_sink *sink,
    struct arena *a, struct span *updated, struct err *e)
{
	struct reader r = { .sink = sink, .arena = a, .updated = updated };
	const struct json_sink json = {
		.ctx = &r, .record = on_member, .raw_only = true
	};
	int rc;

	*updated = SPAN_NONE;
	rc = json_read(in, &json, e);
	if (rc == 0 && r.n == 0)
		rc = err_set(e, ERR_FORMAT, "data has no repository");
	buf_cleanup(&r.cpes);
	buf_cleanup(&r.urls);
	return rc;
}
