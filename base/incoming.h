/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folder incoming/ of the state directory: files on their way in. What a
 * run leaves there is worth nothing to the next, but for parts: NAME.part
 * holds the beginning of a file, NAME.from beside it what is needed to go on;
 * bundle.<digest of its manifest>.<digest> is a whole file out of a bundle.
 */
#ifndef BASE_INCOMING_H
#define BASE_INCOMING_H

#include "base/err.h"
#include "base/span.h"

#define INCOMING_PART ".part"
#define INCOMING_FROM ".from"
#define INCOMING_BUNDLE "bundle."
#define INCOMING_PARTS_MAX 64          /* the youngest are kept */
#define INCOMING_PART_AGE_MAX_S 604800 /* since its last byte: 7 days */

/* Removes all but what can still be of use. now: clock_now(). */
int incoming_clean(int statefd, int64_t now, struct err *e);

#endif
