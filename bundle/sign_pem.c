/* SPDX-License-Identifier: Apache-2.0 */
/* A key's file: PKCS #8 (RFC 5958), and the public key behind it. */
#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/pkcs12.h>
#include <openssl/x509.h>
#include <string.h>

#include "bundle/sign_impl.h"

/* PBES2 with scrypt: what OpenSSL itself takes without being told more. */
#define SCRYPT_N 16384
#define SCRYPT_R 8
#define SCRYPT_P 5

#define PLAIN "PRIVATE KEY"
#define ENCRYPTED "ENCRYPTED PRIVATE KEY"
#define PUBLIC "PUBLIC KEY"

int
pem_public(EVP_PKEY *key, uint8_t out[TUF_PUBLIC_SIZE], struct err *e)
{
	size_t len = TUF_PUBLIC_SIZE;

	if (EVP_PKEY_get_id(key) == EVP_PKEY_ED25519 &&
	    EVP_PKEY_get_raw_public_key(key, out, &len) == 1)
		return 0;
	return err_set(e, ERR_FORMAT, "is no ed25519 key");
}

/* --- reading --- */

static int
take_public(struct sign_pem *p, const unsigned char *der, long n, struct err *e)
{
	EVP_PKEY *key = d2i_PUBKEY(NULL, &der, n);
	int rc;

	if (key == NULL)
		return err_set(e, ERR_FORMAT, "has a damaged public key");
	rc = pem_public(key, p->public, e);
	p->has_public = rc == 0;
	EVP_PKEY_free(key);
	return rc;
}

/* Takes der over, or leaves it. */
static int
take_block(struct sign_pem *p, const char *name, unsigned char **der, long n,
    struct err *e)
{
	bool plain = strcmp(name, PLAIN) == 0;

	if (strcmp(name, PUBLIC) == 0)
		return take_public(p, *der, n, e);
	if (!plain && strcmp(name, ENCRYPTED) != 0)
		return 0;
	if (p->private != NULL)
		return err_set(e, ERR_FORMAT, "holds two private keys");
	p->is_encrypted = !plain;
	p->private = *der;
	p->n_private = (size_t)n;
	*der = NULL;
	return 0;
}

static int
read_blocks(struct sign_pem *p, BIO *in, struct err *e)
{
	unsigned char *der;
	char *name, *header;
	long n;
	int rc = 0;

	while (rc == 0 && PEM_read_bio(in, &name, &header, &der, &n) == 1) {
		rc = take_block(p, name, &der, n, e);
		OPENSSL_free(name);
		OPENSSL_free(header);
		if (der != NULL)
			OPENSSL_clear_free(der, (size_t)n);
	}
	ERR_clear_error();
	return rc;
}

/* An unencrypted key says itself what its public key is. */
static int
derive_public(struct sign_pem *p, struct err *e)
{
	EVP_PKEY *key = NULL;
	int rc;

	if (p->is_encrypted)
		return err_set(e, ERR_FORMAT,
		    "lacks its public key: append what `openssl pkey -pubout "
		    "-in FILE` prints");
	if (pem_unlock(p, NULL, &key, e) != 1)
		return -1;
	rc = pem_public(key, p->public, e);
	p->has_public = rc == 0;
	EVP_PKEY_free(key);
	return rc;
}

int
pem_read(struct sign_pem *p, struct span text, struct err *e)
{
	BIO *in = BIO_new_mem_buf(text.ptr, (int)text.len);
	int rc;

	*p = (struct sign_pem){ 0 };
	if (in == NULL)
		return err_set(e, ERR_SYSTEM, "no memory for a key");
	rc = read_blocks(p, in, e);
	BIO_free(in);
	if (rc == 0 && p->private == NULL)
		rc = err_set(
		    e, ERR_FORMAT, "holds no private key (PKCS #8 in PEM)");
	if (rc == 0 && !p->has_public)
		rc = derive_public(p, e);
	return rc;
}

void
pem_cleanup(struct sign_pem *p)
{
	if (p->private != NULL)
		OPENSSL_clear_free(p->private, p->n_private);
	*p = (struct sign_pem){ 0 };
}

static PKCS8_PRIV_KEY_INFO *
decrypt(const struct sign_pem *p, const struct sign_secret *secret)
{
	const unsigned char *der = p->private;
	X509_SIG *box = d2i_X509_SIG(NULL, &der, (long)p->n_private);
	PKCS8_PRIV_KEY_INFO *info = NULL;

	if (box != NULL)
		info = PKCS8_decrypt(box, secret->bytes, (int)secret->len);
	X509_SIG_free(box);
	return info;
}

int
pem_unlock(const struct sign_pem *p, const struct sign_secret *secret,
    EVP_PKEY **out, struct err *e)
{
	const unsigned char *der = p->private;
	PKCS8_PRIV_KEY_INFO *info;

	*out = NULL;
	info = p->is_encrypted
	    ? decrypt(p, secret)
	    : d2i_PKCS8_PRIV_KEY_INFO(NULL, &der, (long)p->n_private);
	if (info != NULL)
		*out = EVP_PKCS82PKEY(info);
	PKCS8_PRIV_KEY_INFO_free(info);
	ERR_clear_error();
	if (*out != NULL)
		return 1;
	if (p->is_encrypted)
		return 0;
	return err_set(e, ERR_FORMAT, "holds a damaged private key");
}

/* --- writing --- */

/* The algorithm's parameters become the box's. */
static X509_SIG *
encrypt(PKCS8_PRIV_KEY_INFO *info, const struct sign_secret *secret)
{
	X509_ALGOR *how = PKCS5_pbe2_set_scrypt(
	    EVP_aes_256_cbc(), NULL, 0, NULL, SCRYPT_N, SCRYPT_R, SCRYPT_P);
	X509_SIG *box;

	if (how == NULL)
		return NULL;
	box = PKCS8_set0_pbe(secret->bytes, (int)secret->len, info, how);
	if (box == NULL)
		X509_ALGOR_free(how);
	return box;
}

static bool
write_private(BIO *to, EVP_PKEY *key, const struct sign_secret *secret)
{
	PKCS8_PRIV_KEY_INFO *info = EVP_PKEY2PKCS8(key);
	X509_SIG *box = NULL;
	bool good = false;

	if (info != NULL && secret == NULL)
		good = PEM_write_bio_PKCS8_PRIV_KEY_INFO(to, info) == 1;
	else if (info != NULL && (box = encrypt(info, secret)) != NULL)
		good = PEM_write_bio_PKCS8(to, box) == 1;
	X509_SIG_free(box);
	PKCS8_PRIV_KEY_INFO_free(info);
	return good;
}

int
pem_write(struct buf *out, EVP_PKEY *key, const struct sign_secret *secret,
    struct err *e)
{
	BIO *to = BIO_new(BIO_s_mem());
	char *text;
	long n;
	int rc = -1;

	if (to == NULL || !write_private(to, key, secret) ||
	    PEM_write_bio_PUBKEY(to, key) != 1) {
		err_set(e, ERR_SYSTEM, "cannot write a key as PEM");
	} else {
		n = BIO_get_mem_data(to, &text);
		/* At once: what grows leaves copies behind. */
		buf_reserve(out, SIGN_KEY_FILE_MAX);
		buf_add(out, text, (size_t)n);
		rc = 0;
	}
	BIO_free(to); /* wipes */
	return rc;
}
