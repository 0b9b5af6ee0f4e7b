/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/utf8.h"
#include "bundle/canonical.h"
#include "bundle/members.h"

void
members_begin(struct members *m, struct buf *out)
{
	m->out = out;
	m->any = false;
	buf_add_char(out, '{');
}

void
members_end(struct members *m)
{
	buf_add_char(m->out, '}');
}

void
members_name(struct members *m, const char *name)
{
	if (m->any)
		buf_add_char(m->out, ',');
	m->any = true;
	canonical_string(m->out, span_of(name));
	buf_add_char(m->out, ':');
}

static bool
is_control(char c)
{
	return (unsigned char)c < 0x20 || c == 0x7f;
}

/* Appends text as JSON can have it. */
static void
add_clean(struct buf *b, struct span text)
{
	size_t i, n;

	while (text.len > 0) {
		n = utf8_valid_len(text);
		for (i = 0; i < n; i++)
			buf_add_char(
			    b, is_control(text.ptr[i]) ? ' ' : text.ptr[i]);
		text = span_from(text, n);
		if (text.len > 0)
			buf_add_str(b, UTF8_REPLACEMENT);
		text = span_from(text, 1);
	}
}

void
members_text(struct members *m, const char *name, struct span text)
{
	struct buf clean = { 0 };

	if (text.len == 0)
		return;
	members_name(m, name);
	add_clean(&clean, text);
	canonical_string(m->out, buf_span(&clean));
	buf_cleanup(&clean);
}

void
members_int(struct members *m, const char *name, int64_t v)
{
	if (v == 0)
		return;
	members_name(m, name);
	buf_printf(m->out, "%" PRId64, v);
}

int
member_text(const struct json_node *object, const char *name, struct arena *a,
    struct span *out, struct err *e)
{
	const struct json_node *n = json_get(object, name);
	size_t i;

	*out = SPAN_NONE;
	if (n == NULL)
		return 0;
	if (n->type != JSON_STRING)
		return err_set(e, ERR_FORMAT, "%s is no text", name);
	if (n->text.len > MEMBER_TEXT_MAX)
		return err_set(e, ERR_FORMAT, "%s has more than %zu bytes",
		    name, MEMBER_TEXT_MAX);
	for (i = 0; i < n->text.len; i++)
		if (is_control(n->text.ptr[i]))
			return err_set(
			    e, ERR_FORMAT, "%s has a control character", name);
	*out = arena_span(a, n->text);
	return 0;
}

int
member_count(const struct json_node *object, const char *name, uint64_t *out,
    struct err *e)
{
	const struct json_node *n = json_get(object, name);

	*out = 0;
	if (n == NULL ||
	    (n->type == JSON_NUMBER && parse_uint(n->text, INT64_MAX, out)))
		return 0;
	return err_set(e, ERR_FORMAT, "%s is no whole number from 0 on", name);
}

int
member_time(const struct json_node *object, const char *name, int64_t *out,
    struct err *e)
{
	uint64_t v;

	if (member_count(object, name, &v, e) != 0)
		return -1;
	*out = (int64_t)v;
	return 0;
}

bool
member_is_word(struct span name)
{
	size_t i;

	for (i = 0; i < name.len; i++)
		if (!span_is_lower(name.ptr[i]) &&
		    !span_is_digit(name.ptr[i]) && name.ptr[i] != '-')
			return false;
	return name.len > 0;
}
