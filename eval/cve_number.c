/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "eval/cve_number.h"

#define IS_CVE 0x80000000u
#define YEAR_MIN 1990u
#define YEAR_MAX (YEAR_MIN + 0x7fu)
#define REST_BITS 24
#define REST_MAX ((1u << REST_BITS) - 1)

const char *
cve_text(uint32_t number, char text[CVE_TEXT_SIZE])
{
	snprintf(text, CVE_TEXT_SIZE, "CVE-%u-%04u",
	    (number >> REST_BITS & 0x7fu) + YEAR_MIN, number & REST_MAX);
	return text;
}

uint32_t
cve_number(struct span id)
{
	char text[CVE_TEXT_SIZE];
	uint64_t year, rest;
	uint32_t number;

	if (!span_has_prefix(id, "CVE-") || id.len < 10 ||
	    !parse_uint(span_first(span_from(id, 4), 4), YEAR_MAX, &year) ||
	    !parse_uint(span_from(id, 9), REST_MAX, &rest) || year < YEAR_MIN)
		return 0;
	number =
	    IS_CVE | ((uint32_t)year - YEAR_MIN) << REST_BITS | (uint32_t)rest;
	return span_is(id, cve_text(number, text)) ? number : 0;
}
