/* SPDX-License-Identifier: Apache-2.0 */
/* bundle/tuf: each input as a file of every type, verified by its own keys. */
#include "bundle/tuf.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct arena arena = { 0 };
	struct buf again = { 0 };
	struct tuf_file f;
	enum tuf_type t;
	struct err e;

	for (t = TUF_ROOT; t < N_TUF_TYPES; t++) {
		if (tuf_parse(span_make(data, size), t, &arena, &f, &e) != 0)
			continue;
		(void)tuf_verify(&f, f.keys, f.n_keys, &f.roles[t], &e);
		(void)tuf_find_target(&f, SPAN_LIT("a"));
		if (f.n_delegations > 0)
			(void)tuf_delegation_fits(
			    f.delegations, span_make(data, size % 64));
		tuf_write_signed(&again, &f);
	}
	buf_cleanup(&again);
	arena_cleanup(&arena);
	return 0;
}
