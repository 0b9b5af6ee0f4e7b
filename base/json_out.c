/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/json_out.h"
#include "base/utf8.h"

void
json_out_init(struct json_out *j, struct out *out)
{
	*j = (struct json_out){ .out = out };
}

static void
new_line(struct json_out *j)
{
	unsigned i;

	if (j->compact)
		return;
	out_char(j->out, '\n');
	for (i = 0; i < j->depth; i++)
		out_str(j->out, "  ");
}

static void
add_escaped(struct out *out, char c)
{
	static const char letters[] = "btn\0fr"; /* from 0x08 on */

	if (c == '"' || c == '\\')
		out_printf(out, "\\%c", c);
	else if (c >= 0x08 && c <= 0x0d && c != 0x0b)
		out_printf(out, "\\%c", letters[c - 0x08]);
	else
		out_printf(out, "\\u%04x", (unsigned)c);
}

static void
add_string(struct out *out, struct span s)
{
	size_t i = 0;

	out_char(out, '"');
	while (i < s.len) {
		size_t n = utf8_char(span_from(s, i), NULL);
		unsigned char c = (unsigned char)s.ptr[i];

		if (n != 0 && c >= ' ' && c != '"' && c != '\\') {
			i += n;
			continue;
		}
		out_add(out, s.ptr, i);
		if (n == 0)
			out_str(out, UTF8_REPLACEMENT);
		else
			add_escaped(out, s.ptr[i]);
		s = span_from(s, i + 1);
		i = 0;
	}
	out_span(out, s);
	out_char(out, '"');
}

/* What stands before any value: comma, new line, name. */
static void
begin(struct json_out *j, const char *name)
{
	if (j->any[j->depth])
		out_char(j->out, ',');
	j->any[j->depth] = true;
	if (j->depth > 0)
		new_line(j);
	if (name == NULL)
		return;
	add_string(j->out, span_of(name));
	out_str(j->out, j->compact ? ":" : ": ");
}

static void
open_level(struct json_out *j, const char *name, char c)
{
	begin(j, name);
	out_char(j->out, c);
	if (++j->depth == JSON_OUT_DEPTH_MAX)
		abort();
	j->any[j->depth] = false;
}

static void
close_level(struct json_out *j, char c)
{
	bool any = j->any[j->depth];

	if (j->depth-- == 0)
		abort();
	if (any)
		new_line(j);
	out_char(j->out, c);
}

void
json_object(struct json_out *j, const char *name)
{
	open_level(j, name, '{');
}

void
json_object_end(struct json_out *j)
{
	close_level(j, '}');
}

void
json_array(struct json_out *j, const char *name)
{
	open_level(j, name, '[');
}

void
json_array_end(struct json_out *j)
{
	close_level(j, ']');
}

void
json_raw(struct json_out *j, const char *name, struct span json)
{
	begin(j, name);
	out_span(j->out, json);
}

void
json_span(struct json_out *j, const char *name, struct span v)
{
	begin(j, name);
	add_string(j->out, v);
}

void
json_null(struct json_out *j, const char *name)
{
	json_raw(j, name, SPAN_LIT("null"));
}

void
json_str(struct json_out *j, const char *name, const char *v)
{
	if (v == NULL)
		json_null(j, name);
	else
		json_span(j, name, span_of(v));
}

void
json_uint(struct json_out *j, const char *name, uint64_t v)
{
	begin(j, name);
	out_printf(j->out, "%" PRIu64, v);
}

void
json_int(struct json_out *j, const char *name, int64_t v)
{
	begin(j, name);
	out_printf(j->out, "%" PRId64, v);
}

void
json_bool(struct json_out *j, const char *name, bool v)
{
	json_raw(j, name, v ? SPAN_LIT("true") : SPAN_LIT("false"));
}

void
json_time(struct json_out *j, const char *name, int64_t t)
{
	char text[CLOCK_TEXT_SIZE];

	json_str(j, name, t == 0 ? NULL : clock_text(t, text));
}
