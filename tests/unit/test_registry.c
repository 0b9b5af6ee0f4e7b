/* SPDX-License-Identifier: Apache-2.0 */
/* Pulling, on the side that has no network: asks, tokens, what breaks. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "content/registry.h"
#include "content/registry_reference.h"
#include "tests/unit/table.h"

#define STEPS_MAX 6
#define M REGISTRY_MANIFEST
#define B REGISTRY_BLOB
#define T REGISTRY_TOKEN
#define NONE HTTP_SCHEME_NONE
#define BASIC HTTP_SCHEME_BASIC
#define BEARER HTTP_SCHEME_BEARER
#define TOKEN_1 "{\"token\":\"t1\"}"
#define TOKEN_2 "{\"access_token\":\"t2\",\"expires_in\":60}"

/* What is expected to be asked, and what is answered to it. */
struct step {
	enum registry_kind kind; /* 0: the end */
	const char *token;       /* shown, NULL: none */
	uint64_t offset;
	unsigned status;
	enum http_scheme scheme;
	const char *body;
	unsigned end_status; /* how the body ends */
	const char *end;     /* NULL: well */
	const char *digest;  /* told with it */
};

struct pull_case {
	const char *name;
	enum registry_kind kind;
	struct step steps[STEPS_MAX];
	const char *expect; /* bytes, "!" and the error behind them */
	enum err_code code;
};

static const struct pull_case cases[] = {
	{ "a manifest", M, { { M, NULL, 0, 200, NONE, "m" } }, "m", 0 },
	{ "a manifest for a token", M,
	    { { M, NULL, 0, 401, BEARER }, { T, NULL, 0, 200, NONE, TOKEN_1 },
		{ M, "t1", 0, 200, NONE, "m" } },
	    "m", 0 },
	{ "a manifest for a password", M,
	    { { M, NULL, 0, 401, BASIC }, { M, NULL, 0, 200, NONE, "m" } }, "m",
	    0 },
	{ "a token is not enough", M,
	    { { M, NULL, 0, 401, BEARER }, { T, NULL, 0, 200, NONE, TOKEN_1 },
		{ M, "t1", 0, 401, BEARER } },
	    "!the registry answered 401", ERR_NETWORK },
	{ "nothing helps", M, { { M, NULL, 0, 401, NONE } },
	    "!the registry answered 401", ERR_NETWORK },
	{ "no token", M,
	    { { M, NULL, 0, 401, BEARER }, { T, NULL, 0, 403, NONE } },
	    "!the registry answered 403", ERR_NETWORK },
	{ "a token service that speaks otherwise", M,
	    { { M, NULL, 0, 401, BEARER }, { T, NULL, 0, 200, NONE, "<p>" } },
	    "!the token service's answer: byte 1: not valid JSON", ERR_FORMAT },
	{ "a token with a line's end", M,
	    { { M, NULL, 0, 401, BEARER },
		{ T, NULL, 0, 200, NONE, "{\"token\":\"a\\r\\nb\"}" } },
	    "!the token service's answer: holds no token", ERR_FORMAT },
	{ "no image", M, { { M, NULL, 0, 404, NONE } },
	    "!the registry has no such image", ERR_MISSING },
	{ "a manifest that breaks off", M,
	    { { M, NULL, 0, 200, NONE, "part", 0, "broke" },
		{ M, NULL, 0, 200, NONE, "m" } },
	    "m", 0 },
	{ "a manifest that always does", M,
	    { { M, NULL, 0, 200, NONE, "part", 0, "broke" },
		{ M, NULL, 0, 200, NONE, "part", 0, "broke" },
		{ M, NULL, 0, 200, NONE, "part", 0, "broke" } },
	    "!the manifest: broke", ERR_NETWORK },
	{ "a digest that is told", M,
	    { { M, NULL, 0, 200, NONE, "m", 0, NULL,
		"sha256:62c66a7a5dd70c3146618063c344e531e6d4b59e379808443ce962b"
		"3abd63c5a" } },
	    "m", 0 },
	{ "another digest", M,
	    { { M, NULL, 0, 200, NONE, "n", 0, NULL,
		"sha256:62c66a7a5dd70c3146618063c344e531e6d4b59e379808443ce962b"
		"3abd63c5a" } },
	    "!the manifest's bytes do not have the digest that the registry "
	    "says",
	    ERR_UNTRUSTED },
	{ "a blob", B, { { B, NULL, 0, 200, NONE, "blob" } }, "blob", 0 },
	{ "an empty blob", B, { { B, NULL, 0, 200, NONE, "" } }, "", 0 },
	{ "no blob", B, { { B, NULL, 0, 404, NONE } },
	    "!the registry does not have it", ERR_MISSING },
	{ "a blob that breaks off", B,
	    { { B, NULL, 0, 200, NONE, "bl", 0, "broke" } }, "bl!broke",
	    ERR_NETWORK },
	{ "a token that runs out in a blob", B,
	    { { B, NULL, 0, 401, BEARER }, { T, NULL, 0, 200, NONE, TOKEN_1 },
		{ B, "t1", 0, 200, NONE, "bl", 401, "no more" },
		{ B, "t1", 2, 401, BEARER }, { T, NULL, 0, 200, NONE, TOKEN_2 },
		{ B, "t2", 2, 206, NONE, "ob" } },
	    "blob", 0 },
	{ "and cannot be made anew", B,
	    { { B, NULL, 0, 200, NONE, "bl", 401, "no more" },
		{ B, NULL, 2, 401, BEARER }, { T, NULL, 0, 403, NONE } },
	    "bl!the registry answered 403", ERR_NETWORK },
	{ "a password that is refused again and again", B,
	    { { B, NULL, 0, 200, NONE, "b", 401, "no more" },
		{ B, NULL, 1, 206, NONE, "l", 401, "no more" },
		{ B, NULL, 2, 206, NONE, "o", 401, "no more" },
		{ B, NULL, 3, 206, NONE, "b", 401, "no more" } },
	    "blob!no more", ERR_NETWORK },
};

/* The script and where it stands. */
struct script {
	const struct step *next;
	const struct step *open; /* whose body is not ended */
};

static int
ask(void *ctx, const struct registry_ask *asked, struct http_answer *out,
    int *fd, struct err *e)
{
	struct script *s = ctx;
	const struct step *step = s->next++;
	struct registry_ask copy;
	struct buf b = { 0 };
	int ends[2];

	(void)e;
	assert_null(s->open);
	assert_int_equal(asked->kind, step->kind);
	assert_int_equal(asked->offset, step->offset);
	assert_true(span_eq(asked->token, span_of(step->token)));
	registry_ask_pack(&b, asked); /* as it goes to the main process */
	assert_true(registry_ask_read(buf_span(&b), &copy));
	assert_int_equal(copy.size_max, asked->size_max);
	buf_cleanup(&b);
	*out = (struct http_answer){ .status = step->status,
		.challenge = { .scheme = step->scheme },
		.content_digest = span_of(step->digest) };
	if (!http_has_body(out))
		return 0;
	assert_int_equal(pipe(ends), 0);
	assert_int_equal(write(ends[1], step->body, strlen(step->body)),
	    (ssize_t)strlen(step->body));
	close(ends[1]);
	*fd = ends[0];
	s->open = step;
	return 0;
}

static int
end(void *ctx, struct http_end *out, struct err *e)
{
	struct script *s = ctx;

	(void)e;
	assert_non_null(s->open);
	*out = (struct http_end){ .status = s->open->end_status };
	if (s->open->end != NULL)
		err_set(&out->error, ERR_NETWORK, "%s", s->open->end);
	s->open = NULL;
	return 0;
}

static int
pull_blob(struct registry *r, struct buf *out, struct err *e)
{
	const struct digest d = { { 1 } };
	struct registry_blob b;
	char some[3];
	size_t n = 1;
	int rc = registry_blob_open(&b, r, &d, 1000, e);

	while (rc == 0 && n > 0) {
		rc = registry_blob_read(&b, some, sizeof(some), &n, e);
		if (rc == 0)
			buf_add(out, some, n);
	}
	registry_blob_close(&b);
	return rc;
}

static void
test_pull(void **state)
{
	const struct pull_case *c = *state;
	struct script s = { .next = c->steps };
	struct registry r = { .transport = { &s, ask, end } };
	struct buf got = { 0 };
	struct err e = { 0 };
	int rc;

	rc = c->kind == M ? registry_manifest(&r, NULL, &got, &e)
			  : pull_blob(&r, &got, &e);
	if (rc != 0) {
		if (c->kind == M)
			buf_reset(&got);
		buf_printf(&got, "!%s", e.msg);
	}
	assert_string_equal(buf_str(&got), c->expect);
	assert_int_equal(rc == 0 ? ERR_NONE : e.code, c->code);
	assert_true(s.next == c->steps + STEPS_MAX || s.next->kind == 0);
	assert_null(s.open);
	registry_cleanup(&r);
	buf_cleanup(&got);
}

/* A blob that nobody reads to its end is ended all the same. */
static void
test_close(void **state)
{
	const struct step steps[] = { { B, NULL, 0, 200, NONE, "blob" },
		{ B, NULL, 0, 200, NONE, "blob" } };
	struct script s = { .next = steps };
	struct registry r = { .transport = { &s, ask, end } };
	const struct digest d = { { 1 } };
	struct registry_blob b;
	struct err e = { 0 };
	char some[2];
	size_t n;

	(void)state;
	assert_int_equal(registry_blob_open(&b, &r, &d, 1000, &e), 0);
	assert_int_equal(registry_blob_read(&b, some, 2, &n, &e), 0);
	registry_blob_close(&b);
	assert_null(s.open);
	registry_blob_close(&b);
	assert_int_equal(registry_blob_open(&b, &r, &d, 1000, &e), 0);
	registry_blob_close(&b);
	registry_cleanup(&r);
}

struct ask_case {
	const char *name;
	struct registry_ask ask;
	bool makes_sense;
};

static const struct ask_case asks[] = {
	{ "a manifest", { .kind = M, .size_max = 1 }, true },
	{ "a blob", { .kind = B, .has_digest = true, .size_max = 1 }, true },
	{ "a blob's rest",
	    { .kind = B, .has_digest = true, .offset = 1, .size_max = 2 },
	    true },
	{ "a token", { .kind = T, .size_max = 1 }, true },
	{ "nothing", { .size_max = 1 }, false },
	{ "what there is not", { .kind = T + 1, .size_max = 1 }, false },
	{ "a blob without a digest", { .kind = B, .size_max = 1 }, false },
	{ "a manifest's rest", { .kind = M, .offset = 1, .size_max = 2 },
	    false },
	{ "from beyond its end",
	    { .kind = B, .has_digest = true, .offset = 3, .size_max = 2 },
	    false },
	{ "more than there can be",
	    { .kind = B, .has_digest = true, .size_max = UINT64_MAX }, false },
	{ "a token with a line's end",
	    { .kind = M, .size_max = 1, .token = { "a\r\nb", 4 } }, false },
	{ "a token with a blank",
	    { .kind = M, .size_max = 1, .token = { "a b", 3 } }, false },
};

static void
test_ask(void **state)
{
	const struct ask_case *c = *state;
	struct registry_ask got;
	struct buf b = { 0 };

	registry_ask_pack(&b, &c->ask);
	assert_int_equal(registry_ask_read(buf_span(&b), &got), c->makes_sense);
	buf_add_char(&b, 'x');
	assert_false(registry_ask_read(buf_span(&b), &got));
	assert_false(registry_ask_read(span_first(buf_span(&b), 3), &got));
	buf_cleanup(&b);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + TABLE_N(asks) + 1] = {
		cmocka_unit_test(test_close),
	};
	size_t n = 1;

	TABLE_ADD(tests, &n, cases, test_pull);
	TABLE_ADD(tests, &n, asks, test_ask);
	return cmocka_run_group_tests_name("registry", tests, NULL, NULL);
}
