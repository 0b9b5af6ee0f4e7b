/* SPDX-License-Identifier: Apache-2.0 */
#include "syncd/fetch_resume.h"

/* A quoted entity tag without W/: bytes are the same while it is. */
static bool
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
