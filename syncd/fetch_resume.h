/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What RFC 9110 says about going on with a broken transfer: which validators
 * are strong. Reads text, knows no transfer.
 */
#ifndef SYNCD_FETCH_RESUME_H
#define SYNCD_FETCH_RESUME_H

#include "base/http_head.h"

/*
 * An age of Last-Modified, at the moment of the answer, from which it counts
 * as strong (RFC 9110 8.8.2.2): nothing was written twice in that second, and
 * the clocks of several servers hardly differ by that much.
 */
#define RESUME_DATE_AGE_S 60

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

#endif
