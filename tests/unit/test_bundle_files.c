/* SPDX-License-Identifier: Apache-2.0 */
/* bundles/ as the server sees it: places of blobs, what is not shown, what
 * comes and goes. */
#include <pthread.h>
#include <sys/stat.h>

#include "server/bundle_files.h"
#include "tests/unit/export_world.h"

struct folder {
	struct export_world w;
	struct bundle_files *files;
};

/* bundles/NAME.tar, of the world as it is. */
static void
add_bundle(struct folder *f, const char *name)
{
	struct export_options o = { 0 };
	struct export_result r;
	struct buf path = { 0 };

	buf_printf(&path, "%s/bundles/%s.tar", f->w.tmp.path, name);
	o.path = buf_str(&path);
	export_check(&f->w, export_world_run(&f->w, &o, &r));
	buf_cleanup(&path);
}

static void
look(struct folder *f)
{
	bundle_files_drop(f->files);
	export_check(
	    &f->w, bundle_files_get(f->w.state.dirfd, &f->files, &f->w.e));
}

static void
begin(struct folder *f)
{
	*f = (struct folder){ .files = NULL };
	bundle_files_forget();
	export_world_fill(&f->w);
}

static void
end(struct folder *f)
{
	bundle_files_drop(f->files);
	bundle_files_forget();
	export_world_close(&f->w);
}

/* "full-7 delta-6-7 " */
static void
expect_names(const struct folder *f, const char *want)
{
	struct buf got = { 0 };
	size_t i;

	for (i = 0; i < bundle_files_count(f->files); i++)
		buf_printf(&got, "%s ", bundle_files_at(f->files, i)->name);
	assert_string_equal(buf_str(&got), want);
	buf_cleanup(&got);
}

static struct span
tag_name(const struct folder *f, const char *tag)
{
	const struct bundle_entry *entry =
	    bundle_files_tag(f->files, span_of(tag));

	return span_of(entry == NULL ? "" : entry->name);
}

/* --- what there is --- */

static void
check_blob(const struct folder *f, const struct bundle_entry *entry,
    const struct bundle_blob *blob)
{
	const struct bundle_blob *found;
	char bytes[8192];
	struct err e = { 0 };
	struct digest d;
	int fd;

	assert_ptr_equal(
	    bundle_files_blob(f->files, &blob->sha256, &found), entry);
	assert_ptr_equal(found, blob);
	assert_int_equal(
	    bundle_entry_open(entry, f->w.state.dirfd, blob, &fd, &e), 1);
	assert_true(blob->size_bytes <= sizeof(bytes));
	assert_int_equal(
	    pread(fd, bytes, blob->size_bytes, (off_t)blob->offset),
	    blob->size_bytes);
	digest_of(span_make(bytes, blob->size_bytes), &d);
	assert_true(digest_eq(&d, &blob->sha256));
	close(fd);
}

static void
test_places(void **state)
{
	const struct bundle_entry *entry;
	struct folder f;
	size_t i;

	(void)state;
	begin(&f);
	look(&f);
	expect_names(&f, "");
	add_bundle(&f, "full-7");
	look(&f);
	expect_names(&f, "full-7.tar ");
	entry = bundle_files_at(f.files, 0);
	/* Manifest, "{}" once, six of metadata, three other targets. */
	assert_int_equal(entry->n_blobs, 11);
	assert_int_equal(entry->n_targets, 5);
	assert_int_equal(entry->snapshot, 7);
	assert_true(digest_eq(&entry->blobs[0].sha256, &entry->manifest));
	assert_ptr_equal(
	    bundle_files_manifest(f.files, &entry->manifest), entry);
	assert_null(bundle_files_manifest(f.files, &entry->blobs[1].sha256));
	for (i = 0; i < entry->n_blobs; i++)
		check_blob(&f, entry, &entry->blobs[i]);
	end(&f);
}

static void
test_tags(void **state)
{
	struct folder f;
	struct db_stmt *q;
	struct digest d;
	char hex[DIGEST_HEX_SIZE];

	(void)state;
	begin(&f);
	add_bundle(&f, "full-10");
	add_bundle(&f, "full-9");
	look(&f);
	expect_names(&f, "full-9.tar full-10.tar ");
	assert_true(span_is(tag_name(&f, "latest"), "full-10.tar"));
	assert_true(span_is(tag_name(&f, "full-9"), "full-9.tar"));
	assert_true(span_is(tag_name(&f, "full-8"), ""));
	assert_true(span_is(tag_name(&f, "full-9.tar"), ""));
	assert_true(span_is(tag_name(&f, "../full-9"), ""));
	assert_null(bundle_files_find(f.files, SPAN_LIT("full-9")));
	assert_non_null(bundle_files_find(f.files, SPAN_LIT("full-9.tar")));
	/* One of an older snapshot is not the latest, whatever its number. */
	digest_of(SPAN_LIT("snap 6"), &d);
	q = db_query(f.w.catalog, QUERY_CATALOG_TUF_ROLE_SET);
	db_bind_text(q, ":name", SPAN_LIT("snapshot"));
	db_bind_int(q, ":version", 6);
	db_bind_int(q, ":expires", 0);
	db_bind_int(q, ":threshold", 1);
	db_bind_text(q, ":keyids", SPAN_LIT(""));
	db_bind_text(q, ":sha256", span_of(digest_hex(&d, hex)));
	db_bind_int(q, ":size_bytes", 6);
	export_check(&f.w, db_run(q, &f.w.e));
	add_bundle(&f, "full-11");
	look(&f);
	assert_true(span_is(tag_name(&f, "latest"), "full-10.tar"));
	end(&f);
}

/* --- what is not shown --- */

enum harm {
	HARM_CUT = 0,
	HARM_LONGER,
	HARM_EMPTY,
	HARM_BYTE, /* at a place */
	HARM_NAME, /* of a delta */
	HARM_OTHER_NAME,
	HARM_LINK,
	HARM_FOLDER,
	HARM_PIPE,
};

struct harm_case {
	const char *name;
	enum harm harm;
	off_t at;
};

static const struct harm_case harms[] = {
	{ "cut off", HARM_CUT, 5000 },
	{ "cut off in the manifest", HARM_CUT, 2500 },
	{ "cut off in the first head", HARM_CUT, 100 },
	{ "cut off by one", HARM_CUT, -1 },
	{ "longer", HARM_LONGER, 0 },
	{ "empty", HARM_EMPTY, 0 },
	{ "no tar", HARM_BYTE, 0 },
	{ "a manifest that is none", HARM_BYTE, 2600 },
	{ "a full one with a delta's name", HARM_NAME, 0 },
	{ "another name", HARM_OTHER_NAME, 0 },
	{ "a link", HARM_LINK, 0 },
	{ "a folder", HARM_FOLDER, 0 },
	{ "a pipe", HARM_PIPE, 0 },
};

static void
write_byte(const char *path, off_t at)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	assert_int_not_equal(fd, -1);
	assert_int_equal(pwrite(fd, "#", 1, at), 1);
	close(fd);
}

static void
do_harm(const struct harm_case *c, const char *path, const char *other)
{
	struct stat st;

	assert_int_equal(stat(path, &st), 0);
	if (c->harm == HARM_CUT)
		assert_int_equal(
		    truncate(path, c->at < 0 ? st.st_size - 1 : c->at), 0);
	else if (c->harm == HARM_LONGER)
		assert_int_equal(truncate(path, st.st_size + 512), 0);
	else if (c->harm == HARM_EMPTY)
		assert_int_equal(truncate(path, 0), 0);
	else if (c->harm == HARM_BYTE)
		write_byte(path, c->at);
	else
		assert_int_equal(rename(path, other), 0);
	if (c->harm == HARM_LINK)
		assert_int_equal(symlink(other, path), 0);
	else if (c->harm == HARM_FOLDER)
		assert_int_equal(mkdir(path, 0755), 0);
	else if (c->harm == HARM_PIPE)
		assert_int_equal(mkfifo(path, 0644), 0);
}

static void
test_harm(void **state)
{
	const struct harm_case *c = *state;
	struct buf path = { 0 }, other = { 0 };
	struct folder f;

	begin(&f);
	add_bundle(&f, "full-7");
	buf_printf(&path, "%s/bundles/full-7.tar", f.w.tmp.path);
	buf_printf(&other, "%s/bundles/%s", f.w.tmp.path,
	    c->harm == HARM_NAME ? "delta-6-7.tar" : "other.tar");
	do_harm(c, buf_str(&path), buf_str(&other));
	look(&f);
	expect_names(&f, "");
	assert_true(span_is(tag_name(&f, "latest"), ""));
	end(&f);
	buf_cleanup(&path);
	buf_cleanup(&other);
}

/* --- what changes --- */

static void
test_replaced(void **state)
{
	const struct bundle_entry *entry;
	struct digest before;
	struct folder f;
	struct err e = { 0 };
	int fd;

	(void)state;
	begin(&f);
	add_bundle(&f, "full-7");
	look(&f);
	entry = bundle_files_at(f.files, 0);
	before = entry->manifest;
	export_world_target(&f.w, "nvd/h/new", SPAN_LIT("new"));
	add_bundle(&f, "full-7");
	assert_int_equal(
	    bundle_entry_open(entry, f.w.state.dirfd, NULL, &fd, &e), 0);
	assert_int_equal(fd, -1);
	look(&f);
	entry = bundle_files_at(f.files, 0);
	assert_false(digest_eq(&before, &entry->manifest));
	assert_null(bundle_files_manifest(f.files, &before));
	assert_int_equal(
	    bundle_entry_open(entry, f.w.state.dirfd, NULL, &fd, &e), 1);
	close(fd);
	assert_int_equal(unlinkat(f.w.state.dirfd, "bundles/full-7.tar", 0), 0);
	assert_int_equal(
	    bundle_entry_open(entry, f.w.state.dirfd, NULL, &fd, &e), 0);
	look(&f);
	expect_names(&f, "");
	end(&f);
}

/* In place, with the same length and time: the head before it tells. */
static void
test_spoilt(void **state)
{
	const struct bundle_entry *entry;
	struct buf path = { 0 };
	struct timespec times[2];
	struct folder f;
	struct err e = { 0 };
	int fd;

	(void)state;
	begin(&f);
	add_bundle(&f, "full-7");
	look(&f);
	entry = bundle_files_at(f.files, 0);
	buf_printf(&path, "%s/bundles/full-7.tar", f.w.tmp.path);
	times[0] = times[1] = entry->as.st_mtim;
	write_byte(buf_str(&path), (off_t)entry->blobs[3].offset - 500);
	assert_int_equal(utimensat(AT_FDCWD, buf_str(&path), times, 0), 0);
	assert_int_equal(bundle_entry_open(
			     entry, f.w.state.dirfd, &entry->blobs[3], &fd, &e),
	    0);
	assert_int_equal(fd, -1);
	assert_int_equal(bundle_entry_open(
			     entry, f.w.state.dirfd, &entry->blobs[2], &fd, &e),
	    1);
	close(fd);
	buf_cleanup(&path);
	end(&f);
}

#define N_LOOKS 200

static void *
look_often(void *ctx)
{
	const int *statefd = ctx;
	struct bundle_files *f;
	struct err e = { 0 };
	int i;

	for (i = 0; i < N_LOOKS; i++) {
		if (bundle_files_get(*statefd, &f, &e) != 0)
			return ctx;
		/* Whatever it is, it is one thing. */
		if (bundle_files_count(f) > 0 &&
		    bundle_files_at(f, 0)->n_blobs < 11)
			return ctx;
		bundle_files_drop(f);
	}
	return NULL;
}

static void
test_threads(void **state)
{
	pthread_t threads[3];
	struct folder f;
	void *failed;
	size_t i;

	(void)state;
	begin(&f);
	for (i = 0; i < TABLE_N(threads); i++)
		assert_int_equal(pthread_create(&threads[i], NULL, look_often,
				     &f.w.state.dirfd),
		    0);
	for (i = 0; i < 20; i++)
		add_bundle(&f, i % 2 == 0 ? "full-7" : "full-8");
	for (i = 0; i < TABLE_N(threads); i++) {
		pthread_join(threads[i], &failed);
		assert_null(failed);
	}
	look(&f);
	expect_names(&f, "full-7.tar full-8.tar ");
	end(&f);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(harms) + 5] = {
		cmocka_unit_test(test_places),
		cmocka_unit_test(test_tags),
		cmocka_unit_test(test_replaced),
		cmocka_unit_test(test_spoilt),
		cmocka_unit_test(test_threads),
	};
	size_t n = 5;

	TABLE_ADD(tests, &n, harms, test_harm);
	return _cmocka_run_group_tests("bundle_files", tests, n, NULL, NULL);
}
