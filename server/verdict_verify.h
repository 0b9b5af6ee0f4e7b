/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Working verdicts out again: from the generation (made anew if need be), the
 * stored inventory and the stored policy, and comparing byte for byte with the
 * record that was kept.
 */
#ifndef CLI_VERDICT_VERIFY_H
#define CLI_VERDICT_VERIFY_H

#include "base/out.h"
#include "cli/stored.h"

struct verification {
	const struct cli *cli;
	const struct state *state;
	struct results *results;
	struct results_verdict *verdicts; /* are sorted */
	size_t n;
	struct out *out;
	bool as_json;
};

/*
 * An exit status: CLI_FAIL if one differs, else CLI_UNKNOWN if one cannot be
 * worked out again; CLI_ERROR with *e.
 */
int verdict_verify(struct verification *v, struct err *e);

#endif
