/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The checks of an import over one stream of bytes, in whatever process: it
 * opens nothing and knows of no files but what it is asked through.
 */
#ifndef BUNDLE_IMPORT_STREAM_H
#define BUNDLE_IMPORT_STREAM_H

#include "base/stream.h"
#include "bundle/import.h"

#define IMPORT_OF_ROOT "--root" /* the file that the user trusts */
#define IMPORT_NEWEST_ROOT "root.json"

struct import_stream {
	struct stream_pull pull; /* the bytes */
	/*
	 * The bytes from one offset to another are of no interest: reading
	 * may give zeros in their place. May be NULL; ctx is pull's.
	 */
	void (*skip)(void *ctx, uint64_t from, uint64_t to);
	/*
	 * Appends a trusted metadata file, by its name, the newest root, or
	 * the one that the user gave. ERR_MISSING: there is none.
	 */
	int (*trusted)(void *ctx, const char *name, size_t size_max,
	    struct buf *out, struct err *e);
	void *trusted_ctx;
	const struct import_options *options; /* parts and root play no part */
	const struct import_sink *sink;
};

/* Everything in *out lives in a. */
int import_stream(const struct import_stream *s, struct arena *a,
    struct import_result *out, struct err *e);

#endif
