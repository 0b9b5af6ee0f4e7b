/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"
#include "bundle/canonical.h"

void
canonical_string(struct buf *out, struct span s)
{
	size_t i;

	buf_add_char(out, '"');
	for (i = 0; i < s.len; i++) {
		if (s.ptr[i] == '"' || s.ptr[i] == '\\')
			buf_add_char(out, '\\');
		buf_add_char(out, s.ptr[i]);
	}
	buf_add_char(out, '"');
}

static int
compare_names(const void *a, const void *b)
{
	const struct json_node *const *x = a;
	const struct json_node *const *y = b;

	return span_cmp((*x)->name, (*y)->name);
}

static int
add_number(struct buf *out, struct span number, struct err *e)
{
	size_t i = number.len > 0 && number.ptr[0] == '-';

	if (span_is(number, "-0"))
		number = SPAN_LIT("0");
	for (; i < number.len; i++)
		if (!span_is_digit(number.ptr[i]))
			return err_set(e, ERR_FORMAT,
			    "the number %.*s is no integer",
			    SPAN_ARG(span_first(number, 40)));
	buf_add_span(out, number);
	return 0;
}

static int
add_array(struct buf *out, const struct json_node *n, struct err *e)
{
	const struct json_node *child;

	buf_add_char(out, '[');
	for (child = n->child; child != NULL; child = child->next) {
		if (child != n->child)
			buf_add_char(out, ',');
		if (canonical_add(out, child, e) != 0)
			return -1;
	}
	buf_add_char(out, ']');
	return 0;
}

static int
add_members(
    struct buf *out, const struct json_node **members, size_t n, struct err *e)
{
	size_t i;

	for (i = 0; i < n; i++) {
		struct span name = members[i]->name;

		if (i > 0 && span_eq(members[i - 1]->name, name))
			return err_set(e, ERR_FORMAT,
			    "the name \"%.*s\" stands twice in one object",
			    SPAN_ARG(span_first(name, 80)));
		if (i > 0)
			buf_add_char(out, ',');
		canonical_string(out, name);
		buf_add_char(out, ':');
		if (canonical_add(out, members[i], e) != 0)
			return -1;
	}
	return 0;
}

static int
add_object(struct buf *out, const struct json_node *n, struct err *e)
{
	const struct json_node **members = NULL;
	const struct json_node *child;
	size_t n_members = 0, cap = 0;
	int rc;

	if (n->child == NULL) {
		buf_add_str(out, "{}");
		return 0;
	}
	for (child = n->child; child != NULL; child = child->next) {
		members = xgrow(
		    members, &cap, n_members + 1, sizeof(struct json_node *));
		members[n_members++] = child;
	}
	if (n_members > 1)
		qsort(members, n_members, sizeof(struct json_node *),
		    compare_names);
	buf_add_char(out, '{');
	rc = add_members(out, members, n_members, e);
	buf_add_char(out, '}');
	free(members);
	return rc;
}

int
canonical_add(struct buf *out, const struct json_node *n, struct err *e)
{
	switch (n->type) {
	case JSON_NULL:
		buf_add_str(out, "null");
		return 0;
	case JSON_FALSE:
		buf_add_str(out, "false");
		return 0;
	case JSON_TRUE:
		buf_add_str(out, "true");
		return 0;
	case JSON_NUMBER:
		return add_number(out, n->text, e);
	case JSON_STRING:
		canonical_string(out, n->text);
		return 0;
	case JSON_ARRAY:
		return add_array(out, n, e);
	case JSON_OBJECT:
		break;
	}
	return add_object(out, n, e);
}
