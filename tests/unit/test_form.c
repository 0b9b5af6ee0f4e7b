/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "base/memfd.h"
#include "server/form.h"
#include "tests/unit/table.h"

#define FIELD(name) "Content-Disposition: form-data; name=\"" name "\"\r\n\r\n"
#define IMAGE                                                         \
	"Content-Disposition: form-data; name=\"file\"; "             \
	"filename=\"a b.tar\"\r\nContent-Type: application/x-tar\r\n" \
	"\r\n"

struct form_case {
	const char *name;
	const char *boundary;
	const char *body;
	const char *expect; /* fields, or the error */
};

static const struct form_case cases[] = {
	{ "a field", "x", "--x\r\n" FIELD("name") "app\r\n--x--\r\n",
	    "name=app;" },
	{ "two", "x",
	    "--x\r\n" FIELD("a") "1\r\n--x\r\n" FIELD("b") "2\r\n--x--",
	    "a=1;b=2;" },
	{ "an empty one", "x", "--x\r\n" FIELD("a") "\r\n--x--", "a=;" },
	{ "a file", "x", "--x\r\n" IMAGE "\x01\r\n-\r\n--x--\r\n",
	    "file@a b.tar:4;" },
	{ "a semicolon in a file's name", "x",
	    "--x\r\nContent-Disposition: form-data; name=\"file\"; "
	    "filename=\"a; name=b.tar\"\r\n\r\n1\r\n--x--",
	    "file@a; name=b.tar:1;" },
	{ "a file without bytes", "x", "--x\r\n" IMAGE "\r\n--x--\r\n",
	    "file@a b.tar:0;" },
	{ "the boundary's beginning in a file", "xyz",
	    "--xyz\r\n" IMAGE "\r\n--xy\r\n--xyz--", "file@a b.tar:6;" },
	{ "the name's case", "x",
	    "--x\r\ncontent-DISPOSITION: form-data; NAME=a\r\n\r\n1\r\n--x--",
	    "a=1;" },
	{ "nothing", "x", "",
	    "the form that was sent does not begin with its boundary" },
	{ "another boundary", "x", "--y\r\n" FIELD("a") "1\r\n--y--",
	    "the form that was sent does not begin with its boundary" },
	{ "no end", "x", "--x\r\n" FIELD("a") "1",
	    "the form that was sent ends early" },
	{ "cut in a head", "x", "--x\r\nContent-Dispo",
	    "the form that was sent ends early" },
	{ "a longer boundary", "x", "--xx\r\n" FIELD("a") "1\r\n--xx--",
	    "the form that was sent has a boundary that is none" },
	{ "no name", "x",
	    "--x\r\nContent-Disposition: form-data\r\n\r\n1\r\n--x--",
	    "the form that was sent has a field without a name" },
	{ "no field", "x", "--x\r\nX: y\r\n\r\n1\r\n--x--",
	    "the form that was sent has a part that is no field" },
	{ "no boundary", "", "--x--",
	    "the form that was sent names no boundary" },
};

static void
print(struct buf *b, const struct form *f)
{
	size_t i;

	for (i = 0; i < f->n; i++)
		if (f->fields[i].is_file)
			buf_printf(b, "%.*s@%.*s:%llu;",
			    SPAN_ARG(f->fields[i].name),
			    SPAN_ARG(f->fields[i].filename),
			    (unsigned long long)f->fields[i].size_bytes);
		else
			buf_printf(b, "%.*s=%.*s;", SPAN_ARG(f->fields[i].name),
			    SPAN_ARG(f->fields[i].value));
}

static int
file_of(struct span bytes)
{
	struct err e = { 0 };
	int fd = -1;

	if (memfd_of(bytes, &fd, &e) != 0)
		fail_msg("%s", e.msg);
	return fd;
}

static void
test_multipart(void **state)
{
	const struct form_case *c = *state;
	struct span body = span_of(c->body);
	struct arena a = { 0 };
	struct buf said = { 0 };
	struct err e = { 0 };
	struct form f;
	int fd = file_of(body);

	if (form_read_multipart(
		fd, body.len, span_of(c->boundary), &a, &f, &e) == 0)
		print(&said, &f);
	else
		buf_add_str(&said, e.msg);
	assert_string_equal(buf_str(&said), c->expect);
	buf_cleanup(&said);
	arena_cleanup(&a);
	close(fd);
}

/* Larger than what is read at once, with delimiters at every place of it. */
static void
test_large(void **state)
{
	static const size_t sizes[] = { 262000, 262100, 262131, 262140, 262144,
		262150, 700000 };
	struct arena a = { 0 };
	struct err e = { 0 };
	size_t i, k;

	(void)state;
	for (i = 0; i < TABLE_N(sizes); i++) {
		struct buf b = { 0 };
		struct form f;
		int fd;

		buf_add_str(&b, "--x\r\n" IMAGE);
		for (k = 0; k < sizes[i]; k++)
			buf_add_char(&b, (char)('a' + k % 26));
		buf_add_str(&b, "\r\n--x\r\n" FIELD("after") "1\r\n--x--\r\n");
		fd = file_of(buf_span(&b));
		if (form_read_multipart(fd, b.len, SPAN_LIT("x"), &a, &f, &e) !=
		    0)
			fail_msg("%zu: %s", sizes[i], e.msg);
		assert_int_equal(f.fields[0].size_bytes, sizes[i]);
		assert_true(span_is(form_text(&f, "after"), "1"));
		close(fd);
		buf_cleanup(&b);
	}
	arena_cleanup(&a);
}

struct limit_case {
	const char *name;
	size_t n_fields;
	size_t size; /* of each */
	const char *expect;
};

static const struct limit_case limits[] = {
	{ "too many fields", FORM_FIELDS_MAX + 1, 1,
	    "a form has too many fields" },
	{ "too large a field", 1, FORM_TEXT_MAX + 1,
	    "a field of a form has more than 4096 bytes" },
};

static void
test_limit(void **state)
{
	const struct limit_case *c = *state;
	struct arena a = { 0 };
	struct err e = { 0 };
	struct buf b = { 0 };
	struct form f;
	size_t i, k;
	int fd;

	for (i = 0; i < c->n_fields; i++) {
		buf_add_str(&b, i == 0 ? "--x\r\n" : "\r\n--x\r\n");
		buf_add_str(&b, FIELD("a"));
		for (k = 0; k < c->size; k++)
			buf_add_char(&b, 'v');
	}
	buf_add_str(&b, "\r\n--x--");
	fd = file_of(buf_span(&b));
	assert_int_equal(
	    form_read_multipart(fd, b.len, SPAN_LIT("x"), &a, &f, &e), -1);
	assert_int_equal(e.code, ERR_LIMIT);
	assert_string_equal(e.msg, c->expect);
	close(fd);
	buf_cleanup(&b);
	arena_cleanup(&a);
}

static void
test_urlencoded(void **state)
{
	static const char body[] = "token=a%2Bb+c&to=%2Fscan%3Fx";
	struct request q = { .body_type =
				 SPAN_LIT("application/x-www-form-urlencoded"),
		.body_fd = file_of(span_of(body)),
		.body_size = sizeof(body) - 1 };
	struct err e = { 0 };
	struct form f;

	(void)state;
	if (form_read(&q, &f, &e) != 0)
		fail_msg("%s", e.msg);
	assert_true(span_is(form_text(&f, "token"), "a+b c"));
	assert_true(span_is(form_text(&f, "to"), "/scan?x"));
	assert_int_equal(form_text(&f, "other").len, 0);
	close(q.body_fd);
	arena_cleanup(&q.arena);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + TABLE_N(limits) + 2] = { 0 };
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_multipart);
	TABLE_ADD(tests, &n, limits, test_limit);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_large);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_urlencoded);
	return cmocka_run_group_tests_name("form", tests, NULL, NULL);
}
