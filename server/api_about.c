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

int
api_get_openapi(struct request *q, struct response *s, struct err *e)
{
	(void)e;
	if (!api_params(q, s, no_names))
		return 0;
	out_str(&s->out, WEB_OPENAPI_JSON);
	api_answer(q, s);
	return 0;
}

/* --- problems (RFC 9457) --- */

/* Every type that an answer of the server may name; docs/api.md has them. */
static const struct {
	const char *type;
	unsigned status;
	const char *meaning;
} problems[] = {
	{ "bad-parameter", 400,
	    "A parameter has a value that makes no sense, or is said twice." },
	{ "bad-request", 400, "The request makes no sense as it stands." },
	{ "unknown-parameter", 400,
	    "A parameter is not one of this path: it is refused, since to "
	    "ignore it would answer another question." },
	{ "limit", 400,
	    "What was asked for is larger than a limit of the server." },
	{ "not-found", 404,
	    "Nothing is known under that path, id or name here, in the "
	    "generation that was asked." },
	{ "internal", 500, "The server could not answer. Its log says why." },
	{ "no-daemon", 503,
	    "A sync was asked for, and no `scapcache syncd` runs." },
	{ "unavailable", 503,
	    "A part of the server is being started again: try again in a few "
	    "seconds." },
};

int
api_get_problem(struct request *q, struct response *s, struct err *e)
{
	struct json_out j;
	size_t i;

	(void)e;
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
