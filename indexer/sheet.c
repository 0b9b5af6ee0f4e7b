/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "base/printable.h"
#include "indexer/sheet.h"

#define INDENT 14 /* columns before the text of a line */
#define WIDTH 80

void
sheet_begin(struct sheet *s, struct out *out, bool as_json)
{
	*s = (struct sheet){ .out = out, .as_json = as_json };
	json_out_init(&s->json, out);
	if (as_json)
		json_array(&s->json, NULL);
}

void
sheet_end(struct sheet *s)
{
	if (s->as_json) {
		json_array_end(&s->json);
		out_char(s->out, '\n');
	}
	buf_cleanup(&s->line);
	buf_cleanup(&s->last);
}

void
sheet_record(struct sheet *s, const char *kind, struct span id)
{
	if (s->as_json) {
		json_object(&s->json, NULL);
		json_str(&s->json, "kind", kind);
		json_span(&s->json, "id", id);
	} else {
		buf_reset(&s->line);
		printable_add(&s->line, id);
		out_printf(s->out, "%s%s %s\n", s->n_records > 0 ? "\n" : "",
		    kind, buf_str(&s->line));
	}
	s->n_records++;
}

void
sheet_record_end(struct sheet *s)
{
	if (s->as_json)
		json_object_end(&s->json);
}

/* One output line: what fits in WIDTH columns, or one longer word, whole. */
static void
print_line(
    struct sheet *s, const char *name, const char *hang, struct span *text)
{
	size_t room = WIDTH - INDENT - strlen(hang), n = text->len, i;

	if (n > room && !s->wide) {
		for (i = room; i > 0 && text->ptr[i] != ' '; i--)
			;
		n = i > 0 ? i : span_find(*text, ' ');
	}
	out_printf(s->out, "  %-*s%s%.*s\n", INDENT - 2, name, hang, (int)n,
	    text->ptr);
	*text = span_from(*text, n + 1);
}

/* Line breaks are blanks here: descriptions are filled anew. */
static void
add_flowing(struct buf *b, struct span text)
{
	struct span word;
	size_t n;

	for (text = span_trim(text); text.len > 0; text = span_trim(text)) {
		for (n = 0; n < text.len && !span_is_space(text.ptr[n]); n++)
			;
		word = span_first(text, n);
		if (b->len > 0)
			buf_add_char(b, ' ');
		printable_add(b, word);
		text = span_from(text, n);
	}
}

static void
print_text(
    struct sheet *s, const char *name, const char *hang, struct span text)
{
	struct buf b = { 0 };
	struct span rest;

	add_flowing(&b, text);
	rest = buf_span(&b);
	if (rest.len > 0)
		print_line(s, name, "", &rest);
	while (rest.len > 0)
		print_line(s, "", hang, &rest);
	buf_cleanup(&b);
}

void
sheet_text(struct sheet *s, const char *name, struct span text)
{
	if (s->as_json)
		json_span(&s->json, name, text);
	else
		print_text(s, name, "", text);
}

void
sheet_uint(struct sheet *s, const char *name, uint64_t v)
{
	if (s->as_json)
		json_uint(&s->json, name, v);
	else
		out_printf(s->out, "  %-*s%" PRIu64 "\n", INDENT - 2, name, v);
}

void
sheet_time(struct sheet *s, const char *name, int64_t t)
{
	char text[CLOCK_TEXT_SIZE];

	if (s->as_json)
		json_time(&s->json, name, t);
	else if (t != 0)
		print_text(s, name, "", span_of(clock_text(t, text)));
}

void
sheet_json(struct sheet *s, const char *name, struct span json)
{
	if (s->as_json)
		json_raw(&s->json, name, json);
}

void
sheet_list(struct sheet *s, const char *name)
{
	s->list = name;
	buf_reset(&s->last);
	if (s->as_json)
		json_array(&s->json, name);
}

void
sheet_item(struct sheet *s, struct span text)
{
	if (s->as_json) {
		json_span(&s->json, NULL, text);
		return;
	}
	if (s->last.len > 0 && span_eq(text, buf_span(&s->last)))
		return;
	print_text(s, s->list, "  ", text);
	s->list = "";
	buf_reset(&s->last);
	buf_add_span(&s->last, text);
}

void
sheet_row(struct sheet *s)
{
	buf_reset(&s->line);
	if (s->as_json)
		json_object(&s->json, NULL);
}

void
sheet_cell(struct sheet *s, const char *name, struct span text)
{
	if (s->as_json) {
		json_span(&s->json, name, text);
		return;
	}
	if (text.len == 0)
		return;
	if (s->line.len > 0)
		buf_add_char(&s->line, ' ');
	buf_add_span(&s->line, text);
}

void
sheet_row_end(struct sheet *s)
{
	if (s->as_json)
		json_object_end(&s->json);
	else
		sheet_item(s, buf_span(&s->line));
}

void
sheet_list_end(struct sheet *s)
{
	if (s->as_json)
		json_array_end(&s->json);
}
