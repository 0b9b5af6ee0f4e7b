/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVD's .meta files: what a feed's body has to be. Lines "key:value", ended
 * by CR LF or LF; size and sha256 are of the unpacked JSON.
 */
#ifndef CONTENT_META_H
#define CONTENT_META_H

#include "base/digest.h"
#include "base/err.h"

/* Limits of outside input. */
#define META_SIZE_MAX 4096u /* bytes of the file */
#define META_TEXT_MAX 63u   /* bytes of lastModifiedDate */

struct meta {
	char last_modified[META_TEXT_MAX + 1]; /* as written */
	int64_t last_modified_time;            /* seconds since 1970 */
	uint64_t size_bytes;
	uint64_t gz_size_bytes;
	struct digest sha256;
};

/* Unknown keys are passed over; a missing or doubled one is refused. */
int meta_parse(struct span text, struct meta *out, struct err *e);

#endif
