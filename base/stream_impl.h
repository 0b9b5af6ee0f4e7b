/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the decoders of base/stream share. A source gives the packed bytes in
 * order; a codec turns them into unpacked bytes and belongs to one thread at
 * a time.
 */
#ifndef BASE_STREAM_IMPL_H
#define BASE_STREAM_IMPL_H

#include "base/stream.h"

#define STREAM_SOURCE_CHUNK ((size_t)64 * 1024)
#define STREAM_OUT_CHUNK ((size_t)256 * 1024)

#define STREAM_HEAD_SIZE 10 /* bytes that tell every format */

struct stream_input {
	int fd;                  /* -1: all is in whole, or pulled */
	struct span whole;       /* the caller's bytes */
	struct stream_pull pull; /* read NULL: not pulled */
	/* What was pulled already, to see the format. */
	char head[STREAM_HEAD_SIZE];
	size_t n_head;
};

struct stream_source {
	struct stream_input in;
	uint64_t start;   /* offset of the next chunk to read */
	struct span rest; /* read, not used yet */
	char *chunk;      /* STREAM_SOURCE_CHUNK bytes, for fd and pull */
};

void source_init(struct stream_source *s, const struct stream_input *in);
void source_cleanup(struct stream_source *s);
/* Makes rest not empty, unless the source ends here. */
int source_fill(struct stream_source *s, struct err *e);
/* Goes to a byte offset. */
void source_seek(struct stream_source *s, uint64_t offset);
/* Offset of the first byte of rest. */
uint64_t source_offset(const struct stream_source *s);

/* Where unpacked bytes go. */
struct stream_room {
	char *ptr;
	size_t size;
	size_t used;
};

struct stream_codec {
	const char *name;
	bool (*fits)(struct span head); /* by the first bytes of a file */
	void *(*open)(void);
	/* Fills room; leaves it empty only at the end. */
	int (*read)(void *state, struct stream_source *src,
	    struct stream_room *room, struct err *e);
	void (*close)(void *state);
};

/* A way to get at unpacked bytes; state is its own. */
struct stream_engine {
	void *state;
	/* As stream_next(); *packed is how much input they come from. */
	int (*next)(
	    void *state, struct span *bytes, uint64_t *packed, struct err *e);
	void (*close)(void *state);
};

/* Not packed. */
struct stream_engine engine_plain(const struct stream_input *in);
/* In the caller's thread; the packed data begin at byte `at`. */
struct stream_engine engine_direct(const struct stream_input *in, uint64_t at,
    const struct stream_codec *codec);
/* In a thread that runs ahead; false if there can be none. */
bool engine_ahead(const struct stream_input *in,
    const struct stream_codec *codec, struct stream_engine *out);
/* bzip2 on several threads; false if there can be none. */
bool engine_blocks(
    const struct stream_input *in, unsigned threads, struct stream_engine *out);

extern const struct stream_codec STREAM_GZIP;
extern const struct stream_codec STREAM_BZIP2;
extern const struct stream_codec STREAM_ZSTD;
extern const struct stream_codec STREAM_XZ;

/* ERR_FORMAT for input that stops in the middle; returns -1. */
int stream_ends_early(const struct stream_source *src, struct err *e);
/* ERR_FORMAT for bytes that the format does not allow; returns -1. */
int stream_damaged(
    const struct stream_source *src, const char *name, struct err *e);

#endif
