/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"

int
json_read_span(struct span text, const struct json_sink *sink, struct err *e)
{
	const struct stream_options options = { .threads = 1 };
	struct stream *in = NULL;
	int rc = -1;

	if (stream_open_span(&in, text, &options, e) == 0)
		rc = json_read(in, sink, e);
	stream_close(in);
	return rc;
}
