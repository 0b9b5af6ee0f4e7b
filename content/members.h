/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files of an archive, one at a time: tar or zip in a stream that is
 * unpacked already. What is neither is one member without a name. Names are
 * for people and messages: nothing makes a path of them.
 */
#ifndef CONTENT_MEMBERS_H
#define CONTENT_MEMBERS_H

#include "base/err.h"
#include "base/stream.h"

/* Limits of outside input; of a tar, STREAM_OUT_MAX limits the sum. */
#define MEMBERS_MAX 2000000u                       /* with folders and links */
#define MEMBER_SIZE_MAX ((size_t)64 * 1024 * 1024) /* bytes */
#define MEMBER_NAME_MAX 1024u                      /* bytes */
#define MEMBERS_UNPACKED_MAX ((uint64_t)4 * 1024 * 1024 * 1024) /* of a zip */

struct member_sink {
	void *ctx;
	/*
	 * Name and bytes live during the call. offset is where the bytes
	 * stand in the unpacked stream; in a zip, where the member's packed
	 * bytes do, which are the same only if it is stored unpacked. -1 with
	 * *e set ends the reading.
	 */
	int (*member)(void *ctx, struct span name, struct span bytes,
	    uint64_t offset, struct err *e);
};

/*
 * Regular files only, in their order in the archive, one name perhaps more
 * than once; folders, links and devices are passed over. An archive that ends
 * early, is damaged or has a file with holes is ERR_FORMAT, one too large is
 * ERR_LIMIT; both name the member. Members before that have gone to the sink.
 */
int
members_read(struct stream *in, const struct member_sink *sink, struct err *e);

#endif
