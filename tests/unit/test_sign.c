/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The sign process: keys that it makes, what it signs, and what it does not
 * sign a second time.
 */
#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "bundle/refusal.h"
#include "tests/unit/sign_world.h"
#include "tests/unit/table.h"

#define REDHAT SPAN_LIT("redhat")
#define KEYS_MAX 8

static struct tuf_key
new_key(struct sign_world *w, const char *role, bool offline, bool plain)
{
	const struct sign_new what = { span_of(role), offline, plain, NULL };
	struct tuf_key key;
	struct err e = { 0 };

	assert_int_equal(sign_new_key(&w->signer, &what, &key, &e), 0);
	return key;
}

/* Signs as the role with one key. */
static int
sign_text(struct sign_world *w, const char *role, const struct tuf_key *key,
    const char *text, struct err *e)
{
	const struct tuf_role r = { span_of(role), &key->id, 1, 1 };
	struct tuf_signature s;
	size_t n;

	return sign_bytes(&w->signer, &r, span_of(text), &s, &n, e);
}

/* --- versions that grow --- */

struct version_case {
	const char *name;
	const char *first; /* signed before; NULL: nothing */
	const char *then;
	const char *expect; /* NULL: signed */
	uint64_t last;      /* what is remembered */
};

#define V(n) "{\"_type\":\"targets\",\"version\":" #n "}"
#define OTHER(n) "{\"_type\":\"targets\",\"a\":1,\"version\":" #n "}"
#define NO_METADATA "what is to be signed is no metadata of role redhat"

static const struct version_case versions[] = {
	{ "the first", NULL, V(1), NULL, 1 },
	{ "a first that is not 1", NULL, V(7), NULL, 7 },
	{ "the next", V(1), V(2), NULL, 2 },
	{ "one far above", V(1), V(900), NULL, 900 },
	{ "the same bytes again", V(3), V(3), NULL, 3 },
	{ "other bytes of the same version", V(3), OTHER(3),
	    "version 3 of redhat was signed before with other bytes: only a "
	    "version above 3 is signed",
	    3 },
	{ "a lower version", V(3), V(2),
	    "version 2 of redhat was signed before, or a later one: only a "
	    "version above 3 is signed",
	    3 },
	{ "version 0", NULL, V(0), NO_METADATA, 0 },
	{ "a negative version", NULL, V(-1), NO_METADATA, 0 },
	{ "a version that is no integer", NULL, V(1.5), NO_METADATA, 0 },
	{ "a version as text", NULL,
	    "{\"_type\":\"targets\",\"version\":\"1\"}", NO_METADATA, 0 },
	{ "no version", NULL, "{\"_type\":\"targets\"}", NO_METADATA, 0 },
	{ "two versions", V(3),
	    "{\"_type\":\"targets\",\"version\":4,\"version\":1}", NO_METADATA,
	    3 },
	{ "metadata of another type", NULL,
	    "{\"_type\":\"root\",\"version\":1}", NO_METADATA, 0 },
	{ "no object", NULL, "[\"_type\",\"version\"]", NO_METADATA, 0 },
};

static void
test_version(void **state)
{
	const struct version_case *c = *state;
	struct sign_world w;
	struct tuf_key key;
	struct err e = { 0 };
	uint64_t last;
	int rc;

	sign_world_init(&w, NULL);
	key = new_key(&w, "redhat", false, false);
	if (c->first != NULL)
		assert_int_equal(
		    sign_text(&w, "redhat", &key, c->first, &e), 0);
	/* Another process remembers as well. */
	sign_world_open(&w, NULL);
	rc = sign_text(&w, "redhat", &key, c->then, &e);
	assert_int_equal(rc, c->expect == NULL ? 0 : -1);
	if (c->expect != NULL)
		assert_string_equal(e.msg, c->expect);
	if (c->expect != NULL && strncmp(c->expect, "version", 7) == 0)
		assert_int_equal(refusal_of(&e), REFUSAL_ROLLBACK);
	assert_int_equal(sign_last(&w.signer, REDHAT, &last, &e), 0);
	assert_int_equal(last, c->last);
	sign_world_cleanup(&w);
}

static void
test_each_role_has_its_own_memory(void **state)
{
	struct sign_world w;
	struct tuf_key redhat, ubuntu;
	struct err e = { 0 };

	(void)state;
	sign_world_init(&w, NULL);
	redhat = new_key(&w, "redhat", false, false);
	ubuntu = new_key(&w, "ubuntu", false, false);
	assert_int_equal(sign_text(&w, "redhat", &redhat, V(5), &e), 0);
	assert_int_equal(sign_text(&w, "ubuntu", &ubuntu, V(1), &e), 0);
	/* A role's key signs nothing of another role. */
	assert_int_equal(sign_text(&w, "ubuntu", &redhat, V(2), &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	sign_world_cleanup(&w);
}

static void
test_a_memory_that_is_damaged(void **state)
{
	struct sign_world w;
	struct tuf_key key;
	struct err e = { 0 };

	(void)state;
	sign_world_init(&w, NULL);
	key = new_key(&w, "redhat", false, false);
	assert_int_equal(sign_text(&w, "redhat", &key, V(5), &e), 0);
	assert_int_equal(
	    file_replace(w.tmp.dirfd, "keys/signed/redhat", SPAN_LIT("6"), &e),
	    0);
	assert_int_equal(sign_text(&w, "redhat", &key, V(7), &e), -1);
	assert_non_null(strstr(e.msg,
	    "/keys/signed/redhat: is not what was written there: a version "
	    "and a digest"));
	sign_world_cleanup(&w);
}

/* --- passphrases --- */

struct passphrase_case {
	const char *name;
	const char *made;  /* the passphrase when the key was made */
	const char *given; /* and when it signs */
	bool plain;
	bool is_encrypted;
	const char *expect; /* the end of the message; NULL: it signs */
};

static const struct passphrase_case passphrases[] = {
	{ "none", NULL, NULL, false, false, NULL },
	{ "none, and one is given", NULL, "x\n", false, false, NULL },
	{ "the right one", "correct horse\n", "correct horse\n", false, true,
	    NULL },
	{ "its line counts", "correct horse\nmore", "correct horse", false,
	    true, NULL },
	{ "a carriage return", "correct horse\r\n", "correct horse\n", false,
	    true, NULL },
	{ "not for a key that is to be plain", "x\n", NULL, true, false, NULL },
	{ "a wrong one", "correct horse\n", "correct  horse\n", false, true,
	    ".pem: the passphrase is wrong" },
	{ "a wrong one that is longer", "x\n", "xx\n", false, true,
	    ".pem: the passphrase is wrong" },
	{ "an empty one", "x\n", "\n", false, true,
	    "the passphrase that was given is empty: its first line counts" },
	{ "none where there should be", "x\n", NULL, false, true,
	    ".pem is encrypted, and there is no passphrase: name its file "
	    "in the configuration as keys.passphrase_file, or `scapcache "
	    "key` with --passphrase-file" },
};

static void
test_passphrase(void **state)
{
	const struct passphrase_case *c = *state;
	struct sign_world w;
	struct sign_key *keys;
	struct tuf_key key;
	struct err e = { 0 };
	uint64_t last;
	size_t n;
	int rc;

	sign_world_init(&w, c->made);
	key = new_key(&w, "redhat", false, c->plain);
	sign_world_open(&w, c->given);
	assert_int_equal(sign_list(&w.signer, &w.arena, &keys, &n, &e), 0);
	assert_int_equal(n, 1);
	assert_int_equal(keys[0].is_encrypted, c->is_encrypted);
	assert_true(digest_eq(&keys[0].key.id, &key.id));
	rc = sign_text(&w, "redhat", &key, V(1), &e);
	assert_int_equal(rc, c->expect == NULL ? 0 : -1);
	if (c->expect != NULL)
		assert_true(span_has_suffix(span_of(e.msg), c->expect));
	/* What was not signed is not remembered. */
	assert_int_equal(sign_last(&w.signer, REDHAT, &last, &e), 0);
	assert_int_equal(last, c->expect == NULL);
	sign_world_cleanup(&w);
}

static void
test_a_passphrase_is_handed_on(void **state)
{
	struct sign_world w;
	struct tuf_key key;
	struct err e = { 0 };
	int pipes[2], fd;

	(void)state;
	sign_world_init(&w, NULL);
	assert_int_equal(sign_passphrase(&w.signer, &fd, &e), 0);
	assert_int_equal(fd, -1);
	/* A pipe gives its line once. */
	assert_int_equal(pipe(pipes), 0);
	assert_int_equal(write(pipes[1], "secret\nrest", 11), 11);
	sign_close(&w.signer);
	w.options.passphrase_fd = pipes[0];
	assert_int_equal(sign_open(&w.signer, &w.options, &e), 0);
	key = new_key(&w, "redhat", false, false);
	assert_int_equal(sign_passphrase(&w.signer, &fd, &e), 0);
	assert_int_not_equal(fd, -1);
	close(pipes[0]);
	close(pipes[1]);
	sign_close(&w.signer);
	w.options.passphrase_fd = fd;
	assert_int_equal(sign_open(&w.signer, &w.options, &e), 0);
	assert_int_equal(sign_text(&w, "redhat", &key, V(1), &e), 0);
	sign_world_cleanup(&w);
}

/* --- files --- */

static void
test_files(void **state)
{
	static const char *const passphrase[] = { NULL, "secret\n" };
	static const char *const head[] = { "-----BEGIN PRIVATE KEY-----",
		"-----BEGIN ENCRYPTED PRIVATE KEY-----" };
	size_t i;

	(void)state;
	for (i = 0; i < 2; i++) {
		char hex[DIGEST_HEX_SIZE], path[128];
		struct buf text = { 0 };
		struct sign_world w;
		struct tuf_key key;
		struct stat st;
		struct err e = { 0 };

		sign_world_init(&w, passphrase[i]);
		key = new_key(&w, "redhat", i == 1, false);
		snprintf(path, sizeof(path), "%s/redhat-%.16s.pem",
		    i == 1 ? "stick" : "keys", digest_hex(&key.id, hex));
		assert_int_equal(fstatat(w.tmp.dirfd, path, &st, 0), 0);
		assert_int_equal(st.st_mode & 07777, 0600);
		assert_int_equal(
		    file_read(w.tmp.dirfd, path, 4096, &text, &e), 0);
		assert_true(span_has_prefix(buf_span(&text), head[i]));
		buf_cleanup(&text);
		sign_world_cleanup(&w);
	}
}

/* A folder's file is not what it should be. */
struct bad_case {
	const char *name;
	const char *from; /* what the file becomes: NULL: as it is */
	const char *to;   /* its name; NULL: as it is */
	unsigned mode;
	const char *expect; /* NULL: it is not looked at */
};

static const struct bad_case bad_files[] = {
	{ "others may read it", NULL, NULL, 0640,
	    "others may read it (mode 640)" },
	{ "it has another key's name", NULL, "redhat-0123456789abcdef.pem",
	    0600, "holds another key than its name says" },
	{ "it has another role's name", NULL, "notes.pem", 0600, NULL },
	{ "a name in capitals", NULL, "redhat-0123456789ABCDEF.pem", 0600,
	    NULL },
	{ "it is empty", "", NULL, 0600, "holds no private key" },
	{ "it is text", "hello", NULL, 0600, "holds no private key" },
	{ "it is an encrypted key of somebody else",
	    "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMAA=\n"
	    "-----END ENCRYPTED PRIVATE KEY-----\n",
	    NULL, 0600, "lacks its public key" },
	{ "it is damaged",
	    "-----BEGIN PRIVATE KEY-----\nMAA=\n-----END PRIVATE KEY-----\n",
	    NULL, 0600, "holds a damaged private key" },
	{ "its public key is damaged",
	    "-----BEGIN PUBLIC KEY-----\nMAA=\n-----END PUBLIC KEY-----\n",
	    NULL, 0600, "has a damaged public key" },
};

static void
test_bad_file(void **state)
{
	const struct bad_case *c = *state;
	char hex[DIGEST_HEX_SIZE], path[128], to[128];
	struct sign_world w;
	struct sign_key *keys;
	struct tuf_key key;
	struct err e = { 0 };
	size_t n;
	int rc;

	sign_world_init(&w, NULL);
	key = new_key(&w, "redhat", false, false);
	snprintf(path, sizeof(path), "keys/redhat-%.16s.pem",
	    digest_hex(&key.id, hex));
	snprintf(to, sizeof(to), "keys/%s", c->to == NULL ? "" : c->to);
	if (c->from != NULL)
		assert_int_equal(file_replace_mode(w.tmp.dirfd, path,
				     span_of(c->from), 0600, &e),
		    0);
	if (c->to != NULL)
		assert_int_equal(
		    renameat(w.tmp.dirfd, path, w.tmp.dirfd, to), 0);
	assert_int_equal(
	    fchmodat(w.tmp.dirfd, c->to == NULL ? path : to, c->mode, 0), 0);
	rc = sign_list(&w.signer, &w.arena, &keys, &n, &e);
	assert_int_equal(rc, c->expect == NULL ? 0 : -1);
	if (c->expect == NULL)
		assert_int_equal(n, 0);
	else
		assert_non_null(strstr(e.msg, c->expect));
	sign_world_cleanup(&w);
}

static void
test_a_private_key_of_another_public_one(void **state)
{
	char hex[DIGEST_HEX_SIZE], path[2][128];
	struct buf text[2] = { { 0 }, { 0 } };
	struct buf mixed = { 0 };
	struct sign_world w;
	struct tuf_key key[2];
	struct err e = { 0 };
	size_t half, i;

	(void)state;
	sign_world_init(&w, NULL);
	for (i = 0; i < 2; i++) {
		key[i] = new_key(&w, "redhat", false, false);
		snprintf(path[i], sizeof(path[i]), "keys/redhat-%.16s.pem",
		    digest_hex(&key[i].id, hex));
		assert_int_equal(
		    file_read(w.tmp.dirfd, path[i], 4096, &text[i], &e), 0);
	}
	half = (size_t)(strstr(buf_str(&text[1]), "-----BEGIN PUBLIC") -
	    buf_str(&text[1]));
	buf_add(&mixed, text[0].ptr, half);
	buf_add_span(&mixed, span_from(buf_span(&text[1]), half));
	assert_int_equal(
	    file_replace_mode(w.tmp.dirfd, path[1], buf_span(&mixed), 0600, &e),
	    0);
	assert_int_equal(sign_text(&w, "redhat", &key[1], V(1), &e), -1);
	assert_int_equal(e.code, ERR_UNTRUSTED);
	assert_non_null(
	    strstr(e.msg, "its private key is not that of its public key"));
	for (i = 0; i < 2; i++)
		buf_cleanup(&text[i]);
	buf_cleanup(&mixed);
	sign_world_cleanup(&w);
}

/* --- several keys, thresholds --- */

/* Three root keys, of which one is at hand no more. */
static void
test_threshold(void **state)
{
	struct tuf_signature signatures[KEYS_MAX];
	struct digest ids[3];
	struct tuf_key keys[3];
	struct tuf_file root = { .type = TUF_ROOT,
		.version = 1,
		.expires = 2000000000,
		.keys = keys,
		.n_keys = 3 };
	struct tuf_file back;
	struct buf signed_part = { 0 }, file = { 0 };
	struct sign_key gone;
	struct sign_world w;
	struct err e = { 0 };
	size_t n, i;

	(void)state;
	sign_world_init(&w, "secret\n");
	for (i = 0; i < 3; i++) {
		keys[i] = new_key(&w, "root", true, false);
		ids[i] = keys[i].id;
	}
	for (i = 0; i < N_TUF_TYPES; i++)
		root.roles[i] =
		    (struct tuf_role){ span_of(tuf_type_name((enum tuf_type)i)),
			    ids, 3, 2 };
	tuf_write_signed(&signed_part, &root);
	assert_int_equal(
	    sign_retire(&w.signer, &ids[1], &w.arena, &gone, &e), 1);
	assert_true(span_is(gone.role, "root"));
	assert_true(gone.is_offline);
	assert_int_equal(
	    sign_retire(&w.signer, &ids[1], &w.arena, &gone, &e), 0);
	assert_int_equal(sign_bytes(&w.signer, &root.roles[TUF_ROOT],
			     buf_span(&signed_part), signatures, &n, &e),
	    0);
	assert_int_equal(n, 2);
	assert_true(digest_eq(&signatures[0].keyid, &ids[0]));
	assert_true(digest_eq(&signatures[1].keyid, &ids[2]));
	tuf_write_file(&file, buf_span(&signed_part), signatures, n);
	assert_int_equal(
	    tuf_parse(buf_span(&file), TUF_ROOT, &w.arena, &back, &e), 0);
	assert_int_equal(tuf_verify(&back, back.keys, back.n_keys,
			     &back.roles[TUF_ROOT], &e),
	    0);
	/* One signature is not enough. */
	back.n_signatures = 1;
	assert_int_equal(tuf_verify(&back, back.keys, back.n_keys,
			     &back.roles[TUF_ROOT], &e),
	    -1);
	assert_int_equal(refusal_of(&e), REFUSAL_UNTRUSTED);
	buf_cleanup(&signed_part);
	buf_cleanup(&file);
	sign_world_cleanup(&w);
}

/* --- folders --- */

static void
test_no_folder(void **state)
{
	struct sign_world w;
	struct err e = { 0 };

	(void)state;
	sign_world_init(&w, NULL);
	sign_close(&w.signer);
	w.options.offline = "/nonexistent/stick";
	assert_int_equal(sign_open(&w.signer, &w.options, &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	assert_string_equal(e.msg,
	    "/nonexistent/stick, for the offline keys, is no folder: is it "
	    "mounted?");
	w.options.keys = "/nonexistent/keys";
	assert_int_equal(sign_open(&w.signer, &w.options, &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	assert_string_equal(e.msg,
	    "there are no keys in /nonexistent/keys: `scapcache key init` "
	    "makes them");
	sign_world_cleanup(&w);
}

static void
test_a_key_that_is_not_at_hand(void **state)
{
	struct sign_world w;
	struct tuf_key key = { 0 };
	struct err e = { 0 };

	(void)state;
	sign_world_init(&w, NULL);
	assert_int_equal(sign_text(&w, "redhat", &key, V(1), &e), -1);
	assert_int_equal(e.code, ERR_MISSING);
	assert_non_null(strstr(
	    e.msg, "no private key of role redhat is at hand, neither in "));
	sign_world_cleanup(&w);
}

int
main(void)
{
	static const struct CMUnitTest single[] = {
		cmocka_unit_test(test_each_role_has_its_own_memory),
		cmocka_unit_test(test_a_memory_that_is_damaged),
		cmocka_unit_test(test_a_passphrase_is_handed_on),
		cmocka_unit_test(test_files),
		cmocka_unit_test(test_a_private_key_of_another_public_one),
		cmocka_unit_test(test_threshold),
		cmocka_unit_test(test_no_folder),
		cmocka_unit_test(test_a_key_that_is_not_at_hand),
	};
	struct CMUnitTest tests[64];
	size_t n = 0, i;

	TABLE_ADD(tests, &n, versions, test_version);
	TABLE_ADD(tests, &n, passphrases, test_passphrase);
	TABLE_ADD(tests, &n, bad_files, test_bad_file);
	for (i = 0; i < TABLE_N(single); i++)
		tests[n++] = single[i];
	return _cmocka_run_group_tests("sign", tests, n, NULL, NULL);
}
