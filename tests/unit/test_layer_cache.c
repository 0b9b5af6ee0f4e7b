/* SPDX-License-Identifier: Apache-2.0 */
/* Facts of layers that are kept: what comes out is the same with them. */
#include "scanner/image_layer.h"
#include "scanner/inventory.h"
#include "scanner/layer_facts.h"
#include "tests/unit/image_store.h"
#include "tests/unit/table.h"

#define KEPT_MAX 64

/* A cache in memory. */
struct kept {
	struct {
		struct digest diff_id;
		struct digest wanted;
		struct buf bytes;
	} rows[KEPT_MAX];
	size_t n;
	size_t n_got;
	size_t n_put;
};

static int
kept_get(void *ctx, const struct digest *diff_id, const struct digest *wanted,
    struct buf *bytes, struct err *e)
{
	struct kept *k = ctx;
	size_t i;

	(void)e;
	for (i = 0; i < k->n; i++)
		if (digest_eq(&k->rows[i].diff_id, diff_id) &&
		    digest_eq(&k->rows[i].wanted, wanted)) {
			buf_add_span(bytes, buf_span(&k->rows[i].bytes));
			k->n_got++;
			return 1;
		}
	return 0;
}

static int
kept_put(void *ctx, const struct digest *diff_id, const struct digest *wanted,
    struct span bytes, struct err *e)
{
	struct kept *k = ctx;

	(void)e;
	assert_true(k->n < KEPT_MAX);
	k->rows[k->n].diff_id = *diff_id;
	k->rows[k->n].wanted = *wanted;
	buf_add_span(&k->rows[k->n].bytes, bytes);
	k->n++;
	k->n_put++;
	return 0;
}

static void
kept_cleanup(struct kept *k)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		buf_cleanup(&k->rows[i].bytes);
}

#define RECIPE                                                               \
	"l etc/os-release ../opt/release\nf opt/release ID=debian\\n\n"      \
	"h opt/again opt/release\np run/pipe\n"                              \
	"f var/lib/dpkg/status Package: a\\nStatus: install ok installed\\n" \
	"Architecture: amd64\\nVersion: 1-2\\n\\n\n--\n"                     \
	"f etc/x 1\nf etc/y 2\nf usr/z 3\n--\nf etc/.wh.x \nf etc/z 4\n"

/* The inventory of the image in its folder; cache may be NULL. */
static void
gather(const struct tmp *tmp, struct kept *k, struct buf *out, size_t *problems)
{
	struct want wants[] = { { .path = SPAN_LIT("/etc/x") },
		{ .is_pattern = true, .path = SPAN_LIT("^/etc/[yz]$") } };
	const struct want_list list = { .wants = wants, .n = 2 };
	const struct layer_cache cache = { k, kept_get, kept_put };
	struct arena a = { 0 };
	struct target t;
	struct facts f;
	struct err e = { 0 };
	char path[128];

	snprintf(path, sizeof(path), "%s/image", tmp->path);
	assert_int_equal(target_parse(&t, path, &a, &e), 0);
	if (k != NULL)
		t.layers = &cache;
	if (facts_gather(&f, &t, &list, &e) != 0)
		fail_msg("%s", e.msg);
	inventory_encode(&f, out);
	*problems = f.n_problems;
	facts_cleanup(&f);
	arena_cleanup(&a);
}

struct form_case {
	const char *name;
	enum store_form form;
	bool is_read_anyway; /* packed as a whole */
};

static const struct form_case forms[] = {
	{ "oci", STORE_OCI, false },
	{ "oci, zstd", STORE_OCI_ZSTD, false },
	{ "dir", STORE_DIR, false },
	{ "oci archive", STORE_OCI_ARCHIVE, false },
	{ "oci archive, packed", STORE_OCI_ARCHIVE_GZ, true },
	{ "docker", STORE_DOCKER, false },
	{ "docker, manifest first", STORE_DOCKER_REVERSE, false },
	{ "docker, packed", STORE_DOCKER_GZ, true },
	{ "docker 25", STORE_DOCKER_25, false },
};

static void
test_same(void **state)
{
	const struct form_case *c = *state;
	struct buf without = { 0 };
	struct buf filled = { 0 };
	struct buf warm = { 0 };
	struct kept k = { .n = 0 };
	size_t problems, n_put;
	struct tmp tmp;

	tmp_init(&tmp);
	store_make(&tmp, RECIPE, c->form, STORE_SOUND);
	gather(&tmp, NULL, &without, &problems);
	assert_int_equal(problems, 0);
	gather(&tmp, &k, &filled, &problems);
	n_put = k.n_put;
	assert_true(n_put >= 3);
	gather(&tmp, &k, &warm, &problems);
	assert_int_equal(problems, 0);
	/* The second time, all there is to know was known. */
	assert_int_equal(k.n_put, n_put);
	assert_true(k.n_got >= 3);
	assert_int_equal(without.len, filled.len);
	assert_memory_equal(without.ptr, filled.ptr, filled.len);
	assert_int_equal(without.len, warm.len);
	assert_memory_equal(without.ptr, warm.ptr, warm.len);
	buf_cleanup(&without);
	buf_cleanup(&filled);
	buf_cleanup(&warm);
	kept_cleanup(&k);
	tmp_cleanup(&tmp);
}

/* A layer that is known is not opened: here it is not even there. */
static void
test_not_read(void **state)
{
	struct buf sound = { 0 };
	struct buf warm = { 0 };
	struct kept k = { .n = 0 };
	size_t problems;
	struct tmp tmp;

	(void)state;
	tmp_init(&tmp);
	store_make(&tmp, RECIPE, STORE_OCI, STORE_SOUND);
	gather(&tmp, &k, &sound, &problems);
	tmp_cleanup(&tmp);
	tmp_init(&tmp);
	store_make(&tmp, RECIPE, STORE_OCI, STORE_LAYER_MISSING);
	gather(&tmp, &k, &warm, &problems);
	assert_int_equal(problems, 0);
	assert_int_equal(sound.len, warm.len);
	assert_memory_equal(sound.ptr, warm.ptr, warm.len);
	buf_cleanup(&sound);
	buf_cleanup(&warm);
	kept_cleanup(&k);
	tmp_cleanup(&tmp);
}

struct spoilt_case {
	const char *name;
	enum store_spoil spoil;
	size_t n_put; /* at most */
};

/* Nothing is kept of what was not proved, or not read whole. */
static const struct spoilt_case spoilt[] = {
	{ "a layer cut", STORE_LAYER_CUT, 2 },
	{ "a layer changed", STORE_LAYER_CHANGED, 2 },
	{ "another diff id", STORE_WRONG_DIFF_ID, 2 },
	{ "no configuration", STORE_CONFIG_MISSING, 0 },
};

static void
test_spoilt(void **state)
{
	const struct spoilt_case *c = *state;
	struct buf out = { 0 };
	struct kept k = { .n = 0 };
	size_t problems, i, n_last = 0;
	struct tmp tmp;

	tmp_init(&tmp);
	store_make(&tmp, RECIPE, STORE_OCI, c->spoil);
	gather(&tmp, &k, &out, &problems);
	assert_true(problems > 0);
	/* Of two layers, in as many rounds as it took. */
	for (i = 0; i < k.n; i++)
		n_last += digest_eq(&k.rows[i].diff_id, &k.rows[0].diff_id);
	assert_int_equal(k.n, c->n_put * n_last);
	buf_cleanup(&out);
	kept_cleanup(&k);
	tmp_cleanup(&tmp);
}

/* Whatever byte is another one, the bytes are refused, and the layer read. */
static void
test_damaged(void **state)
{
	struct buf sound = { 0 };
	struct kept k = { .n = 0 };
	_Atomic uint64_t gathered = 0;
	struct spool spool;
	struct layer_filter filter = { NULL, &spool, &gathered };
	struct layer *l = NULL;
	struct tmp tmp;
	struct err e;
	size_t problems, i;
	struct span bytes;

	(void)state;
	assert_int_equal(spool_open(&spool, &e), 0);
	tmp_init(&tmp);
	store_make(&tmp, RECIPE, STORE_OCI, STORE_SOUND);
	gather(&tmp, &k, &sound, &problems);
	bytes = buf_span(&k.rows[0].bytes);
	for (i = 0; i < bytes.len; i++) {
		k.rows[0].bytes.ptr[i] ^= 1;
		assert_int_equal(layer_facts_decode(&l, bytes,
				     &k.rows[0].diff_id, &filter, &e),
		    -1);
		assert_int_equal(e.code, ERR_FORMAT);
		k.rows[0].bytes.ptr[i] ^= 1;
		assert_int_equal(layer_facts_decode(&l, span_first(bytes, i),
				     &k.rows[0].diff_id, &filter, &e),
		    -1);
	}
	assert_int_equal(
	    layer_facts_decode(&l, bytes, &k.rows[1].diff_id, &filter, &e), -1);
	assert_int_equal(
	    layer_facts_decode(&l, bytes, &k.rows[0].diff_id, &filter, &e), 0);
	layer_drop(l);
	assert_int_equal(gathered, 0);
	spool_close(&spool);
	buf_cleanup(&sound);
	kept_cleanup(&k);
	tmp_cleanup(&tmp);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(forms) + TABLE_N(spoilt) + 2] = {
		cmocka_unit_test(test_not_read),
		cmocka_unit_test(test_damaged),
	};
	size_t n = 2;

	TABLE_ADD(tests, &n, forms, test_same);
	TABLE_ADD(tests, &n, spoilt, test_spoilt);
	return cmocka_run_group_tests_name("layer_cache", tests, NULL, NULL);
}
