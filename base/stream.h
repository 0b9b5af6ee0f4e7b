/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading a file that may be compressed. gzip (several members), bzip2
 * (several streams), zstd (several frames, skippable), xz and plain are told
 * apart by their first bytes. Decoding runs ahead on threads of its own;
 * bzip2 blocks are decoded in parallel. Output is limited, so that a bomb is
 * an ERR_LIMIT; data that ends early is ERR_FORMAT.
 */
#ifndef BASE_STREAM_H
#define BASE_STREAM_H

#include "base/err.h"
#include "base/span.h"

/* Limits of outside input. */
#define STREAM_OUT_MAX ((uint64_t)4 * 1024 * 1024 * 1024) /* unpacked bytes */
#define STREAM_RATIO_MAX 2000u /* unpacked : packed, above the first 64 MiB */

struct stream;

struct stream_options {
	uint64_t out_max;   /* 0: STREAM_OUT_MAX */
	unsigned ratio_max; /* 0: STREAM_RATIO_MAX */
	unsigned threads;   /* 0: one a core; 1: decode in the caller */
};

/*
 * Reads fd from its start with pread(), leaving its position alone; fd stays
 * the caller's and must stay open. options may be NULL.
 */
int stream_open_fd(struct stream **out, int fd,
    const struct stream_options *options, struct err *e);
/* Bytes that stay with the caller. */
int stream_open_span(struct stream **out, struct span bytes,
    const struct stream_options *options, struct err *e);
/*
 * Bytes that the caller hands over one after the other: a part of a file, a
 * member of an archive.
 */
struct stream_pull {
	void *ctx;
	/*
	 * At most size bytes to ptr, their number in *n; 0 is the end. Called
	 * from one thread at a time, which need not be the caller's.
	 */
	int (*read)(
	    void *ctx, char *ptr, size_t size, size_t *n, struct err *e);
};
/* ctx stays the caller's and must outlive the stream. */
int stream_open_pull(struct stream **out, const struct stream_pull *pull,
    const struct stream_options *options, struct err *e);
/*
 * Lends the next unpacked bytes, until the next call. 1: some; 0: the end;
 * -1: failed, and so will every later call.
 */
int stream_next(struct stream *s, struct span *bytes, struct err *e);
void stream_close(struct stream *s); /* NULL is fine */

/* False: what it gives is what it reads. */
bool stream_is_packed(const struct stream *s);
/* Unpacked bytes handed out so far. */
uint64_t stream_offset(const struct stream *s);

#endif
