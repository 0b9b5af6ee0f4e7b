/* SPDX-License-Identifier: Apache-2.0 */
/* Tokens and certificates: who is let in, and what is kept of them. */
#include <stdio.h>
#include <string.h>

#include "schema_catalog.h"
#include "server/access.h"
#include "tests/unit/table.h"
#include "tests/unit/tmp.h"

#define NOW 1000
/* In base64 with a user before it: "x:one", ":one", "one". */
#define BASIC_ONE "eDpvbmU="
#define BASIC_NO_USER "Om9uZQ=="
#define BASIC_NO_COLON "b25l"

/* --- a request --- */

struct check_case {
	const char *name;
	const char *header; /* begins with "=": a certificate's common name */
	enum scope scope;   /* of the route */
	unsigned status;
	const char *who;
	bool anonymous;
};

static const struct check_case checks[] = {
	{ "nobody reads", "", SCOPE_READ, 0, "", true },
	{ "nobody scans", "", SCOPE_SCAN, 401, "", true },
	{ "nobody reads where that takes a token", "", SCOPE_READ, 401, "",
	    false },
	{ "health is for all", "", SCOPE_NONE, 0, "", false },
	{ "health is for wrong tokens, too", "Bearer wrong", SCOPE_NONE, 0, "",
	    false },
	{ "a token", "Bearer one", SCOPE_READ, 0, "one", false },
	{ "the scheme has no case", "bEARER one", SCOPE_READ, 0, "one", false },
	{ "blanks around it", "  Bearer   one ", SCOPE_READ, 0, "one", false },
	{ "too small a scope", "Bearer one", SCOPE_SCAN, 403, "one", false },
	{ "a scan", "Bearer two", SCOPE_SCAN, 0, "two", false },
	{ "scan does not read", "Bearer two", SCOPE_READ, 403, "two", false },
	{ "unless all may", "Bearer two", SCOPE_READ, 0, "two", true },
	{ "admin may all", "Bearer boss", SCOPE_SYNC, 0, "boss", false },
	{ "admin may read", "Bearer boss", SCOPE_READ, 0, "boss", false },
	{ "wrong", "Bearer onf", SCOPE_READ, 401, "", false },
	{ "wrong, where all may read", "Bearer onf", SCOPE_READ, 401, "",
	    true },
	{ "a beginning of it", "Bearer on", SCOPE_READ, 401, "", false },
	{ "empty", "Bearer ", SCOPE_READ, 401, "", true },
	{ "no token behind it", "Bearer", SCOPE_READ, 401, "", true },
	{ "another scheme", "Digest one", SCOPE_READ, 401, "", true },
	{ "expired", "Bearer old", SCOPE_READ, 401, "", true },
	{ "in its last second", "Bearer late", SCOPE_READ, 0, "late", false },
	{ "a password", "Basic " BASIC_ONE, SCOPE_READ, 0, "one", false },
	{ "of no user", "Basic " BASIC_NO_USER, SCOPE_READ, 0, "one", false },
	{ "without a colon", "Basic " BASIC_NO_COLON, SCOPE_READ, 401, "",
	    true },
	{ "no base64", "Basic ****", SCOPE_READ, 401, "", true },
	{ "base64 of an odd length", "Basic eDpvbm", SCOPE_READ, 401, "",
	    true },
	{ "base64 of nothing", "Basic ====", SCOPE_READ, 401, "", true },
	{ "a certificate's name as a token", "Bearer runner 7", SCOPE_SCAN, 401,
	    "", true },
	{ "a certificate", "=runner 7", SCOPE_SCAN, 0, "runner 7", false },
	{ "one of less", "=runner 7", SCOPE_SYNC, 403, "runner 7", false },
	{ "one that nobody named", "=runner 8", SCOPE_READ, 0, "", true },
	{ "where that takes more", "=runner 8", SCOPE_READ, 401, "", false },
	{ "one with a token's name", "=boss", SCOPE_ADMIN, 401, "", true },
	{ "one that has expired", "=runner 6", SCOPE_SCAN, 401, "", true },
	{ "one without a name", "=", SCOPE_SCAN, 401, "", true },
};

struct row {
	const char *name;
	const char *secret; /* NULL: a certificate */
	unsigned scopes;
	int64_t expires;
};

static const struct row rows[] = {
	{ "boss", "boss", 1u << SCOPE_ADMIN, 0 },
	{ "late", "late", 1u << SCOPE_READ, NOW + 1 },
	{ "old", "old", 1u << SCOPE_READ, NOW },
	{ "one", "one", 1u << SCOPE_READ, 0 },
	{ "runner 6", NULL, 1u << SCOPE_SCAN, NOW },
	{ "runner 7", NULL, 1u << SCOPE_SCAN, 0 },
	{ "two", "two", 1u << SCOPE_SCAN, NOW + 100 },
};

static void
fill(struct access_list *l, bool anonymous)
{
	size_t i;

	*l = (struct access_list){ .anonymous = anonymous };
	l->tokens = arena_array(&l->arena, TABLE_N(rows), sizeof(*l->tokens));
	for (i = 0; i < TABLE_N(rows); i++) {
		struct access_token *t = &l->tokens[l->n_tokens++];

		t->name = span_of(rows[i].name);
		t->scopes = rows[i].scopes;
		t->expires = rows[i].expires;
		t->is_certificate = rows[i].secret == NULL;
		memset(t->salt, (int)i, sizeof(t->salt));
		if (rows[i].secret != NULL)
			access_hash(t, span_of(rows[i].secret), &t->hash);
	}
}

static void
check(const struct check_case *c, const struct access_list *l)
{
	struct access a;

	if (c->header[0] == '=')
		access_certificate(l, span_of(c->header + 1), NOW, &a);
	else
		access_check(l, span_of(c->header), NOW, &a);
	assert_int_equal(access_status(&a, c->scope), c->status);
	assert_true(span_is(a.name, c->who));
	assert_int_equal(access_may(&a, c->scope), c->status == 0);
}

static void
test_check(void **state)
{
	const struct check_case *c = *state;
	struct access_list l, other;
	struct buf b = { 0 };
	struct err e = { 0 };

	fill(&l, c->anonymous);
	check(c, &l);
	access_pack(&b, &l);
	assert_int_equal(access_unpack(&other, buf_span(&b), &e), 0);
	check(c, &other);
	access_cleanup(&other);
	access_cleanup(&l);
	buf_cleanup(&b);
}

static void
test_long(void **state)
{
	char text[2048] = "Bearer ";
	struct access_list l;
	struct access a;

	(void)state;
	fill(&l, true);
	memset(text + 7, 'a', sizeof(text) - 7);
	access_check(&l, span_make(text, sizeof(text)), NOW, &a);
	assert_true(a.refused);
	memcpy(text, "Basic  ", 7);
	access_check(&l, span_make(text, sizeof(text)), NOW, &a);
	assert_true(a.refused);
	access_check(&l, span_make(text, 7 + 1000), NOW, &a);
	assert_true(a.refused);
	access_cleanup(&l);
}

/* --- what the answer says --- */

struct challenge_case {
	const char *name;
	const char *header;
	const char *path;
	const char *expect;
};

static const struct challenge_case challenges[] = {
	{ "a registry", "", "/v2/", "Basic realm=\"scapcache\"" },
	{ "a registry, wrong token", "Bearer x", "/v2/a/b/tags/list",
	    "Basic realm=\"scapcache\"" },
	{ "the API", "", "/v1/scan", "Bearer realm=\"scapcache\"" },
	{ "wrong token", "Bearer x", "/v1/scan",
	    "Bearer realm=\"scapcache\", error=\"invalid_token\"" },
	{ "too small", "Bearer one", "/v1/scan",
	    "Bearer realm=\"scapcache\", error=\"insufficient_scope\", "
	    "scope=\"scan\"" },
	{ "a page", "", "/images",
	    "Basic realm=\"scapcache\", charset=\"UTF-8\", "
	    "Bearer realm=\"scapcache\"" },
};

static void
test_challenge(void **state)
{
	const struct challenge_case *c = *state;
	struct access_list l;
	struct access a;
	struct buf b = { 0 };

	fill(&l, true);
	access_check(&l, span_of(c->header), NOW, &a);
	access_challenge(&b, &a, SCOPE_SCAN, span_of(c->path));
	assert_string_equal(buf_str(&b), c->expect);
	buf_cleanup(&b);
	access_cleanup(&l);
}

/* --- words --- */

struct scope_case {
	const char *name;   /* and text */
	const char *expect; /* NULL: refused */
};

static const struct scope_case scopes[] = {
	{ "read", "read" },
	{ "scan,read", "read,scan" },
	{ "admin, sync", "sync,admin" },
	{ "read,read", "read" },
	{ "", NULL },
	{ ",", NULL },
	{ "none", NULL },
	{ "write", NULL },
	{ "read,", NULL },
	{ "Read", NULL },
};

static void
test_scope(void **state)
{
	const struct scope_case *c = *state;
	struct buf b = { 0 };
	unsigned got = 0;

	assert_int_equal(
	    scope_parse(span_of(c->name), &got), c->expect != NULL);
	scope_add(&b, got);
	assert_string_equal(buf_str(&b), c->expect == NULL ? "" : c->expect);
	buf_cleanup(&b);
}

struct name_case {
	const char *name;
	const char *text;
	bool good;
};

#define TEN "0123456789"

static const struct name_case names[] = {
	{ "plain", "ci", true },
	{ "blanks inside", "CI runner 7", true },
	{ "UTF-8",
	    "pr\xc3\xbc"
	    "fer",
	    true },
	{ "nothing", "", false },
	{ "64 bytes", TEN TEN TEN TEN TEN TEN "0123", true },
	{ "65 bytes", TEN TEN TEN TEN TEN TEN "01234", false },
	{ "a blank before it", " ci", false },
	{ "a line break", "a\nb", false },
	{ "delete", "a\x7f", false },
	{ "C1", "a\xc2\x85z", false },
	{ "no UTF-8", "a\xffz", false },
};

static void
test_name(void **state)
{
	const struct name_case *c = *state;

	assert_int_equal(access_valid_name(span_of(c->text)), c->good);
}

/* --- between processes --- */

static void
test_pack_cut(void **state)
{
	struct access_list l, other;
	struct buf b = { 0 };
	struct err e = { 0 };
	size_t n;

	(void)state;
	fill(&l, true);
	access_pack(&b, &l);
	for (n = 0; n < b.len; n++) {
		assert_int_equal(
		    access_unpack(&other, span_make(b.ptr, n), &e), -1);
		assert_int_equal(other.n_tokens, 0);
	}
	buf_add_char(&b, 0);
	assert_int_equal(access_unpack(&other, buf_span(&b), &e), -1);
	assert_int_equal(e.code, ERR_FORMAT);
	buf_cleanup(&b);
	access_cleanup(&l);
}

/* --- the catalog --- */

static void
add_row(struct db *c, const char *name, struct span hash, const char *scope)
{
	struct db_stmt *q = db_query(c, QUERY_CATALOG_TOKEN_ADD);
	struct err e = { 0 };

	db_bind_text(q, ":name", span_of(name));
	db_bind_blob(q, ":salt", span_make("0123456789abcdef", 16));
	db_bind_blob(q, ":hash", hash);
	db_bind_text(q, ":scopes", span_of(scope));
	db_bind_int(q, ":made", 1);
	db_bind_int(q, ":expires", 0);
	db_bind_int(q, ":certificate", 0);
	assert_int_equal(db_run(q, &e), 0);
}

static void
test_catalog(void **state)
{
	struct tmp tmp;
	struct access_token t = { 0 };
	struct access_list l;
	struct db *c = NULL;
	struct state s;
	struct access a;
	struct err e = { 0 };

	(void)state;
	tmp_init(&tmp);
	assert_int_equal(access_read(&l, NULL, true, &e), 0);
	assert_int_equal(l.n_tokens, 0);
	assert_true(l.anonymous);
	assert_int_equal(state_open(&s, tmp.path, STATE_WRITE, 0, &e), 0);
	assert_int_equal(catalog_open(&c, &s, DB_WRITE, &e), 0);
	memcpy(t.salt, "0123456789abcdef", 16);
	access_hash(&t, SPAN_LIT("secret"), &t.hash);
	add_row(c, "ci", span_make(t.hash.bytes, DIGEST_SIZE), "read,scan");
	assert_int_equal(access_read(&l, c, false, &e), 0);
	access_check(&l, SPAN_LIT("Bearer secret"), NOW, &a);
	assert_int_equal(access_status(&a, SCOPE_SCAN), 0);
	access_cleanup(&l);
	add_row(c, "bad", SPAN_LIT("short"), "read");
	assert_int_equal(access_read(&l, c, false, &e), -1);
	assert_string_equal(e.msg, "catalog.sqlite: the token bad is damaged");
	access_cleanup(&l);
	db_close(c);
	state_close(&s);
	tmp_cleanup(&tmp);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(checks) + TABLE_N(challenges) +
	    TABLE_N(scopes) + TABLE_N(names) + 3] = {
		cmocka_unit_test(test_long),
		cmocka_unit_test(test_pack_cut),
		cmocka_unit_test(test_catalog),
	};
	size_t n = 3;

	TABLE_ADD(tests, &n, checks, test_check);
	TABLE_ADD(tests, &n, challenges, test_challenge);
	TABLE_ADD(tests, &n, scopes, test_scope);
	TABLE_ADD(tests, &n, names, test_name);
	return _cmocka_run_group_tests("access", tests, n, NULL, NULL);
}
