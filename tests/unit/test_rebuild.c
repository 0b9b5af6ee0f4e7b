/* SPDX-License-Identifier: Apache-2.0 */
/* A family from the store: more documents than can be open at one time. */
#include "indexer/rebuild.h"
#include "tests/unit/site.h"

#define MANY 230

struct texts {
	char names[MANY][16];
	char bodies[MANY][200];
	char hex[MANY][DIGEST_HEX_SIZE];
	struct rebuild_document documents[MANY];
};

/* Feeds of one CVE each, in the store. */
static struct texts *
fill(struct site *s)
{
	struct texts *t = calloc(1, sizeof(*t));
	struct verified_file *file;
	size_t i;

	assert_non_null(t);
	for (i = 0; i < MANY; i++) {
		snprintf(t->names[i], sizeof(t->names[i]), "feed-%03zu", i);
		snprintf(t->bodies[i], sizeof(t->bodies[i]),
		    "{\"resultsPerPage\":1,\"format\":\"NVD_CVE\","
		    "\"version\":\"2.0\",\"vulnerabilities\":[{\"cve\":{"
		    "\"id\":\"CVE-2024-%05zu\"}}]}",
		    i);
		file = family_world_file(&s->world, span_of(t->bodies[i]));
		if (store_add(&s->store, file, &s->e) != 0)
			fail_msg("%s", s->e.msg);
		digest_hex(&verified_proof(file)->sha256, t->hex[i]);
		verified_close(file);
		t->documents[i] = (struct rebuild_document){
			.name = span_of(t->names[i]),
			.format = SPAN_LIT("nvd"),
			.source = SPAN_LIT("nvd"),
			.path = span_of(t->names[i]),
			.sha256 = span_of(t->hex[i]),
		};
	}
	return t;
}

static void
must_rebuild(struct site *s, const char *name, const struct texts *t, size_t n,
    struct family_digests *digests)
{
	char path[160];

	snprintf(path, sizeof(path), "%s/%s", s->tmp.path, name);
	if (rebuild_family(&s->store, path, t->documents, n, &s->e) != 0 ||
	    family_digests(path, digests, &s->e) != 0)
		fail_msg("%s", s->e.msg);
}

static void
test_many(void **state)
{
	struct family_digests one, two, less;
	struct rebuild_document first;
	struct texts *t;
	struct site s;

	(void)state;
	site_open(&s);
	t = fill(&s);
	must_rebuild(&s, "one.sqlite", t, MANY, &one);
	first = t->documents[0];
	t->documents[0] = t->documents[MANY - 1];
	t->documents[MANY - 1] = first;
	must_rebuild(&s, "two.sqlite", t, MANY, &two);
	assert_true(digest_eq(&one.content, &two.content));
	must_rebuild(&s, "less.sqlite", t, MANY - 1, &less);
	assert_false(digest_eq(&one.content, &less.content));
	free(t);
	site_close(&s);
}

static void
test_none(void **state)
{
	struct family_digests digests;
	struct texts t;
	struct site s;

	(void)state;
	site_open(&s);
	must_rebuild(&s, "none.sqlite", &t, 0, &digests);
	site_close(&s);
}

static void
test_missing(void **state)
{
	struct digest d;
	struct texts *t;
	struct site s;
	char path[160];

	(void)state;
	site_open(&s);
	t = fill(&s);
	assert_true(digest_parse(t->documents[120].sha256, &d));
	assert_int_equal(unlinkat(s.store.dirfd, t->hex[120], 0), 0);
	snprintf(path, sizeof(path), "%s/x.sqlite", s.tmp.path);
	assert_int_equal(
	    rebuild_family(&s.store, path, t->documents, MANY, &s.e), -1);
	assert_int_equal(s.e.code, ERR_MISSING);
	assert_true(strncmp(s.e.msg,
			"feed-120: store: ", strlen("feed-120: store: ")) == 0);
	free(t);
	site_close(&s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		cmocka_unit_test(test_many),
		cmocka_unit_test(test_none),
		cmocka_unit_test(test_missing),
	};

	return cmocka_run_group_tests_name("rebuild", tests, NULL, NULL);
}
