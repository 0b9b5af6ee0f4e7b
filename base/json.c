/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>

#include <yajl/yajl_parse.h>

#include "base/buf.h"
#include "base/json_impl.h"

/* What becomes of the values at hand. */
enum role {
	ROLE_SKIP,
	ROLE_MEMBER,
	ROLE_RECORD,
	ROLE_ARRAY, /* the array of the records is about to begin */
};

struct reader {
	const struct json_sink *sink; /* NULL: the document is one tree */
	yajl_handle yajl;
	struct json_tree tree;
	struct arena arena;
	enum role role;
	size_t depth; /* of open arrays and objects */
	size_t level; /* depth at which the values at hand stand */

	struct span chunk; /* being read */
	uint64_t chunk_at; /* its offset in the document */
	uint64_t mark;     /* behind what precedes the record */
	struct buf before; /* bytes from mark to the chunk */

	uint64_t counted; /* up to here n_lines counts line ends */
	uint64_t n_lines;
	uint64_t value_line; /* n_lines where the value at hand begins */
	uint64_t value_at;   /* about where */
	struct err failed;
};

static uint64_t
position(const struct reader *r)
{
	return r->chunk_at + yajl_get_bytes_consumed(r->yajl);
}

static void
count_lines(struct reader *r, uint64_t to)
{
	const char *end, *p;

	if (r->chunk.ptr == NULL) /* behind the last chunk */
		return;
	end = r->chunk.ptr + (to - r->chunk_at);
	p = r->chunk.ptr + (r->counted - r->chunk_at);
	r->counted = to;
	while (p < end && (p = memchr(p, '\n', (size_t)(end - p))) != NULL) {
		r->n_lines++;
		p++;
	}
}

/* Adds where it is: by line, or by byte while there was only one line. */
static void
place(struct reader *r, uint64_t line, uint64_t offset)
{
	if (r->failed.code != ERR_FORMAT && r->failed.code != ERR_LIMIT)
		return;
	if (line > 0)
		err_context(
		    &r->failed, "line %llu", (unsigned long long)line + 1);
	else
		err_context(
		    &r->failed, "byte %llu", (unsigned long long)offset);
}

/* r->failed is set: adds the parser's place. Returns 0, to cancel. */
static int
stop(struct reader *r)
{
	count_lines(r, position(r));
	place(r, r->n_lines, position(r));
	return 0;
}

static int
refuse(struct reader *r, enum err_code code, const char *why)
{
	err_set(&r->failed, code, "%s", why);
	return stop(r);
}

/* The source of the value that ends here; *offset is its place. */
static struct span
raw_value(struct reader *r, uint64_t *offset)
{
	size_t used = yajl_get_bytes_consumed(r->yajl);
	struct span raw;
	size_t i = 0;

	if (r->mark >= r->chunk_at) {
		raw = span_from(span_first(r->chunk, used),
		    (size_t)(r->mark - r->chunk_at));
	} else {
		buf_add_span(&r->before, span_first(r->chunk, used));
		raw = buf_span(&r->before);
	}
	while (i < raw.len && strchr(" \t\r\n,:", raw.ptr[i]) != NULL)
		i++;
	*offset = r->mark + i;
	return span_from(raw, i);
}

/* A whole value stands in the tree: hands it over, drops it. */
static int
hand_over(struct reader *r)
{
	const struct json_sink *sink = r->sink;
	uint64_t offset = r->value_at;
	struct span raw;
	int rc;

	if (sink == NULL)
		return 1;
	if (r->role == ROLE_RECORD) {
		raw = raw_value(r, &offset);
		if (raw.len > JSON_RECORD_MAX)
			return refuse(r, ERR_LIMIT, "a record is too large");
		rc = sink->record(
		    sink->ctx, r->tree.root, raw, offset, &r->failed);
	} else {
		rc = sink->member(sink->ctx, r->tree.root, &r->failed);
	}
	if (rc != 0)
		place(r, r->value_line, offset);
	json_tree_reset(&r->tree);
	arena_reset(&r->arena);
	buf_reset(&r->before);
	r->mark = position(r);
	return rc == 0;
}

static int
document_begin(struct reader *r, enum json_type type)
{
	bool is_list = r->sink->array != NULL && *r->sink->array == '\0';

	if (is_list && type != JSON_ARRAY)
		return refuse(r, ERR_FORMAT, "not a JSON array");
	if (!is_list && type != JSON_OBJECT)
		return refuse(r, ERR_FORMAT, "not a JSON object");
	r->depth++;
	r->level = 1;
	r->role = is_list ? ROLE_RECORD : ROLE_SKIP;
	r->mark = position(r);
	return 1;
}

/* What stands in the record at hand is not wanted, only its source is. */
static bool
is_inside_raw(const struct reader *r)
{
	return r->sink != NULL && r->sink->raw_only && r->role == ROLE_RECORD &&
	    r->depth > r->level;
}

/* Begins any value, and ends it if it holds no others. */
static int
value(struct reader *r, enum json_type type, struct span text)
{
	bool opens = type == JSON_ARRAY || type == JSON_OBJECT;

	if (opens && r->depth == JSON_DEPTH_MAX)
		return refuse(r, ERR_LIMIT, "values are nested too deep");
	if (r->depth == 0 && r->sink != NULL)
		return document_begin(r, type);
	if (r->role == ROLE_ARRAY && r->depth == 1) {
		if (type != JSON_ARRAY)
			return refuse(r, ERR_FORMAT,
			    "the records do not stand in an array");
		r->depth++;
		r->level = 2;
		r->role = ROLE_RECORD;
		r->mark = position(r);
		return 1;
	}
	if (r->depth == r->level) {
		r->value_at = position(r);
		count_lines(r, r->value_at);
		r->value_line = r->n_lines;
	}
	if (r->role != ROLE_SKIP && !is_inside_raw(r) &&
	    json_tree_add(&r->tree, type, text, &r->failed) != 0)
		return stop(r);
	r->depth += opens;
	if (r->depth == r->level && r->role != ROLE_SKIP)
		return hand_over(r);
	return 1;
}

static int
value_end(struct reader *r)
{
	r->depth--;
	if (r->depth < r->level) {
		/* The records' array, or the document. */
		r->level = r->depth;
		r->role = ROLE_SKIP;
		return 1;
	}
	if (r->role == ROLE_SKIP || is_inside_raw(r))
		return 1;
	json_tree_close(&r->tree);
	return r->depth == r->level ? hand_over(r) : 1;
}

static int
on_key(void *ctx, const unsigned char *ptr, size_t len)
{
	struct reader *r = ctx;
	struct span key = span_make(ptr, len);

	if (r->depth == 1 && r->sink != NULL) {
		if (r->sink->array == NULL)
			r->role = ROLE_RECORD;
		else if (span_is(key, r->sink->array))
			r->role = ROLE_ARRAY;
		else if (r->sink->member != NULL)
			r->role = ROLE_MEMBER;
		else
			r->role = ROLE_SKIP;
		r->mark = position(r);
		buf_reset(&r->before);
	}
	if (r->role == ROLE_SKIP || r->role == ROLE_ARRAY || is_inside_raw(r))
		return 1;
	if (json_tree_key(&r->tree, key, &r->failed) != 0)
		return stop(r);
	return 1;
}

static int
on_null(void *ctx)
{
	return value(ctx, JSON_NULL, SPAN_NONE);
}

static int
on_bool(void *ctx, int v)
{
	return value(ctx, v ? JSON_TRUE : JSON_FALSE, SPAN_NONE);
}

static int
on_number(void *ctx, const char *ptr, size_t len)
{
	return value(ctx, JSON_NUMBER, span_make(ptr, len));
}

static int
on_string(void *ctx, const unsigned char *ptr, size_t len)
{
	return value(ctx, JSON_STRING, span_make(ptr, len));
}

static int
on_object(void *ctx)
{
	return value(ctx, JSON_OBJECT, SPAN_NONE);
}

static int
on_array(void *ctx)
{
	return value(ctx, JSON_ARRAY, SPAN_NONE);
}

static int
on_close(void *ctx)
{
	return value_end(ctx);
}

static void
reader_init(struct reader *r, const struct json_sink *sink)
{
	static const yajl_callbacks callbacks = {
		.yajl_null = on_null,
		.yajl_boolean = on_bool,
		.yajl_number = on_number,
		.yajl_string = on_string,
		.yajl_start_map = on_object,
		.yajl_map_key = on_key,
		.yajl_end_map = on_close,
		.yajl_start_array = on_array,
		.yajl_end_array = on_close,
	};

	*r = (struct reader){ .sink = sink };
	r->tree.arena = &r->arena;
	r->yajl = yajl_alloc(&callbacks, NULL, r);
	if (r->yajl == NULL)
		abort();
}

static void
reader_cleanup(struct reader *r)
{
	yajl_free(r->yajl);
	arena_cleanup(&r->arena);
	buf_cleanup(&r->before);
}

/* Keeps what the record at hand has in the chunk that goes away. */
static void
keep(struct reader *r)
{
	struct span part = r->chunk;

	if (r->role != ROLE_RECORD || r->sink == NULL)
		return;
	if (r->mark > r->chunk_at)
		part = span_from(part, (size_t)(r->mark - r->chunk_at));
	buf_add_span(&r->before, part);
	if (r->before.len > JSON_RECORD_MAX)
		refuse(r, ERR_LIMIT, "a record is too large");
}

/* yajl takes vertical tabs and form feeds for blanks; no JSON has them. */
static size_t
valid_blanks(struct span s)
{
	return span_find(span_first(s, span_find(s, '\v')), '\f');
}

static int
read_chunk(struct reader *r, struct span chunk)
{
	size_t len = valid_blanks(chunk);
	yajl_status status;

	r->chunk = chunk;
	status = yajl_parse(r->yajl, (const unsigned char *)chunk.ptr, len);
	if (r->failed.code == ERR_NONE &&
	    (status != yajl_status_ok || len < chunk.len))
		refuse(r, ERR_FORMAT, "not valid JSON");
	if (r->failed.code != ERR_NONE)
		return -1;
	keep(r);
	count_lines(r, r->chunk_at + chunk.len);
	r->chunk_at += chunk.len;
	return r->failed.code == ERR_NONE ? 0 : -1;
}

/* All that can be amiss now is that more was to come. */
static int
read_end(struct reader *r)
{
	bool whole;

	r->chunk = SPAN_NONE;
	whole = yajl_complete_parse(r->yajl) == yajl_status_ok;
	if (r->failed.code != ERR_NONE)
		return -1;
	if (whole)
		return 0;
	if (r->chunk_at == 0)
		return err_set(&r->failed, ERR_FORMAT, "the document is empty");
	err_set(&r->failed, ERR_FORMAT, "the document ends early");
	place(r, r->n_lines, r->chunk_at);
	return -1;
}

int
json_read(struct stream *in, const struct json_sink *sink, struct err *e)
{
	struct reader r;
	struct span chunk;
	int rc;

	reader_init(&r, sink);
	while ((rc = stream_next(in, &chunk, &r.failed)) == 1)
		if (read_chunk(&r, chunk) != 0)
			break;
	if (rc == 0)
		rc = read_end(&r);
	else
		rc = -1;
	if (rc != 0)
		*e = r.failed;
	reader_cleanup(&r);
	return rc;
}

int
json_parse(struct span text, struct arena *a, const struct json_node **out,
    struct err *e)
{
	struct reader r;
	int rc = -1;

	reader_init(&r, NULL);
	r.tree.arena = a;
	r.role = ROLE_RECORD;
	if (text.len > JSON_RECORD_MAX)
		refuse(&r, ERR_LIMIT, "a document is too large");
	else if (read_chunk(&r, text) == 0)
		rc = read_end(&r);
	if (rc == 0)
		*out = r.tree.root;
	else
		*e = r.failed;
	reader_cleanup(&r);
	return rc;
}
