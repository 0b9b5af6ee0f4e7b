/* SPDX-License-Identifier: Apache-2.0 */
/* Documents of many batches: all records in order, or the right end. */
#include "base/buf.h"
#include "content/oval_read.h"
#include "tests/unit/table.h"

#define DEFINITIONS 4000 /* of 500 bytes: several times what is read ahead */

static const struct ahead_case {
	const char *name;
	unsigned refuse; /* the sink refuses this one; 0: none */
	unsigned broken; /* an end tag that does not fit, behind this one */
	unsigned n;      /* given to the sink */
	const char *expect;
} cases[] = {
	{ "all of them in order", 0, 0, DEFINITIONS, "" },
	{ "the sink refuses the first", 1, 0, 1, "line 2: enough" },
	{ "the sink refuses one in the middle", 2500, 0, 2500,
	    "line 2501: enough" },
	{ "the sink refuses the last", DEFINITIONS, 0, DEFINITIONS,
	    "line 4001: enough" },
	{ "what stands before a mistake is read", 0, 3000, 3000,
	    "line 3001: an end tag that does not fit" },
	{ "the sink is first", 1000, 1001, 1000, "line 1001: enough" },
	{ "the mistake is first", 1001, 1000, 1000,
	    "line 1001: an end tag that does not fit" },
};

struct seen {
	const struct ahead_case *c;
	unsigned n;
};

static int
on_definition(void *ctx, const struct oval_definition *d, struct err *e)
{
	struct seen *seen = ctx;
	struct buf want = { 0 };

	buf_printf(&want, "oval:x:def:%u", ++seen->n);
	assert_true(span_eq(d->id, buf_span(&want)));
	assert_memory_equal(d->raw.ptr, "<definition ", 12);
	assert_int_equal(d->raw.ptr[d->raw.len - 1], '>');
	assert_int_equal(d->metadata.description.len, 400);
	assert_int_equal(d->line, seen->n + 1);
	buf_cleanup(&want);
	if (seen->n == seen->c->refuse)
		return err_set(e, ERR_FORMAT, "enough");
	return 0;
}

static void
make(const struct ahead_case *c, struct buf *b)
{
	unsigned i;

	buf_add_str(b,
	    "<oval_definitions xmlns='" OVAL_NS_DEFINITIONS
	    "'><definitions>\n");
	for (i = 1; i <= DEFINITIONS; i++)
		buf_printf(b,
		    "<definition class='patch' id='oval:x:def:%u'><metadata>"
		    "<description>%0400u</description></metadata>"
		    "</definition>%s\n",
		    i, i, i == c->broken ? "</tests>" : "");
	buf_add_str(b, "</definitions></oval_definitions>");
}

static void
test_ahead(void **state)
{
	const struct ahead_case *c = *state;
	struct seen seen = { c, 0 };
	const struct oval_sink sink = { .ctx = &seen,
		.definition = on_definition };
	struct stream *in = NULL;
	struct buf text = { 0 };
	struct err e = { 0 };

	make(c, &text);
	assert_int_equal(stream_open_span(&in, buf_span(&text), NULL, &e), 0);
	assert_int_equal(
	    oval_read_ahead(in, &sink, &e), c->expect[0] == '\0' ? 0 : -1);
	assert_string_equal(e.msg, c->expect);
	assert_int_equal(seen.n, c->n);
	stream_close(in);
	buf_cleanup(&text);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases)];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_ahead);
	return _cmocka_run_group_tests("oval ahead", tests, n, NULL, NULL);
}
