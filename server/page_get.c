/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The way of the pages to their data: what /v1/ answers, in this worker and
 * without a connection.
 */
#include <string.h>
#include <unistd.h>

#include "server/page.h"
#include "server/route.h"

#define ANSWER_MAX ((uint64_t)128 << 20) /* bytes of JSON for one page */

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

static struct span
header_of(struct request *q, const struct response *s, const char *name)
{
	size_t i;

	for (i = 0; i < s->n_headers; i++)
		if (strcmp(s->headers[i].name, name) == 0)
			return arena_span(&q->arena, s->headers[i].value);
	return SPAN_NONE;
}

static int
run(struct request *sub, struct request *q, struct page_answer *out,
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
	else if (sub->route->handle(sub, &s, e) == 0)
		rc = read_file(&s, e);
	if (rc == 0)
		*out = (struct page_answer){ .status = s.status,
			.text = arena_span(&q->arena, buf_span(&s.out.buf)),
			.image = header_of(q, &s, "X-Scapcache-Image"),
			.location = header_of(q, &s, "Location") };
	response_cleanup(&s);
	return rc;
}

int
page_ask(struct request *q, const struct page_call *call,
    struct page_answer *out, struct err *e)
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

struct span
page_detail(struct request *q, struct span problem)
{
	const struct json_node *n = NULL;
	struct err ignored = { 0 };
	struct span detail = SPAN_NONE;

	if (json_parse(problem, &q->arena, &n, &ignored) == 0)
		detail = page_text(n, "detail");
	return detail.len > 0 ? detail : SPAN_LIT("there is no answer");
}

int
page_call_text(struct request *q, const struct page_call *call,
    struct span *text, struct err *e)
{
	struct page_answer answer = { 0 };

	if (page_ask(q, call, &answer, e) != 0)
		return -1;
	*text = answer.text;
	if (answer.status < 400)
		return 0;
	return err_set(e,
	    answer.status == 404      ? ERR_MISSING
		: answer.status < 500 ? ERR_FORMAT
				      : ERR_SYSTEM,
	    "%.*s", SPAN_ARG(page_detail(q, answer.text)));
}

static int
page_call(struct request *q, const struct page_call *call,
    const struct json_node **out, struct err *e)
{
	struct span text = SPAN_NONE;

	if (page_call_text(q, call, &text, e) != 0)
		return -1;
	return json_parse(text, &q->arena, out, e);
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
