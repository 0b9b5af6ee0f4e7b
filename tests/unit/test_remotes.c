/* SPDX-License-Identifier: Apache-2.0 */
/* What data streams refer to on the web, and where that is mirrored. */
#include <string.h>

#include "base/buf.h"
#include "indexer/proc_remotes.h"
#include "indexer/upstream.h"
#include "tests/unit/table.h"

#define COLLECTION(streams)                                                 \
	"<ds:data-stream-collection id='c' xmlns:ds='http://scap.nist.gov/" \
	"schema/scap/source/1.2' xmlns:l='http://www.w3.org/1999/xlink' "   \
	"xmlns:k='urn:oasis:names:tc:entity:xmlns:xml:catalog'>" streams    \
	"<ds:component id='here'/></ds:data-stream-collection>"
#define STREAM(id, refs)                                              \
	"<ds:data-stream id='" id "'><ds:checks>" refs "</ds:checks>" \
	"</ds:data-stream>"
#define REF(id, href, catalog)                                     \
	"<ds:component-ref id='" id "' l:href='" href "'>" catalog \
	"</ds:component-ref>"
#define NAMED(name, uri) \
	"<k:catalog><k:uri name='" name "' uri='" uri "'/></k:catalog>"

static const struct remotes_case {
	const char *name;
	const char *input;
	enum err_code code;
	const char *expect;
} cases[] = {
	{ "by its catalog's name",
	    COLLECTION(STREAM("s",
		REF("a", "#here", NAMED("oval.xml", "#b"))
		    REF("b", "https://example.org/x.xml.bz2", ""))),
	    ERR_NONE, "oval.xml=https://example.org/x.xml.bz2;" },
	{ "an address in the catalog itself",
	    COLLECTION(STREAM(
		"s", REF("a", "#here", NAMED("o", "http://example.org/o")))),
	    ERR_NONE, "o=http://example.org/o;" },
	{ "what is here, and what nobody refers to",
	    COLLECTION(STREAM("s",
		REF("a", "#here", NAMED("o", "#a") NAMED("p", "#none"))
		    REF("b", "https://example.org/x", ""))),
	    ERR_NONE, "" },
	{ "twice the same",
	    COLLECTION(STREAM("s",
		REF("a", "#here", NAMED("o", "#b") NAMED("o", "#b"))
		    REF("b", "https://example.org/x", "")) STREAM("t",
		REF("a", "#here", NAMED("o", "#c"))
		    REF("c", "https://example.org/x", ""))),
	    ERR_NONE, "o=https://example.org/x;" },
	{ "one name for two",
	    COLLECTION(STREAM("s",
		REF("a", "#here",
		    NAMED("o", "http://a/") NAMED("o", "http://b/")))),
	    ERR_FORMAT, "\"o\" stands for http://a/ and for http://b/" },
	{ "no data stream", "<html/>", ERR_FORMAT,
	    "<html> is not a SCAP data stream" },
};

static void
test_remotes(void **state)
{
	const struct remotes_case *c = *state;
	struct remote *items = NULL;
	struct arena a = { 0 };
	struct buf got = { 0 };
	struct err e = { 0 };
	size_t n = 0, i;

	if (remotes_read_span(span_of(c->input), &a, &items, &n, &e) == 0)
		for (i = 0; i < n; i++)
			buf_printf(&got, "%.*s=%.*s;", SPAN_ARG(items[i].name),
			    SPAN_ARG(items[i].url));
	else
		buf_add_str(&got, e.msg);
	assert_int_equal(e.code, c->code);
	if (c->code == ERR_NONE)
		assert_string_equal(buf_str(&got), c->expect);
	else
		assert_non_null(strstr(buf_str(&got), c->expect));
	arena_cleanup(&a);
	buf_cleanup(&got);
}

static const struct url_case {
	const char *name;
	const char *url;
	const char *expect;
} urls[] = {
	{ "as it is mirrored", "https://usn.ubuntu.com/usn-db/x",
	    "usn.ubuntu.com/usn-db/x" },
	{ "hosts have no case", "HTTP://USN.Ubuntu.com/usn-db/X",
	    "usn.ubuntu.com/usn-db/X" },
	{ "Red Hat's old address",
	    "https://access.redhat.com/security/data/oval/v2/RHEL9/"
	    "rhel-9.oval.xml.bz2",
	    "security.access.redhat.com/data/oval/v2/RHEL9/"
	    "rhel-9.oval.xml.bz2" },
	{ "and the one before it",
	    "https://www.redhat.com/security/data/oval/v2/feed.json",
	    "security.access.redhat.com/data/oval/v2/feed.json" },
	{ "Canonical's old address",
	    "https://people.canonical.com/~ubuntu-security/oval/x.bz2",
	    "security-metadata.canonical.com/oval/x.bz2" },
	{ "another folder of that host",
	    "https://access.redhat.com/errata/RHSA-2024:1",
	    "access.redhat.com/errata/RHSA-2024:1" },
	{ "a file", "file:///etc/passwd", "" },
	{ "a name", "oval.xml", "" },
	{ "nothing", "", "" },
	{ "no host", "https://", "" },
};

static void
test_url(void **state)
{
	const struct url_case *c = *state;
	struct arena a = { 0 };
	struct span got = upstream_of_url(span_of(c->url), &a);

	assert_true(span_eq(got, span_of(c->expect)) ||
	    (got.len == 0 && c->expect[0] == '\0'));
	arena_cleanup(&a);
}

#define N_TESTS (TABLE_N(cases) + TABLE_N(urls))

int
main(void)
{
	struct CMUnitTest tests[N_TESTS] = { 0 };
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_remotes);
	TABLE_ADD(tests, &n, urls, test_url);
	return cmocka_run_group_tests_name("remotes", tests, NULL, NULL);
}
