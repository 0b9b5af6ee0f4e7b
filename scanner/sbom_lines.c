/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "scanner/sbom_lines.h"

struct lines {
	int (*line)(
	    void *ctx, struct span line, unsigned long n, struct err *e);
	void *ctx;
	struct buf part; /* of a line that goes on */
	unsigned long n;
};

static int
line_end(struct lines *l, struct err *e)
{
	struct span line = buf_span(&l->part);
	int rc;

	l->n++;
	if (span_has_suffix(line, "\r"))
		line.len--;
	if (l->n == 1 && span_has_prefix(line, "\xef\xbb\xbf"))
		line = span_from(line, 3);
	rc = l->line(l->ctx, line, l->n, e);
	buf_reset(&l->part);
	return rc;
}

static int
bytes_read(struct lines *l, struct span bytes, struct err *e)
{
	struct span part;

	while (span_next(&bytes, '\n', &part)) {
		if (part.len > SBOM_LINE_MAX - l->part.len)
			return err_set(e, ERR_LIMIT,
			    "line %lu: longer than %zu bytes", l->n + 1,
			    SBOM_LINE_MAX);
		buf_add_span(&l->part, part);
		if (bytes.ptr != NULL && line_end(l, e) != 0)
			return -1;
	}
	return 0;
}

int
sbom_lines(struct stream *in,
    int (*line)(void *ctx, struct span line, unsigned long n, struct err *e),
    void *ctx, struct err *e)
{
	struct lines l = { .line = line, .ctx = ctx };
	struct span bytes;
	int rc;

	while ((rc = stream_next(in, &bytes, e)) == 1)
		if (bytes_read(&l, bytes, e) != 0) {
			rc = -1;
			break;
		}
	if (rc == 0)
		rc = line_end(&l, e);
	buf_cleanup(&l.part);
	return rc;
}
