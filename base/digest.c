/* SPDX-License-Identifier: Apache-2.0 */
#include <openssl/evp.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/mem.h"

struct digest_ctx {
	EVP_MD_CTX *md;
};

/* Looked up once: that takes as long as a digest of a kilobyte. */
static pthread_once_t sha256_once = PTHREAD_ONCE_INIT;
static EVP_MD *sha256;

static void
fetch_sha256(void)
{
	sha256 = EVP_MD_fetch(NULL, "SHA256", NULL);
	if (sha256 == NULL)
		abort();
}

void
digest_prepare(void)
{
	if (pthread_once(&sha256_once, fetch_sha256) != 0)
		abort();
}

static void
start(struct digest_ctx *c)
{
	digest_prepare();
	if (EVP_DigestInit_ex(c->md, sha256, NULL) != 1)
		abort();
}

struct digest_ctx *
digest_new(void)
{
	struct digest_ctx *c = xmalloc(sizeof(*c));

	c->md = EVP_MD_CTX_new();
	if (c->md == NULL)
		abort();
	start(c);
	return c;
}

void
digest_update(struct digest_ctx *c, const void *ptr, size_t len)
{
	if (EVP_DigestUpdate(c->md, ptr, len) != 1)
		abort();
}

void
digest_final(struct digest_ctx *c, struct digest *out)
{
	if (EVP_DigestFinal_ex(c->md, out->bytes, NULL) != 1)
		abort();
	start(c);
}

void
digest_free(struct digest_ctx *c)
{
	if (c == NULL)
		return;
	EVP_MD_CTX_free(c->md);
	free(c);
}

void
digest_of(struct span s, struct digest *out)
{
	struct digest_ctx *c = digest_new();

	digest_update(c, s.ptr, s.len);
	digest_final(c, out);
	digest_free(c);
}

int
digest_of_fd(int fd, struct digest *out, uint64_t *size_bytes, struct err *e)
{
	size_t room = (size_t)256 * 1024;
	char *chunk = xmalloc(room);
	struct digest_ctx *c = digest_new();
	off_t offset = 0;
	ssize_t n;

	while ((n = pread(fd, chunk, room, offset)) > 0) {
		digest_update(c, chunk, (size_t)n);
		offset += n;
	}
	digest_final(c, out);
	digest_free(c);
	free(chunk);
	if (n < 0)
		return err_system(e, "cannot read");
	*size_bytes = (uint64_t)offset;
	return 0;
}

bool
digest_eq(const struct digest *a, const struct digest *b)
{
	return memcmp(a->bytes, b->bytes, DIGEST_SIZE) == 0;
}

const char *
digest_hex(const struct digest *d, char text[DIGEST_HEX_SIZE])
{
	static const char hex[] = "0123456789abcdef";
	size_t i;

	for (i = 0; i < DIGEST_SIZE; i++) {
		text[i * 2] = hex[d->bytes[i] >> 4];
		text[i * 2 + 1] = hex[d->bytes[i] & 15];
	}
	text[DIGEST_SIZE * 2] = '\0';
	return text;
}

bool
digest_parse(struct span s, struct digest *out)
{
	return parse_hex(s, out->bytes, DIGEST_SIZE);
}
