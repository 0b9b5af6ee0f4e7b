/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/sign_impl.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* A file from a stick, and a wrong passphrase. */
int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct sign_secret secret = { SECRET_HELD, "x", 1 };
	struct sign_pem p;
	struct err e;
	EVP_PKEY *key = NULL;

	if (size <= SIGN_KEY_FILE_MAX &&
	    pem_read(&p, span_make(data, size), &e) == 0 && !p.is_encrypted)
		pem_unlock(&p, &secret, &key, &e);
	if (size <= SIGN_KEY_FILE_MAX)
		pem_cleanup(&p);
	EVP_PKEY_free(key);
	return 0;
}
