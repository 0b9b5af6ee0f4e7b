/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/utf8.h"
#include "bundle/tuf.h"

static const struct {
	const char *name;
	size_t size_max;
} types[N_TUF_TYPES] = {
	[TUF_ROOT] = { "root", TUF_ROOT_MAX },
	[TUF_TARGETS] = { "targets", TUF_TARGETS_MAX },
	[TUF_SNAPSHOT] = { "snapshot", TUF_SNAPSHOT_MAX },
	[TUF_TIMESTAMP] = { "timestamp", TUF_TIMESTAMP_MAX },
};

const char *
tuf_type_name(enum tuf_type t)
{
	return types[t].name;
}

size_t
tuf_size_max(enum tuf_type t)
{
	return types[t].size_max;
}

const struct tuf_meta *
tuf_find_meta(const struct tuf_file *f, struct span name)
{
	size_t low = 0, high = f->n_meta, middle;
	int order;

	while (low < high) {
		middle = low + (high - low) / 2;
		order = span_cmp(name, f->meta[middle].name);
		if (order == 0)
			return &f->meta[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

const struct tuf_target *
tuf_find_target(const struct tuf_file *f, struct span path)
{
	size_t low = 0, high = f->n_targets, middle;
	int order;

	while (low < high) {
		middle = low + (high - low) / 2;
		order = span_cmp(path, f->targets[middle].path);
		if (order == 0)
			return &f->targets[middle];
		if (order < 0)
			high = middle;
		else
			low = middle + 1;
	}
	return NULL;
}

/* Bytes that '?' or a step of '*' takes: a character, but no '/'. */
static size_t
wild_len(struct span path)
{
	size_t n;

	if (path.len == 0 || path.ptr[0] == '/')
		return 0;
	n = utf8_char(path, NULL);
	return n == 0 ? 1 : n;
}

bool
tuf_path_fits(struct span pattern, struct span path)
{
	/* What was left behind the last '*', to try again one further. */
	struct span again_pattern = SPAN_NONE, again_path = SPAN_NONE;
	size_t n;

	for (;;) {
		if (pattern.len > 0 && pattern.ptr[0] == '*') {
			pattern = span_from(pattern, 1);
			again_pattern = pattern;
			again_path = path;
			continue;
		}
		if (pattern.len == 0 && path.len == 0)
			return true;
		n = 0;
		if (pattern.len > 0 && path.len > 0)
			n = pattern.ptr[0] == '?'
			    ? wild_len(path)
			    : pattern.ptr[0] == path.ptr[0];
		if (n > 0) {
			pattern = span_from(pattern, 1);
			path = span_from(path, n);
			continue;
		}
		n = again_pattern.ptr == NULL ? 0 : wild_len(again_path);
		if (n == 0)
			return false;
		again_path = span_from(again_path, n);
		pattern = again_pattern;
		path = again_path;
	}
}

bool
tuf_delegation_fits(const struct tuf_delegation *d, struct span path)
{
	struct digest digest;
	char hex[DIGEST_HEX_SIZE];
	size_t i;

	for (i = 0; i < d->n_paths; i++)
		if (tuf_path_fits(d->paths[i], path))
			return true;
	if (d->n_hash_prefixes == 0)
		return false;
	digest_of(path, &digest);
	digest_hex(&digest, hex);
	for (i = 0; i < d->n_hash_prefixes; i++)
		if (span_eq(d->hash_prefixes[i],
			span_first(span_of(hex), d->hash_prefixes[i].len)))
			return true;
	return false;
}

bool
tuf_is_role_name(struct span name)
{
	size_t i;

	if (name.len == 0 || name.len > TUF_ROLE_NAME_MAX)
		return false;
	for (i = 0; i < name.len; i++)
		if (!span_is_lower(name.ptr[i]) &&
		    !span_is_digit(name.ptr[i]) && name.ptr[i] != '-')
			return false;
	for (i = 0; i < N_TUF_TYPES; i++)
		if (span_is(name, types[i].name))
			return false;
	return true;
}

bool
tuf_is_target_path(struct span path)
{
	struct span rest = path, part;
	size_t i;

	if (path.len == 0 || path.len > TUF_TARGET_PATH_MAX)
		return false;
	for (i = 0; i < path.len; i++)
		if (path.ptr[i] <= ' ' || path.ptr[i] > '~')
			return false;
	while (span_next(&rest, '/', &part))
		if (part.len == 0 || span_is(part, ".") || span_is(part, ".."))
			return false;
	return true;
}
