/* SPDX-License-Identifier: Apache-2.0 */
/* Patterns of the sources table: slots, fitting and filling. For sources*.c. */
#ifndef SYNCD_SOURCES_PATTERN_H
#define SYNCD_SOURCES_PATTERN_H

#include "base/buf.h"
#include "syncd/sources.h"

#define SOURCE_NAME_SIZE 256 /* a configured word, a part of a name */

/* The parts of a pattern in braces. */
enum slot {
	SLOT_CODENAME = 0,
	SLOT_SERVICE,
	SLOT_FLAVOUR,
	SLOT_MAJOR,
	SLOT_RELEASE,
	SLOT_VRELEASE,
	SLOT_YEAR,
	SLOT_DATE,
	SLOT_FEED,
	SLOT_ARCH,
	SLOT_STREAM,
	SLOT_FILE,
	SLOT_QUERY,
	N_SLOTS,
};

/* modified and recent, NULL at the end. */
extern const char *const rolling_feeds[];

bool pattern_has(const char *pattern, enum slot slot);
/*
 * Does all of the text fit? Then values has the text of each slot; the other
 * slots are left as they are. flavours are those that there may be.
 */
bool pattern_fit(const char *pattern, const char *flavours, struct span text,
    struct span values[N_SLOTS]);
/* The pattern with its slots filled. */
void pattern_fill(
    const char *pattern, const struct span values[N_SLOTS], struct buf *out);

#endif
