/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/mem.h"
#include "server/form.h"

#define BLOCK ((size_t)256 * 1024)
#define URLENCODED_MAX 4096u /* bytes of such a form */

/* Reading a body that lies in a file, from a place on. */
struct reader {
	int fd;
	uint64_t size;
	char *block;
	uint64_t at; /* of the block in the body */
	size_t len;
};

static int
bad(struct err *e, const char *what)
{
	return err_set(e, ERR_FORMAT, "the form that was sent %s", what);
}

/* The bytes from there on: at least want, or all that are left. */
static int
fill(
    struct reader *r, uint64_t at, size_t want, struct span *out, struct err *e)
{
	ssize_t n;

	if (at < r->at || at + want > r->at + r->len) {
		r->at = at;
		r->len = 0;
		while (r->len < BLOCK && at + r->len < r->size) {
			n = pread(r->fd, r->block + r->len, BLOCK - r->len,
			    (off_t)(at + r->len));
			if (n < 0)
				return err_system(e, "the form's body");
			if (n == 0)
				break;
			r->len += (size_t)n;
		}
	}
	*out = span_make(
	    r->block + (size_t)(at - r->at), r->len - (size_t)(at - r->at));
	return 0;
}

/* Where text begins at `from` or behind; ERR_FORMAT: nowhere. */
static int
find(struct reader *r, uint64_t from, struct span text, uint64_t *at,
    struct err *e)
{
	struct span s = SPAN_NONE;
	const char *hit;

	for (;; from += s.len - text.len + 1) {
		if (fill(r, from, text.len, &s, e) != 0)
			return -1;
		if (s.len < text.len)
			return bad(e, "ends early");
		hit = memmem(s.ptr, s.len, text.ptr, text.len);
		if (hit != NULL)
			break;
	}
	*at = from + (uint64_t)(hit - s.ptr);
	return 0;
}

/* Browsers write a file's name as it is, but for quotes in it. */
static bool
next_parameter(struct span *rest, struct span *part)
{
	bool is_quoted = false;
	size_t i;

	if (rest->ptr == NULL)
		return false;
	for (i = 0; i < rest->len; i++) {
		if (rest->ptr[i] == '"')
			is_quoted = !is_quoted;
		else if (rest->ptr[i] == ';' && !is_quoted)
			break;
	}
	*part = span_first(*rest, i);
	*rest = i < rest->len ? span_from(*rest, i + 1) : SPAN_NONE;
	return true;
}

/* The value of name="…" in a Content-Disposition. */
static bool
parameter(struct span line, const char *name, struct span *out)
{
	struct span rest = line;
	struct span part;

	next_parameter(&rest, &part);
	while (next_parameter(&rest, &part)) {
		size_t at = span_find(part, '=');
		struct span value = span_from(part, at + 1);

		if (!span_is_nocase(span_trim(span_first(part, at)), name))
			continue;
		value = span_trim(value);
		if (value.len >= 2 && value.ptr[0] == '"' &&
		    value.ptr[value.len - 1] == '"')
			value = span_make(value.ptr + 1, value.len - 2);
		*out = value;
		return true;
	}
	return false;
}

static int
read_head(
    struct span head, struct arena *a, struct form_field *f, struct err *e)
{
	struct span line;

	while (span_next(&head, '\n', &line)) {
		size_t at = span_find(line, ':');

		if (!span_is_nocase(
			span_trim(span_first(line, at)), "content-disposition"))
			continue;
		line = span_from(line, at + 1);
		if (!parameter(line, "name", &f->name))
			return bad(e, "has a field without a name");
		f->is_file = parameter(line, "filename", &f->filename);
		f->name = arena_span(a, f->name);
		f->filename = arena_span(a, f->filename);
		return 0;
	}
	return bad(e, "has a part that is no field");
}

static int
read_value(
    struct reader *r, struct arena *a, struct form_field *f, struct err *e)
{
	struct span s = SPAN_NONE;

	if (f->is_file)
		return 0;
	if (f->size_bytes > FORM_TEXT_MAX)
		return err_set(e, ERR_LIMIT,
		    "a field of a form has more than %u bytes", FORM_TEXT_MAX);
	if (fill(r, f->offset, (size_t)f->size_bytes, &s, e) != 0)
		return -1;
	f->value = arena_span(a, span_first(s, (size_t)f->size_bytes));
	return 0;
}

/* A part whose head begins at *at; *at moves behind the delimiter after it. */
static int
read_part(struct reader *r, struct span delimiter, struct arena *a,
    uint64_t *at, struct form_field *f, struct err *e)
{
	struct span head = SPAN_NONE;
	uint64_t end = 0;

	*f = (struct form_field){ 0 };
	if (find(r, *at, SPAN_LIT("\r\n\r\n"), &end, e) != 0)
		return -1;
	if (end - *at > FORM_HEAD_MAX)
		return err_set(
		    e, ERR_LIMIT, "a part of a form has too long a head");
	if (fill(r, *at, (size_t)(end - *at), &head, e) != 0 ||
	    read_head(span_first(head, (size_t)(end - *at)), a, f, e) != 0)
		return -1;
	f->offset = end + 4;
	/* An empty value: its delimiter's line break may be the head's last. */
	if (find(r, end + 2, delimiter, &end, e) != 0)
		return -1;
	f->size_bytes = end > f->offset ? end - f->offset : 0;
	*at = end + delimiter.len;
	return read_value(r, a, f, e);
}

/* What stands behind a delimiter: 1 another part, 0 the end. */
static int
is_more(struct reader *r, uint64_t *at, struct err *e)
{
	struct span s = SPAN_NONE;

	if (fill(r, *at, 2, &s, e) != 0)
		return -1;
	if (span_has_prefix(s, "--"))
		return 0;
	if (!span_has_prefix(s, "\r\n"))
		return bad(e, "has a boundary that is none");
	*at += 2;
	return 1;
}

static int
read_parts(struct reader *r, struct span delimiter, struct arena *a,
    struct form *out, struct err *e)
{
	struct span first = span_from(delimiter, 2);
	uint64_t at = 0;
	struct span s = SPAN_NONE;
	int rc;

	if (fill(r, 0, first.len, &s, e) != 0)
		return -1;
	if (s.len < first.len || !span_eq(span_first(s, first.len), first))
		return bad(e, "does not begin with its boundary");
	at = first.len;
	while ((rc = is_more(r, &at, e)) == 1) {
		if (out->n == FORM_FIELDS_MAX)
			return err_set(
			    e, ERR_LIMIT, "a form has too many fields");
		if (read_part(
			r, delimiter, a, &at, &out->fields[out->n++], e) != 0)
			return -1;
	}
	return rc;
}

int
form_read_multipart(int fd, uint64_t size, struct span boundary,
    struct arena *a, struct form *out, struct err *e)
{
	struct reader r = { .fd = fd, .size = size };
	struct buf delimiter = { 0 };
	int rc;

	*out = (struct form){ 0 };
	if (boundary.len == 0 || boundary.len > FORM_BOUNDARY_MAX)
		return bad(e, "names no boundary");
	buf_add_str(&delimiter, "\r\n--");
	buf_add_span(&delimiter, boundary);
	r.block = xmalloc(BLOCK);
	rc = read_parts(&r, buf_span(&delimiter), a, out, e);
	free(r.block);
	buf_cleanup(&delimiter);
	return rc;
}

/* The decoding of a query is that of such a form. */
static int
read_urlencoded(struct request *q, struct form *out, struct err *e)
{
	struct request as_query = { .arena = q->arena };
	char text[URLENCODED_MAX + 3] = "/?";
	ssize_t n;
	size_t i;

	*out = (struct form){ 0 };
	if (q->body_size > URLENCODED_MAX)
		return err_set(e, ERR_LIMIT, "that form is too large");
	n = q->body_fd == -1
	    ? 0
	    : pread(q->body_fd, text + 2, (size_t)q->body_size, 0);
	if (n < 0)
		return err_system(e, "the form's body");
	if (request_parse_target(&as_query,
		arena_span(&as_query.arena, span_make(text, (size_t)n + 2)),
		e) != 0)
		return -1;
	q->arena = as_query.arena;
	for (i = 0; i < as_query.n_params && i < FORM_FIELDS_MAX; i++)
		out->fields[out->n++] =
		    (struct form_field){ .name = as_query.params[i].name,
			    .value = as_query.params[i].value };
	return 0;
}

int
form_read(struct request *q, struct form *out, struct err *e)
{
	struct span type = request_header(q, "Content-Type");
	struct span boundary = SPAN_NONE;

	if (!span_is(q->body_type, "multipart/form-data"))
		return read_urlencoded(q, out, e);
	if (q->body_fd == -1 || !parameter(type, "boundary", &boundary))
		return bad(e, "names no boundary");
	return form_read_multipart(
	    q->body_fd, q->body_size, boundary, &q->arena, out, e);
}

const struct form_field *
form_find(const struct form *f, const char *name)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (span_is(f->fields[i].name, name))
			return &f->fields[i];
	return NULL;
}

struct span
form_text(const struct form *f, const char *name)
{
	const struct form_field *field = form_find(f, name);

	return field == NULL ? SPAN_NONE : field->value;
}
