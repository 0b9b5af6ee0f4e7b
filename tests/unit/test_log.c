/* SPDX-License-Identifier: Apache-2.0 */
/* What a line of the log looks like. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "tests/unit/table.h"

struct log_case {
	const char *name;
	enum log_level limit;
	const char *text;
	bool is_journal;
	const char *expect;
};

#define LEVELS(text)                                         \
	"scapcache: error: " text "\nscapcache: warn: " text \
	"\nscapcache: info: " text "\nscapcache: debug: " text "\n"

static const struct log_case cases[] = {
	{ "all levels", LOG_DEBUG, "a: b: c", false, LEVELS("a: b: c") },
	{ "up to a level", LOG_WARN, "a", false,
	    "scapcache: error: a\nscapcache: warn: a\n" },
	{ "the journal's", LOG_DEBUG, "a: b", true,
	    "<3>a: b\n<4>a: b\n<6>a: b\n<7>a: b\n" },
	{ "lines in a line", LOG_ERROR, "a\n<0>b\t\x1b[0m", false,
	    "scapcache: error: a <0>b  [0m\n" },
};

static void
log_all(const char *text)
{
	log_error("%s", text);
	log_warn("%s", text);
	log_info("%s", text);
	log_debug("%s", text);
}

/* Standard error is another file meanwhile. */
static void
test_lines(void **state)
{
	const struct log_case *c = *state;
	int fd = memfd_create("log", 0), before = dup(STDERR_FILENO);
	enum log_level level = log_get_level();
	struct buf text = { 0 };
	char stream[64];
	struct stat st;
	struct err e;

	assert_int_equal(fstat(fd, &st), 0);
	snprintf(stream, sizeof(stream), "%ju:%ju", (uintmax_t)st.st_dev,
	    (uintmax_t)st.st_ino + !c->is_journal);
	setenv("JOURNAL_STREAM", stream, 1);
	dup2(fd, STDERR_FILENO);
	log_set_level(c->limit);
	log_all(c->text);
	log_set_level(level);
	dup2(before, STDERR_FILENO);
	unsetenv("JOURNAL_STREAM");
	assert_int_equal(file_read_fd(fd, 4096, &text, &e), 0);
	assert_string_equal(buf_str(&text), c->expect);
	buf_cleanup(&text);
	close(before);
	close(fd);
}

struct level_case {
	const char *name;
	enum log_level expect; /* 0: none */
};

static const struct level_case levels[] = {
	{ "error", LOG_ERROR },
	{ "warn", LOG_WARN },
	{ "info", LOG_INFO },
	{ "debug", LOG_DEBUG },
	{ "", 0 },
	{ "loud", 0 },
};

static void
test_level(void **state)
{
	const struct level_case *c = *state;
	enum log_level got = 0;

	assert_int_equal(
	    log_level_parse(span_of(c->name), &got), c->expect != 0);
	assert_int_equal(got, c->expect);
}

int
main(void)
{
	static struct CMUnitTest tests[TABLE_N(cases) + TABLE_N(levels)];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_lines);
	TABLE_ADD(tests, &n, levels, test_level);
	return _cmocka_run_group_tests("log", tests, n, NULL, NULL);
}
