/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "scanner/facts.h"
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

const struct fact_layer *
facts_layer_of(const struct facts *facts, uint32_t package)
{
	uint16_t at;

	if (package == PACKAGE_NONE || facts->package_layers == NULL)
		return NULL;
	at = facts->package_layers[package];
	return at < facts->n_layers ? &facts->layers[at] : NULL;
}

const char *
finding_share(uint32_t share, char text[FINDING_SHARE_SIZE])
{
	snprintf(text, FINDING_SHARE_SIZE, "%" PRIu32 ".%05" PRIu32,
	    share / EPSS_UNIT, share % EPSS_UNIT);
	return text;
}
