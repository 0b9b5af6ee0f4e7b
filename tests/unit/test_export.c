/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <sys/resource.h>
#include <sys/stat.h>

#include "tests/unit/export_world.h"

/* --- what is in a bundle --- */

struct listing {
	struct span rest;
	struct digest blobs[32];
	size_t n_blobs;
	struct span manifest;
	struct buf *out;
};

static int
give(void *ctx, char *ptr, size_t size, size_t *n, struct err *e)
{
	struct listing *l = ctx;

	(void)e;
	*n = l->rest.len < size ? l->rest.len : size;
	if (*n > 0)
		memcpy(ptr, l->rest.ptr, *n);
	l->rest = span_from(l->rest, *n);
	return 0;
}

static size_t
find_blob(const struct listing *l, struct span path)
{
	struct digest d;
	size_t i;

	if (digest_parse(span_from(path, strlen("blobs/sha256/")), &d))
		for (i = 0; i < l->n_blobs; i++)
			if (digest_eq(&d, &l->blobs[i]))
				return i;
	return 99;
}

/* Digests in names become "H". */
static void
add_name(struct buf *out, struct span path)
{
	size_t slash = span_rfind(path, '/');
	struct span base = span_from(path, slash + 1);
	struct digest d;

	if (base.len > 64 && digest_parse(span_first(base, 64), &d))
		buf_printf(out, "%.*s/H%.*s", (int)slash, path.ptr,
		    SPAN_ARG(span_from(base, 64)));
	else
		buf_add_span(out, path);
}

static void
note(struct listing *l, const struct tar_entry *entry, struct span body)
{
	if (entry->link.len > 0) {
		add_name(l->out, entry->path);
		buf_printf(l->out, "->%zu ", find_blob(l, entry->link));
	} else if (span_has_prefix(entry->path, "blobs/")) {
		assert_true(l->n_blobs < TABLE_N(l->blobs));
		assert_int_equal(find_blob(l, entry->path), 99);
		digest_of(body, &l->blobs[l->n_blobs++]);
		assert_int_equal(find_blob(l, entry->path), l->n_blobs - 1);
		buf_printf(l->out, "%zu=%.*s ", l->n_blobs - 1,
		    body.len < 9 ? (int)body.len : 0, body.ptr);
	} else {
		buf_printf(l->out, "%.*s ", SPAN_ARG(entry->path));
	}
}

/* The tar's entries; its manifest reads and names what is there. */
static void
list(struct span tar, struct buf *out)
{
	struct listing l = { .rest = tar, .out = out };
	struct stream_pull pull = { &l, give };
	struct tar_reader *r = tar_reader_new(&pull);
	struct arena arena = { 0 };
	struct buf body = { 0 };
	struct tar_entry entry;
	struct layout layout;
	struct span piece;
	struct err e = { 0 };
	int rc;

	buf_reset(out);
	while ((rc = tar_next(r, &entry, &e)) == 1) {
		buf_reset(&body);
		while (tar_body(r, &piece, &e) == 1)
			buf_add_span(&body, piece);
		note(&l, &entry, buf_span(&body));
		if (l.n_blobs == 1 && l.manifest.ptr == NULL)
			l.manifest = arena_span(&arena, buf_span(&body));
	}
	if (rc != 0 || layout_read(l.manifest, &arena, &layout, &e) != 0)
		fail_msg("%s", e.msg);
	for (size_t i = 0; i < layout.n_parts; i++) {
		char path[13 + DIGEST_HEX_SIZE] = "blobs/sha256/";

		digest_hex(&layout.parts[i].sha256, path + 13);
		assert_int_not_equal(find_blob(&l, span_of(path)), 99);
	}
	buf_printf(out, "%.*s|%.*s", SPAN_ARG(layout.base_snapshot),
	    SPAN_ARG(layout.sources));
	tar_reader_free(r);
	buf_cleanup(&body);
	arena_cleanup(&arena);
}

static void
read_out(struct export_world *w, const char *name, struct buf *out)
{
	char path[128];

	buf_reset(out);
	snprintf(path, sizeof(path), "out/%s", name);
	export_check(w, file_read(w->tmp.dirfd, path, 1 << 24, out, &w->e));
}

static int
add_file(void *ctx, const char *name, struct err *e)
{
	(void)e;
	buf_printf(ctx, "%s ", name);
	return 0;
}

static void
expect_files(struct export_world *w, const char *expect)
{
	struct buf got = { 0 };

	export_check(w, file_list(w->tmp.dirfd, "out", add_file, &got, &w->e));
	assert_string_equal(buf_str(&got), expect);
	buf_cleanup(&got);
}

#define METADATA                                                                \
	"oci-layout index.json 0= 1={} 2=root 1 metadata/1.root.json->2 "       \
	"3=root 2 metadata/2.root.json->3 4=time 9 metadata/timestamp.json->4 " \
	"5=snap 7 metadata/7.snapshot.json->5 6=targets "                       \
	"metadata/1.targets.json->6 7=nvd 3 metadata/3.nvd.json->7 "
#define INDEX                                                                \
	"8=manifest targets/index/H.manifest.json->8 "                       \
	"content/index/manifest.json->8 9=notice targets/index/H.NOTICE->9 " \
	"content/index/NOTICE->9 "

static const struct export_case {
	const char *name;
	const char *sources[3];
	const char *has[3];
	const char *base;
	const char *expect;
	uint64_t n_targets, n_whole;
} cases[] = {
	{ "all",
	    .expect = METADATA INDEX
	    "10=one targets/nvd/h/H.a=20b.gz->10 content/nvd/h/a=20b.gz->10 "
	    "targets/ubuntu/h/c/H.d->10 content/ubuntu/h/c/d->10 "
	    "targets/ubuntu/h/c/H.e->1 content/ubuntu/h/c/e->1 |",
	    .n_targets = 5, .n_whole = 5 },
	{ "of two sources", .sources = { "nvd", "usn" },
	    .expect = METADATA INDEX
	    "10=one targets/nvd/h/H.a=20b.gz->10 "
	    "content/nvd/h/a=20b.gz->10 targets/ubuntu/h/c/H.e->1 "
	    "content/ubuntu/h/c/e->1 |nvd usn",
	    .n_targets = 4, .n_whole = 4 },
	{ "of a source that has nothing", .sources = { "epss" },
	    .expect = METADATA INDEX "|epss", .n_targets = 2, .n_whole = 2 },
	{ "a delta", .has = { "one", "other" }, .base = "00",
	    .expect = METADATA INDEX
	    "targets/ubuntu/h/c/H.e->1 content/ubuntu/h/c/e->1 "
	    "0000000000000000000000000000000000000000000000000000000000000000|",
	    .n_targets = 5, .n_whole = 3 },
	{ "the receiver has the manifest, too",
	    .has = { "manifest", "notice", "root 1" }, .base = "00",
	    .sources = { "epss" },
	    .expect = METADATA INDEX
	    "0000000000000000000000000000000000000000000000000000000000000000"
	    "|epss",
	    .n_targets = 2, .n_whole = 2 },
};

static int
compare_digests(const void *a, const void *b)
{
	return memcmp(a, b, sizeof(struct digest));
}

static void
test_case(void **state)
{
	const struct export_case *c = *state;
	struct export_world w;
	struct span sources[3];
	struct digest has[3];
	struct export_options o = { .has = has, .sources = sources };
	struct export_result r, again;
	struct buf first = { 0 }, second = { 0 }, got = { 0 };

	export_world_fill(&w);
	for (; o.n_sources < 3 && c->sources[o.n_sources] != NULL;
	     o.n_sources++)
		sources[o.n_sources] = span_of(c->sources[o.n_sources]);
	for (; o.n_has < 3 && c->has[o.n_has] != NULL; o.n_has++)
		digest_of(span_of(c->has[o.n_has]), &has[o.n_has]);
	qsort(has, o.n_has, sizeof(has[0]), compare_digests);
	if (o.n_sources == 0)
		o.sources = NULL;
	if (c->base != NULL)
		o.base_snapshot = SPAN_LIT("00000000000000000000000000000000"
					   "00000000000000000000000000000000");
	export_check(&w, export_world_run(&w, &o, &r));
	read_out(&w, "b.tar", &first);
	list(buf_span(&first), &got);
	assert_string_equal(buf_str(&got), c->expect);
	assert_int_equal(r.size_bytes, first.len);
	assert_int_equal(r.n_targets, c->n_targets);
	assert_int_equal(r.n_whole, c->n_whole);
	assert_int_equal(r.n_files, 1);
	export_check(&w, export_world_run(&w, &o, &again));
	read_out(&w, "b.tar", &second);
	assert_true(span_eq(buf_span(&first), buf_span(&second)));
	assert_true(digest_eq(&r.manifest, &again.manifest));
	expect_files(&w, "b.tar ");
	buf_cleanup(&got);
	buf_cleanup(&first);
	buf_cleanup(&second);
	export_world_close(&w);
}

/* --- parts --- */

static void
test_parts(void **state)
{
	struct export_options o = { .split = 5000 };
	struct buf whole = { 0 }, parts = { 0 }, part = { 0 }, sums = { 0 };
	char name[32], hex[DIGEST_HEX_SIZE];
	struct export_world w;
	struct export_result r;
	struct digest d;
	unsigned i;

	(void)state;
	export_world_fill(&w);
	export_check(&w, export_world_run(&w, &o, &r));
	for (i = 0; i < r.n_files - 1; i++) {
		snprintf(name, sizeof(name), "b.tar.%03u", i);
		read_out(&w, name, &part);
		assert_int_equal(part.len == 5000, i + 2 < r.n_files);
		buf_add_span(&parts, buf_span(&part));
		digest_of(buf_span(&part), &d);
		buf_printf(&sums, "%s  %s\n", digest_hex(&d, hex), name);
	}
	assert_true(i > 2);
	read_out(&w, "b.tar.sha256", &part);
	assert_string_equal(buf_str(&part), buf_str(&sums));
	/* Larger parts later: those too many go. */
	o.split = 20000;
	export_check(&w, export_world_run(&w, &o, &r));
	expect_files(&w, "b.tar.000 b.tar.001 b.tar.sha256 ");
	o.split = 0;
	export_check(&w, export_world_run(&w, &o, &r));
	read_out(&w, "b.tar", &whole);
	assert_true(span_eq(buf_span(&whole), buf_span(&parts)));
	buf_cleanup(&whole);
	buf_cleanup(&parts);
	buf_cleanup(&part);
	buf_cleanup(&sums);
	export_world_close(&w);
}

/* --- patches --- */

static void
fill_text(struct buf *b, unsigned seed)
{
	unsigned i;

	for (i = 0; i < 2000; i++)
		buf_printf(b, "line %u of what changes slowly\n", i * 7919);
	buf_printf(b, "and a word: %u\n", seed);
}

static void
test_patch(void **state)
{
	struct buf old = { 0 }, new = { 0 }, tar = { 0 }, got = { 0 };
	struct export_options o = { 0 };
	struct export_result r;
	struct export_world w;
	struct digest has;

	(void)state;
	fill_text(&old, 1);
	fill_text(&new, 2);
	export_world_fill(&w);
	has = export_world_past(&w, "h/x y", buf_span(&old));
	export_world_target(&w, "nvd/h/x=20y", buf_span(&new));
	o.has = &has;
	o.n_has = 1;
	export_check(&w, export_world_run(&w, &o, &r));
	assert_int_equal(r.n_patches, 1);
	assert_int_equal(r.n_whole, 5);
	assert_int_equal(r.n_targets, 6);
	read_out(&w, "b.tar", &tar);
	assert_true(tar.len < new.len);
	list(buf_span(&tar), &got);
	assert_null(strstr(buf_str(&got), "content/nvd/h/x"));
	/* Ours has gone: whole. */
	o.has = NULL;
	o.n_has = 0;
	export_check(&w, export_world_run(&w, &o, &r));
	assert_int_equal(r.n_patches, 0);
	assert_int_equal(r.n_whole, 6);
	buf_cleanup(&old);
	buf_cleanup(&new);
	buf_cleanup(&tar);
	buf_cleanup(&got);
	export_world_close(&w);
}

/* --- links --- */

static void
expect_link(struct export_world *w, const char *name)
{
	struct stat st;

	assert_int_equal(
	    fstatat(w->tmp.dirfd, name, &st, AT_SYMLINK_NOFOLLOW), 0);
	assert_true(S_ISLNK(st.st_mode));
}

static void
test_link_stays(void **state)
{
	struct export_options o = { 0 };
	struct export_result r;
	struct export_world w;
	struct buf got = { 0 };

	(void)state;
	export_world_fill(&w);
	export_check(
	    &w, file_replace(w.tmp.dirfd, "real", SPAN_LIT("before"), &w.e));
	assert_int_equal(symlinkat("../real", w.tmp.dirfd, "out/b.tar"), 0);
	export_check(&w, export_world_run(&w, &o, &r));
	expect_link(&w, "out/b.tar");
	expect_files(&w, "b.tar ");
	read_out(&w, "b.tar", &got);
	assert_int_equal(got.len, r.size_bytes);
	buf_cleanup(&got);
	export_world_close(&w);
}

/* What export did not make it does not remove either. */
static void
test_name_is_taken(void **state)
{
	struct export_options o = { 0 };
	struct export_result r;
	struct export_world w;

	(void)state;
	export_world_fill(&w);
	assert_int_equal(symlinkat("other", w.tmp.dirfd, "out/b.tar.new"), 0);
	assert_int_equal(export_world_run(&w, &o, &r), -1);
	assert_non_null(strstr(w.e.msg, "b.tar.new: Too many levels"));
	expect_link(&w, "out/b.tar.new");
	expect_files(&w, "b.tar.new ");
	export_world_close(&w);
}

/* --- what goes wrong leaves what was there --- */

static void
break_nothing(struct export_world *w)
{
	(void)w;
}

static void
lose_blob(struct export_world *w)
{
	char hex[DIGEST_HEX_SIZE];
	struct digest d;

	digest_of(SPAN_LIT("one"), &d);
	unlinkat(w->store.dirfd, digest_hex(&d, hex), 0);
}

static void
rot_blob(struct export_world *w)
{
	char hex[DIGEST_HEX_SIZE];
	struct digest d;

	digest_of(SPAN_LIT("one"), &d);
	export_check(w,
	    file_replace(
		w->store.dirfd, digest_hex(&d, hex), SPAN_LIT("onf"), &w->e));
}

static void
cut_blob(struct export_world *w)
{
	char hex[DIGEST_HEX_SIZE];
	struct digest d;

	digest_of(SPAN_LIT("one"), &d);
	export_check(w,
	    file_replace(
		w->store.dirfd, digest_hex(&d, hex), SPAN_LIT("on"), &w->e));
}

static void
change_role(struct export_world *w)
{
	export_world_metadata(w, "3.nvd.json", NULL, 3, "nvd three");
}

static void
lose_snapshot(struct export_world *w)
{
	unlinkat(w->repository.dirfd, "7.snapshot.json", 0);
}

static void
lose_all(struct export_world *w)
{
	struct err e;

	db_run(db_query(w->catalog, QUERY_CATALOG_TUF_ROLE_CLEAR), &e);
}

/* Files may not be longer from now on. */
static void
limit_size(rlim_t max)
{
	struct rlimit r;

	if (getrlimit(RLIMIT_FSIZE, &r) != 0)
		abort();
	r.rlim_cur = max < r.rlim_max ? max : r.rlim_max;
	if (setrlimit(RLIMIT_FSIZE, &r) != 0)
		abort();
}

static void
shrink_files(struct export_world *w)
{
	(void)w;
	signal(SIGXFSZ, SIG_IGN);
	limit_size(8192);
}

static const struct broken_case {
	const char *name;
	void (*damage)(struct export_world *w);
	const char *path;
	uint64_t split;
	enum err_code code;
	const char *expect;
} broken[] = {
	{ "a file is gone", lose_blob, .code = ERR_SYSTEM,
	    .expect = "nvd/h/a=20b.gz: No such file or directory" },
	{ "a file has rotted", rot_blob, .code = ERR_UNTRUSTED,
	    .expect = "nvd/h/a=20b.gz: is not what it was when it was "
		      "accepted: the disk has changed it" },
	{ "a file is cut off", cut_blob, .code = ERR_UNTRUSTED,
	    .expect = "nvd/h/a=20b.gz: is cut off on the disk" },
	{ "metadata was changed", change_role, .code = ERR_UNTRUSTED,
	    .expect = "tuf/metadata/3.nvd.json is not the one that the "
		      "catalog knows: `scapcache sync` or the last import "
		      "again makes it good" },
	{ "metadata is gone", lose_snapshot, .code = ERR_MISSING,
	    .expect = "tuf/metadata/7.snapshot.json: " },
	{ "nothing is signed", lose_all, .code = ERR_MISSING,
	    .expect = "nothing is signed here yet: run `scapcache key init` "
		      "and `scapcache sync`, or `scapcache bundle import`" },
	{ "a full disk", break_nothing, "/dev/full", .code = ERR_SYSTEM,
	    .expect = "/dev/full: cannot write: No space left on device" },
	{ "no file may be that large", shrink_files, .code = ERR_SYSTEM,
	    .expect = "/b.tar: files cannot be that large there: see --split" },
	{ "a folder", break_nothing, "/tmp", .code = ERR_SYSTEM,
	    .expect = "/tmp is a folder: name a file in it" },
	{ "a folder that is not there", break_nothing, "/nosuch/b.tar",
	    .code = ERR_SYSTEM, .expect = "/nosuch: No such file" },
	{ "a device in parts", break_nothing, "/dev/full", .split = 4096,
	    .code = ERR_SYSTEM,
	    .expect = "/dev/full is no file: it cannot be split" },
	{ "standard output in parts", break_nothing, "-", .split = 4096,
	    .code = ERR_SYSTEM,
	    .expect = "standard output cannot be split: name a file" },
	{ "too many parts", break_nothing, .split = 16, .code = ERR_LIMIT,
	    .expect = "are more than 1000 parts: make them larger" },
};

static void
test_broken(void **state)
{
	const struct broken_case *c = *state;
	struct export_options o = { .path = c->path, .split = c->split };
	struct export_result r;
	struct export_world w;

	export_world_fill(&w);
	export_check(&w,
	    file_replace(w.tmp.dirfd, "out/b.tar", SPAN_LIT("before"), &w.e));
	c->damage(&w);
	assert_int_equal(export_world_run(&w, &o, &r), -1);
	limit_size(RLIM_INFINITY);
	if (strstr(w.e.msg, c->expect) == NULL)
		assert_string_equal(w.e.msg, c->expect);
	assert_int_equal(w.e.code, c->code);
	expect_files(&w, "b.tar ");
	export_world_close(&w);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + TABLE_N(broken) + 4] = {
		cmocka_unit_test(test_parts),
		cmocka_unit_test(test_patch),
		cmocka_unit_test(test_link_stays),
		cmocka_unit_test(test_name_is_taken),
	};
	size_t n = 4;

	TABLE_ADD(tests, &n, cases, test_case);
	TABLE_ADD(tests, &n, broken, test_broken);
	return _cmocka_run_group_tests("export", tests, n, NULL, NULL);
}
