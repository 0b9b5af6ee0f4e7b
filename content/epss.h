/* SPDX-License-Identifier: Apache-2.0 */
/* Scores of the Exploit Prediction Scoring System as CSV (FORMATS §6.9). */
#ifndef CONTENT_EPSS_H
#define CONTENT_EPSS_H

#include "base/arena.h"
#include "base/err.h"
#include "base/stream.h"

/* Limits of outside input. */
#define EPSS_ROWS_MAX 1500000u
#define EPSS_LINE_MAX 512u /* bytes */

#define EPSS_UNIT 100000 /* scores and percentiles count in 1/EPSS_UNIT */

struct epss_row {
	uint32_t year; /* of the CVE's number */
	uint32_t number;
	uint32_t score;     /* 0 to EPSS_UNIT */
	int32_t percentile; /* likewise; -1: not said */
};

struct epss_header {
	struct span model_version; /* "v2025.03.14"; empty: not said */
	struct span score_date;    /* "2025-03-17T00:00:00+0000" */
};

struct epss_sink {
	void *ctx;
	/* -1 with *e set ends the reading. */
	int (*row)(void *ctx, const struct epss_row *row, struct err *e);
};

/*
 * What the file says of itself is in *out at the end, in a. Refuses a file
 * without a row. Errors name the line.
 */
int epss_read(struct stream *in, const struct epss_sink *sink, struct arena *a,
    struct epss_header *out, struct err *e);

/* "CVE-1999-0005" as one writes it: no other number of zeros. */
bool epss_cve(struct span text, uint32_t *year, uint32_t *number);

#endif
