/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Content coding of answers that are made when they are asked for. Files are
 * sent as they are: their bytes are what was signed.
 */
#ifndef SERVER_CODING_H
#define SERVER_CODING_H

#include "base/buf.h"
#include "server/response.h"

#define CODING_MIN 512u /* bytes: smaller texts gain nothing */

enum coding {
	CODING_NONE = 0,
	CODING_GZIP,
	CODING_ZSTD,
};

const char *coding_name(enum coding c); /* "gzip"; "" of CODING_NONE */
/* May it be coded at all? */
bool coding_fits(const struct response *s);
/*
 * Of an Accept-Encoding header (RFC 9110 §12.5.3): what has the higher weight,
 * zstd before gzip. CODING_NONE where the client wants none of them.
 */
enum coding coding_choose(struct span accept);
/* Replaces the text by its coded form. */
void coding_text(enum coding c, struct buf *text);
/* The same for a stream: wraps its read() and close(). */
void coding_stream(enum coding c, struct response *s);

#endif
