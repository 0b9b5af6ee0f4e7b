/* SPDX-License-Identifier: Apache-2.0 */
#include "server/session.h"
#include "tests/unit/table.h"

struct cookie_case {
	const char *name;
	const char *cookie;
	bool is_tls;
	const char *expect; /* "": nothing */
};

static const struct cookie_case cookies[] = {
	{ "one", "scapcache=abc", false, "Bearer abc" },
	{ "among others", "a=b; scapcache=abc; c=d", false, "Bearer abc" },
	{ "none", "a=b", false, "" },
	{ "another's name", "xscapcache=abc", false, "" },
	{ "empty", "scapcache=", false, "" },
	{ "with a blank", "scapcache=a b", false, "" },
	{ "with a quote", "scapcache=\"abc\"", false, "" },
	{ "plain one over TLS", "scapcache=abc", true, "" },
	{ "over TLS", "__Host-scapcache=abc", true, "Bearer abc" },
};

static void
test_cookie(void **state)
{
	const struct cookie_case *c = *state;
	struct request_param header = { SPAN_LIT("cookie"),
		span_of(c->cookie) };
	struct request q = {
		.headers = &header, .n_headers = 1, .is_tls = c->is_tls
	};
	struct span word = session_authorization(&q);

	if (!span_is(word, c->expect))
		fail_msg("%.*s", SPAN_ARG(word));
	arena_cleanup(&q.arena);
}

struct origin_case {
	const char *name;
	const char *site; /* NULL: no such field */
	const char *origin;
	bool expect;
	bool is_tls;
};

static const struct origin_case origins[] = {
	{ "a program", NULL, NULL, true, false },
	{ "our page", "same-origin", "http://cache.example:8080", true, false },
	{ "typed by hand", "none", NULL, true, false },
	{ "another site", "cross-site", "http://evil.example", false, false },
	{ "a neighbour", "same-site", "http://x.cache.example:8080", false,
	    false },
	{ "our origin alone", NULL, "http://cache.example:8080", true, false },
	{ "another origin alone", NULL, "http://evil.example", false, false },
	{ "another port", NULL, "http://cache.example:8081", false, false },
	{ "no origin", NULL, "null", false, false },
	{ "our name within", NULL, "http://cache.example:8080.evil", false,
	    false },
	{ "ours with TLS", NULL, "https://cache.example:8080", true, true },
	{ "ours without", NULL, "http://cache.example:8080", false, true },
};

static void
test_origin(void **state)
{
	const struct origin_case *c = *state;
	struct request_param headers[2];
	struct request q = { .headers = headers,
		.host = SPAN_LIT("cache.example:8080"),
		.is_tls = c->is_tls };

	if (c->site != NULL)
		headers[q.n_headers++] =
		    (struct request_param){ SPAN_LIT("Sec-Fetch-Site"),
			    span_of(c->site) };
	if (c->origin != NULL)
		headers[q.n_headers++] =
		    (struct request_param){ SPAN_LIT("Origin"),
			    span_of(c->origin) };
	assert_int_equal(session_same_origin(&q), c->expect);
}

struct set_case {
	const char *name;
	const char *token;
	bool is_tls;
	const char *expect;
};

static const struct set_case sets[] = {
	{ "plain", "abc", false,
	    "scapcache=abc; Path=/; HttpOnly; SameSite=Strict" },
	{ "TLS", "abc", true,
	    "__Host-scapcache=abc; Path=/; HttpOnly; SameSite=Strict; "
	    "Secure" },
	{ "drop", "", false,
	    "scapcache=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0" },
};

static void
test_set(void **state)
{
	const struct set_case *c = *state;
	struct request q = { .is_tls = c->is_tls };
	struct span text = session_cookie(&q, span_of(c->token));

	if (!span_is(text, c->expect))
		fail_msg("%.*s", SPAN_ARG(text));
	arena_cleanup(&q.arena);
}

struct accept_case {
	const char *name;
	const char *path;
	const char *accept;
	bool expect;
};

static const struct accept_case accepts[] = {
	{ "browser", "/x", "text/html,application/xhtml+xml;q=0.9", true },
	{ "with a weight", "/x", "application/xml, Text/HTML;q=0.8", true },
	{ "program", "/x", "*/*", false },
	{ "nothing", "/x", "", false },
	{ "browser at the API", "/v1/status", "text/html", false },
	{ "browser at the registry", "/v2/x", "text/html", false },
};

static void
test_accept(void **state)
{
	const struct accept_case *c = *state;
	struct request_param header = { SPAN_LIT("Accept"),
		span_of(c->accept) };
	struct request q = {
		.headers = &header, .n_headers = 1, .path = span_of(c->path)
	};

	assert_int_equal(session_wants_page(&q), c->expect);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cookies) + TABLE_N(origins) +
	    TABLE_N(sets) + TABLE_N(accepts)];
	size_t n = 0;

	TABLE_ADD(tests, &n, cookies, test_cookie);
	TABLE_ADD(tests, &n, origins, test_origin);
	TABLE_ADD(tests, &n, sets, test_set);
	TABLE_ADD(tests, &n, accepts, test_accept);
	return cmocka_run_group_tests_name("session", tests, NULL, NULL);
}
