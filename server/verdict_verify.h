/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Working verdicts out again: from the generation (made anew if need be), the
 * stored inventory and the stored policy, and comparing byte for byte with the
 * record that was kept.
 */
#ifndef SERVER_VERDICT_VERIFY_H
#define SERVER_VERDICT_VERIFY_H

#include "base/out.h"
#include "base/state.h"
#include "scanner/proc_scan_jobs.h"

struct verification {
	const struct state *state;
	struct results *results;
	struct results_verdict *verdicts; /* are sorted */
	size_t n;
	struct out *out;
	bool as_json;
	bool may_make; /* a generation that is not kept is made anew */
	/* How many came out the same, otherwise, or cannot be worked out. */
	size_t n_same;
	size_t n_differs;
	size_t n_unknown;
};

/* Writes a line, or an object, for each. */
int verdict_verify(struct verification *v, struct err *e);

#endif
