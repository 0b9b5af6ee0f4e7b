/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/rsa.h>

#include "bundle/tuf_impl.h"

static EVP_PKEY *
load_pem(const struct tuf_key *key)
{
	EVP_PKEY *pkey = NULL;
	BIO *bio;

	if (key->pem.len > TUF_PEM_MAX)
		return NULL;
	bio = BIO_new_mem_buf(key->pem.ptr, (int)key->pem.len);
	if (bio != NULL)
		pkey = PEM_read_bio_PUBKEY(bio, NULL, NULL, NULL);
	BIO_free(bio);
	return pkey;
}

/* Is it a key of the kind and size that the scheme is of? */
static bool
is_fit(EVP_PKEY *pkey, enum tuf_scheme scheme)
{
	char group[32] = "";

	if (scheme != TUF_ECDSA_P256)
		return EVP_PKEY_is_a(pkey, "RSA") &&
		    EVP_PKEY_get_bits(pkey) >= 2048;
	return EVP_PKEY_is_a(pkey, "EC") &&
	    EVP_PKEY_get_group_name(pkey, group, sizeof(group), NULL) == 1 &&
	    strcmp(group, "prime256v1") == 0;
}

static EVP_PKEY *
load(const struct tuf_key *key)
{
	EVP_PKEY *pkey;

	if (key->scheme == TUF_ED25519)
		return EVP_PKEY_new_raw_public_key(
		    EVP_PKEY_ED25519, NULL, key->public, TUF_PUBLIC_SIZE);
	pkey = load_pem(key);
	if (pkey != NULL && !is_fit(pkey, key->scheme)) {
		EVP_PKEY_free(pkey);
		return NULL;
	}
	return pkey;
}

static bool
begin(EVP_MD_CTX *ctx, EVP_PKEY *pkey, enum tuf_scheme scheme)
{
	EVP_PKEY_CTX *options = NULL;
	const EVP_MD *md = scheme == TUF_ED25519 ? NULL : EVP_sha256();

	if (EVP_DigestVerifyInit(ctx, &options, md, NULL, pkey) != 1)
		return false;
	if (scheme != TUF_RSA_PSS)
		return true;
	return EVP_PKEY_CTX_set_rsa_padding(options, RSA_PKCS1_PSS_PADDING) ==
	    1 &&
	    EVP_PKEY_CTX_set_rsa_pss_saltlen(options, RSA_PSS_SALTLEN_AUTO) ==
	    1;
}

static bool
signature_holds(const struct tuf_signature *s, EVP_PKEY *pkey,
    enum tuf_scheme scheme, struct span text)
{
	struct span sig = s->other.ptr != NULL
	    ? s->other
	    : span_make(s->bytes, sizeof(s->bytes));
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	bool holds = false;

	if (ctx != NULL && begin(ctx, pkey, scheme))
		holds = EVP_DigestVerify(ctx, (const unsigned char *)sig.ptr,
			    sig.len, (const unsigned char *)text.ptr,
			    text.len) == 1;
	EVP_MD_CTX_free(ctx);
	return holds;
}

/* The key that a signature names, if it is one of the role's. */
static const struct tuf_key *
find_key(const struct tuf_signature *s, const struct tuf_key *keys,
    size_t n_keys, const struct tuf_role *role)
{
	size_t i, k;

	for (i = 0; i < role->n_keyids; i++)
		if (digest_eq(&role->keyids[i], &s->keyid))
			break;
	for (k = 0; i < role->n_keyids && k < n_keys; k++)
		if (digest_eq(&keys[k].id, &s->keyid))
			return &keys[k];
	return NULL;
}

/* Keys whose signatures hold; the same by another id is one. */
struct counted {
	EVP_PKEY *keys[TUF_SIGNATURES_MAX];
	size_t n;
};

static bool
is_counted(const struct counted *c, const EVP_PKEY *pkey)
{
	size_t i;

	for (i = 0; i < c->n; i++)
		if (EVP_PKEY_eq(c->keys[i], pkey) == 1)
			return true;
	return false;
}

static void
count(struct counted *c, const struct tuf_signature *s,
    const struct tuf_key *key, struct span text)
{
	EVP_PKEY *pkey = key == NULL ? NULL : load(key);

	if (pkey == NULL)
		return;
	if (!is_counted(c, pkey) && signature_holds(s, pkey, key->scheme, text))
		c->keys[c->n++] = pkey;
	else
		EVP_PKEY_free(pkey);
}

int
tuf_verify(const struct tuf_file *f, const struct tuf_key *keys, size_t n_keys,
    const struct tuf_role *role, struct err *e)
{
	struct counted c = { .n = 0 };
	size_t i, n;

	for (i = 0; i < f->n_signatures && c.n < TUF_SIGNATURES_MAX; i++)
		count(&c, &f->signatures[i],
		    find_key(&f->signatures[i], keys, n_keys, role),
		    f->signed_bytes);
	n = c.n;
	while (c.n > 0)
		EVP_PKEY_free(c.keys[--c.n]);
	ERR_clear_error(); /* what did not hold left notes */
	if (n >= role->threshold)
		return 0;
	return refuse(e, REFUSAL_UNTRUSTED,
	    "signed by %zu of the keys of role %.*s, %u are needed", n,
	    SPAN_ARG(span_first(role->name, TUF_ROLE_NAME_MAX)),
	    role->threshold);
}
