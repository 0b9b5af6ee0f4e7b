/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A patch makes a target out of an older form of it (DISTRIBUTION.md §2): a
 * zstd frame against the unpacked old form (ZSTD_CCtx_refPrefix), and the
 * recipe by which the unpacked new form becomes the file again, byte for byte.
 * A patch begins with one line of canonical JSON:
 *
 *   {"base":{"length":N,"sha256":"…"},"format":1,"recipe":"bzip2 -9",
 *    "target":{"length":N,"sha256":"…"},"unpacked":N}
 *
 * All of it works on descriptors, in a bundle process.
 */
#ifndef BUNDLE_PATCH_H
#define BUNDLE_PATCH_H

#include "base/digest.h"

#define PATCH_FORMAT 1u
/* Limits of outside input. */
#define PATCH_UNPACKED_MAX ((uint64_t)512 * 1024 * 1024) /* of either form */
#define PATCH_HEAD_MAX 1024u                             /* bytes of the line */

enum patch_recipe {
	PATCH_PLAIN = 1, /* not packed: "none" */
	PATCH_BZIP2_9,   /* "bzip2 -9" */
	PATCH_GZIP_NVD,  /* "gzip 6 8": head 1f8b08 and seven zeros */
	PATCH_GZIP_9,    /* "gzip 9 8": head 1f8b08, five zeros, 02ff */
	PATCH_XZ_6,      /* "xz -6": one block, CRC64 */
	N_PATCH_RECIPES,
};

struct patch_head {
	struct digest base; /* of the packed old file */
	uint64_t base_size_bytes;
	struct digest target; /* of the packed new file */
	uint64_t target_size_bytes;
	uint64_t unpacked_bytes; /* of the new form */
	enum patch_recipe recipe;
};

/*
 * Writes a patch from the file base to the file target to out, and has proved
 * that it gives target again. 1: written; 0: there is no recipe, a form is too
 * large, or the patch is not smaller than the file: it travels whole; -1.
 */
int
patch_make(int base, int target, int out, uint64_t *size_bytes, struct err *e);
/* The first line. REFUSAL_SHAPE. */
int patch_read_head(int patch, struct patch_head *out, struct err *e);
/*
 * Writes to out what the patch makes of base. REFUSAL_UNTRUSTED unless it has
 * the digest that the head names; the caller compares that with the target's.
 */
int patch_apply(
    int base, int patch, int out, struct patch_head *head, struct err *e);

#endif
