/* SPDX-License-Identifier: Apache-2.0 */
/* Logins, as the files of other programs have them. */
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "content/registry_login.h"
#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

#define ME_A "bWU6YQ=="  /* me:a */
#define YOU_B "eW91OmI=" /* you:b */
#define HELPER                                                       \
	"the login for example.org is kept by the program "          \
	"docker-credential-x, and no program is run; log in with "   \
	"REGISTRY_AUTH_FILE set to a file of its own: skopeo login " \
	"example.org"

struct login_case {
	const char *name;
	const char *image;
	const char *file;
	const char *expect; /* "basic token", "-" for none; or the error */
	enum err_code code;
};

#define IMAGE "example.org/team/app"

static const struct login_case cases[] = {
	{ "auth", IMAGE,
	    "{\"auths\":{\"example.org\":{\"auth\":\"" ME_A "\"}}}", ME_A " -",
	    0 },
	{ "user and password", IMAGE,
	    "{\"auths\":{\"example.org\":{\"username\":\"you\","
	    "\"password\":\"b\"}}}",
	    YOU_B " -", 0 },
	{ "auth counts more than these", IMAGE,
	    "{\"auths\":{\"example.org\":{\"username\":\"you\",\"auth\":"
	    "\"" ME_A "\"}}}",
	    ME_A " -", 0 },
	{ "an identity token", IMAGE,
	    "{\"auths\":{\"example.org\":{\"identitytoken\":\"t\"}}}", "- t",
	    0 },
	{ "a URL for a host", IMAGE,
	    "{\"auths\":{\"https://example.org/v2/\":{\"auth\":\"" ME_A "\"}}}",
	    ME_A " -", 0 },
	{ "a host in capitals", IMAGE,
	    "{\"auths\":{\"Example.ORG\":{\"auth\":\"" ME_A "\"}}}", ME_A " -",
	    0 },
	{ "another host", IMAGE,
	    "{\"auths\":{\"example.com\":{\"auth\":\"" ME_A "\"}}}", "- -", 0 },
	{ "another port", IMAGE,
	    "{\"auths\":{\"example.org:5000\":{\"auth\":\"" ME_A "\"}}}", "- -",
	    0 },
	{ "the longest folder counts", IMAGE,
	    "{\"auths\":{\"example.org\":{\"auth\":\"" ME_A "\"},"
	    "\"example.org/team\":{\"auth\":\"" YOU_B "\"}}}",
	    YOU_B " -", 0 },
	{ "another folder", IMAGE,
	    "{\"auths\":{\"example.org/te\":{\"auth\":\"" ME_A "\"}}}", "- -",
	    0 },
	{ "Docker Hub by its old name", "alpine",
	    "{\"auths\":{\"https://index.docker.io/v1/\":{\"auth\":\"" ME_A
	    "\"}}}",
	    ME_A " -", 0 },
	{ "Docker Hub is no other host", IMAGE,
	    "{\"auths\":{\"docker.io\":{\"auth\":\"" ME_A "\"}}}", "- -", 0 },
	{ "an empty entry", IMAGE, "{\"auths\":{\"example.org\":{}}}", "- -",
	    0 },
	{ "an empty file's object", IMAGE, "{}", "- -", 0 },
	{ "a helper of the host", IMAGE,
	    "{\"credHelpers\":{\"example.org\":\"x\"}}", HELPER, ERR_FORMAT },
	{ "a helper of another host", IMAGE,
	    "{\"credHelpers\":{\"example.com\":\"x\"}}", "- -", 0 },
	{ "a store with an entry", IMAGE,
	    "{\"auths\":{\"example.org\":{}},\"credsStore\":\"x\"}", HELPER,
	    ERR_FORMAT },
	{ "a store without one", IMAGE, "{\"credsStore\":\"x\"}", "- -", 0 },
	{ "a store beside a secret", IMAGE,
	    "{\"auths\":{\"example.org\":{\"auth\":\"" ME_A "\"}},"
	    "\"credsStore\":\"x\"}",
	    ME_A " -", 0 },
	{ "no base64", IMAGE,
	    "{\"auths\":{\"example.org\":{\"auth\":\"bWU6\\r\\nX\"}}}",
	    "auths: example.org: auth is no base64", ERR_FORMAT },
	{ "an array", IMAGE, "[]", "is no object", ERR_FORMAT },
};

static void
print(struct buf *out, const struct registry_login *l)
{
	buf_printf(out, "%.*s %.*s",
	    SPAN_ARG(l->basic.len > 0 ? l->basic : SPAN_LIT("-")),
	    SPAN_ARG(l->token.len > 0 ? l->token : SPAN_LIT("-")));
}

static void
test_parse(void **state)
{
	const struct login_case *c = *state;
	struct registry_reference r;
	struct registry_login l;
	struct arena a = { 0 };
	struct buf got = { 0 };
	struct err e = { 0 };
	int rc;

	assert_int_equal(
	    registry_reference_parse(&r, span_of(c->image), &a, &e), 0);
	rc = registry_login_parse(&l, span_of(c->file), &r, &a, &e);
	if (rc == -1)
		buf_add_str(&got, e.msg);
	else
		print(&got, &l);
	assert_string_equal(buf_str(&got), c->expect);
	assert_int_equal(e.code, c->code);
	if (rc != -1)
		assert_int_equal(rc, l.basic.len > 0 || l.token.len > 0);
	buf_cleanup(&got);
	arena_cleanup(&a);
}

/* The secret that is half read stands in no message. */
static void
test_broken(void **state)
{
	struct registry_reference r;
	struct registry_login l;
	struct arena a = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(
	    registry_reference_parse(&r, SPAN_LIT(IMAGE), &a, &e), 0);
	assert_int_equal(registry_login_parse(&l,
			     SPAN_LIT("{\n\"auths\": {\n\"example.org\": "
				      "{\"auth\": \"" ME_A "\" x"),
			     &r, &a, &e),
	    -1);
	assert_int_equal(e.code, ERR_FORMAT);
	assert_non_null(strstr(e.msg, "line 3"));
	assert_null(strstr(e.msg, ME_A));
	arena_cleanup(&a);
}

#define FILE_OF(auth) "{\"auths\":{\"example.org\":{\"auth\":\"" auth "\"}}}"

static void
find(struct tmp *tmp, const char *expect, enum err_code code)
{
	struct registry_reference r;
	struct registry_login l;
	struct arena a = { 0 };
	struct buf got = { 0 };
	struct err e = { 0 };

	assert_int_equal(
	    registry_reference_parse(&r, SPAN_LIT(IMAGE), &a, &e), 0);
	if (registry_login_find(&l, &r, &a, &e) == 0) {
		print(&got, &l);
		buf_printf(&got, " %.*s",
		    SPAN_ARG(span_from(l.file, strlen(tmp->path))));
	} else {
		buf_add_str(&got, e.msg + strlen(tmp->path));
	}
	assert_string_equal(buf_str(&got), expect);
	assert_int_equal(e.code, code);
	buf_cleanup(&got);
	arena_cleanup(&a);
}

static void
write_file(const struct tmp *t, const char *path, const char *text)
{
	struct span dir =
	    span_first(span_of(path), span_rfind(span_of(path), '/'));
	struct buf parent = { 0 };
	struct err e;

	if (dir.len < strlen(path)) {
		buf_add_span(&parent, dir);
		assert_int_equal(
		    file_make_dirs(t->dirfd, buf_str(&parent), &e), 0);
	}
	assert_int_equal(file_replace(t->dirfd, path, span_of(text), &e), 0);
	buf_cleanup(&parent);
}

static void
set_path(const char *name, const struct tmp *tmp, const char *below)
{
	char path[256];

	snprintf(path, sizeof(path), "%s%s", tmp->path, below);
	assert_int_equal(setenv(name, path, 1), 0);
}

static void
test_find(void **state)
{
	struct tmp tmp;

	(void)state;
	tmp_init(&tmp);
	unsetenv("REGISTRY_AUTH_FILE");
	unsetenv("DOCKER_CONFIG");
	unsetenv("XDG_RUNTIME_DIR");
	unsetenv("XDG_CONFIG_HOME");
	set_path("HOME", &tmp, "/home");
	find(&tmp, "- - ", 0);
	write_file(&tmp, "home/.docker/config.json", FILE_OF(ME_A));
	find(&tmp, ME_A " - /home/.docker/config.json", 0);
	write_file(&tmp, "home/.config/containers/auth.json", "{}");
	find(&tmp, ME_A " - /home/.docker/config.json", 0);
	set_path("XDG_RUNTIME_DIR", &tmp, "/run");
	write_file(&tmp, "run/containers/auth.json", FILE_OF(YOU_B));
	find(&tmp, YOU_B " - /run/containers/auth.json", 0);
	set_path("DOCKER_CONFIG", &tmp, "/docker");
	write_file(&tmp, "docker/config.json", FILE_OF(ME_A));
	find(&tmp, ME_A " - /docker/config.json", 0);
	set_path("REGISTRY_AUTH_FILE", &tmp, "/own.json");
	find(&tmp, "/own.json: No such file or directory", ERR_MISSING);
	write_file(&tmp, "own.json", FILE_OF(YOU_B));
	find(&tmp, YOU_B " - /own.json", 0);
	tmp_cleanup(&tmp);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 2] = {
		cmocka_unit_test(test_broken),
		cmocka_unit_test(test_find),
	};
	size_t n = 2;

	TABLE_ADD(tests, &n, cases, test_parse);
	return cmocka_run_group_tests_name("registry_login", tests, NULL, NULL);
}
