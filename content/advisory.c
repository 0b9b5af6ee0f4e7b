/* SPDX-License-Identifier: Apache-2.0 */
#include "content/advisory.h"

static const char *const state_names[ADVISORY_STATES] = {
	[ADVISORY_UNKNOWN] = "unknown",
	[ADVISORY_AFFECTED] = "affected",
	[ADVISORY_FIXED] = "fixed",
	[ADVISORY_NEEDS_TRIAGE] = "needs triage",
	[ADVISORY_DEFERRED] = "deferred",
	[ADVISORY_WILL_NOT_FIX] = "will not fix",
	[ADVISORY_NOT_AFFECTED] = "not affected",
	[ADVISORY_END_OF_LIFE] = "end of life",
};

const char *
advisory_state_name(enum advisory_state s)
{
	return state_names[s];
}
