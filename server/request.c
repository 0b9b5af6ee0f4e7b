/* SPDX-License-Identifier: Apache-2.0 */
#include <stddef.h>

#include "base/buf.h"
#include "server/request.h"

static const char *const verbs[] = { "", "GET", "HEAD", "POST", "PUT", "DELETE",
	"OPTIONS" };

#define N_VERBS (sizeof(verbs) / sizeof(*verbs))

enum verb
verb_parse(struct span name)
{
	size_t i;

	for (i = 1; i < N_VERBS; i++)
		if (span_is(name, verbs[i]))
			return (enum verb)i;
	return VERB_NONE;
}

const char *
verb_name(enum verb v)
{
	return verbs[v];
}

struct span
request_header(const struct request *q, const char *name)
{
	size_t i;

	for (i = 0; i < q->n_headers; i++)
		if (span_is_nocase(q->headers[i].name, name))
			return q->headers[i].value;
	return SPAN_NONE;
}

struct span
request_list(struct request *q, const char *name)
{
	struct span first = SPAN_NONE;
	struct buf all = { 0 };
	size_t i;

	for (i = 0; i < q->n_headers; i++) {
		if (!span_is_nocase(q->headers[i].name, name))
			continue;
		if (first.ptr == NULL) {
			first = q->headers[i].value;
			continue;
		}
		if (all.len == 0)
			buf_add_span(&all, first);
		buf_add_str(&all, ", ");
		buf_add_span(&all, q->headers[i].value);
	}
	if (all.len > 0)
		first = arena_span(&q->arena, buf_span(&all));
	buf_cleanup(&all);
	return first;
}

static const struct request_param *
find_param(const struct request *q, const char *name)
{
	size_t i;

	for (i = 0; i < q->n_params; i++)
		if (span_is(q->params[i].name, name))
			return &q->params[i];
	return NULL;
}

struct span
request_param(const struct request *q, const char *name)
{
	const struct request_param *p = find_param(q, name);

	return p == NULL ? SPAN_NONE : p->value;
}

bool
request_has_param(const struct request *q, const char *name)
{
	return find_param(q, name) != NULL;
}

bool
request_uint(
    const struct request *q, const char *name, uint64_t max, uint64_t *out)
{
	const struct request_param *p = find_param(q, name);

	return p == NULL || parse_uint(p->value, max, out);
}
