/* SPDX-License-Identifier: Apache-2.0 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/config.h"
#include "tests/unit/tmp.h"

/* Of the sources that there are. */
static const char *const names[] = { "ubuntu-oval", "nvd-1.1", NULL };

struct config_case {
	const char *name;
	const char *text;
	enum err_code code;
	const char *expect; /* behind the file's name, or sync.retries */
};

static const struct config_case cases[] = {
	{ "empty file keeps the default", "", ERR_NONE, "3" },
	{ "a value", "[sync]\nretries = 7\n", ERR_NONE, "7" },
	{ "a comment", "# x\n[sync]\nretries=1 ; why\n", ERR_NONE, "1" },
	{ "unknown section", "[nosuch]\na = b\n", ERR_FORMAT,
	    "line 2: there is no key nosuch.a" },
	{ "unknown key", "[sync]\nretry = 1\n", ERR_FORMAT,
	    "line 2: there is no key sync.retry" },
	{ "no number", "[sync]\n\nretries = many\n", ERR_FORMAT,
	    "line 3: sync.retries is a number up to 100, not \"many\"" },
	{ "too large", "[sync]\nretries = 101\n", ERR_FORMAT,
	    "line 2: sync.retries is a number up to 100, not \"101\"" },
	{ "a source's section", "[source.nvd-1.1]\nurl = x\n", ERR_NONE, "3" },
	{ "empty where that is the default",
	    "[source.nvd-1.1]\nenabled =\nfirst_year =\n", ERR_NONE, "3" },
	{ "a section of no source", "[source.nosuch]\nurl = x\n", ERR_FORMAT,
	    "line 2: there is no key source.nosuch.url" },
	{ "a section of every source", "[source.*]\nurl = x\n", ERR_FORMAT,
	    "line 2: there is no key source.*.url" },
	{ "neither yes nor no", "[source.nvd-1.1]\nenabled = maybe\n",
	    ERR_FORMAT,
	    "line 2: source.nvd-1.1.enabled is \"yes\" or \"no\", not "
	    "\"maybe\"" },
	{ "no INI", "[sync]\nretries\n", ERR_FORMAT,
	    "line 2: neither a [section] nor \"key = value\"" },
};

static void
test_config(void **state)
{
	const struct config_case *c = *state;
	struct config *config = NULL;
	struct err e = { 0 };
	struct tmp t;
	char path[128];

	tmp_init(&t);
	snprintf(path, sizeof(path), "%s/x.conf", t.path);
	assert_int_equal(
	    file_replace(t.dirfd, "x.conf", span_of(c->text), &e), 0);
	if (c->code == ERR_NONE) {
		assert_int_equal(config_open(&config, path, names, &e), 0);
		assert_string_equal(
		    config_str(config, "sync.retries"), c->expect);
		assert_string_equal(config_path(config), path);
	} else {
		assert_int_equal(config_open(&config, path, names, &e), -1);
		assert_int_equal(e.code, c->code);
		assert_memory_equal(e.msg, path, strlen(path));
		assert_string_equal(e.msg + strlen(path) + 2, c->expect);
	}
	config_close(config);
	tmp_cleanup(&t);
}

static void
test_missing(void **state)
{
	struct config *config = NULL;
	struct err e = { 0 };

	(void)state;
	assert_int_equal(
	    config_open(&config, "/nonexistent/x.conf", names, &e), -1);
	assert_string_equal(
	    e.msg, "/nonexistent/x.conf: No such file or directory");
}

static void
test_environment(void **state)
{
	struct config *config = NULL;
	struct err e = { 0 };

	(void)state;
	setenv(
	    "SCAPCACHE_SOURCE_UBUNTU_OVAL_RELEASES", " focal,noble  jammy", 1);
	assert_int_equal(config_open(&config, "/dev/null", names, &e), 0);
	assert_string_equal(
	    config_words(config, "source.ubuntu-oval.releases")[0], "focal");
	assert_string_equal(
	    config_words(config, "source.ubuntu-oval.releases")[2], "jammy");
	assert_null(config_words(config, "source.ubuntu-oval.releases")[3]);
	config_close(config);
	unsetenv("SCAPCACHE_SOURCE_UBUNTU_OVAL_RELEASES");
	setenv("SCAPCACHE_SYNC_RETRIES", "x", 1);
	assert_int_equal(config_open(&config, "/dev/null", names, &e), -1);
	assert_string_equal(e.msg,
	    "environment variable SCAPCACHE_SYNC_RETRIES: sync.retries is a "
	    "number up to 100, not \"x\"");
	unsetenv("SCAPCACHE_SYNC_RETRIES");
}

int
main(void)
{
	enum { N = sizeof(cases) / sizeof(*cases) };
	struct CMUnitTest tests[N + 2];
	size_t i;

	for (i = 0; i < N; i++)
		tests[i] = (struct CMUnitTest){ cases[i].name, test_config,
			NULL, NULL, (void *)(uintptr_t)&cases[i] };
	tests[N] = (struct CMUnitTest)cmocka_unit_test(test_missing);
	tests[N + 1] = (struct CMUnitTest)cmocka_unit_test(test_environment);
	return cmocka_run_group_tests(tests, NULL, NULL);
}
