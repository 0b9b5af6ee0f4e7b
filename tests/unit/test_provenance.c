/* SPDX-License-Identifier: Apache-2.0 */
/* Which layer, and which instruction, brought a package. */
#include "scanner/facts.h"
#include "tests/unit/image_store.h"
#include "tests/unit/table.h"

#define P(name, version)                                      \
	"Package: " name "\\nStatus: install ok installed\\n" \
	"Architecture: all\\nVersion: " version "\\n\\n"
#define STATUS "f var/lib/dpkg/status "
#define STATUS_D "f var/lib/dpkg/status.d/"
#define APK "f lib/apk/db/installed "
#define A(name, version) "P:" name "\\nV:" version "\\nA:x86_64\\n\\n"

struct provenance_case {
	const char *name;
	const char *recipe;
	const char *expect; /* "name version layer", one a line */
};

static const struct provenance_case cases[] = {
	{ "one layer", STATUS P("a", "1"), "a 1 RUN 0\n" },
	{ "a layer below", "f x 1\n--\n" STATUS P("a", "1"), "a 1 RUN 1\n" },
	{ "one more in each",
	    STATUS P("a", "1") "\n--\n" STATUS P("a", "1")
		P("b", "2") "\n--\nf x 1\n--\n" STATUS P("a", "1") P("b", "2")
		    P("c", "3"),
	    "a 1 RUN 0\nb 2 RUN 1\nc 3 RUN 3\n" },
	{ "another version", STATUS P("a", "1") "\n--\n" STATUS P("a", "2"),
	    "a 2 RUN 1\n" },
	{ "gone and come again",
	    STATUS P("a", "1") P("b", "1") "\n--\n" STATUS P(
		"b", "1") "\n--\n" STATUS P("a", "1") P("b", "1"),
	    "a 1 RUN 2\nb 1 RUN 0\n" },
	{ "the database was gone",
	    STATUS P(
		"a", "1") "\n--\nf var/lib/dpkg/.wh.status \n--\n" STATUS P("a",
		"1"),
	    "a 1 RUN 2\n" },
	{ "a folder was made opaque",
	    STATUS_D "a Package: a\\nVersion: 1\n--\n"
		     "f var/lib/dpkg/status.d/.wh..wh..opq \n" STATUS_D
		     "b Package: b\\nVersion: 1\n--\n" STATUS_D
		     "a Package: a\\nVersion: 1",
	    "a 1 RUN 2\nb 1 RUN 1\n" },
	{ "status.d",
	    STATUS_D "a Package: a\\nVersion: 1\n--\n" STATUS_D
		     "b Package: b\\nVersion: 1",
	    "a 1 RUN 0\nb 1 RUN 1\n" },
	{ "apk", APK A("a", "1-r0") "\n--\n" APK A("a", "1-r0") A("b", "2-r0"),
	    "a 1-r0 RUN 0\nb 2-r0 RUN 1\n" },
	{ "a database through a link",
	    "l var/lib/dpkg ../../data\nf data/status " P(
		"a", "1") "\n--\nf data/status " P("a", "1") P("b", "1"),
	    "a 1 RUN 0\nb 1 RUN 1\n" },
	{ "a copy that cannot be read",
	    STATUS P("a", "1") "\n--\n" STATUS
			       "nonsense\n--\n" STATUS P("a", "1"),
	    "a 1 not known\n" },
};

static void
print(const struct facts *f, struct buf *out)
{
	const struct system *s = &f->system;
	size_t i;

	for (i = 0; i < s->n_packages; i++) {
		uint16_t layer = f->package_layers == NULL
		    ? LAYER_NONE
		    : f->package_layers[i];

		buf_printf(out, "%.*s %.*s ", SPAN_ARG(s->packages[i].name),
		    SPAN_ARG(s->packages[i].full_version));
		if (layer == LAYER_NONE)
			buf_add_str(out, "not known\n");
		else
			buf_printf(out, "%.*s\n",
			    SPAN_ARG(f->layers[layer].created_by));
	}
}

static void
test_provenance(void **state)
{
	const struct provenance_case *c = *state;
	const struct want_list none = { .n = 0 };
	struct arena a = { 0 };
	struct buf out = { 0 };
	struct target t;
	struct tmp tmp;
	struct facts f;
	struct err e = { 0 };
	char path[128];

	tmp_init(&tmp);
	store_make(&tmp, c->recipe, STORE_OCI, STORE_SOUND);
	snprintf(path, sizeof(path), "%s/image", tmp.path);
	assert_int_equal(target_parse(&t, path, &a, &e), 0);
	assert_int_equal(facts_gather(&f, &t, &none, &e), 0);
	assert_int_equal(f.n_problems, 0);
	print(&f, &out);
	assert_string_equal(buf_str(&out), c->expect);
	assert_true(span_is(f.layers[0].created, "day 0"));
	facts_cleanup(&f);
	buf_cleanup(&out);
	arena_cleanup(&a);
	tmp_cleanup(&tmp);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases)];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_provenance);
	return cmocka_run_group_tests_name("provenance", tests, NULL, NULL);
}
