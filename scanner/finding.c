/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/finding.h"

const char *
word_name(enum word w)
{
	static const char *const names[] = {
		[WORD_AFFECTED] = "affected",
		[WORD_NOT_AFFECTED] = "not affected",
		[WORD_UNKNOWN] = "unknown",
	};

	return names[w];
}

const char *
fix_name(enum fix f)
{
	static const char *const names[] = {
		[FIX_NONE] = "none",
		[FIX_AVAILABLE] = "fixed",
		[FIX_WITH_PRO] = "fixed with Pro",
		[FIX_DEFERRED] = "deferred",
		[FIX_WONT] = "will not fix",
	};

	return names[f];
}
