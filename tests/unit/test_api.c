/* SPDX-License-Identifier: Apache-2.0 */
/* The reading half of the API, asked without a socket; the desk is a thread. */
#include <pthread.h>

#include "server/view.h"
#include "tests/unit/server_world.h"
#include "tests/unit/site.h"

#define ONE                                                     \
	SITE_FEED("2",                                          \
	    SITE_CVE("CVE-2024-0001", "heap one") "," SITE_CVE( \
		"CVE-2024-0009", "heap nine"))
#define TWO                                                                  \
	SITE_FEED("3",                                                       \
	    SITE_CVE("CVE-2024-0002", "heap two") "," SITE_CVE(              \
		"CVE-2024-0003", "heap three") "," SITE_CVE("CVE-2024-0009", \
		"heap nine"))

static int
hook_status(struct config *c, const char *state, struct out *o, struct err *e)
{
	(void)c;
	(void)state;
	(void)e;
	out_str(o, "{\"generation\":2}");
	return 0;
}

static int
hook_sources(struct config *c, const char *state, struct span name,
    struct out *o, struct err *e)
{
	(void)c;
	(void)state;
	if (!span_is(name, "nvd"))
		return err_set(
		    e, ERR_MISSING, "there is no source %.*s", SPAN_ARG(name));
	out_str(o, "{\"name\":\"nvd\"}");
	return 0;
}

static int
hook_sync(const char *state, const char *const *sources, struct out *said,
    struct err *e)
{
	(void)state;
	if (sources == NULL)
		return err_set(e, ERR_MISSING, "no daemon is running");
	out_printf(said, "asked for %s", sources[0]);
	return 0;
}

static const struct desk_hooks hooks = { hook_status, hook_sources, hook_sync };

struct world {
	struct site site;
	struct view view;
	struct server_world server;
	struct desk_server desk;
	struct ipc ipc;
	pthread_t thread;
};

static struct world the_world;

static void *
run_desk(void *arg)
{
	struct world *w = arg;
	struct err e = { 0 };

	desk_run(&w->ipc, &w->desk, &e);
	return NULL;
}

static int
setup(void **state)
{
	struct world *w = &the_world;
	struct ipc other = { -1 };

	(void)state;
	site_open(&w->site);
	site_publish(&w->site, "nvd", "feed", ONE);
	site_record(&w->site);
	site_at(90000);
	site_publish(&w->site, "nvd", "feed", TWO);
	site_record(&w->site);
	w->view.generation = 2;
	w->view.made = 90000;
	w->view.n_users = 1;
	w->desk =
	    (struct desk_server){ .state = w->site.state, .hooks = &hooks };
	assert_int_equal(ipc_pair(&w->ipc, &other, &w->site.e), 0);
	assert_int_equal(pthread_create(&w->thread, NULL, run_desk, w), 0);
	server_world_init(&w->server, w->site.state.dirfd, &w->view);
	w->server.desk = desk_new(other.fd);
	return 0;
}

static int
teardown(void **state)
{
	struct world *w = &the_world;

	(void)state;
	desk_free(w->server.desk);
	pthread_join(w->thread, NULL);
	ipc_close(&w->ipc);
	server_world_cleanup(&w->server);
	site_close(&w->site);
	return 0;
}

#define TYPED "200\nContent-Type: application/json\n"
#define TAGGED TYPED "ETag: " SCAPCACHE_VERSION
#define LINK(query, offset, relation)                       \
	"</v1/search?" query "&generation=2&offset=" offset \
	">; rel=\"" relation "\""

static const struct api_case {
	const char *name;
	const char *target;
	const char *begins;   /* with what the answer begins */
	const char *parts[3]; /* that are in it */
	const char *absent;   /* what is not */
	enum verb verb;       /* of GET: nothing */
	unsigned scopes;      /* beside read */
} cases[] = {
	{ "a CVE", "/v1/cves/cve-2024-0002",
	    TAGGED "-2-15f90\nCache-Control: no-cache\n"
		   "X-Scapcache-Generation: 2\n",
	    { "\"description\": \"heap two\"" } },
	{ "one that is not there", "/v1/cves/CVE-2024-0001", "404\n",
	    { "nothing here is known of CVE-2024-0001" } },
	{ "no id of a CVE", "/v1/cves/CVE-24-1", "404\n",
	    { "is no id of a CVE" } },
	{ "digits, and no id", "/v1/cves/CVE-2024-00x2", "404\n",
	    { "is no id of a CVE" } },
	{ "of another document", "/v1/cves/CVE-2024-0002?document=other",
	    "404\n", { "from a document other" } },
	{ "of another kind", "/v1/notices/CVE-2024-0002", "404\n" },
	{ "no definition", "/v1/definitions/oval:x:def:1", "404\n" },
	{ "no advisory", "/v1/advisories/CVE-2024-0002", "404\n" },
	{ "no package", "/v1/packages/ubuntu/noble/none", "404\n",
	    { "ubuntu/noble/none" } },
	{ "by the number of the current generation",
	    "/v1/cves/CVE-2024-0002?generation=2",
	    TAGGED "-2-15f90\nCache-Control: max-age=3600\n" },
	{ "by the number of another one", "/v1/cves/CVE-2024-0001?generation=1",
	    TAGGED "-1-3e8\nCache-Control: max-age=3600\n"
		   "X-Scapcache-Generation: 1\n",
	    { "\"description\": \"heap one\"" } },
	{ "by a date", "/v1/cves/CVE-2024-0001?as_of=1970-01-01",
	    TAGGED "-1-3e8\nCache-Control: no-cache\n" },
	{ "by a date, as the command line writes it",
	    "/v1/cves/CVE-2024-0001?as-of=1970-01-01", TAGGED "-1-3e8\n" },
	{ "by a date before the first",
	    "/v1/cves/CVE-2024-0001?as_of=1969-01-01", "404\n",
	    { "nothing was published by" } },
	{ "no date", "/v1/cves/CVE-2024-0001?as_of=soon", "400\n",
	    { "as_of=soon: say the number" } },
	{ "no number", "/v1/cves/CVE-2024-0001?generation=0", "400\n",
	    { "generation=0: say" } },
	{ "no such generation", "/v1/cves/CVE-2024-0001?generation=7", "404\n",
	    { "there is no generation 7" } },
	{ "both", "/v1/cves/CVE-2024-0001?generation=1&as_of=1", "400\n",
	    { "say either" } },
	{ "search", "/v1/search?q=heap", TAGGED "-2-15f90\n",
	    { "\"found\": 3", "\"title\": \"heap two\"" } },
	{ "the first page", "/v1/search?q=heap&limit=1", TAGGED "-2-15f90\n",
	    { LINK("q=heap&limit=1", "0", "first"),
		LINK("q=heap&limit=1", "1", "next"),
		LINK("q=heap&limit=1", "2", "last") },
	    "rel=\"prev\"" },
	{ "one between", "/v1/search?q=heap&offset=1&limit=1",
	    TAGGED "-2-15f90\n",
	    { LINK("q=heap&limit=1", "0", "prev"),
		LINK("q=heap&limit=1", "2", "next"), "\"offset\": 1" } },
	{ "the last page", "/v1/search?limit=2&q=heap&offset=2",
	    TAGGED "-2-15f90\n",
	    { LINK("limit=2&q=heap", "0", "prev"),
		LINK("limit=2&q=heap", "2", "last") },
	    "rel=\"next\"" },
	{ "words in an address", "/v1/search?q=a%22+%3E%3Bheap",
	    TAGGED "-2-15f90\n",
	    { "</v1/search?q=a%22%20%3E%3Bheap&generation=2&offset=0>; "
	      "rel=\"first\"" } },
	{ "a page of the past", "/v1/search?q=heap&limit=1&as_of=1",
	    TAGGED "-1-3e8\n",
	    { "</v1/search?q=heap&limit=1&generation=1&offset=1>; "
	      "rel=\"next\"" },
	    "as_of" },
	{ "behind the last page", "/v1/search?q=heap&offset=9",
	    TAGGED "-2-15f90\n", { "\"found\": 3", "\"records\": []" } },
	{ "another kind", "/v1/search?q=heap&kind=notice", TAGGED "-2-15f90\n",
	    { "\"found\": 0" } },
	{ "no such kind", "/v1/search?q=heap&kind=cves", "400\n",
	    { "kind is cve, notice" } },
	{ "no words", "/v1/search", "400\n", { "there is no word in" } },
	{ "limit of none", "/v1/search?q=heap&limit=0", "400\n",
	    { "limit is a number from 1 to 1000" } },
	{ "limit of too many", "/v1/search?q=heap&limit=1001", "400\n" },
	{ "offset of none", "/v1/search?q=heap&offset=-1", "400\n",
	    { "offset is a number" } },
	{ "a parameter it does not know", "/v1/search?q=heap&docment=x",
	    "400\n",
	    { "/problems/unknown-parameter",
		"there is no parameter docment" } },
	{ "a parameter twice", "/v1/search?q=heap&q=x", "400\n",
	    { "q is said more than once" } },
	{ "a parameter without a value", "/v1/cves?as_of=", "400\n",
	    { "as_of has no value: leave it out" } },
	{ "a parameter by both of its names", "/v1/cves?as_of=2&as-of=1",
	    "400\n", { "as-of is said more than once" } },
	{ "CVEs, the newest first", "/v1/cves", TAGGED "-2-15f90\n",
	    { "\"found\": 3",
		"\"cves\": [\n    {\n      \"id\": \"CVE-2024-0009\"",
		"\"cvss\": null" } },
	{ "a page of them", "/v1/cves?limit=1&offset=2", TAGGED "-2-15f90\n",
	    { "\"id\": \"CVE-2024-0002\"", "rel=\"prev\"" }, "rel=\"next\"" },
	{ "by words", "/v1/cves?q=three", TAGGED "-2-15f90\n",
	    { "\"found\": 1", "\"CVE-2024-0003\"" } },
	{ "none that are exploited", "/v1/cves?exploited=yes",
	    TAGGED "-2-15f90\n", { "\"found\": 0" } },
	{ "exploited, perhaps", "/v1/cves?exploited=no", "400\n" },
	{ "no severity", "/v1/cves?severity=worst", "400\n" },
	{ "severities", "/v1/cves?severity=HIGH,critical", TAGGED "-2-15f90\n",
	    { "\"found\": 0" } },
	{ "no product", "/v1/cves?product=openssl", "400\n" },
	{ "a product", "/v1/cves?product=cpe:2.3:a:openssl",
	    TAGGED "-2-15f90\n" },
	{ "since no date", "/v1/cves?modified_since=soon", "400\n" },
	{ "CVEs of the past", "/v1/cves?generation=1", TAGGED "-1-3e8\n",
	    { "\"found\": 2" } },
	{ "documents", "/v1/documents", TAGGED "-2-15f90\n",
	    { "\"name\": \"feed\"", "\"records\": 3" } },
	{ "a document", "/v1/documents/feed", TAGGED "-2-15f90\n",
	    { "\"format\": \"nvd\"" } },
	{ "no document", "/v1/documents/x", "404\n", { "/v1/documents" } },
	{ "changes", "/v1/changes?since=1", TAGGED "-2-15f90\n",
	    { "\"found\": 3", "\"id\": \"CVE-2024-0001\"" } },
	{ "a page of them", "/v1/changes?since=1&limit=1&offset=1",
	    TAGGED "-2-15f90\n",
	    { "\"id\": \"CVE-2024-0002\"",
		"</v1/changes?since=1&limit=1&generation=2&offset=2>; "
		"rel=\"next\"",
		"rel=\"prev\"" },
	    "CVE-2024-0001" },
	{ "up to a generation", "/v1/changes?since=1&generation=1",
	    TAGGED "-1-3e8\n", { "\"found\": 0", "generation=1&offset=0" } },
	{ "up to none", "/v1/changes?since=1&generation=7", "404\n" },
	{ "up to no number", "/v1/changes?since=1&generation=x", "400\n" },
	{ "since when", "/v1/changes", "400\n", { "say since when" } },
	{ "since before all", "/v1/changes?since=1969-01-01", "404\n" },
	{ "status", "/v1/status", TYPED "Cache-Control: no-cache\n",
	    { "{\"generation\":2}" } },
	{ "a source", "/v1/sources/nvd", TYPED, { "\"nvd\"" } },
	{ "no source", "/v1/sources/x", "404\n", { "there is no source x" } },
	{ "generations", "/v1/generations?limit=1", TYPED "ETag: ",
	    { "Link: </v1/generations?limit=1&before=2>; rel=\"next\"" } },
	{ "the other page", "/v1/generations?limit=1&before=2",
	    TYPED "ETag: ", { "\"generation\": 1" }, "Link" },
	{ "a generation", "/v1/generations/1", TYPED "ETag: ",
	    { "\"event\": \"published\"", "\"name\": \"feed\"" } },
	{ "no generation", "/v1/generations/9", "404\n" },
	{ "no number of one", "/v1/generations/x", "404\n" },
	{ "too many rows", "/v1/runs?limit=1001", "400\n" },
	{ "runs", "/v1/runs", TYPED "ETag: ", { "\"runs\": []" }, "Link" },
	{ "a sync without a token", "/v1/sync", "403\n", { "the scope sync" },
	    NULL, VERB_POST },
	{ "a sync without a daemon", "/v1/sync", "503\n",
	    { "/problems/no-daemon" }, NULL, VERB_POST, 1u << SCOPE_SYNC },
	{ "a sync", "/v1/sync?source=nvd&source=usn",
	    "202\nContent-Type: application/json\nCache-Control: no-store\n"
	    "Location: /v1/runs\n",
	    { "\"asked for nvd\"", "\"usn\"" }, NULL, VERB_POST,
	    1u << SCOPE_SYNC },
	{ "a sync of what is no name", "/v1/sync?source=..%2Fx", "400\n", { 0 },
	    NULL, VERB_POST, 1u << SCOPE_SYNC },
	{ "a sync of something else", "/v1/sync?sources=x", "400\n", { 0 },
	    NULL, VERB_POST, 1u << SCOPE_SYNC },
	{ "the log, for everybody", "/v1/audit", TYPED "ETag: ",
	    { "private, no-cache", "\"address\": null" }, "127.0.0.1" },
	{ "the log, for who may see it", "/v1/audit",
	    TYPED "ETag: ", { "\"address\": \"127.0.0.1\"" }, NULL, VERB_NONE,
	    1u << SCOPE_ADMIN },
	{ "where to go", "/v1",
	    TYPED "ETag: ", { "rel=\"service-desc\"", "\"generation\": 2" } },
	{ "the description", "/v1/openapi.json",
	    TYPED "ETag: ", { "\"openapi\": \"3.1.0\"" } },
	{ "a type of problem", "/problems/no-daemon",
	    TYPED "ETag: ", { "\"status\": 503" } },
	{ "no type of problem", "/problems/none", "404\n" },
};

static void
expect(const struct api_case *c, const char *said)
{
	size_t i;

	if (!span_has_prefix(span_of(said), c->begins))
		fail_msg("it does not begin with %s: %s", c->begins, said);
	for (i = 0; i < TABLE_N(c->parts) && c->parts[i] != NULL; i++)
		if (strstr(said, c->parts[i]) == NULL)
			fail_msg("%s is not in %s", c->parts[i], said);
	if (c->absent != NULL && strstr(said, c->absent) != NULL)
		fail_msg("%s is in %s", c->absent, said);
}

static void
test_api(void **state)
{
	const struct api_case *c = *state;
	struct server_world *w = &the_world.server;

	w->scopes = 1u << SCOPE_READ | c->scopes;
	expect(c,
	    server_world_ask(
		w, c->verb == VERB_NONE ? VERB_GET : c->verb, c->target));
}

/* Before the first sync lists are empty, which is no error; whether a record
 * is known nobody can tell. */
static const struct api_case empty_cases[] = {
	{ "nothing: documents", "/v1/documents", TAGGED "-0-0\n",
	    { "\"documents\": []" } },
	{ "nothing: search", "/v1/search?q=heap", TAGGED "-0-0\n",
	    { "\"found\": 0" } },
	{ "nothing: CVEs", "/v1/cves", TAGGED "-0-0\n", { "\"found\": 0" } },
	{ "nothing: a CVE", "/v1/cves/CVE-2024-0002", "503\n",
	    { "nothing is published yet: `scapcache sync`" } },
};

static void
test_empty(void **state)
{
	struct server_world w;
	struct tmp tmp;

	tmp_init(&tmp);
	server_world_init(&w, tmp.dirfd, NULL);
	expect(*state,
	    server_world_get(&w, ((const struct api_case *)*state)->target));
	server_world_cleanup(&w);
	tmp_cleanup(&tmp);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + TABLE_N(empty_cases)] = { 0 };
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_api);
	TABLE_ADD(tests, &n, empty_cases, test_empty);
	return _cmocka_run_group_tests("api", tests, n, setup, teardown);
}
