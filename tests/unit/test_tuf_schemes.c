/* SPDX-License-Identifier: Apache-2.0 */
/* Keys that others sign with: which are taken, and that they must hold. */
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "bundle/refusal.h"
#include "bundle/tuf.h"
#include "tests/unit/table.h"

#define SIGNED                                                         \
	"{\"_type\":\"targets\",\"expires\":\"2030-01-01T00:00:00Z\"," \
	"\"spec_version\":\"1.0\",\"targets\":{},\"version\":1}"
#define ID "00000000000000000000000000000000000000000000000000000000000000aa"

/* Made once: RSA takes a while. */
enum made { P256, P384, RSA1024, RSA2048, N_MADE };
static EVP_PKEY *made[N_MADE];

static const struct scheme_case {
	const char *name;
	const char *type; /* as it is listed */
	const char *scheme;
	enum made key;
	const char *digest; /* what it is signed with … */
	bool pss;
	bool holds;
} cases[] = {
	{ "ECDSA", "ecdsa", "ecdsa-sha2-nistp256", P256, "SHA256", false,
	    true },
	{ "ECDSA by its older name", "ecdsa-sha2-nistp256",
	    "ecdsa-sha2-nistp256", P256, "SHA256", false, true },
	{ "ECDSA with another digest", "ecdsa", "ecdsa-sha2-nistp256", P256,
	    "SHA384", false, false },
	{ "ECDSA on another curve", "ecdsa", "ecdsa-sha2-nistp256", P384,
	    "SHA256", false, false },
	{ "a scheme that is not known", "ecdsa", "ecdsa-sha2-nistp384", P384,
	    "SHA384", false, false },
	{ "RSA PSS", "rsa", "rsassa-pss-sha256", RSA2048, "SHA256", true,
	    true },
	{ "RSA PKCS #1", "rsa", "rsa-pkcs1v15-sha256", RSA2048, "SHA256", false,
	    true },
	{ "PSS for PKCS #1", "rsa", "rsa-pkcs1v15-sha256", RSA2048, "SHA256",
	    true, false },
	{ "PKCS #1 for PSS", "rsa", "rsassa-pss-sha256", RSA2048, "SHA256",
	    false, false },
	{ "a short RSA key", "rsa", "rsassa-pss-sha256", RSA1024, "SHA256",
	    true, false },
	{ "RSA listed as ECDSA", "ecdsa", "ecdsa-sha2-nistp256", RSA2048,
	    "SHA256", false, false },
	{ "ECDSA listed as RSA", "rsa", "rsa-pkcs1v15-sha256", P256, "SHA256",
	    false, false },
	{ "a type that does not go with it", "rsa", "ecdsa-sha2-nistp256", P256,
	    "SHA256", false, false },
};

static int
make_keys(void **state)
{
	(void)state;
	made[P256] = EVP_EC_gen("P-256");
	made[P384] = EVP_EC_gen("P-384");
	made[RSA1024] = EVP_RSA_gen(1024);
	made[RSA2048] = EVP_RSA_gen(2048);
	return made[RSA2048] == NULL ? -1 : 0;
}

static int
free_keys(void **state)
{
	size_t i;

	(void)state;
	for (i = 0; i < N_MADE; i++)
		EVP_PKEY_free(made[i]);
	return 0;
}

static void
add_signature(struct buf *out, const struct scheme_case *c)
{
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	EVP_PKEY_CTX *options = NULL;
	unsigned char sig[512];
	size_t len = sizeof(sig), i;

	assert_int_equal(EVP_DigestSignInit_ex(ctx, &options, c->digest, NULL,
			     NULL, made[c->key], NULL),
	    1);
	if (c->pss)
		assert_int_equal(EVP_PKEY_CTX_set_rsa_padding(
				     options, RSA_PKCS1_PSS_PADDING),
		    1);
	assert_int_equal(EVP_DigestSign(ctx, sig, &len,
			     (const unsigned char *)SIGNED, strlen(SIGNED)),
	    1);
	EVP_MD_CTX_free(ctx);
	for (i = 0; i < len; i++)
		buf_printf(out, "%02x", sig[i]);
}

/* A root that lists the key twice, by another id and with a blank. */
static void
write_root(struct buf *out, const struct scheme_case *c)
{
	BIO *bio = BIO_new(BIO_s_mem());
	char *text = NULL;
	unsigned id;
	long i, n;

	assert_int_equal(PEM_write_bio_PUBKEY(bio, made[c->key]), 1);
	n = BIO_get_mem_data(bio, &text);
	buf_add_str(out,
	    "{\"signatures\":[],\"signed\":{\"_type\":\"root\","
	    "\"expires\":\"2030-01-01T00:00:00Z\",\"keys\":{");
	for (id = 0; id < 2; id++) {
		buf_printf(out, "%s\"%.62s%s\":{\"keytype\":\"%s\",",
		    id == 0 ? "" : ",", ID, id == 0 ? "aa" : "bb", c->type);
		buf_printf(out, "\"scheme\":\"%s\",\"keyval\":{\"public\":\"%s",
		    c->scheme, id == 0 ? "" : "\\n");
		for (i = 0; i < n; i++)
			if (text[i] == '\n')
				buf_add_str(out, "\\n");
			else
				buf_add_char(out, text[i]);
		buf_add_str(out, "\"}}");
	}
	buf_add_str(out, "},\"roles\":{");
	for (i = 0; i < N_TUF_TYPES; i++)
		buf_printf(out,
		    "%s\"%s\":{\"keyids\":[\"%s\",\"%.62sbb\"],"
		    "\"threshold\":1}",
		    i == 0 ? "" : ",", tuf_type_name((enum tuf_type)i), ID, ID);
	buf_add_str(out, "},\"spec_version\":\"1.0\",\"version\":1}}");
	BIO_free(bio);
}

static void
test_scheme(void **state)
{
	const struct scheme_case *c = *state;
	struct buf root = { 0 }, file = { 0 };
	struct arena arena = { 0 };
	struct tuf_file r, f;
	struct err e = { 0 };
	int rc;

	write_root(&root, c);
	buf_printf(&file, "{\"signatures\":[{\"keyid\":\"%s\",\"sig\":\"", ID);
	add_signature(&file, c);
	buf_printf(&file, "\"},{\"keyid\":\"%.62sbb\",\"sig\":\"", ID);
	add_signature(&file, c);
	buf_add_str(&file, "\"}],\"signed\":" SIGNED "}");
	if (tuf_parse(buf_span(&root), TUF_ROOT, &arena, &r, &e) != 0 ||
	    tuf_parse(buf_span(&file), TUF_TARGETS, &arena, &f, &e) != 0)
		fail_msg("%s", e.msg);
	rc = tuf_verify(&f, r.keys, r.n_keys, &r.roles[TUF_TARGETS], &e);
	assert_int_equal(rc, c->holds ? 0 : -1);
	/* By two names it is one key. */
	r.roles[TUF_TARGETS].threshold = 2;
	assert_int_equal(
	    tuf_verify(&f, r.keys, r.n_keys, &r.roles[TUF_TARGETS], &e), -1);
	assert_int_equal(refusal_of(&e), REFUSAL_UNTRUSTED);
	buf_cleanup(&root);
	buf_cleanup(&file);
	arena_cleanup(&arena);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases)];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_scheme);
	return _cmocka_run_group_tests(
	    "tuf_schemes", tests, n, make_keys, free_keys);
}
