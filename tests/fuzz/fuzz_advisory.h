/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Any reader of advisories: what gets through is within the limits and owns
 * its source.
 */
#ifndef TESTS_FUZZ_FUZZ_ADVISORY_H
#define TESTS_FUZZ_FUZZ_ADVISORY_H

#include <stdlib.h>

#include "content/advisory.h"

static inline int
fuzz_on_advisory(void *ctx, const struct advisory *a, struct err *e)
{
	size_t i;

	(void)ctx;
	(void)e;
	if (a->id.len == 0 || a->id.len > 2 * ADVISORY_ID_MAX ||
	    a->raw.len == 0 || (a->withdrawn && a->n_packages > 0))
		abort();
	for (i = 0; i < a->n_packages; i++)
		if (a->packages[i].name.len == 0 ||
		    a->packages[i].state >= ADVISORY_STATES)
			abort();
	return 0;
}

static inline int
fuzz_advisories(advisory_reader *reader, const uint8_t *data, size_t size)
{
	const struct stream_options options = { .threads = 1,
		.out_max = 1 << 20 };
	const struct advisory_sink sink = { NULL, fuzz_on_advisory };
	struct advisory_about about = { 0 };
	struct arena a = { 0 };
	struct stream *in = NULL;
	struct err e = { 0 };

	if (stream_open_span(&in, span_make(data, size), &options, &e) == 0)
		(void)reader(in, &sink, &a, &about, &e);
	stream_close(in);
	arena_cleanup(&a);
	return 0;
}

#endif
