/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way of the pages to their data: what /v1/ answers, in this worker and
 * without a connection.
 */
#include <unistd.h>

#include "server/page.h"
#include "server/route.h"

#define ANSWER_MAX ((uint64_t)128 << 20) /* bytes of JSON for one page */

/* What the problem details say; the client's user sees it. */
static int
refuse(struct request *q, struct response *s, struct err *e)
{
	const struct json_node *n = NULL;
	enum err_code code = s->status == 404 ? ERR_MISSING
	    : s->status < 500                 ? ERR_FORMAT
					      : ERR_SYSTEM;
	struct span detail = SPAN_NONE;
	struct err ignored = { 0 };

	if (page_parse(q, &s->out, &n, &ignored) == 0)
		detail = page_text(n, "detail");
	if (detail.len == 0)
		return err_set(e, code, "there is no answer");
	return err_set(e, code, "%.*s", SPAN_ARG(detail));
}

/* What a handler hands over as a file is read: a tree is made of it. */
static int
read_file(struct response *s, struct err *e)
{
	uint64_t done = 0;
	ssize_t n = 1;

	if (s->body != RESPONSE_FILE)
		return 0;
	if (s->fd == -1 || s->size_bytes > ANSWER_MAX)
		return err_set(e, ERR_LIMIT,
		    "There is too much of it for a page: the API has it.");
	buf_reserve(&s->out.buf, (size_t)s->size_bytes);
	while (done < s->size_bytes && n > 0) {
		n = pread(s->fd, s->out.buf.ptr + done,
		    (size_t)(s->size_bytes - done), (off_t)(s->offset + done));
		if (n > 0)
			done += (uint64_t)n;
	}
	if (n < 0)
		return err_system(e, "an answer of the API");
	s->out.buf.len = (size_t)done;
	return 0;
}

static int
run(struct request *sub, struct request *q, const struct json_node **out,
    struct err *e)
{
	struct response s;
	unsigned allowed = 0;
	int rc = -1;

	response_init(&s);
	sub->route = route_find(sub, &allowed);
	if (sub->route == NULL)
		err_set(
		    e, ERR_MISSING, "there is no %.*s", SPAN_ARG(sub->path));
	else if (!access_may(&q->access, sub->route->scope))
		err_set(e, ERR_FORMAT, "this takes a token with the scope %s",
		    scope_name(sub->route->scope));
	else if (sub->route->handle(sub, &s, e) != 0 || read_file(&s, e) != 0)
		rc = -1;
	else if (s.status >= 400)
		rc = refuse(q, &s, e);
	else
		rc = page_parse(q, &s.out, out, e);
	response_cleanup(&s);
	return rc;
}

int
page_call(struct request *q, const struct page_call *call,
    const struct json_node **out, struct err *e)
{
	const struct request_param *given = call->params;
	struct request sub = *q;
	size_t n = 0, i;
	int rc;

	while (given != NULL && given[n].name.len > 0)
		n++;
	sub.arena = (struct arena){ 0 };
	sub.verb = call->verb;
	sub.path = call->path;
	sub.target = call->path;
	sub.params = arena_array(&sub.arena, n + 1, sizeof(*sub.params));
	sub.n_params = 0;
	sub.n_captures = 0;
	sub.body_fd = call->verb == VERB_POST ? q->body_fd : -1;
	sub.body_size = call->verb == VERB_POST ? call->body_size : 0;
	sub.body_type = call->body_type;
	for (i = 0; i < n; i++)
		if (given[i].value.len > 0)
			sub.params[sub.n_params++] = given[i];
	rc = run(&sub, q, out, e);
	arena_cleanup(&sub.arena);
	return rc;
}

int
page_get(struct request *q, struct span path,
    const struct request_param *params, const struct json_node **out,
    struct err *e)
{
	const struct page_call call = {
		.verb = VERB_GET, .path = path, .params = params
	};

	return page_call(q, &call, out, e);
}
