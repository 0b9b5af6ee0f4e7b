/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/clock.h"
#include "content/listing_impl.h"
#include "content/pulp_manifest.h"

static int
check_path(struct span path, struct err *e)
{
	if (path.len > LISTING_PATH_MAX || !pulp_path_is_safe(path))
		return err_set(e, ERR_FORMAT, "the path \"%.*s\" is not safe",
		    SPAN_ARG(span_first(path, 64)));
	return 0;
}

/* A name, and at most one LF behind it. */
int
listing_csaf_archive(
    struct span text, const struct listing_sink *sink, struct err *e)
{
	struct listing_entry entry = { .path = text };

	if (span_has_suffix(text, "\n"))
		entry.path.len--;
	if (span_has_suffix(entry.path, "\r"))
		entry.path.len--;
	if (entry.path.len == 0)
		return err_set(e, ERR_FORMAT, "names no archive");
	if (span_find(entry.path, '\n') < entry.path.len)
		return err_set(e, ERR_FORMAT, "names more than one archive");
	if (check_path(entry.path, e) != 0)
		return -1;
	return sink->entry(sink->ctx, &entry, e);
}

/* Cuts a column in quotes off; none of them holds a quote. */
static bool
next_column(struct span *rest, struct span *column)
{
	size_t end;

	if (!span_has_prefix(*rest, "\""))
		return false;
	*rest = span_from(*rest, 1);
	end = span_find(*rest, '"');
	if (end == rest->len)
		return false;
	*column = span_first(*rest, end);
	*rest = span_from(*rest, end + 1);
	return true;
}

/* "Z" or "+00:00": without it the moment is not known. */
static bool
has_zone(struct span time)
{
	struct span zone;

	if (time.len < 6 || span_find(time, 'T') == time.len)
		return false;
	zone = span_from(time, time.len - 6);
	return span_has_suffix(time, "Z") || zone.ptr[0] == '+' ||
	    zone.ptr[0] == '-';
}

static int
read_line(struct span line, struct listing_entry *entry, struct err *e)
{
	struct span rest = line;
	struct span time;

	if (!next_column(&rest, &entry->path) || !span_has_prefix(rest, ","))
		return err_set(e, ERR_FORMAT, "not \"path\",\"time\"");
	rest = span_from(rest, 1);
	if (!next_column(&rest, &time) || rest.len != 0)
		return err_set(e, ERR_FORMAT, "not \"path\",\"time\"");
	if (check_path(entry->path, e) != 0)
		return -1;
	if (!has_zone(time) || !clock_parse(time, &entry->time))
		return err_set(e, ERR_FORMAT, "\"%.*s\" is no time with a zone",
		    SPAN_ARG(span_first(time, 64)));
	return 0;
}

int
listing_csaf_changes(
    struct span text, const struct listing_sink *sink, struct err *e)
{
	struct span rest = text;
	struct span line;
	uint64_t number = 0;

	if (text.len > LISTING_SIZE_MAX)
		return err_set(e, ERR_LIMIT, "longer than %" PRIu64 " bytes",
		    LISTING_SIZE_MAX);
	while (span_next(&rest, '\n', &line)) {
		struct listing_entry entry = { .time = 0 };

		if (line.len == 0 && rest.len == 0)
			continue; /* behind the last LF */
		if (number++ == LISTING_ENTRIES_MAX)
			return err_set(e, ERR_LIMIT, "more than %u entries",
			    LISTING_ENTRIES_MAX);
		if (span_has_suffix(line, "\r"))
			line.len--;
		if (read_line(line, &entry, e) != 0)
			return err_context(e, "line %" PRIu64, number);
		if (sink->entry(sink->ctx, &entry, e) != 0)
			return -1;
	}
	return 0;
}
