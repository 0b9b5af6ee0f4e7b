/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/json_impl.h"
#include "base/utf8.h"

static const struct json_node *
get_span(const struct json_node *n, struct span name)
{
	const struct json_node *child;

	if (n == NULL || n->type != JSON_OBJECT)
		return NULL;
	for (child = n->child; child != NULL; child = child->next)
		if (span_eq(child->name, name))
			return child;
	return NULL;
}

const struct json_node *
json_get(const struct json_node *n, const char *name)
{
	return get_span(n, span_of(name));
}

const struct json_node *
json_path(const struct json_node *n, const char *path)
{
	struct span rest = span_of(path);
	struct span name;

	while (n != NULL && span_next(&rest, '.', &name))
		n = get_span(n, name);
	return n;
}

struct span
json_text(const struct json_node *n)
{
	if (n == NULL || (n->type != JSON_STRING && n->type != JSON_NUMBER))
		return SPAN_NONE;
	return n->text;
}

bool
json_is_true(const struct json_node *n)
{
	return n != NULL && n->type == JSON_TRUE;
}

void
json_tree_reset(struct json_tree *t)
{
	t->root = NULL;
	t->depth = 0;
	t->n_nodes = 0;
	t->key = SPAN_NONE;
}

/*
 * Checks UTF-8, which yajl does loosely. Half a surrogate pair, as \udc00
 * comes out of yajl, becomes U+FFFD in place.
 */
static bool
make_utf8(char *text, size_t len)
{
	size_t i = utf8_valid_len(span_make(text, len));

	while (i < len) {
		if (len - i < 3 || text[i] != '\xed' ||
		    (text[i + 1] & 0xe0) != 0xa0 ||
		    (text[i + 2] & 0xc0) != 0x80)
			return false;
		memcpy(text + i, UTF8_REPLACEMENT, 3);
		i += utf8_valid_len(span_make(text + i, len - i));
	}
	return true;
}

static int
copy_text(
    struct json_tree *t, struct span text, struct span *out, struct err *e)
{
	char *copy = arena_str(t->arena, text);

	*out = span_make(copy, text.len);
	if (!make_utf8(copy, text.len))
		return err_set(e, ERR_FORMAT, "the text is not UTF-8");
	return 0;
}

int
json_tree_key(struct json_tree *t, struct span key, struct err *e)
{
	return copy_text(t, key, &t->key, e);
}

int
json_tree_add(
    struct json_tree *t, enum json_type type, struct span text, struct err *e)
{
	struct json_node *n;

	if (++t->n_nodes > JSON_NODES_MAX)
		return err_set(e, ERR_LIMIT, "a record with too many values");
	n = arena_alloc(t->arena, sizeof(*n));
	n->type = type;
	n->name = t->key;
	t->key = SPAN_NONE;
	if (text.ptr != NULL && copy_text(t, text, &n->text, e) != 0)
		return -1;
	if (t->depth == 0) {
		t->root = n;
	} else {
		*t->next[t->depth - 1] = n;
		t->next[t->depth - 1] = &n->next;
	}
	if (type == JSON_ARRAY || type == JSON_OBJECT) {
		t->open[t->depth] = n;
		t->next[t->depth] = &n->child;
		t->depth++;
	}
	return 0;
}

void
json_tree_close(struct json_tree *t)
{
	t->depth--;
}
