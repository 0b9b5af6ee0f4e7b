/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "tests/unit/server_world.h"

/* Each route says its own path and what its names stand for. */
static int
say(struct request *q, struct response *s, struct err *e)
{
	size_t i;

	(void)e;
	out_printf(&s->out, "%s", q->route->path);
	for (i = 0; i < q->n_captures; i++)
		out_printf(&s->out, " %.*s", SPAN_ARG(q->captures[i]));
	return 0;
}

static int
fail_missing(struct request *q, struct response *s, struct err *e)
{
	(void)q;
	out_str(&s->out, "half an ans");
	return err_set(e, ERR_MISSING, "no such thing");
}

static const struct route first[] = {
	{ VERB_GET, "/", ROUTE_FAST, SCOPE_READ, 0, say },
	{ VERB_GET, "/v2/", ROUTE_FAST, SCOPE_READ, 0, say },
	{ VERB_GET, "/v1/{*}", ROUTE_FAST, SCOPE_READ, 0, say },
	{ VERB_GET, "/v1/cves/{id}", ROUTE_FAST, SCOPE_READ, 0, say },
	{ VERB_POST, "/v1/scan", ROUTE_FAST, SCOPE_SCAN, 0, say },
	{ 0 },
};

static const struct route second[] = {
	{ VERB_GET, "/v1/cves/recent", ROUTE_FAST, SCOPE_READ, 0, say },
	{ VERB_GET, "/v1/{kind}/{name}/x", ROUTE_FAST, SCOPE_READ, 0, say },
	{ VERB_GET, "/v2/{name}/blobs/{digest}", ROUTE_FAST, SCOPE_READ, 0,
	    say },
	{ VERB_GET, "/files/{*}", ROUTE_FAST, SCOPE_READ, 0, say },
	{ VERB_DELETE, "/files/{*}", ROUTE_FAST, SCOPE_ADMIN, 0, say },
	{ VERB_GET, "/missing", ROUTE_FAST, SCOPE_NONE, 0, fail_missing },
	{ 0 },
};

const struct route *const route_tables[] = { first, second, NULL };

struct route_case {
	enum verb verb;
	const char *target;
	unsigned status;
	const char *expect;
};

static const struct route_case cases[] = {
	{ VERB_GET, "/", 200, "/" },
	{ VERB_HEAD, "/", 200, "/" },
	{ VERB_GET, "/v2/", 200, "/v2/" },
	{ VERB_GET, "/v2", 404, NULL },
	{ VERB_GET, "/v1/cves/CVE-1", 200, "/v1/cves/{id} CVE-1" },
	{ VERB_GET, "/v1/cves/CVE%2d1", 200, "/v1/cves/{id} CVE-1" },
	{ VERB_GET, "/v1/cves/recent", 200, "/v1/cves/recent" },
	{ VERB_GET, "/v1/cves/", 200, "/v1/{*} cves/" },
	{ VERB_GET, "/v1/cves/a/b", 200, "/v1/{*} cves/a/b" },
	{ VERB_GET, "/v1/cves/a/x", 200, "/v1/{kind}/{name}/x cves a" },
	{ VERB_GET, "/v1/", 404, NULL },
	{ VERB_GET, "/v1/scan", 405, NULL },
	{ VERB_GET, "/v1/scans", 200, "/v1/{*} scans" },
	{ VERB_POST, "/v1/scan", 403, NULL },
	{ VERB_POST, "/v1/cves/x", 405, NULL },
	{ VERB_DELETE, "/files/a/b", 403, NULL },
	{ VERB_PUT, "/files/a/b", 405, NULL },
	{ VERB_GET, "/files/a/b/", 200, "/files/{*} a/b/" },
	{ VERB_GET, "/files/..", 400, NULL },
	{ VERB_GET, "/v2/n/blobs/sha256:a", 200,
	    "/v2/{name}/blobs/{digest} n sha256:a" },
	{ VERB_GET, "/missing", 404, NULL },
	{ VERB_GET, "/nosuch", 404, NULL },
};

static void
test_route(void **state)
{
	const struct route_case *c = *state;
	struct server_world w;

	server_world_init(&w, -1, NULL);
	server_world_ask(&w, c->verb, c->target);
	assert_int_equal(w.status, c->status);
	if (c->expect != NULL)
		assert_string_equal(buf_str(&w.body), c->expect);
	server_world_cleanup(&w);
}

static void
test_problem(void **state)
{
	struct server_world w;

	(void)state;
	server_world_init(&w, -1, NULL);
	assert_string_equal(server_world_get(&w, "/missing"),
	    "404\n"
	    "Content-Type: application/problem+json\n"
	    "Cache-Control: no-store\n"
	    "\n"
	    "{\n"
	    "  \"type\": \"/problems/not-found\",\n"
	    "  \"title\": \"Not Found\",\n"
	    "  \"status\": 404,\n"
	    "  \"detail\": \"no such thing\"\n"
	    "}\n");
	server_world_cleanup(&w);
}

/* What a path knows, as a 405 tells it. */
static void
test_allowed(void **state)
{
	struct request q = { .verb = VERB_PUT, .path = SPAN_LIT("/files/a") };
	unsigned allowed = 0;

	(void)state;
	assert_null(route_find(&q, &allowed));
	assert_int_equal(
	    allowed, 1u << VERB_GET | 1u << VERB_HEAD | 1u << VERB_DELETE);
	q.path = SPAN_LIT("/nosuch");
	assert_null(route_find(&q, &allowed));
	assert_int_equal(allowed, 0);
}

int
main(void)
{
	struct CMUnitTest tests[sizeof(cases) / sizeof(*cases) + 2];
	size_t n = 0;

	for (; n < sizeof(cases) / sizeof(*cases); n++)
		tests[n] = (struct CMUnitTest){ cases[n].target, test_route,
			NULL, NULL, (void *)(uintptr_t)&cases[n] };
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_problem);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_allowed);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
