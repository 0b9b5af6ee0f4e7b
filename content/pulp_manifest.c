/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>

#include "base/map.h"
#include "content/pulp_manifest.h"

static bool
is_path_char(char c)
{
	return span_is_digit(c) || span_is_alpha(c) ||
	    (c != '\0' && strchr("._+-", c) != NULL);
}

static bool
is_path_segment(struct span s)
{
	size_t i;

	if (s.len == 0 || span_is(s, ".") || span_is(s, ".."))
		return false;
	for (i = 0; i < s.len; i++)
		if (!is_path_char(s.ptr[i]))
			return false;
	return true;
}

bool
pulp_path_is_safe(struct span path)
{
	struct span rest = path;
	struct span segment;

	if (path.len == 0 || path.len > PULP_PATH_MAX)
		return false;
	while (span_next(&rest, '/', &segment))
		if (!is_path_segment(segment))
			return false;
	return true;
}

static int
line_parse(struct span line, struct pulp_entry *entry, struct err *e)
{
	struct span rest = line;
	struct span digest;
	struct span size;

	if (!span_next(&rest, ',', &entry->path) ||
	    !span_next(&rest, ',', &digest) || !span_next(&rest, ',', &size) ||
	    rest.ptr != NULL)
		return err_set(e, ERR_FORMAT, "not \"path,sha256,bytes\"");
	if (!pulp_path_is_safe(entry->path))
		return err_set(e, ERR_FORMAT, "the path \"%.*s\" is not safe",
		    SPAN_ARG(span_first(entry->path, 64)));
	if (!digest_parse(digest, &entry->sha256))
		return err_set(e, ERR_FORMAT, "\"%.*s\" is not a SHA-256",
		    SPAN_ARG(span_first(digest, 80)));
	if (!parse_uint(size, INT64_MAX, &entry->size_bytes))
		return err_set(e, ERR_FORMAT, "\"%.*s\" is not a size",
		    SPAN_ARG(span_first(size, 64)));
	return 0;
}

static int
entry_read(struct span line, struct map *paths, const struct pulp_sink *sink,
    struct err *e)
{
	struct pulp_entry entry;

	if (line_parse(line, &entry, e) != 0)
		return -1;
	if (paths->n == PULP_ENTRIES_MAX)
		return err_set(
		    e, ERR_LIMIT, "more than %u files", PULP_ENTRIES_MAX);
	if (!map_add(paths, entry.path, 0, NULL))
		return err_set(e, ERR_FORMAT, "%.*s is listed twice",
		    SPAN_ARG(entry.path));
	return sink->entry(sink->ctx, &entry, e);
}

int
pulp_manifest_read(
    struct span text, const struct pulp_sink *sink, struct err *e)
{
	struct map paths = { 0 };
	struct span rest = text;
	struct span line;
	uint64_t number = 0;
	int rc = -1;

	if (text.len > PULP_MANIFEST_MAX)
		return err_set(
		    e, ERR_LIMIT, "longer than %zu bytes", PULP_MANIFEST_MAX);
	while (span_next(&rest, '\n', &line)) {
		number++;
		if (line.len == 0 && rest.len == 0)
			continue; /* behind the last LF */
		if (entry_read(line, &paths, sink, e) != 0) {
			err_context(e, "line %" PRIu64, number);
			goto out;
		}
	}
	if (paths.n == 0) {
		err_set(e, ERR_FORMAT, "the manifest lists no file");
		goto out;
	}
	rc = 0;
out:
	map_cleanup(&paths);
	return rc;
}
