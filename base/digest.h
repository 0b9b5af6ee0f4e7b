/* SPDX-License-Identifier: Apache-2.0 */
/* SHA-256 (FIPS 180-4), whole and streaming, through OpenSSL's EVP. */
#ifndef BASE_DIGEST_H
#define BASE_DIGEST_H

#include "base/err.h"
#include "base/span.h"

#define DIGEST_SIZE 32
#define DIGEST_HEX_SIZE 65 /* with the NUL */

struct digest {
	uint8_t bytes[DIGEST_SIZE];
};

struct digest_ctx; /* owned by the caller, digest_free() */

/*
 * Has OpenSSL read its settings, which a sandbox keeps it from later; digests
 * do without, but would ask for them.
 */
void digest_prepare(void);
struct digest_ctx *digest_new(void);
void digest_update(struct digest_ctx *c, const void *ptr, size_t len);
/* The digest of all updates; the context starts again empty. */
void digest_final(struct digest_ctx *c, struct digest *out);
void digest_free(struct digest_ctx *c); /* NULL is fine */

void digest_of(struct span s, struct digest *out);
/* From offset 0 to the end of fd, whose position is left alone. */
int
digest_of_fd(int fd, struct digest *out, uint64_t *size_bytes, struct err *e);
bool digest_eq(const struct digest *a, const struct digest *b);
/* Lower-case hex into text[DIGEST_HEX_SIZE]; returns text. */
const char *digest_hex(const struct digest *d, char text[DIGEST_HEX_SIZE]);
/* 64 hex digits of either case. */
bool digest_parse(struct span s, struct digest *out);

#endif
