/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "base/ini.h"
#include "base/utf8.h"

struct reading {
	const struct ini_sink *sink;
	struct buf section;
	struct buf key;
	struct buf value;
	unsigned line;     /* being read */
	unsigned key_line; /* of the key that waits for its end; 0: none */
};

static int
give(struct reading *r, unsigned line, struct span key, struct err *e)
{
	struct ini_item item = { .line = line,
		.section = buf_span(&r->section),
		.key = key,
		.value = key.ptr == NULL ? SPAN_NONE : buf_span(&r->value) };

	if (r->sink->item(r->sink->ctx, &item, e) != 0)
		return err_context(e, "line %u", line);
	return 0;
}

/* Hands over the key that was waiting for lines that go on with its value. */
static int
end_key(struct reading *r, struct err *e)
{
	unsigned line = r->key_line;

	if (line == 0)
		return 0;
	r->key_line = 0;
	return give(r, line, span_of(buf_str(&r->key)), e);
}

static struct span
without_comment(struct span s)
{
	size_t i;

	for (i = 1; i < s.len; i++)
		if (s.ptr[i] == ';' && span_is_space(s.ptr[i - 1]))
			return span_trim(span_first(s, i));
	return span_trim(s);
}

static int
read_section(struct reading *r, struct span line, struct err *e)
{
	size_t end = span_find(line, ']');
	struct span rest = span_trim(span_from(line, end + 1));

	if (end == line.len ||
	    (rest.len > 0 && rest.ptr[0] != ';' && rest.ptr[0] != '#'))
		return err_set(
		    e, ERR_FORMAT, "line %u: a [section] ends in ]", r->line);
	buf_reset(&r->section);
	buf_add_span(&r->section, span_trim(span_make(line.ptr + 1, end - 1)));
	return give(r, r->line, SPAN_NONE, e);
}

static int
read_key(struct reading *r, struct span line, struct err *e)
{
	size_t at = span_find(line, '=');
	struct span key = span_trim(span_first(line, at));

	if (at == line.len || key.len == 0)
		return err_set(e, ERR_FORMAT,
		    "line %u: neither a [section] nor \"key = value\"",
		    r->line);
	buf_reset(&r->key);
	buf_add_span(&r->key, key);
	buf_reset(&r->value);
	/* The '=' stays in front, so that "= ; why" is an empty value. */
	line = without_comment(span_from(line, at));
	buf_add_span(&r->value, span_trim(span_from(line, 1)));
	r->key_line = r->line;
	return 0;
}

/* "word =": a key that was put further in, and no part of a value. */
static bool
is_key(struct span line)
{
	size_t at = span_find(line, '=');
	struct span word = span_trim(span_first(line, at));
	size_t i;

	for (i = 0; i < word.len; i++)
		if (span_is_space(word.ptr[i]))
			return false;
	return at < line.len && word.len > 0;
}

static int
read_more(struct reading *r, struct span line, struct err *e)
{
	if (line.ptr[0] == '[' || is_key(line))
		return err_set(e, ERR_FORMAT,
		    "line %u: begins with a blank, which makes it part of the "
		    "value of %s",
		    r->line, buf_str(&r->key));
	if (r->value.len > 0)
		buf_add_char(&r->value, ' ');
	buf_add_span(&r->value, without_comment(line));
	return 0;
}

static int
read_line(struct reading *r, struct span raw, struct err *e)
{
	struct span line = span_trim(raw);

	if (line.len == 0 || line.ptr[0] == '#' || line.ptr[0] == ';')
		return 0;
	if (raw.ptr != line.ptr && r->key_line != 0)
		return read_more(r, line, e);
	if (end_key(r, e) != 0)
		return -1;
	return line.ptr[0] == '[' ? read_section(r, line, e)
				  : read_key(r, line, e);
}

static bool
valid_text(struct span line)
{
	return utf8_valid_len(line) == line.len &&
	    span_find(line, '\0') == line.len;
}

int
ini_read(struct span text, const struct ini_sink *sink, struct err *e)
{
	struct reading r = { .sink = sink };
	struct span line;
	int rc = 0;

	if (span_has_prefix(text, "\xEF\xBB\xBF"))
		text = span_from(text, 3);
	while (rc == 0 && span_next(&text, '\n', &line)) {
		r.line++;
		if (!valid_text(line))
			rc = err_set(
			    e, ERR_FORMAT, "line %u: not UTF-8 text", r.line);
		else
			rc = read_line(&r, line, e);
	}
	if (rc == 0)
		rc = end_key(&r, e);
	buf_cleanup(&r.section);
	buf_cleanup(&r.key);
	buf_cleanup(&r.value);
	return rc;
}
