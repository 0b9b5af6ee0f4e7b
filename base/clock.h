/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Time. SOURCE_DATE_EPOCH, seconds since 1970, stops the wall clock, so that
 * the same input gives the same bytes. Read through libc.
 */
#ifndef BASE_CLOCK_H
#define BASE_CLOCK_H

#include "base/span.h"

#define CLOCK_TEXT_SIZE 32

/* Seconds since 1970, UTC. */
int64_t clock_now(void);
/* Monotonic, for durations only; never stopped. */
int64_t clock_monotonic_ms(void);
int64_t clock_monotonic_us(void);
/* "2026-01-02T03:04:05Z" into text; returns text. */
const char *clock_text(int64_t t, char text[CLOCK_TEXT_SIZE]);
/*
 * RFC 3339 "2026-01-02T03:04:05[.fraction][Z|+hh:mm|-hh:mm]", or a blank for
 * T, or the date alone; without a zone UTC. False if it is none of these.
 */
bool clock_parse(struct span s, int64_t *t);
/* An HTTP date (RFC 9110 5.6.7, IMF-fixdate); returns text. */
const char *clock_http_text(int64_t t, char text[CLOCK_TEXT_SIZE]);
/* The same backwards; false for the obsolete forms. */
bool clock_http_parse(struct span s, int64_t *t);

#endif
