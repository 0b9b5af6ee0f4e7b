/* SPDX-License-Identifier: Apache-2.0 */
/* results.sqlite: what goes in comes out, proved, or is dropped by age. */
#include <string.h>

#include "base/clock.h"
#include "scanner/results.h"
#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

struct world {
	struct tmp tmp;
	struct state state;
	struct results *results;
};

static void
world_init(struct world *w)
{
	struct err e;

	*w = (struct world){ 0 };
	tmp_init(&w->tmp);
	w->state.path = w->tmp.path;
	w->state.dirfd = w->tmp.dirfd;
	assert_int_equal(results_open(&w->results, &w->state, true, &e), 0);
}

static void
world_cleanup(struct world *w)
{
	results_close(w->results);
	tmp_cleanup(&w->tmp);
}

static struct results_inventory
inventory(const char *bytes)
{
	struct results_inventory i = { .bytes = span_of(bytes),
		.n_packages = 2,
		.os = SPAN_LIT("Debian 12") };

	digest_of(i.bytes, &i.digest);
	return i;
}

/* Lives until the next call. */
static const struct digest *
digest_for(const char *bytes)
{
	static struct digest d;

	digest_of(span_of(bytes), &d);
	return &d;
}

static void
put_image(struct world *w, const char *target, const char *bytes)
{
	struct results_inventory i = inventory(bytes);
	struct results_image image = { .target = span_of(target),
		.inventory = i.digest,
		.origin = SPAN_LIT("layers") };
	struct err e;

	assert_int_equal(results_inventory_put(w->results, &i, &e), 0);
	assert_int_equal(results_image_put(w->results, &image, &e), 0);
}

static void
put_verdict(struct world *w, const char *target, const char *bytes,
    const char *record, int64_t judged_at)
{
	struct results_inventory i = inventory(bytes);
	struct results_verdict v = { .inventory = i.digest,
		.target = span_of(target),
		.has_policy = true,
		.generation = 7,
		.judged_at = judged_at,
		.verdict = 2,
		.n_findings = 3,
		.record = span_of(record) };
	struct err e;

	digest_of(SPAN_LIT("policy"), &v.policy);
	assert_int_equal(results_policy_put(w->results, SPAN_LIT("policy"),
			     SPAN_LIT("policy.ini"), &e),
	    0);
	assert_int_equal(results_verdict_put(w->results, &v, &e), 0);
}

static void
test_image(void **state)
{
	struct results_image *images;
	struct arena a = { 0 };
	struct buf b = { 0 };
	struct world w;
	struct err e;
	size_t n;

	(void)state;
	world_init(&w);
	put_image(&w, "dir:b", "one");
	put_image(&w, "dir:a", "one");
	put_image(&w, "dir:a", "two"); /* scanned again: it has changed */
	assert_int_equal(results_images(w.results, &a, &images, &n, &e), 0);
	assert_int_equal(n, 2);
	assert_true(span_is(images[0].target, "dir:a"));
	assert_true(digest_eq(&images[0].inventory, digest_for("two")));
	assert_true(digest_eq(&images[1].inventory, digest_for("one")));
	assert_true(span_is(images[1].os, "Debian 12"));
	assert_int_equal(
	    results_inventory_get(w.results, &images[1].inventory, &b, &e), 1);
	assert_string_equal(buf_str(&b), "one");
	buf_reset(&b);
	assert_int_equal(
	    results_origin_get(w.results, &images[1].inventory, &b, &e), 1);
	assert_string_equal(buf_str(&b), "layers");
	assert_int_equal(
	    results_inventory_get(w.results, digest_for("three"), &b, &e), 0);
	buf_cleanup(&b);
	arena_cleanup(&a);
	world_cleanup(&w);
}

static void
test_refused(void **state)
{
	struct results_inventory i = inventory("one");
	struct results_verdict v = { .record = SPAN_LIT("{}") };
	struct world w;
	struct err e = { 0 };

	(void)state;
	world_init(&w);
	i.bytes = SPAN_LIT("other");
	assert_int_equal(results_inventory_put(w.results, &i, &e), -1);
	assert_int_equal(e.code, ERR_UNTRUSTED);
	assert_int_equal(results_verdict_put(w.results, &v, &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	world_cleanup(&w);
}

static void
test_verdicts(void **state)
{
	struct results_verdict *v;
	struct results_verdict last;
	struct results_image image = { .target = SPAN_LIT("dir:a"),
		.inventory = *digest_for("one") };
	struct arena a = { 0 };
	struct buf b = { 0 };
	struct world w;
	struct err e;
	size_t n;

	(void)state;
	world_init(&w);
	put_image(&w, "dir:a", "one");
	assert_int_equal(results_verdict_last(w.results, &image, &last, &e), 0);
	put_verdict(&w, "dir:a", "one", "{1}", 5);
	put_verdict(&w, "dir:a", "one", "{2}", 6);
	put_verdict(&w, "dir:a", "one", "{2}", 6); /* the same again is one */
	assert_int_equal(results_verdicts(w.results, &a, &v, &n, &e), 0);
	assert_int_equal(n, 2);
	assert_int_equal(v[0].generation, 7);
	assert_true(v[0].has_policy);
	assert_int_equal(results_verdict_last(w.results, &image, &last, &e), 1);
	assert_true(digest_eq(&last.digest, &v[1].digest));
	assert_int_equal(
	    results_record_get(w.results, &v[0].digest, &b, &e), 1);
	assert_string_equal(buf_str(&b), "{1}");
	buf_reset(&b);
	assert_int_equal(
	    results_policy_get(w.results, &v[0].policy, &b, &e), 1);
	assert_string_equal(buf_str(&b), "policy");
	buf_cleanup(&b);
	arena_cleanup(&a);
	world_cleanup(&w);
}

static void
test_layers(void **state)
{
	struct digest diff_id, wanted;
	struct results *reader;
	struct buf b = { 0 };
	struct world w;
	struct err e;

	(void)state;
	world_init(&w);
	digest_of(SPAN_LIT("layer"), &diff_id);
	digest_of(SPAN_LIT("wanted"), &wanted);
	assert_int_equal(
	    results_layer_get(w.results, &diff_id, &wanted, &b, &e), 0);
	assert_int_equal(results_layer_put(w.results, &diff_id, &wanted,
			     SPAN_LIT("facts"), &e),
	    0);
	assert_int_equal(
	    results_layer_touch(w.results, &diff_id, &wanted, &e), 0);
	assert_int_equal(results_layers_trim(w.results, &e), 0);
	assert_int_equal(results_open(&reader, &w.state, false, &e), 0);
	assert_int_equal(
	    results_layer_get(reader, &diff_id, &wanted, &b, &e), 1);
	assert_string_equal(buf_str(&b), "facts");
	/* What was wanted counts, too. */
	assert_int_equal(
	    results_layer_get(reader, &diff_id, &diff_id, &b, &e), 0);
	results_close(reader);
	buf_cleanup(&b);
	world_cleanup(&w);
}

static void
test_gc(void **state)
{
	struct results_removed gone;
	struct results_counts n;
	struct world w;
	struct err e;

	(void)state;
	world_init(&w);
	setenv("SOURCE_DATE_EPOCH", "1000000", 1);
	put_image(&w, "dir:old", "one");
	put_verdict(&w, "dir:old", "one", "{1}", clock_now());
	put_image(&w, "dir:both", "two");
	put_verdict(&w, "dir:both", "two", "{2}", clock_now());
	setenv("SOURCE_DATE_EPOCH", "2000000", 1);
	put_image(&w, "dir:both", "two");
	put_verdict(&w, "dir:both", "two", "{3}", clock_now());
	assert_int_equal(results_gc(w.results, 0, false, &gone, &e), 0);
	assert_int_equal(gone.n_inventories + gone.n_verdicts, 0);
	assert_int_equal(results_gc(w.results, 5, true, &gone, &e), 0);
	assert_int_equal(gone.n_inventories, 1);
	assert_int_equal(gone.n_verdicts, 1); /* {2}: {3} came after it */
	assert_int_equal(results_gc(w.results, 5, false, &gone, &e), 0);
	assert_int_equal(results_counts(w.results, &n, &e), 0);
	assert_int_equal(n.n_images, 1);
	assert_int_equal(n.n_inventories, 1);
	assert_int_equal(n.n_verdicts, 1);
	unsetenv("SOURCE_DATE_EPOCH");
	world_cleanup(&w);
}

static void
test_not_there(void **state)
{
	struct results *r = NULL;
	struct state s = { 0 };
	struct err e = { 0 };
	struct tmp t;

	(void)state;
	tmp_init(&t);
	s.path = t.path;
	s.dirfd = t.dirfd;
	assert_int_equal(results_open(&r, &s, false, &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	assert_null(r);
	tmp_cleanup(&t);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_image),
		cmocka_unit_test(test_refused),
		cmocka_unit_test(test_verdicts),
		cmocka_unit_test(test_layers),
		cmocka_unit_test(test_gc),
		cmocka_unit_test(test_not_there),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
