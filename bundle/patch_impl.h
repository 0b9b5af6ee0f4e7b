/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of bundle/patch: its first line, and the recipes. */
#ifndef BUNDLE_PATCH_IMPL_H
#define BUNDLE_PATCH_IMPL_H

#include "base/buf.h"
#include "bundle/patch.h"

/* Appends the first line, with its end. */
void head_add(struct buf *b, const struct patch_head *h);
/* As patch_read_head(); *len is that of the line. */
int head_read(int patch, struct patch_head *out, size_t *len, struct err *e);

/*
 * How upstreams pack their feeds: a recipe makes of the unpacked bytes the
 * file that was published, byte for byte. Whether it does is proved for every
 * file; another version of the packing library may do otherwise.
 */

#define RECIPE_HEAD_SIZE 10 /* bytes that tell every recipe */

/* By the first bytes of a packed file; 0: none. */
enum patch_recipe recipe_of(struct span head);
/* By its name in a patch; 0: none. */
enum patch_recipe recipe_find(struct span name);
const char *recipe_name(enum patch_recipe r);

/* Where packed bytes go. */
struct recipe_sink {
	int fd; /* -1: nowhere */
	struct digest_ctx *digest;
	uint64_t size_bytes; /* so far */
	uint64_t size_max;
};

/* REFUSAL_UNTRUSTED as soon as there is more than size_max. */
int recipe_pack(enum patch_recipe r, struct span unpacked,
    struct recipe_sink *to, struct err *e);

#endif
