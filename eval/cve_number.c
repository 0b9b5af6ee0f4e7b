/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "eval/cve_number.h"

#define IS_CVE 0x80000000u
#define YEAR_MIN 1990u
#define YEAR_MAX (YEAR_MIN + 0x7fu)
#define REST_BITS 24
#define REST_MAX ((1u << REST_BITS) - 1)
#define CVE_LEN_MIN 13u /* "CVE-1999-0001" */

const char *
cve_text(uint32_t number, char text[CVE_TEXT_SIZE])
{
	snprintf(text, CVE_TEXT_SIZE, "CVE-%u-%04u",
	    (number >> REST_BITS & 0x7fu) + YEAR_MIN, number & REST_MAX);
	return text;
}

/* As cve_text() writes it, and no other way: four digits, or no zero first. */
uint32_t
cve_number(struct span id)
{
	uint64_t year, rest;

	if (id.len < CVE_LEN_MIN || !span_has_prefix(id, "CVE-") ||
	    id.ptr[8] != '-' || (id.len > CVE_LEN_MIN && id.ptr[9] == '0') ||
	    !parse_uint(span_first(span_from(id, 4), 4), YEAR_MAX, &year) ||
	    !parse_uint(span_from(id, 9), REST_MAX, &rest) || year < YEAR_MIN)
		return 0;
	return IS_CVE | ((uint32_t)year - YEAR_MIN) << REST_BITS |
	    (uint32_t)rest;
}
