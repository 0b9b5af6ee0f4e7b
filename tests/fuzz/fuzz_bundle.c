/* SPDX-License-Identifier: Apache-2.0 */
/* A whole bundle, given to somebody who trusts the root of the tests. */
#include "tests/unit/bundle_receiver.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct import_options o = { .now = BUNDLE_NOW };
	static struct bundle_made own;
	struct receiver r = { 0 };
	struct import_result result;
	struct arena a = { 0 };
	struct err e = { 0 };

	if (own.n_roots == 0)
		bundle_make(&own, &(struct bundle_spec){ 0 });
	r.root = own.roots[0];
	if (receiver_import(&r, span_make(data, size), &o, &a, &result, &e) !=
		0 &&
	    refusal_of(&e) == REFUSAL_NONE)
		__builtin_trap();
	arena_cleanup(&a);
	receiver_cleanup(&r);
	return 0;
}
