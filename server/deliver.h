/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What of an answer is sent: all of it, a part, or only that it is still the
 * same (RFC 9110 §13, §14). Nothing is sent here.
 */
#ifndef SERVER_DELIVER_H
#define SERVER_DELIVER_H

#include "server/coding.h"
#include "server/request.h"
#include "server/response.h"

#define DELIVER_UNKNOWN UINT64_MAX /* size of a stream */

struct delivery {
	unsigned status; /* the response's, 206, 304, 412 or 416 */
	enum coding coding;
	bool is_varied;   /* another Accept-Encoding may get another coding */
	bool has_ranges;  /* of this answer parts can be asked for */
	const char *etag; /* with quotes; NULL: none */
	const char *modified; /* Last-Modified; NULL: none */
	uint64_t total;       /* bytes of all of it */
	uint64_t offset;      /* of what is sent; 206 only */
	uint64_t size;
};

/* Texts in it live as long as the request. */
void deliver(struct request *q, const struct response *s, struct delivery *d);

/* --- for tests --- */

enum range_kind {
	RANGE_NONE = 0, /* the header is to be ignored */
	RANGE_PART,
	RANGE_EMPTY, /* 416 */
};

/* One range of total bytes; several are ignored (RFC 9110 §14.2). */
enum range_kind deliver_range(
    struct span header, uint64_t total, uint64_t *offset, uint64_t *size);
/*
 * Whether a list of If-Match or If-None-Match has it; etag with quotes, or
 * NULL, which only "*" fits. is_strong: "W/" never fits.
 */
bool deliver_etag_fits(struct span list, const char *etag, bool is_strong);
/* In each of the three forms of RFC 9110 §5.6.7. */
bool deliver_date(struct span text, int64_t *t);

#endif
