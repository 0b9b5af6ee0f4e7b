/* SPDX-License-Identifier: Apache-2.0 */
/* Recipes of layers, and the tree that they come to. */
#include <stdio.h>

#include "scanner/image_layer.h"
#include "tests/unit/image_make.h"
#include "tests/unit/table.h"

struct layers_case {
	const char *name;
	const char *recipe;
	const char *tree; /* one node a line, by path */
	const char *failed;
};

static const struct layers_case cases[] = {
	{ "one layer", "d etc\nf etc/a 1\nl etc/b a\np run/pipe",
	    "d etc\nf etc/a 1\nl etc/b a\nd run\np run/pipe\n", NULL },
	{ "paths are cleaned", "f ./etc//a 1\nf /etc/./b 2\nd ./",
	    "d etc\nf etc/a 1\nf etc/b 2\n", NULL },
	{ "a file replaces a file", "f a 1\n--\nf a 2", "f a 2\n", NULL },
	{ "the last of one layer holds", "f a 1\nf a 2", "f a 2\n", NULL },
	{ "a file replaces a folder", "f a/b 1\n--\nf a 2", "f a 2\n", NULL },
	{ "a folder replaces a file", "f a 1\n--\nd a\nf a/b 2",
	    "d a\nf a/b 2\n", NULL },
	{ "a file replaces a folder on the way", "f a 1\n--\nf a/b 2",
	    "d a\nf a/b 2\n", NULL },
	{ "folders come together", "f a/b 1\n--\nd a\nf a/c 2",
	    "d a\nf a/b 1\nf a/c 2\n", NULL },
	{ "whiteout of a file", "f a/b 1\nf a/c 2\n--\nf a/.wh.b ",
	    "d a\nf a/c 2\n", NULL },
	{ "whiteout of a folder", "f a/b/c 1\nf a/d 2\n--\nf a/.wh.b ",
	    "d a\nf a/d 2\n", NULL },
	{ "whiteout in the root", "f a 1\nf b 2\n--\nf .wh.a ", "f b 2\n",
	    NULL },
	{ "whiteout before its own layer's file",
	    "f a/b 1\nf a/b2 1\n--\nf a/.wh.b \nf a/b 2",
	    "d a\nf a/b 2\nf a/b2 1\n", NULL },
	{ "whiteout behind its own layer's file",
	    "f a/b 1\n--\nf a/b 2\nf a/.wh.b ", "d a\nf a/b 2\n", NULL },
	{ "whiteout of nothing", "f a 1\n--\nf .wh.b \nf x/.wh.y ", "f a 1\n",
	    NULL },
	{ "whiteout behind a folder made anew",
	    "f a/b 1\nf a/c 1\n--\nd a\nf a/d 2\nf .wh.a ", "d a\nf a/d 2\n",
	    NULL },
	{ "what was hidden comes back", "f a 1\n--\nf .wh.a \n--\nf a 3",
	    "f a 3\n", NULL },
	{ "opaque first", "f a/b 1\nf a/c/d 1\n--\nf a/.wh..wh..opq \nf a/e 2",
	    "d a\nf a/e 2\n", NULL },
	{ "opaque last", "f a/b 1\nf a/c/d 1\n--\nf a/e 2\nf a/.wh..wh..opq ",
	    "d a\nf a/e 2\n", NULL },
	{ "opaque in a folder below",
	    "f a/b 1\nf a/c/d 1\n--\nd a/c\nf "
	    "a/c/.wh..wh..opq \nf a/c/e 2",
	    "d a\nf a/b 1\nd a/c\nf a/c/e 2\n", NULL },
	{ "opaque root", "f a 1\n--\nf .wh..wh..opq \nf b 2", "f b 2\n", NULL },
	{ "aufs' own is passed over",
	    "f a 1\n--\nf .wh..wh.plnk \nf "
	    ".wh..wh.aufs x",
	    "f a 1\n", NULL },
	{ "whiteouts do not go through links",
	    "f usr/lib/a 1\nl lib usr/lib\n--\nf lib/.wh.a ",
	    "l lib usr/lib\nd usr\nd usr/lib\nf usr/lib/a 1\n", NULL },
	{ "whiteout of a link", "f a 1\nl b a\n--\nf .wh.b ", "f a 1\n", NULL },
	{ "a whiteout that names its parent", "f a/b 1\n--\nf a/.wh... ",
	    "d a\nf a/b 1\n", "has a whiteout of no file" },
	{ "a whiteout without a name", "f a/b 1\n--\nf a/.wh. ",
	    "d a\nf a/b 1\n", "has a whiteout of no file" },
	{ "hard link in one layer", "f a 1\nh b a", "f a 1\nf b 1\n", NULL },
	{ "hard link to the layer below", "f a 1\n--\nh b ./a\n--\nf .wh.a ",
	    "f b 1\n", NULL },
	{ "hard link over what it replaces", "f a 1\nf b 2\n--\nh b a",
	    "f a 1\nf b 1\n", NULL },
	{ "hard link to itself", "f a 1\n--\nh a a", "f a 1\n", NULL },
	{ "hard link to nothing", "f a 1\nh b c", "f a 1\n",
	    "b: has a hard link to c, which is no file" },
	{ "hard link to a folder", "d a\nh b a", "d a\n",
	    "b: has a hard link to a, which is no file" },
	{ "hard link out of the image", "f a 1\nh b ../../etc/passwd",
	    "f a 1\n", "has a hard link that leads out of it" },
	{ "files go through links on the way",
	    "d usr/lib\nl lib usr/lib\n--\nf lib/a 1",
	    "l lib usr/lib\nd usr\nd usr/lib\nf usr/lib/a 1\n", NULL },
	{ "absolute links start at the root",
	    "d usr/lib\nl x/lib /usr/lib\n--\nf x/lib/a 1",
	    "d usr\nd usr/lib\nf usr/lib/a 1\nd x\nl x/lib /usr/lib\n", NULL },
	{ "links that climb stay in the root", "l x ../../../etc\n--\nf x/a 1",
	    "d etc\nf etc/a 1\nl x ../../../etc\n", NULL },
	{ "a folder replaces a link",
	    "d usr/lib\nl lib usr/lib\n--\nd lib\nf "
	    "lib/a 1",
	    "d lib\nf lib/a 1\nd usr\nd usr/lib\n", NULL },
	{ "links in a circle", "l a b\nl b a\nf a/x 1", "l a b\nl b a\n",
	    "a/x: more than 40 symbolic links" },
	{ "a path that climbs", "f a 1\nf b/../../c 2\nf d 3", "f a 1\n",
	    "has an entry whose path is too long or leads out of it" },
	{ "names that are no ASCII", "f \xc3\xa4/\xe2\x82\xac 1\nf b\xff 2",
	    "f b\xff 2\nd \xc3\xa4\nf \xc3\xa4/\xe2\x82\xac 1\n", NULL },
	{ "a layer of nothing", "\n--\nf a 1\n--\n", "f a 1\n", NULL },
};

static void
print_node(const struct tree *t, uint32_t node, struct buf *out)
{
	static const char kinds[] = "-fdlcbps?";
	const struct node *n = &t->nodes[node];

	buf_printf(out, "%c ", kinds[n->type]);
	tree_path(t, node, out);
	if (n->type == NODE_SYMLINK)
		buf_printf(out, " %.*s", SPAN_ARG(n->detail->link));
	if (n->type == NODE_REGULAR && n->detail != NULL)
		buf_printf(out, " %s", buf_str(&n->detail->data));
	buf_add_char(out, '\n');
}

/* The child whose name comes next behind `last`; 0: none. */
static uint32_t
next_child(const struct tree *t, uint32_t dir, struct span last)
{
	uint32_t best = 0;
	struct span name = SPAN_NONE;
	uint32_t at;

	for (at = t->nodes[dir].child; at != 0; at = t->nodes[at].sibling) {
		struct span s =
		    span_make(t->nodes[at].name, t->nodes[at].name_len);

		if (t->nodes[at].type == NODE_GONE || span_cmp(s, last) <= 0 ||
		    (best != 0 && span_cmp(s, name) > 0))
			continue;
		best = at;
		name = s;
	}
	return best;
}

static void
print_tree(const struct tree *t, uint32_t dir, struct buf *out)
{
	struct span last = SPAN_LIT("");
	uint32_t at;

	while ((at = next_child(t, dir, last)) != 0) {
		print_node(t, at, out);
		print_tree(t, at, out);
		last = span_make(t->nodes[at].name, t->nodes[at].name_len);
	}
}

/* Hands out a few bytes at a time. */
struct slow {
	struct span rest;
	size_t step;
};

static int
slow_read(void *ctx, char *ptr, size_t size, size_t *n, struct err *e)
{
	struct slow *s = ctx;

	(void)e;
	*n = s->rest.len < s->step ? s->rest.len : s->step;
	if (*n > size)
		*n = size;
	if (*n > 0)
		memcpy(ptr, s->rest.ptr, *n);
	s->rest = span_from(s->rest, *n);
	return 0;
}

struct world {
	struct watch watch;
	struct spool spool;
	_Atomic uint64_t gathered;
	struct layer_filter filter;
	struct tree tree;
};

static void
world_init_empty(struct world *w)
{
	struct err e;

	*w = (struct world){ .gathered = 0 };
	watch_init(&w->watch);
	assert_int_equal(spool_open(&w->spool, &e), 0);
	w->filter = (struct layer_filter){ &w->watch, &w->spool, &w->gathered };
	tree_init(&w->tree);
}

/* Every file is wanted. */
static void
world_init(struct world *w)
{
	struct err e;

	world_init_empty(w);
	assert_int_equal(
	    watch_add_below(&w->watch, SPAN_LIT(""), 1024 * 1024, &e), 1);
}

static void
world_cleanup(struct world *w)
{
	tree_cleanup(&w->tree);
	watch_cleanup(&w->watch);
	spool_close(&w->spool);
	assert_int_equal(w->gathered, 0);
}

static struct layer *
read_bytes(struct world *w, struct span bytes)
{
	struct slow slow = { bytes, 1000 };
	struct stream_pull pull = { &slow, slow_read };
	struct layer *l = layer_new();

	layer_read(l, &pull, &w->filter);
	return l;
}

static void
test_tree(void **state)
{
	const struct layers_case *c = *state;
	struct span rest = span_of(c->recipe);
	struct buf tar = { 0 };
	struct buf out = { 0 };
	struct err e = { 0 };
	struct world w;
	struct layer *l;
	uint16_t i;
	int rc = 0;

	world_init(&w);
	for (i = 0; rc == 0 && make_layer(&rest, &tar); i++) {
		l = read_bytes(&w, buf_span(&tar));
		rc = layer_apply(&w.tree, l, i, &e);
		if (rc == 0 && l->failed.code != ERR_NONE) {
			e = l->failed;
			rc = -1;
		}
		layer_drop(l);
		buf_reset(&tar);
	}
	print_tree(&w.tree, TREE_ROOT, &out);
	assert_string_equal(buf_str(&out), c->tree);
	assert_string_equal(e.msg, c->failed == NULL ? "" : c->failed);
	assert_int_equal(e.code,
	    c->failed == NULL                        ? ERR_NONE
		: strstr(e.msg, "more than") != NULL ? ERR_LIMIT
						     : ERR_FORMAT);
	buf_cleanup(&out);
	buf_cleanup(&tar);
	world_cleanup(&w);
}

struct bytes_case {
	const char *name;
	enum { PLAIN, GZIP, ZSTD, GZIP_MEMBERS } form;
	size_t cut; /* bytes off the end */
	const char *failed;
};

static const struct bytes_case bytes_cases[] = {
	{ "plain", PLAIN, 0, NULL },
	{ "gzip", GZIP, 0, NULL },
	{ "zstd", ZSTD, 0, NULL },
	{ "gzip of two members", GZIP_MEMBERS, 0, NULL },
	{ "plain, without its last block", PLAIN, 512, NULL },
	{ "plain, without its end", PLAIN, 1024, NULL },
	{ "plain, without padding", PLAIN, 1024 + 511, NULL },
	{ "plain, a byte short", PLAIN, 1024 + 512,
	    "ends early, behind entry 2 of its tar" },
	{ "plain, cut in a header", PLAIN, 1024 + 512 + 100,
	    "ends early, behind entry 1 of its tar" },
	{ "gzip, a byte short", GZIP, 1, "ends early" },
	{ "gzip, half", GZIP, 60, "ends early" },
	{ "zstd, a byte short", ZSTD, 1, "ends early" },
};

static void
pack(const struct bytes_case *c, struct span tar, struct buf *out)
{
	struct buf part = { 0 };

	switch (c->form) {
	case PLAIN:
		buf_add_span(out, tar);
		break;
	case GZIP:
		make_gzip(tar, out);
		break;
	case ZSTD:
		make_zstd(tar, out);
		break;
	case GZIP_MEMBERS:
		make_gzip(span_first(tar, 700), &part);
		buf_add_span(out, buf_span(&part));
		buf_cleanup(&part);
		make_gzip(span_from(tar, 700), &part);
		buf_add_span(out, buf_span(&part));
		break;
	}
	buf_cleanup(&part);
}

/* Digests are those of all bytes, as they lie there and unpacked. */
static void
test_bytes(void **state)
{
	const struct bytes_case *c = *state;
	struct span recipe = SPAN_LIT("f etc/a 1\nf etc/b 2");
	struct buf tar = { 0 };
	struct buf packed = { 0 };
	struct digest d;
	struct world w;
	struct layer *l;

	world_init(&w);
	assert_true(make_layer(&recipe, &tar));
	pack(c, buf_span(&tar), &packed);
	packed.len -= c->cut;
	l = read_bytes(&w, buf_span(&packed));
	if (c->failed != NULL) {
		assert_int_equal(l->failed.code, ERR_FORMAT);
		assert_true(span_has_prefix(span_of(l->failed.msg), c->failed));
	} else {
		assert_string_equal(l->failed.msg, "");
		assert_int_equal(l->n, 2);
		assert_string_equal(buf_str(&l->entries[1].detail->data), "2");
		assert_int_equal(l->packed_bytes, packed.len);
		digest_of(buf_span(&packed), &d);
		assert_true(digest_eq(&l->packed, &d));
		tar.len -= c->cut;
		digest_of(buf_span(&tar), &d);
		assert_true(digest_eq(&l->diff_id, &d));
	}
	layer_drop(l);
	buf_cleanup(&packed);
	buf_cleanup(&tar);
	world_cleanup(&w);
}

struct raw_case {
	const char *name;
	const char *bytes;
	const char *failed;
};

static const struct raw_case raw_cases[] = {
	{ "no bytes at all", "", "" },
	{ "no tar", "{\"layers\": []}",
	    "is not a tar, or less than its first entry" },
};

static void
test_raw(void **state)
{
	const struct raw_case *c = *state;
	struct world w;
	struct layer *l;

	world_init(&w);
	l = read_bytes(&w, span_of(c->bytes));
	assert_string_equal(l->failed.msg, c->failed);
	assert_int_equal(l->n, 0);
	layer_drop(l);
	world_cleanup(&w);
}

/* Names over 100 bytes need tar's extensions. */
static void
test_long_names(void **state)
{
	struct buf recipe = { 0 };
	struct buf tar = { 0 };
	struct span rest;
	struct world w;
	struct layer *l;
	uint32_t node;
	struct err e;
	int i;

	(void)state;
	buf_add_str(&recipe, "f ");
	for (i = 0; i < 30; i++)
		buf_printf(&recipe, "folder-number-%d/", i);
	buf_add_str(&recipe, "file 1");
	rest = buf_span(&recipe);
	world_init(&w);
	assert_true(make_layer(&rest, &tar));
	l = read_bytes(&w, buf_span(&tar));
	assert_string_equal(l->failed.msg, "");
	assert_int_equal(layer_apply(&w.tree, l, 0, &e), 0);
	assert_int_equal(
	    tree_walk(&w.tree,
		span_first(span_from(buf_span(&recipe), 2), recipe.len - 4), 0,
		&node, &e),
	    1);
	assert_int_equal(w.tree.nodes[node].type, NODE_REGULAR);
	layer_drop(l);
	buf_cleanup(&tar);
	buf_cleanup(&recipe);
	world_cleanup(&w);
}

struct watch_case {
	const char *name;
	const char *recipe; /* one layer */
	const char *kept;   /* one entry a line */
};

/* Asked for: the file etc/a, and all of var/d. */
static const struct watch_case watch_cases[] = {
	{ "what nobody asks for", "f a 1\nd usr\nf usr/b 2\nf etc/b 3", "" },
	{ "a file, and the way to it", "d etc\nf etc/a 1\nf etc/ab 1",
	    "etc\netc/a 1\n" },
	{ "a folder whole", "d var\nd var/d\nf var/d/x 1\nf var/d/y/z 2",
	    "var\nvar/d\nvar/d/x 1\nvar/d/y/z 2\n" },
	{ "lists of files are not read", "f var/d/x.md5sums 1",
	    "var/d/x.md5sums\n" },
	{ "links on the way", "l etc x\nl usr y\nl var/d z", "etc\nvar/d\n" },
	{ "a file on the way", "f etc 1\nf usr 1", "etc\n" },
	{ "whiteouts that touch it",
	    "f .wh.etc \nf .wh.usr \nf etc/.wh.a \nf etc/.wh.b \n"
	    "f var/d/.wh.x ",
	    "etc\netc/a\nvar/d/x\n" },
	{ "opaque folders that touch it",
	    "f etc/.wh..wh..opq \nf usr/.wh..wh..opq \n"
	    "f var/d/e/.wh..wh..opq ",
	    "etc\nvar/d/e\n" },
	{ "hard links by their new name", "f b 1\nh etc/a b\nh etc/b b",
	    "etc/a\n" },
	{ "names with other names in front",
	    "f etcetera/a 1\nf et/a 1\n"
	    "f etc/a/b 1\nf x/etc/a 1",
	    "" },
};

/* What a layer records, with the bytes that it keeps. */
static void
print_entries(const struct layer *l, struct buf *out)
{
	size_t i;

	for (i = 0; i < l->n; i++) {
		const struct entry *x = &l->entries[i];

		buf_printf(out, "%.*s", SPAN_ARG(x->path));
		if (x->detail != NULL && x->detail->has_data)
			buf_printf(out, " %s", buf_str(&x->detail->data));
		buf_add_char(out, '\n');
	}
}

static void
test_watch(void **state)
{
	const struct watch_case *c = *state;
	struct span recipe = span_of(c->recipe);
	struct buf out = { 0 };
	struct buf tar = { 0 };
	struct world w;
	struct layer *l;
	struct err e;

	world_init_empty(&w);
	watch_add(&w.watch, SPAN_LIT("etc/a"), 100, &e);
	watch_add_below(&w.watch, SPAN_LIT("var/d"), 100, &e);
	assert_true(make_layer(&recipe, &tar));
	l = read_bytes(&w, buf_span(&tar));
	assert_string_equal(l->failed.msg, "");
	print_entries(l, &out);
	assert_string_equal(buf_str(&out), c->kept);
	layer_drop(l);
	buf_cleanup(&out);
	buf_cleanup(&tar);
	world_cleanup(&w);
}

/* A file that is too large is there, without its bytes; the rest is read. */
static void
test_too_large(void **state)
{
	struct buf zeros = { 0 };
	struct buf tar = { 0 };
	struct archive *a;
	struct world w;
	struct layer *l;
	struct err e;

	(void)state;
	world_init_empty(&w);
	watch_add(&w.watch, SPAN_LIT("a"), 1024 * 1024, &e);
	watch_add(&w.watch, SPAN_LIT("b"), 1024 * 1024 + 1, &e);
	buf_reserve(&zeros, 2 * 1024 * 1024);
	memset(zeros.ptr, 0, 2 * 1024 * 1024);
	a = make_tar_open(&tar);
	make_file(a, "a", span_make(zeros.ptr, 1024 * 1024 + 1));
	make_file(a, "b", span_make(zeros.ptr, 1024 * 1024 + 1));
	make_tar_close(a);
	l = read_bytes(&w, buf_span(&tar));
	assert_string_equal(l->failed.msg, "");
	assert_int_equal(l->n, 2);
	assert_false(l->entries[0].detail->has_data);
	assert_string_equal(
	    l->entries[0].detail->error, "larger than such a file may be");
	/* Kept outside until it is asked for. */
	assert_false(l->entries[1].detail->has_data);
	assert_int_equal(w.gathered, 0);
	assert_int_equal(detail_load(l->entries[1].detail, &e), 0);
	assert_int_equal(l->entries[1].detail->data.len, 1024 * 1024 + 1);
	assert_memory_equal(
	    l->entries[1].detail->data.ptr, zeros.ptr, 1024 * 1024 + 1);
	layer_drop(l);
	buf_cleanup(&tar);
	buf_cleanup(&zeros);
	world_cleanup(&w);
}

/* More entries that matter than memory is there for. */
static void
test_too_many(void **state)
{
	struct buf recipe = { 0 };
	struct buf tar = { 0 };
	struct world w;
	struct layer *l;
	struct span rest;
	int i;

	(void)state;
	world_init(&w);
	for (i = 0; i < 60000; i++)
		buf_printf(&recipe, "d %0100d\n", i);
	rest = buf_span(&recipe);
	assert_true(make_layer(&rest, &tar));
	l = read_bytes(&w, buf_span(&tar));
	assert_int_equal(l->failed.code, ERR_LIMIT);
	assert_string_equal(l->failed.msg,
	    "has more entries that are asked for than 16 MiB hold");
	layer_drop(l);
	buf_cleanup(&tar);
	buf_cleanup(&recipe);
	world_cleanup(&w);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + TABLE_N(bytes_cases) +
	    TABLE_N(raw_cases) + TABLE_N(watch_cases) + 3] = {
		cmocka_unit_test(test_long_names),
		cmocka_unit_test(test_too_many),
		cmocka_unit_test(test_too_large),
	};
	size_t n = 3;

	TABLE_ADD(tests, &n, cases, test_tree);
	TABLE_ADD(tests, &n, bytes_cases, test_bytes);
	TABLE_ADD(tests, &n, raw_cases, test_raw);
	TABLE_ADD(tests, &n, watch_cases, test_watch);
	return cmocka_run_group_tests_name("layers", tests, NULL, NULL);
}
