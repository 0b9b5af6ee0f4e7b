/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of an archive, one at a time: tar or zip in a stream that is
 * unpacked already. What is neither is one member without a name.
 */
#ifndef CONTENT_MEMBERS_H
#define CONTENT_MEMBERS_H

#include "base/err.h"
#include "base/stream.h"

/* Limits of outside input. */
#define MEMBERS_MAX 2000000u
#define MEMBER_SIZE_MAX ((size_t)64 * 1024 * 1024) /* bytes */
#define MEMBER_NAME_MAX 1024u                      /* bytes */

struct member_sink {
	void *ctx;
	/*
	 * Name and bytes live during the call; offset is where the bytes
	 * stand in the unpacked stream. -1 with *e set ends the reading.
	 */
	int (*member)(void *ctx, struct span name, struct span bytes,
	    uint64_t offset, struct err *e);
};

/*
 * Regular files only; what else there is, is passed over. An archive that
 * ends early or is damaged is ERR_FORMAT, with the member's name.
 */
int
members_read(struct stream *in, const struct member_sink *sink, struct err *e);

#endif
