/* SPDX-License-Identifier: Apache-2.0 */
/* receipt.json: written, read, and read in a process. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/memfd.h"
#include "base/proc.h"
#include "bundle/receipt.h"
#include "bundle/refusal.h"
#include "tests/unit/table.h"

#define A16 "aaaaaaaaaaaaaaaa"
#define A "\"" A16 A16 A16 A16 "\""
#define B16 "bbbbbbbbbbbbbbbb"
#define B "\"" B16 B16 B16 B16 "\""
#define SNAPSHOT "\"snapshot\":{\"sha256\":" A ",\"version\":3}"
#define HEAD "{\"format\":1,\"generation\":7,\"root\":1," SNAPSHOT
#define GOOD HEAD ",\"targets\":[" A "," B "],\"timestamp\":5}"

static const struct role_rights roles[N_ROLES] = {
	[ROLE_MAIN] = { .name = "main" },
	[ROLE_BUNDLE] = { .name = "bundle", .files_max = 64 },
};

struct receipt_case {
	const char *name;
	const char *input;
	const char *expect; /* NULL: it is good, and is written so again */
};

static const struct receipt_case cases[] = {
	{ "two targets", GOOD, NULL },
	{ "none", HEAD ",\"targets\":[],\"timestamp\":5}", NULL },
	{ "empty", "", "" },
	{ "no JSON", "receipt", "" },
	{ "an array", "[]", "not a receipt" },
	{ "nothing in it", "{}", "format is no number above 0" },
	{ "a later format", "{\"format\":2}",
	    "a receipt of format 2: it takes a later version of scapcache" },
	{ "a version of 0",
	    "{\"format\":1,\"generation\":7,\"root\":0," SNAPSHOT
	    ",\"targets\":[],\"timestamp\":5}",
	    "root is no number above 0" },
	{ "a version as text",
	    "{\"format\":1,\"generation\":7,\"root\":\"1\"," SNAPSHOT
	    ",\"targets\":[],\"timestamp\":5}",
	    "root is no number above 0" },
	{ "no snapshot",
	    "{\"format\":1,\"generation\":7,\"root\":1,\"targets\":[],"
	    "\"timestamp\":5}",
	    "snapshot.version is no number above 0" },
	{ "no digest", HEAD ",\"targets\":[\"abc\"],\"timestamp\":5}",
	    "\"abc\" is no SHA-256" },
	{ "targets are no array", HEAD ",\"targets\":{},\"timestamp\":5}",
	    "targets is no array" },
	{ "out of order", HEAD ",\"targets\":[" B "," A "],\"timestamp\":5}",
	    "targets: " A16 A16 A16 A16 " is out of order" },
	{ "twice", HEAD ",\"targets\":[" A "," A "],\"timestamp\":5}",
	    "targets: " A16 A16 A16 A16 " is out of order" },
	{ "a line behind it", GOOD "\n", "not as a receipt is written" },
	{ "something else in it",
	    HEAD ",\"targets\":[],\"timestamp\":5,\"zebra\":1}",
	    "not as a receipt is written" },
};

static void
check(const struct receipt_case *c, int rc, const struct receipt *r,
    const struct err *e)
{
	struct buf again = { 0 };

	if (c->expect == NULL) {
		if (rc != 0)
			fail_msg("%s", e->msg);
		receipt_write(&again, r);
		assert_string_equal(buf_str(&again), c->input);
	} else {
		assert_int_equal(rc, -1);
		assert_int_equal(refusal_of(e), REFUSAL_SHAPE);
		/* The words about JSON are another module's. */
		if (c->expect[0] != '\0')
			assert_string_equal(e->msg, c->expect);
	}
	buf_cleanup(&again);
}

static void
test_read(void **state)
{
	const struct receipt_case *c = *state;
	struct arena a = { 0 };
	struct err e = { 0 };
	struct receipt r;

	check(c, receipt_read(span_of(c->input), &a, &r, &e), &r, &e);
	arena_cleanup(&a);
}

static void
test_process(void **state)
{
	const struct receipt_case *c = *state;
	struct arena a = { 0 };
	struct err e = { 0 };
	struct receipt r;
	int fd;

	proc_init(roles, "/nonexistent");
	assert_int_equal(memfd_of(span_of(c->input), &fd, &e), 0);
	check(c, receipt_read_run(fd, &a, &r, &e), &r, &e);
	close(fd);
	arena_cleanup(&a);
}

/* More digests than one message holds. */
static void
test_many(void **state)
{
	static struct digest targets[40000];
	struct receipt r = { 7, 1, 5, 3, { { 1 } }, targets, TABLE_N(targets) };
	struct receipt got;
	struct buf text = { 0 };
	struct arena a = { 0 };
	struct err e = { 0 };
	size_t i;
	int fd;

	(void)state;
	for (i = 0; i < TABLE_N(targets); i++) {
		targets[i].bytes[0] = (uint8_t)(i >> 8);
		targets[i].bytes[1] = (uint8_t)i;
	}
	proc_init(roles, "/nonexistent");
	receipt_write(&text, &r);
	assert_int_equal(memfd_of(buf_span(&text), &fd, &e), 0);
	if (receipt_read_run(fd, &a, &got, &e) != 0)
		fail_msg("%s", e.msg);
	assert_int_equal(got.n_targets, TABLE_N(targets));
	assert_memory_equal(got.targets, targets, sizeof(targets));
	close(fd);
	buf_cleanup(&text);
	arena_cleanup(&a);
}

int
main(void)
{
	struct CMUnitTest tests[2 * TABLE_N(cases) + 1] = {
		cmocka_unit_test(test_many),
	};
	size_t n = 1;

	TABLE_ADD(tests, &n, cases, test_read);
	TABLE_ADD(tests, &n, cases, test_process);
	return _cmocka_run_group_tests("receipt", tests, n, NULL, NULL);
}
