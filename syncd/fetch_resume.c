/* SPDX-License-Identifier: Apache-2.0 */
#include "syncd/fetch_resume.h"

bool
etag_is_strong(struct span etag)
{
	struct span inside;

	if (etag.len < 2 || etag.ptr[0] != '"' || etag.ptr[etag.len - 1] != '"')
		return false;
	inside = span_make(etag.ptr + 1, etag.len - 2);
	return span_find(inside, '"') == inside.len;
}

struct span
resume_validator(const struct resume_head *head)
{
	if (etag_is_strong(head->etag))
		return head->etag;
	if (head->etag.len > 0 || head->last_modified_time < 0 ||
	    head->date_time < 0)
		return SPAN_NONE;
	if (head->date_time - head->last_modified_time < RESUME_DATE_AGE_S)
		return SPAN_NONE;
	return head->last_modified;
}

bool
content_range_parse(struct span text, struct content_range *out)
{
	struct content_range r = { 0 };
	struct span unit, first, rest = span_trim(text);

	if (!span_next(&rest, ' ', &unit) || !span_is_nocase(unit, "bytes") ||
	    !span_next(&rest, '/', &unit))
		return false;
	if (!span_is(rest, "*") && !parse_uint(rest, INT64_MAX, &r.total))
		return false;
	if (span_is(unit, "*")) {
		*out = r;
		return !span_is(rest, "*");
	}
	r.has_bytes = true;
	if (!span_next(&unit, '-', &first) ||
	    !parse_uint(first, INT64_MAX, &r.first) ||
	    !parse_uint(unit, INT64_MAX, &r.last) || r.last < r.first)
		return false;
	if (!span_is(rest, "*") && r.last >= r.total)
		return false;
	*out = r;
	return true;
}
