/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "server/response.h"

void
response_init(struct response *s)
{
	*s = (struct response){ .status = 200, .fd = -1 };
	out_init(&s->out, -1);
}

void
response_cleanup(struct response *s)
{
	if (s->fd != -1)
		close(s->fd);
	if (s->close != NULL)
		s->close(s->ctx);
	out_cleanup(&s->out);
	response_init(s);
}

void
response_header(struct response *s, const char *name, struct span value)
{
	if (s->n_headers == RESPONSE_HEADERS_MAX)
		abort();
	s->headers[s->n_headers++] = (struct response_header){ name, value };
}

void
response_redirect(struct response *s, unsigned status, struct span to)
{
	s->status = status;
	response_header(s, "Location", to);
}

void
response_json(struct response *s, struct json_out *j)
{
	s->type = "application/json";
	json_out_init(j, &s->out);
}

static const struct {
	unsigned status;
	const char *reason;
} reasons[] = {
	{ 200, "OK" },
	{ 201, "Created" },
	{ 202, "Accepted" },
	{ 204, "No Content" },
	{ 206, "Partial Content" },
	{ 301, "Moved Permanently" },
	{ 302, "Found" },
	{ 303, "See Other" },
	{ 304, "Not Modified" },
	{ 307, "Temporary Redirect" },
	{ 308, "Permanent Redirect" },
	{ 400, "Bad Request" },
	{ 401, "Unauthorized" },
	{ 403, "Forbidden" },
	{ 404, "Not Found" },
	{ 405, "Method Not Allowed" },
	{ 406, "Not Acceptable" },
	{ 408, "Request Timeout" },
	{ 409, "Conflict" },
	{ 410, "Gone" },
	{ 411, "Length Required" },
	{ 412, "Precondition Failed" },
	{ 413, "Content Too Large" },
	{ 414, "URI Too Long" },
	{ 415, "Unsupported Media Type" },
	{ 416, "Range Not Satisfiable" },
	{ 417, "Expectation Failed" },
	{ 422, "Unprocessable Content" },
	{ 429, "Too Many Requests" },
	{ 431, "Request Header Fields Too Large" },
	{ 500, "Internal Server Error" },
	{ 501, "Not Implemented" },
	{ 502, "Bad Gateway" },
	{ 503, "Service Unavailable" },
	{ 504, "Gateway Timeout" },
	{ 505, "HTTP Version Not Supported" },
	{ 507, "Insufficient Storage" },
};

const char *
response_reason(unsigned status)
{
	size_t i;

	for (i = 0; i < sizeof(reasons) / sizeof(*reasons); i++)
		if (reasons[i].status == status)
			return reasons[i].reason;
	return "Error";
}

int
problem(
    struct response *s, unsigned status, const char *type, const char *fmt, ...)
{
	struct json_out j;
	char detail[2048];
	char uri[128];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(detail, sizeof(detail), fmt, ap);
	va_end(ap);
	snprintf(uri, sizeof(uri), "/problems/%s", type);
	response_cleanup(s);
	s->status = status;
	s->type = "application/problem+json";
	s->cache = "no-store";
	json_out_init(&j, &s->out);
	json_object(&j, NULL);
	json_str(&j, "type", uri);
	json_str(&j, "title", response_reason(status));
	json_uint(&j, "status", status);
	json_str(&j, "detail", detail);
	json_object_end(&j);
	out_char(&s->out, '\n');
	return 0;
}

int
problem_of(struct response *s, const struct err *why)
{
	char text[ERR_MSG_SIZE];

	/* why may be of a body that is dropped now */
	snprintf(text, sizeof(text), "%s", why->msg);
	switch (why->code) {
	case ERR_MISSING:
		return problem(s, 404, "not-found", "%s", text);
	case ERR_FORMAT:
		return problem(s, 400, "bad-request", "%s", text);
	case ERR_LIMIT:
		return problem(s, 400, "limit", "%s", text);
	case ERR_NETWORK:
		log_warn("serve: %s", text);
		return problem(s, 503, "unavailable",
		    "a part of the server is being started again: try again "
		    "in a few seconds");
	default:
		log_error("serve: %s", text);
		return problem(s, 500, "internal",
		    "the server could not answer; its log says why");
	}
}

int
problem_not_ready(struct response *s)
{
	problem(s, 503, "not-ready",
	    "nothing is published yet: `scapcache sync` fetches content, "
	    "`scapcache bundle import` carries it in");
	response_header(s, "Retry-After", SPAN_LIT("10"));
	return 0;
}
