/* SPDX-License-Identifier: Apache-2.0 */
/* Functions of variables that are a matter of text alone. */
#ifndef EVAL_FUNCTION_H
#define EVAL_FUNCTION_H

#include "base/buf.h"

/*
 * A POSIX glob as the Perl pattern that matches the same whole paths; false
 * if a bracket of it never ends.
 */
bool function_glob(struct buf *b, struct span glob, bool noescape);
/*
 * Seconds since 1970, UTC, of text in one of time_difference's formats
 * ("year_month_day" where format is empty).
 */
bool function_time(struct span format, struct span text, int64_t *out);

#endif
