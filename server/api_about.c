/* SPDX-License-Identifier: Apache-2.0 */
/* What the API says of itself. */
#include "server/api_impl.h"
#include "server/view.h"
#include "web_files.h"

static const char *const no_names[] = { NULL };

/* Where to go from here, RFC 8288 and RFC 8631. */
int
api_get_root(struct request *q, struct response *s, struct err *e)
{
	static const struct {
		const char *name;
		const char *path;
	} links[] = {
		{ "status", "/v1/status" },
		{ "sources", "/v1/sources" },
		{ "generations", "/v1/generations" },
		{ "documents", "/v1/documents" },
		{ "search", "/v1/search?q=" },
		{ "images", "/v1/images" },
		{ "bundles", "/v1/bundles" },
		{ "description", "/v1/openapi.json" },
	};
	struct json_out j;
	size_t i;

	(void)e;
	if (!api_params(q, s, no_names))
		return 0;
	response_json(s, &j);
	json_object(&j, NULL);
	json_str(&j, "scapcache", SCAPCACHE_VERSION);
	json_uint(&j, "generation", q->view->generation);
	json_object(&j, "links");
	for (i = 0; i < sizeof(links) / sizeof(*links); i++)
		json_str(&j, links[i].name, links[i].path);
	json_object_end(&j);
	json_object_end(&j);
	out_char(&s->out, '\n');
	response_header(
	    s, "Link", SPAN_LIT("</v1/openapi.json>; rel=\"service-desc\""));
	api_answer(q, s);
	return 0;
}

static int
get_text(
    struct request *q, struct response *s, const char *text, const char *sha256)
{
	if (!api_params(q, s, no_names))
		return 0;
	out_str(&s->out, text);
	s->type = "application/json";
	s->etag = span_of(sha256);
	return 0;
}

int
api_get_openapi(struct request *q, struct response *s, struct err *e)
{
	(void)e;
	return get_text(q, s, WEB_OPENAPI_JSON, WEB_OPENAPI_JSON_SHA256);
}

int
api_get_scan_schema(struct request *q, struct response *s, struct err *e)
{
	(void)e;
	return get_text(
	    q, s, WEB_SCAN_SCHEMA_JSON, WEB_SCAN_SCHEMA_JSON_SHA256);
}

/* --- problems (RFC 9457) --- */

/* Every type that an answer of the server may name; docs/api.md has them. */
static const struct {
	const char *type;
	unsigned status;
	const char *meaning;
} problems[] = {
	{ "address-too-long", 414,
	    "The address is longer than the server takes: 8192 bytes." },
	{ "bad-address", 400,
	    "The address is none: bad escapes, dots, control characters." },
	{ "bad-head", 400,
	    "The head of the request could be read in two ways, or in "
	    "none." },
	{ "bad-parameter", 400,
	    "A parameter has no value or one that makes no sense, or is said "
	    "twice." },
	{ "bad-request", 400, "The request makes no sense as it stands." },
	{ "body", 413,
	    "The request has a body that is larger than this path takes, "
	    "or takes none." },
	{ "busy", 503,
	    "The server has as much to do as it takes on: try again "
	    "later." },
	{ "cross-site", 403,
	    "A form of another site's page would have changed something." },
	{ "ending", 503,
	    "The server is ending, or being restarted: try again." },
	{ "expectation", 417,
	    "The header Expect asks for what the server does not know." },
	{ "generation-gone", 410,
	    "The generation that a list was read of is not kept any more: "
	    "begin again with its first page." },
	{ "head-too-large", 431,
	    "The head of the request is larger than the server takes." },
	{ "internal", 500, "The server could not answer. Its log says why." },
	{ "limit", 400,
	    "What was asked for is larger than a limit of the server." },
	{ "media-type", 415,
	    "The body is of a type that this path does not take." },
	{ "method", 501, "The server does not know that method." },
	{ "method-not-allowed", 405,
	    "This path does not take that method: Allow says which it "
	    "does." },
	{ "no-daemon", 503,
	    "A sync was asked for, and no `scapcache syncd` runs." },
	{ "no-report", 422,
	    "The verdict is there, and is unknown; of the report that was "
	    "asked for there is none." },
	{ "no-space", 507, "The server has no room for the body." },
	{ "not-found", 404,
	    "Nothing is known under that path, id or name here, in the "
	    "generation that was asked." },
	{ "not-ready", 503,
	    "Nothing is published yet: the first sync is to come." },
	{ "not-scanned", 422,
	    "What was sent is nothing that can be judged. It is no pass." },
	{ "precondition", 412,
	    "A header If-Match or If-Unmodified-Since does not hold." },
	{ "range", 416, "The range that was asked for is not in the file." },
	{ "registry", 502, "The registry does not give the image." },
	{ "scan", 500, "The scan ended without a verdict. It is no pass." },
	{ "scan-killed", 503,
	    "The process that ran the scan was killed, as for want of memory. "
	    "It is no pass: ask again." },
	{ "scope", 403,
	    "The token does not have the scope that this takes: "
	    "docs/access.md." },
	{ "token-needed", 401,
	    "This takes a token, and the one that was shown, if any, is "
	    "not known or has expired." },
	{ "too-many-requests", 429,
	    "One address asks more often than the server allows: Retry- "
	    "After says when to go on." },
	{ "transfer-encoding", 501,
	    "The body is sent in a coding that the server does not know." },
	{ "unavailable", 503,
	    "A part of the server is being started again: try again in a "
	    "few seconds." },
	{ "unknown-parameter", 400,
	    "A parameter is none of this path: to ignore it would answer "
	    "another question." },
};

int
api_get_problem(struct request *q, struct response *s, struct err *e)
{
	struct json_out j;
	size_t i;

	(void)e;
	if (!api_params(q, s, no_names))
		return 0;
	for (i = 0; i < sizeof(problems) / sizeof(*problems); i++)
		if (span_is(q->captures[0], problems[i].type))
			break;
	if (i == sizeof(problems) / sizeof(*problems))
		return problem(
		    s, 404, "not-found", "there is no such type of problem");
	response_json(s, &j);
	json_object(&j, NULL);
	json_str(&j, "type", problems[i].type);
	json_uint(&j, "status", problems[i].status);
	json_str(&j, "meaning", problems[i].meaning);
	json_object_end(&j);
	out_char(&s->out, '\n');
	api_answer(q, s);
	return 0;
}
