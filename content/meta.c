/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/clock.h"
#include "content/meta.h"

struct key {
	const char *name;
	bool (*parse)(struct span value, struct meta *m);
};

static bool
parse_last_modified(struct span value, struct meta *m)
{
	if (value.len > META_TEXT_MAX ||
	    !clock_parse(value, &m->last_modified_time))
		return false;
	memcpy(m->last_modified, value.ptr, value.len);
	return true;
}

static bool
parse_size(struct span value, struct meta *m)
{
	return parse_uint(value, INT64_MAX, &m->size_bytes);
}

static bool
parse_gz_size(struct span value, struct meta *m)
{
	return parse_uint(value, INT64_MAX, &m->gz_size_bytes);
}

static bool
parse_sha256(struct span value, struct meta *m)
{
	return digest_parse(value, &m->sha256);
}

static const struct key keys[] = {
	{ "lastModifiedDate", parse_last_modified },
	{ "size", parse_size },
	{ "gzSize", parse_gz_size },
	{ "sha256", parse_sha256 },
};

#define N_KEYS (sizeof(keys) / sizeof(keys[0]))

static int
line_parse(struct span line, struct meta *m, unsigned *seen, struct err *e)
{
	size_t colon = span_find(line, ':');
	struct span name = span_first(line, colon);
	struct span value = span_from(line, colon + 1);
	size_t i;

	if (colon == line.len)
		return err_set(e, ERR_FORMAT, "not \"key:value\"");
	for (i = 0; i < N_KEYS; i++)
		if (span_is(name, keys[i].name))
			break;
	if (i == N_KEYS)
		return 0;
	if ((*seen & 1u << i) != 0)
		return err_set(
		    e, ERR_FORMAT, "%s stands there twice", keys[i].name);
	*seen |= 1u << i;
	if (!keys[i].parse(value, m))
		return err_set(e, ERR_FORMAT, "%s cannot be \"%.*s\"",
		    keys[i].name, SPAN_ARG(span_first(value, 64)));
	return 0;
}

int
meta_parse(struct span text, struct meta *out, struct err *e)
{
	struct span rest = text;
	struct span line;
	unsigned seen = 0;
	unsigned number = 0;
	size_t i;

	*out = (struct meta){ 0 };
	if (text.len > META_SIZE_MAX)
		return err_set(
		    e, ERR_LIMIT, "longer than %u bytes", META_SIZE_MAX);
	while (span_next(&rest, '\n', &line)) {
		number++;
		if (span_has_suffix(line, "\r"))
			line.len--;
		if (line.len > 0 && line_parse(line, out, &seen, e) != 0)
			return err_context(e, "line %u", number);
	}
	for (i = 0; i < N_KEYS; i++)
		if ((seen & 1u << i) == 0)
			return err_set(
			    e, ERR_FORMAT, "no line \"%s:…\"", keys[i].name);
	return 0;
}
