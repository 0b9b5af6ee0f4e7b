/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/buf.h"
#include "cli/bundle_input.h"
#include "syncd/sources.h"

#define PARTS_MAX 1000u /* FILE.000 to FILE.999 */
#define LIST_SUFFIX ".sha256"

/* FILE.003 of FILE; NULL: it is not there. */
static const char *
find_part(struct arena *arena, const char *file, unsigned i)
{
	struct buf name = { 0 };
	const char *path = NULL;

	buf_printf(&name, "%s.%03u", file, i);
	if (access(buf_str(&name), F_OK) == 0)
		path = arena_str(arena, buf_span(&name));
	buf_cleanup(&name);
	return path;
}

static size_t
find_parts(struct arena *arena, const char *file, const char **parts)
{
	size_t n = 0;

	if (strcmp(file, "-") != 0 && access(file, F_OK) != 0)
		while (n < PARTS_MAX &&
		    (parts[n] = find_part(arena, file, (unsigned)n)) != NULL)
			n++;
	/* What is wrong with it is told when it is opened. */
	if (n == 0)
		parts[n++] = file;
	parts[n] = NULL;
	return n;
}

static uint64_t
size_of(const char *path)
{
	struct stat st;

	return strcmp(path, "-") != 0 && stat(path, &st) == 0 &&
		S_ISREG(st.st_mode)
	    ? (uint64_t)st.st_size
	    : 0;
}

const char *const *
bundle_parts(
    const struct bundle_arguments *a, struct arena *arena, uint64_t *size_bytes)
{
	size_t room = (size_t)a->n_names + PARTS_MAX + 1, n = 0, i;
	const char **parts = arena_array(arena, room, sizeof(*parts));

	if (a->n_names == 1) {
		n = find_parts(arena, a->names[0], parts);
	} else {
		/* The list of digests goes along with FILE.*: for sha256sum. */
		for (i = 0; i < (size_t)a->n_names; i++)
			if (!span_has_suffix(span_of(a->names[i]), LIST_SUFFIX))
				parts[n++] = a->names[i];
		if (n == 0)
			parts[n++] = a->names[0];
	}
	*size_bytes = 0;
	for (i = 0; i < n; i++)
		*size_bytes += size_of(parts[i]);
	return parts;
}

static int
by_name(const void *a, const void *b)
{
	return span_cmp(*(const struct span *)a, *(const struct span *)b);
}

int
bundle_sources(struct cli *cli, const char *text, struct arena *arena,
    const struct span **out, size_t *n)
{
	const char *const *words;
	struct span *names;
	size_t i, count = 0;

	*out = NULL;
	*n = 0;
	if (text == NULL)
		return CLI_OK;
	words = config_split(cli->config, text);
	while (words[count] != NULL)
		count++;
	names = arena_array(arena, count + 1, sizeof(*names));
	for (i = 0; i < count; i++) {
		names[i] = span_of(words[i]);
		if (source_find(names[i]) == NULL)
			return cli_usage(cli,
			    "there is no source %s (scapcache source list)",
			    words[i]);
	}
	if (count == 0)
		return cli_usage(cli, "--source names no source");
	qsort(names, count, sizeof(*names), by_name);
	for (i = 0; i < count; i++)
		if (*n == 0 || !span_eq(names[*n - 1], names[i]))
			names[(*n)++] = names[i];
	*out = names;
	return CLI_OK;
}
