/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ids of CVEs as numbers, in place of words with rows of their own: the top
 * bit, 7 bits of the year from 1990 on, 24 of the rest. As 32 bits with a sign
 * in SQL, so below all words.
 */
#ifndef EVAL_CVE_NUMBER_H
#define EVAL_CVE_NUMBER_H

#include "base/span.h"

#define CVE_TEXT_SIZE 20 /* "CVE-2117-16777215" and its end */

/* 0: it is none, or not written as a number would be again. */
uint32_t cve_number(struct span id);
static inline bool
is_cve_number(uint32_t n)
{
	return n >> 31 != 0;
}
const char *cve_text(uint32_t number, char text[CVE_TEXT_SIZE]);

#endif
