/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "content/epss.h"

#define NUMBER_MAX 40 /* bytes of a number as written */

struct reader {
	const struct epss_sink *sink;
	struct arena *arena;
	struct epss_header *header;
	bool has_columns; /* their line was read */
	bool has_percentile;
	uint64_t line;
	uint64_t n_rows;
};

bool
epss_cve(struct span text, uint32_t *year, uint32_t *number)
{
	struct span digits = span_from(text, 9);
	uint64_t y, n;

	if (!span_has_prefix(text, "CVE-") || text.len < 13 ||
	    text.ptr[8] != '-' || (digits.len > 4 && digits.ptr[0] == '0') ||
	    !parse_uint(span_first(span_from(text, 4), 4), 9999, &y) ||
	    !parse_uint(digits, UINT32_MAX, &n))
		return false;
	*year = (uint32_t)y;
	*number = (uint32_t)n;
	return true;
}

/* "0.97567", "1.0", "1e-05": 0 to 1, rounded. */
static bool
parse_share(struct span text, uint32_t *out)
{
	char copy[NUMBER_MAX], *end;
	double v;

	if (text.len == 0 || text.len >= sizeof(copy) ||
	    !span_is_digit(text.ptr[0]))
		return false;
	memcpy(copy, text.ptr, text.len);
	copy[text.len] = '\0';
	if (strspn(copy, "0123456789.eE+-") != text.len)
		return false;
	v = strtod(copy, &end);
	if (end != copy + text.len || !(v >= 0 && v <= 1))
		return false;
	*out = (uint32_t)(v * EPSS_UNIT + 0.5);
	return true;
}

static int
bad_number(const char *what, struct span text, struct err *e)
{
	return err_set(e, ERR_FORMAT, "the %s \"%.*s\" is none from 0 to 1",
	    what, SPAN_ARG(span_first(text, NUMBER_MAX)));
}

/* "#model_version:v2025.03.14,score_date:2025-03-17T00:00:00+0000" */
static void
read_comment(struct reader *r, struct span line)
{
	struct span rest = span_from(line, 1), part, value;
	size_t colon;

	while (span_next(&rest, ',', &part)) {
		colon = span_find(part, ':');
		value = span_trim(span_from(part, colon + 1));
		part = span_trim(span_first(part, colon));
		if (span_is(part, "model_version"))
			r->header->model_version = arena_span(r->arena, value);
		else if (span_is(part, "score_date"))
			r->header->score_date = arena_span(r->arena, value);
	}
}

static int
read_columns(struct reader *r, struct span line, struct err *e)
{
	r->has_columns = true;
	r->has_percentile = span_is(line, "cve,epss,percentile");
	if (r->has_percentile || span_is(line, "cve,epss"))
		return 0;
	return err_set(e, ERR_FORMAT,
	    "\"%.*s\" is not the header of EPSS scores",
	    SPAN_ARG(span_first(line, 64)));
}

static int
read_row(struct reader *r, struct span line, struct err *e)
{
	struct span rest = line, cve = SPAN_NONE, score = SPAN_NONE, rank;
	struct epss_row row = { .percentile = -1 };
	uint32_t percentile;

	if (r->n_rows++ == EPSS_ROWS_MAX)
		return err_set(
		    e, ERR_LIMIT, "more than %u scores", EPSS_ROWS_MAX);
	span_next(&rest, ',', &cve);
	span_next(&rest, ',', &score);
	rank = rest;
	if (!epss_cve(cve, &row.year, &row.number))
		return err_set(e, ERR_FORMAT,
		    "\"%.*s\" is not the number of a CVE",
		    SPAN_ARG(span_first(cve, 64)));
	if (!parse_share(score, &row.score))
		return bad_number("score", score, e);
	if (r->has_percentile) {
		if (!parse_share(rank, &percentile))
			return bad_number("percentile", rank, e);
		row.percentile = (int32_t)percentile;
	} else if (rank.ptr != NULL) {
		return err_set(e, ERR_FORMAT, "more columns than the header");
	}
	return r->sink->row(r->sink->ctx, &row, e);
}

static int
read_line(struct reader *r, struct span line, struct err *e)
{
	int rc = 0;

	r->line++;
	if (line.len > EPSS_LINE_MAX)
		return err_set(e, ERR_LIMIT,
		    "line %" PRIu64 ": longer than %u bytes", r->line,
		    EPSS_LINE_MAX);
	line = span_trim(line);
	if (line.len == 0)
		return 0;
	if (line.ptr[0] == '#' && !r->has_columns)
		read_comment(r, line);
	else if (!r->has_columns)
		rc = read_columns(r, line, e);
	else
		rc = read_row(r, line, e);
	return rc == 0 ? 0 : err_context(e, "line %" PRIu64, r->line);
}

/* The lines that end in bytes; what is left goes to carry. */
static int
read_bytes(
    struct reader *r, struct buf *carry, struct span bytes, struct err *e)
{
	struct span rest = bytes;
	size_t end;

	while ((end = span_find(rest, '\n')) < rest.len) {
		struct span line = span_first(rest, end);

		if (carry->len > 0) {
			buf_add_span(carry, line);
			line = buf_span(carry);
		}
		if (read_line(r, line, e) != 0)
			return -1;
		buf_reset(carry);
		rest = span_from(rest, end + 1);
	}
	buf_add_span(carry, span_first(rest, EPSS_LINE_MAX + 1));
	if (carry->len <= EPSS_LINE_MAX)
		return 0;
	return read_line(r, buf_span(carry), e);
}

int
epss_read(struct stream *in, const struct epss_sink *sink, struct arena *a,
    struct epss_header *out, struct err *e)
{
	struct reader r = { .sink = sink, .arena = a, .header = out };
	struct buf carry = { 0 };
	struct span bytes;
	int rc;

	*out = (struct epss_header){ 0 };
	while ((rc = stream_next(in, &bytes, e)) == 1)
		if (read_bytes(&r, &carry, bytes, e) != 0) {
			rc = -1;
			break;
		}
	if (rc == 0 && carry.len > 0)
		rc = read_line(&r, buf_span(&carry), e);
	if (rc == 0 && r.n_rows == 0)
		rc = err_set(e, ERR_FORMAT, "there is no score in it");
	buf_cleanup(&carry);
	return rc;
}
