/* SPDX-License-Identifier: Apache-2.0 */
/* Names of images in registries. */
#include <stdio.h>

#include "base/buf.h"
#include "content/registry_reference.h"
#include "tests/unit/table.h"

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define DIGEST "sha256:" HEX
#define AN_IMAGE "; an image is docker://HOST/NAME[:TAG|@sha256:DIGEST]"
#define NO_NAME ": its name is missing or not in lower case" AN_IMAGE
#define NO_TAG ": what stands behind the colon is no tag" AN_IMAGE
#define NO_HOST ": its host is none" AN_IMAGE
#define NO_DIGEST \
	": what stands behind @ is no SHA-256 digest in lower case" AN_IMAGE
#define LETTERS_32 "abcdefghijklmnopqrstuvwxyzabcdef"
#define LETTERS_128 LETTERS_32 LETTERS_32 LETTERS_32 LETTERS_32

struct reference_case {
	const char *name;
	const char *text;
	const char *expect; /* host, name, text; or the error */
	enum err_code code;
};

#define HUB "registry-1.docker.io "

static const struct reference_case cases[] = {
	{ "a short name", "alpine",
	    HUB "library/alpine docker.io/library/alpine:latest", 0 },
	{ "a short name with a tag", "alpine:3.20",
	    HUB "library/alpine docker.io/library/alpine:3.20", 0 },
	{ "a user's name", "user/app:1", HUB "user/app docker.io/user/app:1",
	    0 },
	{ "docker.io itself", "docker.io/alpine",
	    HUB "library/alpine docker.io/library/alpine:latest", 0 },
	{ "its old name", "index.docker.io/library/alpine:1",
	    HUB "library/alpine docker.io/library/alpine:1", 0 },
	{ "a host", "example.org/a:1", "example.org a example.org/a:1", 0 },
	{ "a host with a port", "example.org:5000/a/b/c",
	    "example.org:5000 a/b/c example.org:5000/a/b/c:latest", 0 },
	{ "localhost", "localhost/a", "localhost a localhost/a:latest", 0 },
	{ "an address", "127.0.0.1:5000/a:1",
	    "127.0.0.1:5000 a 127.0.0.1:5000/a:1", 0 },
	{ "an address of version 6", "[::1]:5000/a:1",
	    "[::1]:5000 a [::1]:5000/a:1", 0 },
	{ "one without a port", "[2001:db8::1]/a",
	    "[2001:db8::1] a [2001:db8::1]/a:latest", 0 },
	{ "a digest", "example.org/a@" DIGEST,
	    "example.org a example.org/a@" DIGEST, 0 },
	{ "a digest counts more than a tag", "example.org/a:1@" DIGEST,
	    "example.org a example.org/a@" DIGEST, 0 },
	{ "separators of a name", "example.org/a.b_c__d---e",
	    "example.org a.b_c__d---e example.org/a.b_c__d---e:latest", 0 },
	{ "a tag with all its signs", "a:_A.b-1",
	    HUB "library/a docker.io/library/a:_A.b-1", 0 },
	{ "the longest tag", "a:" LETTERS_128,
	    HUB "library/a docker.io/library/a:" LETTERS_128, 0 },
	{ "a tag that is longer", "a:" LETTERS_128 "x",
	    "docker://a:" LETTERS_128 "x" NO_TAG, ERR_FORMAT },
	{ "the longest name of a library",
	    LETTERS_128 LETTERS_32 LETTERS_32 LETTERS_32
	    "abcdefghijklmnopqrstuvw",
	    HUB
	    "library/" LETTERS_128 LETTERS_32 LETTERS_32 LETTERS_32
	    "abcdefghijklmnopqrstuvw docker.io/library/" LETTERS_128 LETTERS_32
		LETTERS_32 LETTERS_32 "abcdefghijklmnopqrstuvw:latest",
	    0 },
	{ "a name that is longer with it",
	    LETTERS_128 LETTERS_32 LETTERS_32 LETTERS_32
	    "abcdefghijklmnopqrstuvwx",
	    "docker://" LETTERS_128 LETTERS_32 LETTERS_32 LETTERS_32
	    "abcdefghijklmnopqrstuvwx: its name is too long" AN_IMAGE,
	    ERR_FORMAT },
	{ "nothing", "", "docker://" NO_NAME, ERR_FORMAT },
	{ "a host alone", "example.org",
	    HUB "library/example.org docker.io/library/example.org:latest", 0 },
	{ "a host and nothing", "example.org/", "docker://example.org/" NO_NAME,
	    ERR_FORMAT },
	{ "capitals", "example.org/App", "docker://example.org/App" NO_NAME,
	    ERR_FORMAT },
	{ "an empty folder", "example.org/a//b",
	    "docker://example.org/a//b" NO_NAME, ERR_FORMAT },
	{ "a step up", "example.org/../a", "docker://example.org/../a" NO_NAME,
	    ERR_FORMAT },
	{ "three underscores", "a___b", "docker://a___b" NO_NAME, ERR_FORMAT },
	{ "a sign at the end", "a-", "docker://a-" NO_NAME, ERR_FORMAT },
	{ "an empty tag", "a:", "docker://a:" NO_TAG, ERR_FORMAT },
	{ "a tag that begins with a dot", "a:.b", "docker://a:.b" NO_TAG,
	    ERR_FORMAT },
	{ "a blank in a tag", "a:b c", "docker://a:b c" NO_TAG, ERR_FORMAT },
	{ "a line's end in a host", "exam\r\nple.org/a",
	    "docker://exam\r\nple.org/a" NO_HOST, ERR_FORMAT },
	{ "somebody at a host", "me@example.org/a",
	    "docker://me@example.org/a" NO_DIGEST, ERR_FORMAT },
	{ "a port that is none", "example.org:x/a",
	    "docker://example.org:x/a" NO_HOST, ERR_FORMAT },
	{ "a port that there is not", "example.org:65536/a",
	    "docker://example.org:65536/a" NO_HOST, ERR_FORMAT },
	{ "a host that ends with a dot", "example.org./a",
	    "docker://example.org./a" NO_HOST, ERR_FORMAT },
	{ "a bracket that stays open", "[::1/a", "docker://[::1/a" NO_HOST,
	    ERR_FORMAT },
	{ "another sort of digest", "a@sha512:" HEX HEX,
	    "docker://a@sha512:" HEX HEX NO_DIGEST, ERR_FORMAT },
	{ "a digest in capitals", "a@sha256:ABCDEF",
	    "docker://a@sha256:ABCDEF" NO_DIGEST, ERR_FORMAT },
	{ "a URL", "https://example.org/a",
	    "docker://https://example.org/a" NO_HOST, ERR_FORMAT },
};

static void
test_parse(void **state)
{
	const struct reference_case *c = *state;
	struct registry_reference r;
	struct arena a = { 0 };
	struct buf got = { 0 };
	struct err e = { 0 };

	if (registry_reference_parse(&r, span_of(c->text), &a, &e) == 0)
		buf_printf(&got, "%s %s %.*s", r.host, r.name,
		    SPAN_ARG(registry_reference_text(&r, &a)));
	else
		buf_add_str(&got, e.msg);
	assert_string_equal(buf_str(&got), c->expect);
	assert_int_equal(e.code, c->code);
	buf_cleanup(&got);
	arena_cleanup(&a);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases)];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_parse);
	return cmocka_run_group_tests_name(
	    "registry_reference", tests, NULL, NULL);
}
