/* SPDX-License-Identifier: Apache-2.0 */
/* Content manifests, and files of modules.d. */
#include <stdio.h>

#include "base/buf.h"
#include "scanner/content_sets.h"
#include "scanner/module_list.h"
#include "tests/unit/table.h"

struct read_case {
	const char *name;
	const char *text;
	const char *expect;
	const char *failed;
};

static const struct read_case manifests[] = {
	{ "repositories",
	    "{\"metadata\": {\"icm_version\": 1}, \"content_sets\": "
	    "[\"rhel-9-for-x86_64-baseos-rpms\", \"b\"]}",
	    "rhel-9-for-x86_64-baseos-rpms b", NULL },
	{ "each once", "{\"content_sets\": [\"a\", \"b\", \"a\"]}", "a b",
	    NULL },
	{ "a hint of dnf",
	    "{\"from_dnf_hint\": true, \"content_sets\": [\"a\"]}", "a hint",
	    NULL },
	{ "no hint of dnf",
	    "{\"from_dnf_hint\": false, \"content_sets\": [\"a\"]}", "a",
	    NULL },
	{ "none", "{\"content_sets\": []}", "", NULL },
	{ "unknown", "{\"content_sets\": null}", "", NULL },
	{ "none said", "{}", "", NULL },
	{ "a list", "[]", "", "is no content manifest" },
	{ "no list", "{\"content_sets\": \"a\"}", "",
	    "content_sets is no list" },
	{ "a number", "{\"content_sets\": [\"a\", 1]}", "a",
	    "content_sets has what is no repository" },
	{ "an empty id", "{\"content_sets\": [\"\"]}", "",
	    "content_sets has what is no repository" },
	{ "a line break", "{\"content_sets\": [\"a\\nb\"]}", "",
	    "content_sets has what is no repository" },
};

static void
test_manifest(void **state)
{
	const struct read_case *c = *state;
	struct content_sets sets = { 0 };
	struct arena a = { 0 };
	struct buf got = { 0 };
	struct err e = { 0 };
	size_t i;
	int rc = content_sets_read(&sets, span_of(c->text), &a, &e);

	for (i = 0; i < sets.n; i++)
		buf_printf(&got, "%s%.*s", i > 0 ? " " : "",
		    SPAN_ARG(sets.repositories[i]));
	if (sets.hint)
		buf_add_str(&got, " hint");
	assert_string_equal(buf_str(&got), c->expect);
	assert_int_equal(rc, c->failed == NULL ? 0 : -1);
	assert_string_equal(e.msg, c->failed == NULL ? "" : c->failed);
	buf_cleanup(&got);
	content_sets_cleanup(&sets);
	arena_cleanup(&a);
}

static void
test_manifest_cut(void **state)
{
	struct content_sets sets = { 0 };
	struct arena a = { 0 };
	struct err e = { 0 };

	(void)state;
	assert_int_equal(content_sets_read(&sets,
			     SPAN_LIT("{\"content_sets\": [\"a\""), &a, &e),
	    -1);
	assert_int_equal(e.code, ERR_FORMAT);
	content_sets_cleanup(&sets);
	arena_cleanup(&a);
}

static const struct read_case modules[] = {
	{ "enabled",
	    "[nodejs]\nname=nodejs\nstream=18\nprofiles=common\n"
	    "state=enabled\n",
	    "nodejs:18 enabled\n", NULL },
	{ "disabled", "[a]\nname=a\nstream=\nprofiles=\nstate=disabled\n",
	    "a: \n", NULL },
	{ "neither", "[a]\nname=a\nstream=1\nstate=\n", "a:1 \n", NULL },
	{ "two", "[a]\nstream=1\nstate=enabled\n\n[b]\nname=c\nstream=2\n",
	    "a:1 enabled\nc:2 \n", NULL },
	{ "comments and blanks",
	    "# one\n; two\n\n [a] \r\n stream = rhel8 \r\nstate = enabled\n",
	    "a:rhel8 enabled\n", NULL },
	{ "empty", "", "", NULL },
	{ "a value outside", "name=a\n", "",
	    "line 1: not a value of a module" },
	{ "no value", "[a]\nname\n", "", "line 2: not a value of a module" },
	{ "a section that is not closed", "[a\n", "",
	    "line 1: a section without its ]" },
	{ "no name", "[]\nstream=1\n", "", "a module without a name" },
	{ "enabled, but which stream", "[a]\nstate=enabled\n[b]\n", "",
	    "line 3: an enabled module without a stream" },
	{ "binary", "[a]\n\1\n", "", "line 2: binary data" },
};

static void
test_modules(void **state)
{
	const struct read_case *c = *state;
	struct module_list l = { 0 };
	struct arena a = { 0 };
	struct buf got = { 0 };
	struct err e = { 0 };
	size_t i;
	int rc = module_list_read(&l, span_of(c->text), &a, &e);

	for (i = 0; i < l.n; i++)
		buf_printf(&got, "%.*s:%.*s %s\n", SPAN_ARG(l.streams[i].name),
		    SPAN_ARG(l.streams[i].stream),
		    l.streams[i].enabled ? "enabled" : "");
	assert_string_equal(buf_str(&got), c->expect);
	assert_int_equal(rc, c->failed == NULL ? 0 : -1);
	assert_string_equal(e.msg, c->failed == NULL ? "" : c->failed);
	buf_cleanup(&got);
	module_list_cleanup(&l);
	arena_cleanup(&a);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(manifests) + TABLE_N(modules) + 1] = {
		cmocka_unit_test(test_manifest_cut),
	};
	size_t n = 1;

	TABLE_ADD(tests, &n, manifests, test_manifest);
	TABLE_ADD(tests, &n, modules, test_modules);
	return cmocka_run_group_tests_name("content sets", tests, NULL, NULL);
}
