/* SPDX-License-Identifier: Apache-2.0 */
/* Feeds documents in and compares what was called, printed line by line. */
#include <string.h>

#include "base/buf.h"
#include "base/xml.h"
#include "tests/unit/table.h"

enum state { TOP, LIST, ITEM, NOTE };

struct printer {
	struct buf out;
	struct xml_reader *xml;
};

static int
list_start(void *ctx, const struct xml_element *el, struct err *e)
{
	struct printer *p = ctx;
	size_t i;

	(void)e;
	buf_printf(&p->out, "%.*s{%.*s} line %d byte %d", SPAN_ARG(el->name),
	    SPAN_ARG(el->ns), (int)el->line, (int)el->offset);
	for (i = 0; i < el->n_attrs; i++)
		buf_printf(&p->out, " %.*s{%.*s}=%.*s",
		    SPAN_ARG(el->attrs[i].name), SPAN_ARG(el->attrs[i].ns),
		    SPAN_ARG(el->attrs[i].value));
	buf_add_char(&p->out, '\n');
	return 0;
}

static int
item_start(void *ctx, const struct xml_element *el, struct err *e)
{
	struct printer *p = ctx;
	struct span bad;

	xml_capture(p->xml);
	if (xml_attr(el, "bad", &bad))
		return err_set(e, ERR_FORMAT, "a bad item");
	if (xml_attr(el, "full", &bad))
		return err_set(e, ERR_SYSTEM, "the disk is full");
	return list_start(ctx, el, e);
}

static int
item_end(void *ctx, struct span text, struct err *e)
{
	struct printer *p = ctx;

	(void)e;
	buf_printf(&p->out, "text [%.*s] source [%.*s]\n", SPAN_ARG(text),
	    SPAN_ARG(xml_captured(p->xml)));
	return 0;
}

static int
note_end(void *ctx, struct span text, struct err *e)
{
	struct printer *p = ctx;

	if (span_is(text, "bad"))
		return err_set(e, ERR_LIMIT, "a bad note");
	buf_printf(&p->out, "note [%.*s]\n", SPAN_ARG(text));
	return 0;
}

static const struct xml_rule rules[] = {
	{ TOP, NULL, "list", LIST, list_start, NULL },
	{ LIST, "urn:a", "item", ITEM, item_start, item_end },
	{ LIST, NULL, "other", LIST, list_start, NULL },
	{ ITEM, NULL, NULL, NOTE, NULL, note_end },
	{ 0 },
};

struct xml_case {
	const char *name;
	const char *text;
	enum err_code code;
	const char *expect;
};

#define DEEP8(x) x x x x x x x x
#define ATTRS8(a)                                                         \
	" " a "1='' " a "2='' " a "3='' " a "4='' " a "5='' " a "6='' " a \
	"7='' " a "8=''"

static const struct xml_case cases[] = {
	{ "elements, attributes, text, source",
	    "<?xml version='1.0' encoding='UTF-8'?>\n"
	    "<list xmlns:x='urn:a' x:k='1' k='2'>\n"
	    " <x:item\n id='7'>a<b>note</b> &amp; c</x:item>\n"
	    "</list>\n",
	    ERR_NONE,
	    "list{} line 2 byte 39 k{urn:a}=1 k{}=2\n"
	    "item{urn:a} line 3 byte 77 id{}=7\n"
	    "note [note]\n"
	    "text [a & c] source [<x:item\n id='7'>a<b>note</b> &amp; "
	    "c</x:item>]\n" },
	{ "an empty element is captured too",
	    "<list xmlns='urn:a'><item/><item a='&lt;&#x41;'/></list>",
	    ERR_NONE,
	    "list{urn:a} line 1 byte 0\n"
	    "item{urn:a} line 1 byte 20\n"
	    "text [] source [<item/>]\n"
	    "item{urn:a} line 1 byte 27 a{}=<A\n"
	    "text [] source [<item a='&lt;&#x41;'/>]\n" },
	{ "what no rule takes is skipped whole",
	    "<list><item>no</item><deep><other/></deep><other/></list>",
	    ERR_NONE,
	    "list{} line 1 byte 0\n"
	    "other{} line 1 byte 42\n" },
	{ "nor is another document element read", "<lists><other/></lists>",
	    ERR_NONE, "" },
	{ "CDATA, comments, line ends, a mark at the start",
	    "\xef\xbb\xbf<list xmlns='urn:a'>\r\n<item><![CDATA[<&]]>\r\n"
	    "<!-- - -->\xc3\xbc</item></list>",
	    ERR_NONE,
	    "list{urn:a} line 1 byte 3\n"
	    "item{urn:a} line 2 byte 25\n"
	    "text [<&\n\xc3\xbc] source [<item><![CDATA[<&]]>\r\n"
	    "<!-- - -->\xc3\xbc</item>]\n" },
	{ "a rule's error says the element's line",
	    "<list xmlns='urn:a'>\n<item\nbad=''/></list>", ERR_FORMAT,
	    "line 2: a bad item" },
	{ "an error at the end of an element",
	    "<list xmlns='urn:a'><item>\n<n>bad</n></item></list>", ERR_LIMIT,
	    "line 2: a bad note" },
	{ "what is no fault of the document has no line",
	    "<list xmlns='urn:a'>\n<item full=''/></list>", ERR_SYSTEM,
	    "the disk is full" },
	{ "empty", "", ERR_FORMAT, "the document is empty" },
	{ "blank", " \n", ERR_FORMAT, "line 2: the document ends early" },
	{ "no XML", "BZh91AY&SY", ERR_FORMAT, "line 1: not well-formed XML" },
	{ "ends in text", "<list>\n<other>", ERR_FORMAT,
	    "line 2: the document ends early" },
	{ "ends in a tag", "<list>\n<other a='", ERR_FORMAT,
	    "line 2: the document ends early" },
	{ "ends in a character", "<list>\n\xc3", ERR_FORMAT,
	    "line 2: the document ends early" },
	{ "something follows", "<list/>\n<list/>", ERR_FORMAT,
	    "line 2: something else follows the document" },
	{ "wrong end tag", "<list>\n</lisp>", ERR_FORMAT,
	    "line 2: an end tag that does not fit" },
	{ "attribute twice", "<list a='1'\n a='2'/>", ERR_FORMAT,
	    "line 2: an attribute stands twice" },
	{ "unknown prefix", "<list>\n<x:other/></list>", ERR_FORMAT,
	    "line 2: a prefix that nothing declares" },
	{ "unknown entity", "<list>\n&lol;</list>", ERR_FORMAT,
	    "line 2: an entity that nothing declares" },
	{ "bare ampersand", "<list>\na & b</list>", ERR_FORMAT,
	    "line 2: not well-formed XML" },
	{ "byte that is not UTF-8", "<list>\n\n<other>\xfc</other></list>",
	    ERR_FORMAT, "line 3: the text is not UTF-8" },
	{ "overlong character", "<list>\n\xc0\xaf</list>", ERR_FORMAT,
	    "line 2: the text is not UTF-8" },
	{ "surrogate", "<list>\n\xed\xa0\x80</list>", ERR_FORMAT,
	    "line 2: the text is not UTF-8" },
	{ "control character", "<list>\n\x01</list>", ERR_FORMAT,
	    "line 2: a character that XML does not allow" },
	{ "other encoding",
	    "<?xml version='1.0' encoding='ISO-8859-1'?>\n<list/>", ERR_FORMAT,
	    "line 1: the encoding is not UTF-8" },
	{ "DOCTYPE", "\n\n<!DOCTYPE list>\n<list/>", ERR_FORMAT,
	    "line 3: DOCTYPE is refused" },
	{ "external entity",
	    "<!DOCTYPE list [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>\n"
	    "<list>&x;</list>",
	    ERR_FORMAT, "line 1: DOCTYPE is refused" },
	{ "external DTD",
	    "<!DOCTYPE list SYSTEM 'http://localhost/x.dtd'>\n<list/>",
	    ERR_FORMAT, "line 1: DOCTYPE is refused" },
	{ "entity bomb",
	    "<!DOCTYPE list [<!ENTITY a 'aaaaaaaaaaaaaaaaaaaaaaaaa'>"
	    "<!ENTITY b '&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;'>"
	    "<!ENTITY c '&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;'>"
	    "<!ENTITY d '&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;&c;'>"
	    "<!ENTITY e '&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;&d;'>]>\n"
	    "<list>&e;&e;&e;&e;&e;&e;&e;&e;</list>",
	    ERR_FORMAT, "line 1: DOCTYPE is refused" },
	{ "deep nesting", "<list>" DEEP8(DEEP8("\n<x>")) "</list>", ERR_LIMIT,
	    "line 65: elements are nested too deep" },
	{ "64 attributes",
	    "<list" ATTRS8("a") ATTRS8("b") ATTRS8("c") ATTRS8("d") ATTRS8("e")
		ATTRS8("f") ATTRS8("g") ATTRS8("h") " i=''/>",
	    ERR_LIMIT, "line 1: an element has too many attributes" },
};

/* Reads text in pieces of step bytes, each in memory of its own. */
static int
read_pieces(
    struct printer *p, const char *text, size_t len, size_t step, struct err *e)
{
	size_t i;
	int rc = 0;

	p->xml = xml_new(rules, p);
	for (i = 0; rc == 0 && i < len; i += step) {
		struct buf piece = { 0 };

		buf_add_span(
		    &piece, span_first(span_make(text + i, len - i), step));
		rc = xml_push(p->xml, piece.ptr, piece.len, e);
		buf_cleanup(&piece);
	}
	if (rc == 0)
		rc = xml_finish(p->xml, e);
	if (rc != 0) {
		struct err again = { 0 };

		assert_int_equal(xml_push(p->xml, "<", 1, &again), -1);
		assert_string_equal(again.msg, e->msg);
		assert_int_equal(xml_finish(p->xml, &again), -1);
		assert_string_equal(again.msg, e->msg);
	}
	xml_free(p->xml);
	return rc;
}

static void
test_case(void **state)
{
	static const size_t steps[] = { SIZE_MAX / 2, 1, 2, 3, 7 };
	const struct xml_case *c = *state;
	size_t i;

	for (i = 0; i < TABLE_N(steps); i++) {
		struct printer p = { 0 };
		struct err e = { 0 };
		int rc =
		    read_pieces(&p, c->text, strlen(c->text), steps[i], &e);

		assert_int_equal(e.code, c->code);
		assert_int_equal(rc, c->code == ERR_NONE ? 0 : -1);
		assert_string_equal(
		    c->code == ERR_NONE ? buf_str(&p.out) : e.msg, c->expect);
		buf_cleanup(&p.out);
	}
}

/* One long document: head, n times a row, tail. */
static void
make_long(struct buf *b, const char *head, const char *row, size_t n,
    const char *tail)
{
	buf_add_str(b, head);
	while (n-- > 0)
		buf_add_str(b, row);
	buf_add_str(b, tail);
}

static void
check_long(struct buf *b, enum err_code code, const char *expect)
{
	struct printer p = { 0 };
	struct err e = { 0 };

	read_pieces(&p, b->ptr, b->len, 100000, &e);
	assert_int_equal(e.code, code);
	assert_string_equal(code == ERR_NONE ? buf_str(&p.out) : e.msg, expect);
	buf_cleanup(&p.out);
	buf_cleanup(b);
}

static void
test_lines_beyond_16_bits(void **state)
{
	struct buf b = { 0 };

	(void)state;
	make_long(&b, "<list>", "\n", 70000, "<other/></list>");
	check_long(&b, ERR_NONE,
	    "list{} line 1 byte 0\nother{} line 70001 byte 70006\n");
	make_long(&b, "<list>", "\n", 70000, "<other></list>");
	check_long(&b, ERR_FORMAT, "line 70001: an end tag that does not fit");
}

/* Text of several pieces, its characters cut anywhere. */
static void
test_long_text(void **state)
{
	struct printer p = { 0 };
	struct buf b = { 0 };
	struct err e = { 0 };
	size_t len;

	(void)state;
	make_long(&b, "<list xmlns='urn:a'><item>", "\xe2\x82\xac", 100000,
	    "</item></list>");
	assert_int_equal(read_pieces(&p, b.ptr, b.len, 4096, &e), 0);
	/* Text and source of the item are the document's, byte for byte. */
	len = 3 * 100000;
	assert_non_null(memmem(p.out.ptr, p.out.len, b.ptr + 26, len));
	assert_non_null(memmem(p.out.ptr, p.out.len, b.ptr + 20, len + 13));
	buf_cleanup(&b);
	buf_cleanup(&p.out);
}

static void
test_too_much_text(void **state)
{
	struct buf b = { 0 };

	(void)state;
	make_long(&b, "<list xmlns='urn:a'><item>",
	    "0123456789abcdef0123456789abcdef", XML_TEXT_MAX / 32 + 1,
	    "</item></list>");
	check_long(&b, ERR_LIMIT, "line 1: the text of an element is too long");
}

static void
test_too_much_captured(void **state)
{
	struct buf b = { 0 };

	(void)state;
	make_long(&b, "<list xmlns='urn:a'><item>",
	    "<x><y>0123456789abcdef0123456789</y></x>\n",
	    XML_CAPTURE_MAX / 41 + 1, "</item></list>");
	check_long(&b, ERR_LIMIT, "line 1636803: an element is too large");
}

static void
test_long_tag(void **state)
{
	struct buf b = { 0 };

	(void)state;
	make_long(
	    &b, "<list>\n<other a='", "xxxxxxxxxxxxxxxx", 40000, "'/></list>");
	check_long(&b, ERR_LIMIT, "line 2: a tag or comment is too long");
	make_long(&b, "<list>\n<!--", "xxxxxxxxxxxxxxxx", 40000, "--></list>");
	check_long(&b, ERR_LIMIT, "line 2: a tag or comment is too long");
}

/* Names are kept as long as the parser lives. */
static void
test_too_many_names(void **state)
{
	struct buf b = { 0 };
	unsigned i;

	(void)state;
	buf_add_str(&b, "<list>");
	for (i = 0; i < 200000; i++)
		buf_printf(&b,
		    "<aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "aaaaaaaaaaaaa%u/>",
		    i);
	buf_add_str(&b, "</list>");
	check_long(&b, ERR_LIMIT, "line 1: too many different names");
}

int
main(void)
{
	static struct CMUnitTest tests[TABLE_N(cases) + 8];
	const struct CMUnitTest others[] = {
		cmocka_unit_test(test_lines_beyond_16_bits),
		cmocka_unit_test(test_long_text),
		cmocka_unit_test(test_too_much_text),
		cmocka_unit_test(test_too_much_captured),
		cmocka_unit_test(test_long_tag),
		cmocka_unit_test(test_too_many_names),
	};
	size_t n = 0;
	size_t i;

	TABLE_ADD(tests, &n, cases, test_case);
	for (i = 0; i < TABLE_N(others); i++)
		tests[n++] = others[i];
	return _cmocka_run_group_tests("xml", tests, n, NULL, NULL);
}
