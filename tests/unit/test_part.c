/* SPDX-License-Identifier: Apache-2.0 */
/* Parts beside their validators, and which of them outlive a run. */
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/incoming.h"
#include "syncd/part.h"
#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

#define URL "https://upstream.example/feed"
#define NOW 1700000000
#define DAY 86400

struct world {
	struct tmp tmp;
	struct arena arena;
	char path[PART_PATH_SIZE];
	char from[PART_PATH_SIZE];
};

static void
world_init(struct world *w)
{
	struct err e = { 0 };

	memset(w, 0, sizeof(*w));
	tmp_init(&w->tmp);
	assert_int_equal(file_make_dirs(w->tmp.dirfd, "incoming", &e), 0);
	part_path(span_of(URL), w->path);
	snprintf(w->from, sizeof(w->from), "%.*s" INCOMING_FROM,
	    (int)(strlen(w->path) - strlen(INCOMING_PART)), w->path);
}

static void
world_cleanup(struct world *w)
{
	arena_cleanup(&w->arena);
	tmp_cleanup(&w->tmp);
}

/* What part_open() finds, as text. */
static const char *
found(struct world *w, char text[128])
{
	struct fetch_part have;
	struct err e = { 0 };
	int fd;

	assert_int_equal(
	    part_open(w->tmp.dirfd, w->path, &w->arena, &fd, &have, &e), 0);
	snprintf(text, 128, "%llu of %llu under %.*s",
	    (unsigned long long)have.size, (unsigned long long)have.total,
	    SPAN_ARG(have.validator));
	close(fd);
	return text;
}

static void
write_file(struct world *w, const char *path, const char *text)
{
	struct err e = { 0 };

	assert_int_equal(
	    file_replace(w->tmp.dirfd, path, span_of(text), &e), 0);
}

static void
note(struct world *w, const char *validator, uint64_t total)
{
	const struct fetch_part head = { span_of(validator), 0, total };
	struct err e = { 0 };

	assert_int_equal(part_note(w->tmp.dirfd, w->path, &head, &e), 0);
}

/* As after a crash of the machine: another run of the kernel. */
static void
change_boot(struct world *w)
{
	struct buf text = { 0 };
	struct err e = { 0 };
	char *boot;

	assert_int_equal(file_read(w->tmp.dirfd, w->from, 4096, &text, &e), 0);
	boot = strstr(text.ptr, "\nboot ");
	assert_non_null(boot);
	memset(boot + 6, '0', 8);
	write_file(w, w->from, buf_str(&text));
	buf_cleanup(&text);
}

static void
test_a_part_and_its_end(void **state)
{
	struct world w;
	struct err e = { 0 };
	char text[128];

	(void)state;
	world_init(&w);
	assert_string_equal(found(&w, text), "0 of 0 under ");
	write_file(&w, w.path, "hello");
	assert_string_equal(found(&w, text), "0 of 0 under ");
	note(&w, "\"a\"", 10);
	assert_string_equal(found(&w, text), "5 of 10 under \"a\"");
	note(&w, "\"b\"", 0);
	assert_string_equal(found(&w, text), "5 of 0 under \"b\"");
	note(&w, "", 10);
	assert_string_equal(found(&w, text), "0 of 0 under ");
	assert_int_equal(part_keep(w.tmp.dirfd, w.path, &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	note(&w, "\"a\"", 10);
	part_drop(w.tmp.dirfd, w.path);
	assert_false(file_exists(w.tmp.dirfd, w.path));
	assert_false(file_exists(w.tmp.dirfd, w.from));
	part_drop(w.tmp.dirfd, w.path);
	world_cleanup(&w);
}

static void
test_more_than_was_announced(void **state)
{
	struct world w;
	char text[128];

	(void)state;
	world_init(&w);
	write_file(&w, w.path, "hello");
	note(&w, "\"a\"", 4);
	assert_string_equal(found(&w, text), "0 of 4 under \"a\"");
	world_cleanup(&w);
}

/* Only what was synced is what was written. */
static void
test_a_crash_of_the_machine(void **state)
{
	struct world w;
	struct err e = { 0 };
	char text[128];

	(void)state;
	world_init(&w);
	write_file(&w, w.path, "hello");
	note(&w, "\"a\"", 10);
	change_boot(&w);
	assert_string_equal(found(&w, text), "0 of 10 under \"a\"");
	write_file(&w, w.path, "hello");
	assert_int_equal(part_keep(w.tmp.dirfd, w.path, &e), 0);
	write_file(&w, w.path, "hellowor");
	assert_string_equal(found(&w, text), "8 of 10 under \"a\"");
	change_boot(&w);
	assert_string_equal(found(&w, text), "5 of 10 under \"a\"");
	write_file(&w, w.path, "hellowo");
	assert_string_equal(found(&w, text), "7 of 10 under \"a\"");
	world_cleanup(&w);
}

/* Who may write still could change what is proved. */
static void
test_settled(void **state)
{
	struct world w;
	struct fetch_part have;
	struct err e = { 0 };
	int fd;

	(void)state;
	world_init(&w);
	assert_int_equal(
	    part_open(w.tmp.dirfd, w.path, &w.arena, &fd, &have, &e), 0);
	assert_int_equal(part_settle(w.tmp.dirfd, w.path, &e), -1);
	assert_int_equal(e.code, ERR_UNTRUSTED);
	assert_string_equal(
	    e.msg, "the fetch process still has it open to write");
	close(fd);
	assert_int_equal(part_settle(w.tmp.dirfd, w.path, &e), 0);
	world_cleanup(&w);
}

struct from_case {
	const char *name;
	const char *text;
};

#define MAGIC "scapcache part 1\n"

static const struct from_case torn[] = {
	{ "empty", "" },
	{ "of another version",
	    "scapcache part 2\nvalidator \"a\"\ntotal 10\n"
	    "boot x\nsynced 5\n" },
	{ "torn after the first line", MAGIC },
	{ "torn in a line", MAGIC "validator \"a\"\ntotal 1" },
	{ "torn before its last end",
	    MAGIC "validator \"a\"\ntotal 10\nboot x\n"
		  "synced 5" },
	{ "with more", MAGIC "validator \"a\"\ntotal 10\nboot x\nsynced 5\nx" },
	{ "in another order",
	    MAGIC "total 10\nvalidator \"a\"\nboot x\n"
		  "synced 5\n" },
	{ "with a total that is none",
	    MAGIC "validator \"a\"\ntotal -1\n"
		  "boot x\nsynced 5\n" },
	{ "with a line that is too short",
	    MAGIC "validator\ntotal 10\nboot x\n"
		  "synced 5\n" },
};

static void
test_torn(void **state)
{
	const struct from_case *c = *state;
	struct world w;
	char text[128];

	world_init(&w);
	write_file(&w, w.path, "hello");
	write_file(
	    &w, w.from, MAGIC "validator \"a\"\ntotal 10\nboot x\nsynced 5\n");
	assert_string_equal(found(&w, text), "5 of 10 under \"a\"");
	write_file(&w, w.from, c->text);
	assert_string_equal(found(&w, text), "0 of 0 under ");
	world_cleanup(&w);
}

static void
add_part(struct world *w, const char *name, const char *suffix, int64_t when)
{
	const struct timespec times[2] = { { .tv_sec = when },
		{ .tv_sec = when } };
	char path[192];

	snprintf(path, sizeof(path), "incoming/%s%s", name, suffix);
	write_file(w, path, "x");
	assert_int_equal(utimensat(w->tmp.dirfd, path, times, 0), 0);
}

static bool
is_there(struct world *w, const char *name)
{
	char path[192];

	snprintf(path, sizeof(path), "incoming/%s", name);
	return file_exists(w->tmp.dirfd, path);
}

static void
test_what_is_kept(void **state)
{
	struct world w;
	struct err e = { 0 };

	(void)state;
	world_init(&w);
	add_part(&w, "1", "", NOW);
	add_part(&w, "young", ".part", NOW - 7 * DAY);
	add_part(&w, "young", ".from", NOW - 9 * DAY);
	add_part(&w, "old", ".part", NOW - 7 * DAY - 1);
	add_part(&w, "old", ".from", NOW);
	add_part(&w, "unknown", ".part", NOW);
	add_part(&w, "lonely", ".from", NOW);
	add_part(&w, "young", ".from.new", NOW);
	assert_int_equal(
	    file_make_dirs(w.tmp.dirfd, "incoming/folder.part/x", &e), 0);
	add_part(&w, "folder", ".from", NOW);
	assert_int_equal(incoming_clean(w.tmp.dirfd, NOW, &e), 0);
	assert_true(is_there(&w, "young.part"));
	assert_true(is_there(&w, "young.from"));
	assert_false(is_there(&w, "1"));
	assert_false(is_there(&w, "old.part"));
	assert_false(is_there(&w, "old.from"));
	assert_false(is_there(&w, "unknown.part"));
	assert_false(is_there(&w, "lonely.from"));
	assert_false(is_there(&w, "young.from.new"));
	assert_false(is_there(&w, "folder.part"));
	world_cleanup(&w);
}

#define HEX "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"
#define OF_BUNDLE "bundle." HEX "." HEX

/* Whole files out of a bundle wait for the next import of it. */
static void
test_what_is_kept_of_a_bundle(void **state)
{
	struct world w;
	struct err e = { 0 };

	(void)state;
	world_init(&w);
	add_part(&w, OF_BUNDLE, "", NOW - 7 * DAY);
	add_part(&w, OF_BUNDLE, ".new", NOW);
	add_part(&w, "bundle." HEX, "", NOW);
	add_part(&w, "bundle." HEX ".", HEX "0", NOW);
	assert_int_equal(incoming_clean(w.tmp.dirfd, NOW, &e), 0);
	assert_true(is_there(&w, OF_BUNDLE));
	assert_false(is_there(&w, OF_BUNDLE ".new"));
	assert_false(is_there(&w, "bundle." HEX));
	assert_false(is_there(&w, "bundle." HEX "." HEX "0"));
	assert_int_equal(incoming_clean(w.tmp.dirfd, NOW + 1, &e), 0);
	assert_false(is_there(&w, OF_BUNDLE));
	world_cleanup(&w);
}

static void
test_parts_without_end(void **state)
{
	struct world w;
	struct err e = { 0 };
	char name[16];
	int i;

	(void)state;
	world_init(&w);
	for (i = 0; i <= INCOMING_PARTS_MAX; i++) {
		snprintf(name, sizeof(name), "%d", i);
		add_part(&w, name, ".part", NOW - i);
		add_part(&w, name, ".from", NOW);
	}
	assert_int_equal(incoming_clean(w.tmp.dirfd, NOW, &e), 0);
	assert_true(is_there(&w, "0.part"));
	assert_true(is_there(&w, "63.part"));
	assert_false(is_there(&w, "64.part"));
	assert_false(is_there(&w, "64.from"));
	world_cleanup(&w);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(torn) + 7] = {
		cmocka_unit_test(test_a_part_and_its_end),
		cmocka_unit_test(test_more_than_was_announced),
		cmocka_unit_test(test_a_crash_of_the_machine),
		cmocka_unit_test(test_settled),
		cmocka_unit_test(test_what_is_kept),
		cmocka_unit_test(test_parts_without_end),
		cmocka_unit_test(test_what_is_kept_of_a_bundle),
	};
	size_t n = 7;

	TABLE_ADD(tests, &n, torn, test_torn);
	return cmocka_run_group_tests_name("part", tests, NULL, NULL);
}
