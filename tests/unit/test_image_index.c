/* SPDX-License-Identifier: Apache-2.0 */
/* Which image of an index is taken. */
#include "scanner/facts.h"
#include "tests/unit/image_store.h"
#include "tests/unit/table.h"

#define AMD64 "\"platform\":{\"os\":\"linux\",\"architecture\":\"amd64\"}"
#define ARM64                                                        \
	"\"platform\":{\"os\":\"linux\",\"architecture\":\"arm64\"," \
	"\"variant\":\"v8\"}"
#define NOBODY                                               \
	"\"platform\":{\"os\":\"unknown\",\"architecture\":" \
	"\"unknown\"}"
#define NAME(n) "\"annotations\":{\"org.opencontainers.image.ref.name\":" n "}"
#define ATTESTS \
	"\"annotations\":{\"vnd.docker.reference.type\":\"attestation-manifest\"}"
/* The image, and one that is not there. */
#define REAL "\"digest\":\"sha256:@\""
#define FALSE_                 \
	"\"digest\":\"sha256:" \
	"1111111111111111111111111111111111111111111111111111111111111111\""

struct index_case {
	const char *name;
	const char *manifests; /* @: the digest of the real one */
	const char *tag;
	const char *platform;
	const char *failed; /* NULL: the real one was taken */
	enum err_code code;
};

#define NOT_THERE                                                          \
	"blobs/sha256/"                                                    \
	"1111111111111111111111111111111111111111111111111111111111111111" \
	": not there"

static const struct index_case cases[] = {
	{ "one", "{" REAL "}", NULL, NULL, NULL, 0 },
	{ "one of the platform", "{" REAL "," AMD64 "}", NULL, "linux/amd64",
	    NULL, 0 },
	{ "attestations are passed over",
	    "{" FALSE_ "," NOBODY "},{" FALSE_ "," ATTESTS "},{" REAL "}", NULL,
	    NULL, NULL, 0 },
	{ "by platform", "{" FALSE_ "," ARM64 "},{" REAL "," AMD64 "}", NULL,
	    "linux/amd64", NULL, 0 },
	{ "by platform and variant",
	    "{" FALSE_ "," ARM64 "},{" REAL "," AMD64 "}", NULL,
	    "linux/arm64/v8", NOT_THERE, ERR_MISSING },
	{ "no such platform", "{" REAL "," AMD64 "},{" FALSE_ "," ARM64 "}",
	    NULL, "linux/s390x",
	    "there is no image for linux/s390x, only for linux/amd64, "
	    "linux/arm64/v8",
	    ERR_MISSING },
	{ "by name",
	    "{" FALSE_ "," NAME("\"a\"") "},{" REAL "," NAME("\"b\"") "}", "b",
	    NULL, NULL, 0 },
	{ "by the tag of a long name",
	    "{" FALSE_ "," NAME("\"a\"") "},{" REAL
					 "," NAME("\"host/b:v1\"") "}",
	    "v1", NULL, NULL, 0 },
	{ "no such name", "{" REAL "," NAME("\"a\"") "}", "c", NULL,
	    "no image is called c; there is a", ERR_MISSING },
	{ "a part of a name is no name", "{" REAL "," NAME("\"abc\"") "}", "c",
	    NULL, "no image is called c; there is abc", ERR_MISSING },
	{ "several names, and none is asked for",
	    "{" REAL "," NAME("\"a\"") "},{" FALSE_ "," NAME("\"b\"") "}", NULL,
	    NULL, "there are several images, say which behind a colon: a, b",
	    ERR_FORMAT },
	{ "nothing", "", NULL, NULL, "there is no image in it", ERR_MISSING },
	{ "attestations only", "{" REAL "," NOBODY "}", NULL, NULL,
	    "there is no image in it", ERR_MISSING },
	{ "a digest that is none", "{\"digest\":\"sha256:12\"}", NULL, NULL,
	    "index.json: an image without a SHA-256 digest", ERR_FORMAT },
	{ "another kind of digest", "{\"digest\":\"sha512:12\"}", NULL, NULL,
	    "index.json: an image without a SHA-256 digest", ERR_FORMAT },
	{ "no object", "7", NULL, NULL,
	    "index.json: an image without a SHA-256 digest", ERR_FORMAT },
};

/* The digest of the manifest that store_make() wrote. */
static void
real_digest(const struct tmp *t, char hex[DIGEST_HEX_SIZE])
{
	struct buf json = { 0 };
	struct err e;
	const char *at;

	assert_int_equal(
	    file_read(t->dirfd, "image/index.json", 65536, &json, &e), 0);
	at = strstr(buf_str(&json), "sha256:");
	if (at == NULL)
		abort();
	snprintf(hex, DIGEST_HEX_SIZE, "%s", at + 7);
	buf_cleanup(&json);
}

static void
write_index(const struct tmp *t, const char *name, const char *manifests)
{
	char hex[DIGEST_HEX_SIZE];
	struct buf json = { 0 };

	real_digest(t, hex);
	buf_add_str(&json, "{\"schemaVersion\":2,\"manifests\":[");
	for (; *manifests != '\0'; manifests++)
		if (*manifests == '@')
			buf_add_str(&json, hex);
		else
			buf_add_char(&json, *manifests);
	buf_add_str(&json, "]}");
	store_write(t, name, buf_span(&json));
	buf_cleanup(&json);
}

static int
gather(const struct tmp *t, const struct index_case *c, struct facts *f,
    struct err *e)
{
	const struct want_list none = { 0 };
	struct target target = { .transport = TRANSPORT_OCI };
	struct arena a = { 0 };
	char path[128];
	int rc;

	snprintf(path, sizeof(path), "%s/image", t->path);
	target.path = target.text = path;
	if (c->tag != NULL)
		target.tag = arena_str(&a, span_of(c->tag));
	if (c->platform != NULL)
		target.platform = arena_str(&a, span_of(c->platform));
	rc = facts_gather(f, &target, &none, e);
	arena_cleanup(&a);
	return rc;
}

/* what is wrong stands behind the image's path. */
static void
check(int rc, const struct index_case *c, const struct err *e)
{
	assert_int_equal(e->code, c->code);
	assert_int_equal(rc, c->failed == NULL ? 0 : -1);
	if (c->failed != NULL)
		assert_string_equal(strchr(e->msg, ' ') + 1, c->failed);
}

static void
test_choice(void **state)
{
	const struct index_case *c = *state;
	struct facts f = { 0 };
	struct err e = { 0 };
	struct tmp t;
	int rc;

	tmp_init(&t);
	store_make(&t, "f etc/a 1", STORE_OCI, STORE_SOUND);
	write_index(&t, "image/index.json", c->manifests);
	rc = gather(&t, c, &f, &e);
	check(rc, c, &e);
	facts_cleanup(&f);
	tmp_cleanup(&t);
}

/* Index in index, so many deep. */
static void
nest(const struct tmp *t, int depth)
{
	struct buf json = { 0 };
	char name[128], manifests[256], hex[DIGEST_HEX_SIZE];
	struct err e;

	while (depth-- > 0) {
		buf_reset(&json);
		assert_int_equal(
		    file_read(t->dirfd, "image/index.json", 65536, &json, &e),
		    0);
		make_hex(buf_span(&json), hex);
		snprintf(name, sizeof(name), "image/blobs/sha256/%s", hex);
		store_write(t, name, buf_span(&json));
		snprintf(manifests, sizeof(manifests),
		    "{\"digest\":\"sha256:%s\"}", hex);
		write_index(t, "image/index.json", manifests);
	}
	buf_cleanup(&json);
}

struct nest_case {
	const char *name;
	int depth;
	const char *failed;
};

static const struct nest_case nest_cases[] = {
	{ "an index in an index", 1, NULL },
	{ "three deep", 3, NULL },
	{ "too deep", 5, "indexes nested more than 4 deep" },
};

static void
test_nested(void **state)
{
	const struct nest_case *n = *state;
	const struct index_case c = { .failed = n->failed,
		.code = n->failed == NULL ? ERR_NONE : ERR_LIMIT };
	struct facts f = { 0 };
	struct err e = { 0 };
	struct tmp t;
	int rc;

	tmp_init(&t);
	store_make(&t, "f etc/a 1", STORE_OCI, STORE_SOUND);
	nest(&t, n->depth);
	rc = gather(&t, &c, &f, &e);
	check(rc, &c, &e);
	facts_cleanup(&f);
	tmp_cleanup(&t);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + TABLE_N(nest_cases)];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_choice);
	TABLE_ADD(tests, &n, nest_cases, test_nested);
	return cmocka_run_group_tests_name("image index", tests, NULL, NULL);
}
