/* SPDX-License-Identifier: Apache-2.0 */
/* ed25519 keys for tests: key number n has the seed n, n, n … */
#ifndef TESTS_UNIT_TUF_KEYS_H
#define TESTS_UNIT_TUF_KEYS_H

#include <stdlib.h>
#include <string.h>

#include <openssl/evp.h>

#include "bundle/tuf.h"

static inline EVP_PKEY *
tuf_keys_private(unsigned n)
{
	unsigned char seed[32];
	EVP_PKEY *key;

	memset(seed, (int)n, sizeof(seed));
	key = EVP_PKEY_new_raw_private_key(
	    EVP_PKEY_ED25519, NULL, seed, sizeof(seed));
	if (key == NULL)
		abort();
	return key;
}

static inline struct tuf_key
tuf_keys_public(unsigned n)
{
	struct tuf_key key = { 0 };
	EVP_PKEY *private = tuf_keys_private(n);
	size_t len = sizeof(key.public);

	if (EVP_PKEY_get_raw_public_key(private, key.public, &len) != 1)
		abort();
	EVP_PKEY_free(private);
	tuf_key_id(key.public, &key.id);
	return key;
}

static inline struct tuf_signature
tuf_keys_sign(unsigned n, struct span bytes)
{
	struct tuf_signature s = { .keyid = tuf_keys_public(n).id };
	EVP_PKEY *private = tuf_keys_private(n);
	EVP_MD_CTX *ctx = EVP_MD_CTX_new();
	size_t len = sizeof(s.bytes);

	if (ctx == NULL ||
	    EVP_DigestSignInit(ctx, NULL, NULL, NULL, private) != 1 ||
	    EVP_DigestSign(ctx, s.bytes, &len, (const unsigned char *)bytes.ptr,
		bytes.len) != 1)
		abort();
	EVP_MD_CTX_free(ctx);
	EVP_PKEY_free(private);
	return s;
}

#endif
