/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

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
signature_holds(
    const struct tuf_signature *s, const struct tuf_key *key, struct span text)
{
	struct span sig = s->other.ptr != NULL
	    ? s->other
	    : span_make(s->bytes, sizeof(s->bytes));
	EVP_MD_CTX *ctx = NULL;
	EVP_PKEY *pkey = load(key);
	bool holds = false;

	if (pkey == NULL)
		return false;
	ctx = EVP_MD_CTX_new();
	if (ctx != NULL && begin(ctx, pkey, key->scheme))
		holds = EVP_DigestVerify(ctx, (const unsigned char *)sig.ptr,
			    sig.len, (const unsigned char *)text.ptr,
			    text.len) == 1;
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(pkey);
	return holds;
}

static const struct tuf_key *
find_key(const struct tuf_key *keys, size_t n, const struct digest *id)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (digest_eq(&keys[i].id, id))
			return &keys[i];
	return NULL;
}

static bool
has_id(const struct digest *ids, size_t n, const struct digest *id)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (digest_eq(&ids[i], id))
			return true;
	return false;
}

/* The same key by another name. */
static bool
is_same_key(const struct tuf_key *a, const struct tuf_key *b)
{
	if (a->scheme == TUF_ED25519 && b->scheme == TUF_ED25519)
		return memcmp(a->public, b->public, TUF_PUBLIC_SIZE) == 0;
	return a->scheme != TUF_ED25519 && b->scheme != TUF_ED25519 &&
	    span_eq(span_trim(a->pem), span_trim(b->pem));
}

static bool
is_counted(
    const struct tuf_key *const *counted, size_t n, const struct tuf_key *key)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (is_same_key(counted[i], key))
			return true;
	return false;
}

int
tuf_verify(const struct tuf_file *f, const struct tuf_key *keys, size_t n_keys,
    const struct tuf_role *role, struct err *e)
{
	const struct tuf_key *counted[TUF_SIGNATURES_MAX], *key;
	const struct tuf_signature *s;
	size_t i, n = 0;

	for (i = 0; i < f->n_signatures && n < TUF_SIGNATURES_MAX; i++) {
		s = &f->signatures[i];
		if (!has_id(role->keyids, role->n_keyids, &s->keyid))
			continue;
		key = find_key(keys, n_keys, &s->keyid);
		if (key != NULL && !is_counted(counted, n, key) &&
		    signature_holds(s, key, f->signed_bytes))
			counted[n++] = key;
	}
	if (n >= role->threshold)
		return 0;
	return refuse(e, REFUSAL_UNTRUSTED,
	    "signed by %zu of the keys of role %.*s, %u are needed", n,
	    SPAN_ARG(span_first(role->name, TUF_ROLE_NAME_MAX)),
	    role->threshold);
}
