/* SPDX-License-Identifier: Apache-2.0 */
/* Pushing, on the side that has no network: what is asked in which order. */
#include <string.h>
#include <unistd.h>

#include "content/registry_push.h"
#include "tests/unit/table.h"

#define STEPS_MAX 12
#define HAS REGISTRY_HAS
#define HAS_M REGISTRY_HAS_MANIFEST
#define OPEN REGISTRY_OPEN
#define PUT REGISTRY_PUT
#define PUT_M REGISTRY_PUT_MANIFEST
#define T REGISTRY_TOKEN
#define BASIC HTTP_SCHEME_BASIC
#define BEARER HTTP_SCHEME_BEARER
#define NONE HTTP_SCHEME_NONE
#define OURS      \
	"sha256:" \
	"0100000000000000000000000000000000000000000000000000000000000000"
#define OTHER     \
	"sha256:" \
	"0200000000000000000000000000000000000000000000000000000000000000"
#define DIGEST(d) NONE, NULL, d, 0
#define BROKE(text) NONE, text, NULL, ERR_NETWORK

/* What is expected to be asked, and what is answered to it. */
struct step {
	enum registry_kind kind; /* 0: the end */
	unsigned status;
	enum http_scheme scheme;
	const char *text;   /* of the error; a token's answer */
	const char *digest; /* told */
	enum err_code code; /* of the error */
};

struct push_case {
	const char *name;
	struct step steps[STEPS_MAX];
	int rc;
	const char *expect; /* the error */
	bool manifest;
};

static const struct push_case cases[] = {
	{ "a blob", { { HAS, 404 }, { OPEN, 202 }, { PUT, 201 } }, 1 },
	{ "one that is there", { { HAS, 200 } }, 0 },
	{ "one that has the digest it should",
	    { { HAS, 404 }, { OPEN, 202 }, { PUT, 201, DIGEST(OURS) } }, 1 },
	{ "one that has another",
	    { { HAS, 404 }, { OPEN, 202 }, { PUT, 201, DIGEST(OTHER) } }, -1,
	    "the registry says that it has other bytes than were sent" },
	{ "for a token",
	    { { HAS, 401, BEARER }, { T, 200, NONE, "{\"token\":\"t\"}" },
		{ HAS, 404 }, { OPEN, 202 }, { PUT, 201 } },
	    1 },
	{ "for a password",
	    { { HAS, 401, BASIC }, { HAS, 404 }, { OPEN, 202 }, { PUT, 201 } },
	    1 },
	{ "for a token that ends before it is put",
	    { { HAS, 404 }, { OPEN, 202 }, { PUT, 401, BEARER },
		{ T, 200, NONE, "{\"token\":\"t\"}" }, { PUT, 201 } },
	    1 },
	{ "by who may not",
	    { { HAS, 404 }, { OPEN, 401, BEARER },
		{ T, 200, NONE, "{\"token\":\"t\"}" }, { OPEN, 401, BEARER } },
	    -1, "the registry answered 401" },
	{ "where nobody may", { { HAS, 404 }, { OPEN, 403 } }, -1,
	    "the registry lets nobody push there" },
	{ "where nothing is taken", { { HAS, 404 }, { OPEN, 405 } }, -1,
	    "the registry takes nothing" },
	{ "where there is no such name", { { HAS, 404 }, { OPEN, 404 } }, -1,
	    "the registry has no such name, or takes nothing" },
	{ "too large", { { HAS, 404 }, { OPEN, 202 }, { PUT, 413 } }, -1,
	    "the registry takes nothing of that size" },
	{ "not understood", { { HAS, 404 }, { OPEN, 202 }, { PUT, 400 } }, -1,
	    "the registry answered 400" },
	{ "that breaks off",
	    { { HAS, 404 }, { OPEN, 202 }, { PUT, 0, BROKE("broke") },
		{ HAS, 404 }, { OPEN, 202 }, { PUT, 201 } },
	    1 },
	{ "that broke off behind its end",
	    { { HAS, 404 }, { OPEN, 202 }, { PUT, 0, BROKE("broke") },
		{ HAS, 200 } },
	    0 },
	{ "whose upload was forgotten",
	    { { HAS, 404 }, { OPEN, 202 }, { PUT, 404 }, { HAS, 404 },
		{ OPEN, 202 }, { PUT, 201 } },
	    1 },
	{ "that always breaks off",
	    { { HAS, 404 }, { OPEN, 202 }, { PUT, 0, BROKE("broke") },
		{ HAS, 404 }, { OPEN, 202 }, { PUT, 0, BROKE("broke") },
		{ HAS, 404 }, { OPEN, 202 }, { PUT, 0, BROKE("broke") } },
	    -1, "broke" },
	{ "nobody there", { { HAS, 0, BROKE("no connection") } }, -1,
	    "no connection" },
	{ "a manifest", { { HAS_M, 404 }, { PUT_M, 201 } }, 1, NULL, true },
	{ "a manifest that is there", { { HAS_M, 200, DIGEST(OURS) } }, 0, NULL,
	    true },
	{ "a tag of something else",
	    { { HAS_M, 200, DIGEST(OTHER) }, { PUT_M, 201, DIGEST(OURS) } }, 1,
	    NULL, true },
	{ "a tag of who knows what", { { HAS_M, 200 }, { PUT_M, 201 } }, 1,
	    NULL, true },
	{ "a manifest that breaks off",
	    { { HAS_M, 404 }, { PUT_M, 0, BROKE("broke") }, { HAS_M, 404 },
		{ PUT_M, 201 } },
	    1, NULL, true },
};

static int
ask(void *ctx, const struct registry_ask *asked, struct http_answer *out,
    int *fd, struct err *e)
{
	const struct step **next = ctx, *step = (*next)++;
	struct registry_ask copy;
	struct buf b = { 0 };
	int ends[2];

	(void)e;
	assert_int_equal(asked->kind, step->kind);
	registry_ask_pack(&b, asked); /* as it goes to the main process */
	assert_true(registry_ask_read(buf_span(&b), &copy));
	if (asked->kind == PUT || asked->kind == PUT_M) {
		assert_int_equal(copy.offset, 512);
		assert_int_equal(copy.size_max, 7);
	}
	buf_cleanup(&b);
	*out = (struct http_answer){ .status = step->status,
		.is_bare = step->kind != T,
		.challenge = { .scheme = step->scheme },
		.content_digest = span_of(step->digest) };
	if (step->code != ERR_NONE)
		err_set(&out->error, step->code, "%s", step->text);
	if (!http_has_body(out))
		return 0;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], step->text, strlen(step->text)),
	    (ssize_t)strlen(step->text));
	close(ends[1]);
	*fd = ends[0];
	return 0;
}

static int
end(void *ctx, struct http_end *out, struct err *e)
{
	(void)ctx;
	(void)e;
	*out = (struct http_end){ 0 };
	return 0;
}

static void
test_push(void **state)
{
	const struct push_case *c = *state;
	const struct step *next = c->steps;
	const struct registry_bytes bytes = { { { 1 } }, 512, 7 };
	struct registry r = { .transport = { &next, ask, end } };
	struct err e = { 0 };
	int rc = c->manifest ? registry_push_manifest(&r, &bytes, &e)
			     : registry_push_blob(&r, &bytes, &e);

	assert_int_equal(rc, c->rc);
	if (rc == -1)
		assert_string_equal(e.msg, c->expect);
	assert_true(next == c->steps + STEPS_MAX || next->kind == 0);
	registry_cleanup(&r);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases)];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_push);
	return cmocka_run_group_tests_name("registry_push", tests, NULL, NULL);
}
