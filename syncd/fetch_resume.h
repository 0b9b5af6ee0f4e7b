/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What RFC 9110 says about going on with a broken transfer: which validators
 * are strong, and what a Content-Range means. Reads text, knows no transfer.
 */
#ifndef SYNCD_FETCH_RESUME_H
#define SYNCD_FETCH_RESUME_H

#include "base/span.h"

/*
 * An age of Last-Modified, at the moment of the answer, from which it counts
 * as strong (RFC 9110 8.8.2.2): nothing was written twice in that second, and
 * the clocks of several servers hardly differ by that much.
 */
#define RESUME_DATE_AGE_S 60

/* A quoted entity tag without W/: bytes are the same while it is. */
bool etag_is_strong(struct span etag);

/* The parts of an answer that make a validator. Empty: not there. */
struct resume_head {
	struct span etag;
	struct span last_modified;
	int64_t last_modified_time; /* -1: no date */
	int64_t date_time;          /* of the answer; -1: no date */
};

/*
 * What may stand in If-Range for these bytes: a strong ETag, or where there
 * is no ETag at all a date that counts as strong (RFC 9110 13.1.5). Empty:
 * nothing may, and the transfer starts again. Borrows from the head.
 */
struct span resume_validator(const struct resume_head *head);

/* "bytes 5-9/10" is { 5, 9, 10, true }; a 416 has a star for the bytes. */
struct content_range {
	uint64_t first;
	uint64_t last;
	uint64_t total; /* 0: not told */
	bool has_bytes; /* else there is only the total */
};

/* False if it is no range of bytes, or says what cannot be. */
bool content_range_parse(struct span text, struct content_range *out);

#endif
