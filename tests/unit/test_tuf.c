/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/buf.h"
#include "base/clock.h"
#include "bundle/refusal.h"
#include "tests/unit/table.h"
#include "tests/unit/tuf_keys.h"

#define HEX "c14aeb4ac9f4a8fc0d83d12482b9197452f6adf3eb710e3b1e2b79e8d14cb681"
#define SIGNED(type, rest)                                      \
	"{\"signatures\":[],\"signed\":{\"_type\":\"" type "\"" \
	",\"expires\":\"2030-01-01T00:00:00Z\""                 \
	",\"spec_version\":\"1.0.31\",\"version\":3" rest "}}"
#define TARGETS(rest) SIGNED("targets", ",\"targets\":{}" rest)
#define ROLE(keyids) "{\"keyids\":[" keyids "],\"threshold\":1}"
#define ROOT(keys, role, rest)                               \
	SIGNED("root",                                       \
	    ",\"keys\":{" keys "},\"roles\":{\"root\":" role \
	    ",\"snapshot\":" ROLE("") ",\"targets\":" ROLE(  \
		"") ",\"timestamp\":" ROLE("") "}" rest)
#define DELEGATION(name, paths)                                   \
	TARGETS(",\"delegations\":{\"keys\":{},\"roles\":[{"      \
		"\"name\":" name ",\"keyids\":[],\"threshold\":1" \
		"," paths "}]}")

static const struct shape_case {
	const char *name;
	enum tuf_type type;
	const char *input;
	const char *expect; /* NULL: it is fine */
} shapes[] = {
	{ "targets of nothing", TUF_TARGETS, TARGETS(""), NULL },
	{ "fields that nobody knows", TUF_TARGETS,
	    "{\"x\":1.5,\"signed\":{\"targets\":{\"a/b\":{\"length\":1,"
	    "\"hashes\":{\"sha512\":\"00\",\"sha256\":\"" HEX "\"},\"y\":{},"
	    "\"custom\":[1,{\"z\":null}]}},\"_type\":\"targets\","
	    "\"version\":1,\"spec_version\":\"1.0\",\"x-owner\":[1,2],"
	    "\"expires\":\"2030-01-01T00:00:00Z\",\"delegations\":null},"
	    "\"signatures\":[{\"keyid\":\"k\",\"sig\":\"\",\"more\":1},"
	    "{\"keyid\":\"" HEX "\",\"sig\":\"3045\"}]}",
	    NULL },
	{ "a root of unknown kinds of keys", TUF_ROOT,
	    ROOT("\"" HEX "\":{\"keytype\":\"ml-dsa\",\"scheme\":\"ml-dsa\","
		 "\"keyval\":{\"public\":\"AA\"}},\"short\":{}",
		ROLE("\"" HEX "\",\"short\",\"" HEX "\""),
		",\"consistent_snapshot\":true"),
	    NULL },
	{ "a timestamp", TUF_TIMESTAMP,
	    SIGNED("timestamp",
		",\"meta\":{\"snapshot.json\":"
		"{\"version\":7}}"),
	    NULL },
	{ "a delegation without terminating", TUF_TARGETS,
	    DELEGATION("\"a\"", "\"paths\":[\"x/*\"]"), NULL },
	{ "a delegation by prefixes", TUF_TARGETS,
	    DELEGATION("\"../?\"", "\"path_hash_prefixes\":[\"0\",\"ff\"]"),
	    NULL },

	{ "empty", TUF_TARGETS, "", "the document is empty" },
	{ "no JSON", TUF_TARGETS, "{\"signed\":",
	    "byte 10: the document "
	    "ends early" },
	{ "an array", TUF_TARGETS, "[]", "not a JSON object" },
	{ "not signed", TUF_TARGETS, "{\"signatures\":[]}",
	    "without \"signed\"" },
	{ "no signatures", TUF_TARGETS, "{\"signed\":{}}",
	    "without \"signatures\"" },
	{ "signed twice", TUF_TARGETS,
	    "{\"signed\":{},\"signatures\":[],\"signed\":{}}",
	    "more than one \"signed\"" },
	{ "a name twice", TUF_TARGETS, TARGETS(",\"version\":4"),
	    "the name \"version\" stands twice in one object" },
	{ "a fraction", TUF_TARGETS, TARGETS(",\"x\":0.5"),
	    "the number 0.5 is no integer" },
	{ "another type", TUF_SNAPSHOT, TARGETS(""),
	    "its type is \"targets\" in place of \"snapshot\"" },
	{ "another specification", TUF_TARGETS,
	    "{\"signatures\":[],\"signed\":{\"_type\":\"targets\","
	    "\"spec_version\":\"2.0.0\"}}",
	    "written by specification \"2.0.0\", not 1.x" },
	{ "a specification that begins alike", TUF_TARGETS,
	    "{\"signatures\":[],\"signed\":{\"_type\":\"targets\","
	    "\"spec_version\":\"10.0\"}}",
	    "written by specification \"10.0\", not 1.x" },
	{ "version 0", TUF_TARGETS,
	    "{\"signatures\":[],\"signed\":{\"_type\":\"targets\","
	    "\"spec_version\":\"1.0\",\"version\":0}}",
	    "version is not a number of 1 or more" },
	{ "a version of text", TUF_TARGETS,
	    "{\"signatures\":[],\"signed\":{\"_type\":\"targets\","
	    "\"spec_version\":\"1.0\",\"version\":\"3\"}}",
	    "version is not a number of 1 or more" },
	{ "a version that is too high", TUF_TARGETS,
	    "{\"signatures\":[],\"signed\":{\"_type\":\"targets\","
	    "\"spec_version\":\"1.0\",\"version\":9223372036854775808}}",
	    "version is not a number of 1 or more" },
	{ "a signature without a key", TUF_TARGETS,
	    "{\"signatures\":[{\"sig\":\"00\"}],\"signed\":{}}",
	    "a signature without keyid and sig" },
	{ "two signatures of one key", TUF_TARGETS,
	    "{\"signatures\":[{\"keyid\":\"a\",\"sig\":\"\"},{\"keyid\":\"b\","
	    "\"sig\":\"00\"},{\"sig\":\"01\",\"keyid\":\"a\"}],\"signed\":{}}",
	    "more than one signature of one key" },
	{ "no targets", TUF_TARGETS, SIGNED("targets", ""), "no targets" },
	{ "a target without hashes", TUF_TARGETS,
	    SIGNED("targets",
		",\"targets\":{\"a\":{\"length\":1,"
		"\"hashes\":{}}}"),
	    "target a: no hashes" },
	{ "a target of another hash", TUF_TARGETS,
	    SIGNED("targets",
		",\"targets\":{\"a\":{\"length\":1,"
		"\"hashes\":{\"sha512\":\"00\"}}}"),
	    "target a: hashes without a sha256" },
	{ "a target's length below 0", TUF_TARGETS,
	    SIGNED("targets", ",\"targets\":{\"a\":{\"length\":-1}}"),
	    "target a: length is not a number of 0 or more" },
	{ "a target without a path", TUF_TARGETS,
	    SIGNED("targets", ",\"targets\":{\"\":{\"length\":1}}"),
	    "target : a target without a path" },
	{ "a root without timestamp", TUF_ROOT,
	    SIGNED("root",
		",\"keys\":{},\"roles\":{\"root\":" ROLE(
		    "") ",\"snapshot\":" ROLE("") ",\"targets\":" ROLE("") "}"),
	    "no role timestamp" },
	{ "a threshold of 0", TUF_ROOT,
	    ROOT("", "{\"keyids\":[],\"threshold\":0}", ""),
	    "role root: threshold is not a number of 1 or more" },
	{ "an id that is not its key's", TUF_ROOT,
	    ROOT("\"" HEX "\":{\"keytype\":\"ed25519\",\"scheme\":\"ed25519\","
		 "\"keyval\":{\"public\":\"" HEX "\"}}",
		ROLE(""), ""),
	    "the id of key c14aeb4ac9f4a8fc is not its hash" },
	{ "a snapshot without targets", TUF_SNAPSHOT,
	    SIGNED("snapshot", ",\"meta\":{\"a.json\":{\"version\":1}}"),
	    "targets.json is not listed" },
	{ "a timestamp of something else", TUF_TIMESTAMP,
	    SIGNED("timestamp", ",\"meta\":{}"),
	    "snapshot.json is not listed" },
	{ "a sha256 that is none", TUF_TIMESTAMP,
	    SIGNED("timestamp",
		",\"meta\":{\"snapshot.json\":{\"version\":1,"
		"\"hashes\":{\"sha256\":\"00\"}}}"),
	    "snapshot.json: a sha256 that is none" },
	{ "delegated to root", TUF_TARGETS,
	    DELEGATION("\"root\"", "\"paths\":[]"),
	    "delegations: it delegates to root, which no file may" },
	{ "delegated to nobody", TUF_TARGETS,
	    DELEGATION("\"\"", "\"paths\":[]"),
	    "delegations: a delegated role's name has 1 to 64 bytes" },
	{ "delegated to twice", TUF_TARGETS,
	    TARGETS(",\"delegations\":{\"keys\":{},\"roles\":["
		    "{\"name\":\"a\",\"keyids\":[],\"threshold\":1},"
		    "{\"name\":\"a\",\"keyids\":[],\"threshold\":1}]}"),
	    "delegations: role a is delegated to twice" },
	{ "paths and prefixes", TUF_TARGETS,
	    DELEGATION("\"a\"", "\"paths\":[],\"path_hash_prefixes\":[]"),
	    "delegations: role a has paths and path_hash_prefixes" },
	{ "a path that is no text", TUF_TARGETS,
	    DELEGATION("\"a\"", "\"paths\":[1]"),
	    "delegations: a list of texts has something else in it" },
	{ "delegations without roles", TUF_TARGETS,
	    TARGETS(",\"delegations\":{\"keys\":{}}"),
	    "delegations without keys and roles" },
};

static void
test_shape(void **state)
{
	const struct shape_case *c = *state;
	struct arena arena = { 0 };
	struct tuf_file f;
	struct err e = { 0 };
	int rc = tuf_parse(span_of(c->input), c->type, &arena, &f, &e);

	assert_string_equal(e.msg, c->expect == NULL ? "" : c->expect);
	assert_int_equal(rc, c->expect == NULL ? 0 : -1);
	assert_int_equal(
	    refusal_of(&e), c->expect == NULL ? REFUSAL_NONE : REFUSAL_SHAPE);
	arena_cleanup(&arena);
}

static const struct expiry_case {
	const char *name; /* what stands in the file */
	const char *expect;
} expiries[] = {
	{ "2030-01-01T00:00:00Z", "2030-01-01T00:00:00Z" },
	{ "2028-02-29T23:59:59Z", "2028-02-29T23:59:59Z" },
	{ "2027-02-29T23:59:59Z", NULL },
	{ "2030-13-01T00:00:00Z", NULL },
	{ "2030-01-01T24:00:00Z", NULL },
	{ "2030-01-01T00:00:00", NULL },
	{ "2030-01-01 00:00:00Z", NULL },
	{ "2030-01-01T00:00:00z", NULL },
	{ "2030-01-01T00:00:00.0Z", NULL },
	{ "2030-01-01T00:00:00+00:00", NULL },
	{ " 2030-01-01T00:00:00Z", NULL },
	{ "2030-1-01T000:00:00Z", NULL },
	{ "2030-01-01", NULL },
	{ "", NULL },
};

static void
test_expiry(void **state)
{
	const struct expiry_case *c = *state;
	struct arena arena = { 0 };
	struct tuf_file f;
	struct buf text = { 0 };
	struct err e = { 0 };
	char got[CLOCK_TEXT_SIZE];
	int rc;

	buf_printf(&text,
	    "{\"signatures\":[],\"signed\":{\"_type\":\"targets\","
	    "\"expires\":\"%s\",\"spec_version\":\"1.0\",\"targets\":{},"
	    "\"version\":1}}",
	    c->name);
	rc = tuf_parse(buf_span(&text), TUF_TARGETS, &arena, &f, &e);
	assert_int_equal(rc, c->expect == NULL ? -1 : 0);
	if (c->expect != NULL)
		assert_string_equal(clock_text(f.expires, got), c->expect);
	else
		assert_non_null(strstr(e.msg, "is not YYYY-MM-DDTHH:MM:SSZ"));
	buf_cleanup(&text);
	arena_cleanup(&arena);
}

static const struct fits_case {
	const char *name; /* pattern */
	const char *path;
	bool fits;
} fits[] = {
	{ "targets/*.tgz", "targets/foo.tgz", true },
	{ "targets/*.tgz", "targets/foo.txt", false },
	{ "foo-version-?.tgz", "foo-version-2.tgz", true },
	{ "foo-version-?.tgz", "foo-version-alpha.tgz", false },
	{ "*.tgz", "foo.tgz", true },
	{ "*.tgz", "targets/foo.tgz", false },
	{ "foo.tgz", "foo.tgz", true },
	{ "foo.tgz", "foo.tgz2", false },
	{ "*", "a", true },
	{ "*", "", true },
	{ "*", "a/b", false },
	{ "*/*", "a/b", true },
	{ "*/*", "a/b/c", false },
	{ "a/*", "a/", true },
	{ "a/*", "a/b", true },
	{ "a?b", "a/b", false },
	{ "a?b",
	    "a\xc3\xa9"
	    "b",
	    true },
	{ "*a*b*c", "xaxbxbxc", true },
	{ "*a*b*c", "xaxbx/bxc", false },
	{ "a*/b*c", "aaa/bbcbc", true },
	{ "**", "abc", true },
	{ "", "", true },
	{ "", "a", false },
	{ "[ab]", "a", false },
	{ "[ab]", "[ab]", true },
};

static void
test_fits(void **state)
{
	const struct fits_case *c = *state;
	struct span pattern = span_of(c->name);
	struct tuf_delegation d = { .paths = &pattern, .n_paths = 1 };

	assert_int_equal(tuf_path_fits(pattern, span_of(c->path)), c->fits);
	assert_int_equal(tuf_delegation_fits(&d, span_of(c->path)), c->fits);
}

static void
test_prefixes(void **state)
{
	/* SHA-256 of "file1.txt" begins with 55ae75d9. */
	const struct span prefixes[] = { SPAN_LIT("0"), SPAN_LIT("55ae") };
	const struct span others[] = { SPAN_LIT("55af"), SPAN_LIT("55AE") };
	struct tuf_delegation d = { .hash_prefixes = prefixes,
		.n_hash_prefixes = 2 };

	(void)state;
	assert_true(tuf_delegation_fits(&d, SPAN_LIT("file1.txt")));
	d.hash_prefixes = others;
	assert_false(tuf_delegation_fits(&d, SPAN_LIT("file1.txt")));
	d.n_hash_prefixes = 0;
	assert_false(tuf_delegation_fits(&d, SPAN_LIT("file1.txt")));
}

static const struct name_case {
	const char *name;
	bool is_role;
	bool is_path;
} names[] = {
	{ "redhat", true, true },
	{ "a-1", true, true },
	{ "targets", false, true },
	{ "root", false, true },
	{ "Red", false, true },
	{ "a.b", false, true },
	{ "", false, false },
	{ "a/b", false, true },
	{ "a//b", false, false },
	{ "/a", false, false },
	{ "a/", false, false },
	{ "a/./b", false, false },
	{ "a/../b", false, false },
	{ "..", false, false },
	{ "a/..b/c", false, true },
	{ "a b", false, false },
	{ "a\x7f", false, false },
	{ "\xc3\xa9", false, false },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	    true, true },
	{ "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
	    false, true },
};

static void
test_name(void **state)
{
	const struct name_case *c = *state;

	assert_int_equal(tuf_is_role_name(span_of(c->name)), c->is_role);
	assert_int_equal(tuf_is_target_path(span_of(c->name)), c->is_path);
}

/* Writes a file signed by keys, a NULL-terminated list of their numbers. */
static void
write_file(struct buf *out, const struct tuf_file *f, const char *keys)
{
	struct tuf_signature signatures[16];
	struct buf text = { 0 };
	size_t n;

	tuf_write_signed(&text, f);
	for (n = 0; keys[n] != '\0'; n++)
		signatures[n] =
		    tuf_keys_sign((unsigned)(keys[n] - '0'), buf_span(&text));
	tuf_write_file(out, buf_span(&text), signatures, n);
	buf_cleanup(&text);
}

static const struct verify_case {
	const char *name;
	const char *keys; /* listed in the file */
	const char *role; /* of them, the role's */
	unsigned threshold;
	const char *signers;
	const char *expect; /* NULL: it holds */
} verifies[] = {
	{ "one of one", "1", "1", 1, "1", NULL },
	{ "two of three", "123", "123", 2, "31", NULL },
	{ "one of two, its key listed twice", "123", "11", 2, "1",
	    "signed by 1 of the keys of role r, 2 are needed" },
	{ "by another role's key", "123", "12", 2, "13",
	    "signed by 1 of the keys of role r, 2 are needed" },
	{ "by a key that is not listed", "12", "123", 2, "13",
	    "signed by 1 of the keys of role r, 2 are needed" },
	{ "by nobody", "1", "1", 1, "",
	    "signed by 0 of the keys of role r, 1 are needed" },
	{ "more than there are keys", "12", "12", 3, "12",
	    "signed by 2 of the keys of role r, 3 are needed" },
	{ "foreign ones besides", "1", "1", 1, "321", NULL },
};

static void
test_verify(void **state)
{
	const struct verify_case *c = *state;
	struct tuf_file f = { .type = TUF_TARGETS, .version = 1 };
	struct tuf_key keys[8];
	struct digest ids[8];
	struct tuf_role role = {
		.name = SPAN_LIT("r"), .keyids = ids, .threshold = c->threshold
	};
	struct arena arena = { 0 };
	struct tuf_file got;
	struct buf text = { 0 };
	struct err e = { 0 };
	size_t n;
	int rc;

	for (n = 0; c->keys[n] != '\0'; n++)
		keys[n] = tuf_keys_public((unsigned)(c->keys[n] - '0'));
	for (; c->role[role.n_keyids] != '\0'; role.n_keyids++)
		ids[role.n_keyids] =
		    tuf_keys_public((unsigned)(c->role[role.n_keyids] - '0'))
			.id;
	write_file(&text, &f, c->signers);
	assert_int_equal(
	    tuf_parse(buf_span(&text), TUF_TARGETS, &arena, &got, &e), 0);
	rc = tuf_verify(&got, keys, n, &role, &e);
	assert_int_equal(rc, c->expect == NULL ? 0 : -1);
	assert_string_equal(e.msg, c->expect == NULL ? "" : c->expect);
	assert_int_equal(refusal_of(&e),
	    c->expect == NULL ? REFUSAL_NONE : REFUSAL_UNTRUSTED);
	/* One byte of what is signed: never. */
	text.ptr[text.len - 3] = '7'; /* the version */
	arena_reset(&arena);
	assert_int_equal(
	    tuf_parse(buf_span(&text), TUF_TARGETS, &arena, &got, &e), 0);
	assert_int_equal(got.version, 7);
	assert_int_equal(tuf_verify(&got, keys, n, &role, &e), -1);
	buf_cleanup(&text);
	arena_cleanup(&arena);
}

static void
fill_root(struct tuf_file *f, struct tuf_key *keys, struct digest *ids)
{
	enum tuf_type t;
	unsigned i;

	*f = (struct tuf_file){ .type = TUF_ROOT,
		.version = 7,
		.expires = 1893456000,
		.keys = keys,
		.n_keys = 2 };
	for (i = 0; i < 2; i++) {
		keys[i] = tuf_keys_public(i + 1);
		ids[i] = keys[i].id;
	}
	for (t = TUF_ROOT; t < N_TUF_TYPES; t++)
		f->roles[t] = (struct tuf_role){
			.keyids = ids, .n_keyids = 2, .threshold = 1
		};
}

static void
fill_targets(struct tuf_file *f, struct tuf_key *keys, struct digest *ids)
{
	static const struct span paths[] = { SPAN_LIT("redhat/*"),
		SPAN_LIT("redhat/*/*") };
	static struct tuf_delegation delegations[2];
	static const struct tuf_target targets[] = {
		{ .path = SPAN_LIT("a\"\\"), .size_bytes = 0 },
		{ .path = SPAN_LIT("b"),
		    .size_bytes = UINT64_C(1) << 40,
		    .custom_json = SPAN_LIT("{\"k\":[1]}") },
	};

	fill_root(f, keys, ids);
	f->type = TUF_TARGETS;
	delegations[0] =
	    (struct tuf_delegation){ .role = { SPAN_LIT("redhat"), ids, 2, 2 },
		    .paths = paths,
		    .n_paths = 2,
		    .terminating = true };
	delegations[1] =
	    (struct tuf_delegation){ .role = { SPAN_LIT("debian"), ids, 1, 1 },
		    .hash_prefixes = paths,
		    .n_hash_prefixes = 1 };
	f->delegations = delegations;
	f->n_delegations = 2;
	f->targets = targets;
	f->n_targets = 2;
}

static void
fill_meta(struct tuf_file *f, enum tuf_type type)
{
	static const struct tuf_meta snapshot[] = {
		{ .name = SPAN_LIT("a.json"),
		    .version = 9,
		    .has_length = true,
		    .size_bytes = 5 },
		{ .name = SPAN_LIT("targets.json"),
		    .version = 1,
		    .has_sha256 = true },
	};
	static const struct tuf_meta timestamp[] = {
		{ .name = SPAN_LIT("snapshot.json"), .version = 2 },
	};

	*f = (struct tuf_file){ .type = type,
		.version = 4,
		.expires = 1893456000,
		.meta = type == TUF_SNAPSHOT ? snapshot : timestamp,
		.n_meta = type == TUF_SNAPSHOT ? 2 : 1 };
}

/* What is written is canonical, and reads back as what was written. */
static void
test_write(void **state)
{
	struct tuf_key keys[2];
	struct digest ids[2];
	enum tuf_type t;

	(void)state;
	for (t = TUF_ROOT; t < N_TUF_TYPES; t++) {
		struct tuf_file f, got;
		struct arena arena = { 0 };
		struct buf text = { 0 }, content = { 0 }, again = { 0 };
		struct err e = { 0 };

		if (t == TUF_ROOT)
			fill_root(&f, keys, ids);
		else if (t == TUF_TARGETS)
			fill_targets(&f, keys, ids);
		else
			fill_meta(&f, t);
		tuf_write_signed(&content, &f);
		write_file(&text, &f, "12");
		if (tuf_parse(buf_span(&text), t, &arena, &got, &e) != 0)
			fail_msg("%s: %s", tuf_type_name(t), e.msg);
		assert_true(span_eq(got.signed_bytes, buf_span(&content)));
		tuf_write_signed(&again, &got);
		assert_true(span_eq(got.signed_bytes, buf_span(&again)));
		assert_int_equal(got.n_signatures, 2);
		assert_int_equal(got.is_consistent, t == TUF_ROOT);
		buf_cleanup(&text);
		buf_cleanup(&content);
		buf_cleanup(&again);
		arena_cleanup(&arena);
	}
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(shapes) + TABLE_N(expiries) +
	    TABLE_N(fits) + TABLE_N(names) + TABLE_N(verifies) + 2];
	size_t n = 0;

	TABLE_ADD(tests, &n, shapes, test_shape);
	TABLE_ADD(tests, &n, expiries, test_expiry);
	TABLE_ADD(tests, &n, fits, test_fits);
	TABLE_ADD(tests, &n, names, test_name);
	TABLE_ADD(tests, &n, verifies, test_verify);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_prefixes);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_write);
	return _cmocka_run_group_tests("tuf", tests, n, NULL, NULL);
}
