/* SPDX-License-Identifier: Apache-2.0 */
/* Imports from files into a state directory, by a process of their own. */
#include <sys/stat.h>

#include "base/incoming.h"
#include "base/proc.h"
#include "base/state.h"
#include "bundle/import_keep.h"
#include "tests/unit/bundle_world.h"
#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

#define PART "ubuntu/host/one.xml"

static const struct role_rights rights[N_ROLES] = {
	[ROLE_MAIN] = { .name = "main" },
	[ROLE_BUNDLE] = { .name = "bundle", .files_max = 64 },
};

struct world {
	struct tmp tmp;
	struct state state;
	struct bundle_made bundle;
	char path[3][96]; /* of up to three parts */
	char root[96];
	const char *parts[4];
	struct repository trust;
	struct import_report report;
	struct import_keep *keep;
	struct import *import;
	unsigned n_missing;
	unsigned n_told;
	struct err e;
};

static void
on_missing(void *ctx, struct span what)
{
	struct world *w = ctx;

	assert_true(span_is(what, PART));
	w->n_missing++;
}

static void
on_progress(void *ctx, uint64_t bytes)
{
	struct world *w = ctx;

	assert_true(bytes > 0);
	w->n_told++;
}

static void
write_to(const char *path, struct span bytes)
{
	struct err e;

	assert_int_equal(file_replace(AT_FDCWD, path, bytes, &e), 0);
}

/* Behind the head of the blob of a file. */
static size_t
place_of_body(const struct world *w, unsigned file)
{
	struct span tar = buf_span(&w->bundle.tar);
	struct buf path = { 0 };
	size_t i;

	layout_blob_path(&path, &w->bundle.files[file].sha256);
	for (i = 0; i + TAR_BLOCK < tar.len; i += TAR_BLOCK)
		if (strcmp(tar.ptr + i, buf_str(&path)) == 0 &&
		    tar.ptr[i + 156] == '0')
			break;
	buf_cleanup(&path);
	assert_true(i + TAR_BLOCK < tar.len);
	return i + TAR_BLOCK;
}

static void
world_init(struct world *w, const struct bundle_spec *spec)
{
	unsigned i;

	*w = (struct world){ .trust = { -1 } };
	tmp_init(&w->tmp);
	proc_init(rights, w->tmp.path);
	bundle_make(&w->bundle, spec);
	snprintf(w->root, sizeof(w->root), "%s/root.json", w->tmp.path);
	for (i = 0; i < 3; i++)
		snprintf(w->path[i], sizeof(w->path[i]), "%s/bundle.%u",
		    w->tmp.path, i);
	write_to(w->root, w->bundle.roots[0]);
	write_to(w->path[0], buf_span(&w->bundle.tar));
	w->parts[0] = w->path[0];
	snprintf(w->path[2], sizeof(w->path[2]), "%s/state", w->tmp.path);
	assert_int_equal(
	    state_open(&w->state, w->path[2], STATE_WRITE, 0, &w->e), 0);
	w->report = (struct import_report){ w, on_missing, on_progress };
}

static void
world_cleanup(struct world *w)
{
	import_free(w->import);
	import_keep_free(w->keep);
	state_close(&w->state);
	bundle_made_cleanup(&w->bundle);
	tmp_cleanup(&w->tmp);
}

static int
read_parts(struct world *w)
{
	const struct import_options o = {
		.parts = w->parts, .root = w->root, .now = BUNDLE_NOW
	};
	struct import_sink sink;

	import_free(w->import);
	w->import = NULL;
	import_keep_free(w->keep);
	w->keep = import_keep_new(w->state.dirfd, &w->report);
	sink = import_keep_sink(w->keep);
	return import_read(&w->import, &o, &w->trust, &sink, &w->e);
}

static int
count(void *ctx, const char *name, struct err *e)
{
	(void)name;
	(void)e;
	++*(unsigned *)ctx;
	return 0;
}

static unsigned
files_in(const struct world *w, const char *folder)
{
	unsigned n = 0;
	struct err e;

	if (file_exists(w->state.dirfd, folder))
		assert_int_equal(
		    file_list(w->state.dirfd, folder, count, &n, &e), 0);
	return n;
}

#define INCOMING "incoming"
#define STORE "store/blobs/sha256"

static void
commit(struct world *w)
{
	struct store store;

	assert_int_equal(store_open(&store, w->state.dirfd, &w->e), 0);
	assert_int_equal(import_keep_commit(w->keep, &store, &w->e), 0);
	store_close(&store);
}

static void
test_all_is_kept(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, &(struct bundle_spec){ .n_roots = 2 });
	assert_int_equal(read_parts(&w), 0);
	assert_int_equal(import_result(w.import)->n_new, 3);
	assert_int_equal(import_result(w.import)->size_bytes, w.bundle.tar.len);
	assert_int_equal(files_in(&w, INCOMING), 3);
	assert_int_equal(files_in(&w, STORE), 0);
	commit(&w);
	assert_int_equal(files_in(&w, INCOMING), 0);
	assert_int_equal(files_in(&w, STORE), 3);
	/* Now the store has everything. */
	assert_int_equal(read_parts(&w), 0);
	assert_int_equal(import_result(w.import)->n_new, 0);
	assert_int_equal(files_in(&w, INCOMING), 0);
	world_cleanup(&w);
}

static void
test_all_is_taken_back(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, &(struct bundle_spec){ 0 });
	assert_int_equal(read_parts(&w), 0);
	import_keep_undo(w.keep);
	assert_int_equal(files_in(&w, INCOMING), 0);
	assert_int_equal(read_parts(&w), 0);
	commit(&w);
	import_keep_undo(w.keep);
	assert_int_equal(files_in(&w, STORE), 0);
	world_cleanup(&w);
}

static void
test_what_is_missing_is_told(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, &(struct bundle_spec){ .leave_out = PART });
	assert_int_equal(read_parts(&w), -1);
	assert_int_equal(refusal_of(&w.e), REFUSAL_INCOMPLETE);
	assert_non_null(strstr(w.e.msg, "bundle.0: 1 file is missing"));
	assert_int_equal(w.n_missing, 1);
	assert_int_equal(files_in(&w, INCOMING), 0);
	world_cleanup(&w);
}

/* A half of a file is worth nothing to anybody. */
static void
test_refused_in_the_middle(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, &(struct bundle_spec){ .spoil = PART });
	assert_int_equal(read_parts(&w), -1);
	assert_int_equal(refusal_of(&w.e), REFUSAL_UNTRUSTED);
	assert_int_equal(files_in(&w, INCOMING), 2);
	import_keep_undo(w.keep);
	assert_int_equal(files_in(&w, INCOMING), 0);
	world_cleanup(&w);
}

/* Cut into three, the second of which cannot be read at first. */
static void
test_a_medium_that_breaks(void **state)
{
	struct span tar;
	struct world w;
	size_t at;

	(void)state;
	world_init(&w, &(struct bundle_spec){ 0 });
	tar = buf_span(&w.bundle.tar);
	at = place_of_body(&w, 2) + 1;
	w.parts[1] = w.path[1];
	write_to(w.path[0], span_first(tar, at));
	assert_int_equal(mkdir(w.path[1], 0700), 0);
	assert_int_equal(read_parts(&w), -1);
	assert_int_equal(w.e.code, ERR_SYSTEM);
	assert_non_null(strstr(
	    w.e.msg, "part 2 of the bundle cannot be read from its byte 0"));
	assert_int_equal(files_in(&w, INCOMING), 3);

	/* It goes on behind what it has: that is not looked at again. */
	assert_int_equal(rmdir(w.path[1]), 0);
	w.bundle.tar.ptr[place_of_body(&w, 1)]++;
	write_to(w.path[0], span_first(tar, at));
	write_to(w.path[1], span_from(tar, at));
	assert_int_equal(read_parts(&w), 0);
	assert_int_equal(files_in(&w, INCOMING), 3);
	commit(&w);
	assert_int_equal(files_in(&w, STORE), 3);
	world_cleanup(&w);
}

/* Somebody has written into it: then it comes off the medium again. */
static void
test_a_kept_file_that_rotted(void **state)
{
	char name[160], hex[2][DIGEST_HEX_SIZE];
	struct world w;

	(void)state;
	world_init(&w, &(struct bundle_spec){ 0 });
	assert_int_equal(read_parts(&w), 0);
	snprintf(name, sizeof(name), INCOMING "/" INCOMING_BUNDLE "%s.%s",
	    digest_hex(&import_result(w.import)->bundle, hex[0]),
	    digest_hex(&w.bundle.files[1].sha256, hex[1]));
	assert_int_equal(
	    file_replace(w.state.dirfd, name, SPAN_LIT("one"), &w.e), 0);
	assert_int_equal(read_parts(&w), 0);
	commit(&w);
	assert_int_equal(files_in(&w, STORE), 3);
	world_cleanup(&w);
}

/* Killed after it was stored, before it was removed. */
static void
test_what_is_stored_is_swept(void **state)
{
	char name[160], hex[2][DIGEST_HEX_SIZE];
	struct world w;

	(void)state;
	world_init(&w, &(struct bundle_spec){ 0 });
	assert_int_equal(read_parts(&w), 0);
	commit(&w);
	snprintf(name, sizeof(name), INCOMING "/" INCOMING_BUNDLE "%s.%s",
	    digest_hex(&import_result(w.import)->bundle, hex[0]),
	    digest_hex(&w.bundle.files[1].sha256, hex[1]));
	assert_int_equal(
	    file_replace(w.state.dirfd, name, SPAN_LIT("ONE"), &w.e), 0);
	assert_int_equal(file_replace(w.state.dirfd, INCOMING "/1.part",
			     SPAN_LIT("x"), &w.e),
	    0);
	assert_int_equal(read_parts(&w), 0);
	assert_int_equal(
	    import_keep_sweep(w.keep, &import_result(w.import)->bundle, &w.e),
	    0);
	assert_int_equal(files_in(&w, INCOMING), 1);
	world_cleanup(&w);
}

static void
test_a_part_that_is_not_there(void **state)
{
	struct world w;

	(void)state;
	world_init(&w, &(struct bundle_spec){ 0 });
	w.parts[0] = "/nonexistent/bundle.tar";
	assert_int_equal(read_parts(&w), -1);
	assert_int_equal(w.e.code, ERR_SYSTEM);
	assert_non_null(strstr(w.e.msg, "No such file or directory"));
	world_cleanup(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_all_is_kept),
		cmocka_unit_test(test_all_is_taken_back),
		cmocka_unit_test(test_what_is_missing_is_told),
		cmocka_unit_test(test_refused_in_the_middle),
		cmocka_unit_test(test_a_medium_that_breaks),
		cmocka_unit_test(test_a_kept_file_that_rotted),
		cmocka_unit_test(test_what_is_stored_is_swept),
		cmocka_unit_test(test_a_part_that_is_not_there),
	};

	return cmocka_run_group_tests_name("import process", tests, NULL, NULL);
}
