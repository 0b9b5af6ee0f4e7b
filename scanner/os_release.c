/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/buf.h"
#include "content/release.h"
#include "scanner/os_release.h"

enum key {
	KEY_ID = 0,
	KEY_VERSION_ID,
	KEY_VERSION_CODENAME,
	KEY_UBUNTU_CODENAME,
	KEY_PRETTY_NAME,
	KEY_NAME,
	KEY_CPE_NAME,
	N_KEYS,
};

static const char *const key_names[N_KEYS] = {
	[KEY_ID] = "ID",
	[KEY_VERSION_ID] = "VERSION_ID",
	[KEY_VERSION_CODENAME] = "VERSION_CODENAME",
	[KEY_UBUNTU_CODENAME] = "UBUNTU_CODENAME",
	[KEY_PRETTY_NAME] = "PRETTY_NAME",
	[KEY_NAME] = "NAME",
	[KEY_CPE_NAME] = "CPE_NAME",
};

/*
 * Takes quotes and escapes off a value; it ends at the first blank outside
 * quotes. Inside '' nothing is special; inside "" a backslash escapes only
 * `"`, `$`, `\` and a backquote.
 */
static struct span
unquote(struct span text, struct arena *a)
{
	struct buf out = { 0 };
	struct span value;
	char quote = '\0';
	size_t i;

	for (i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (quote == '\0' && span_is_space(c))
			break;
		if (c == quote && quote != '\0') {
			quote = '\0';
			continue;
		}
		if (quote == '\0' && (c == '"' || c == '\'')) {
			quote = c;
			continue;
		}
		if (c == '\\' && quote != '\'' && i + 1 < text.len &&
		    (quote == '\0' ||
			strchr("\"$\\`", text.ptr[i + 1]) != NULL))
			c = text.ptr[++i];
		buf_add_char(&out, c);
	}
	value = arena_span(a, buf_span(&out));
	buf_cleanup(&out);
	return value;
}

static void
line_read(struct span line, struct span values[N_KEYS], struct arena *a)
{
	size_t equals = span_find(line, '=');
	enum key k;

	for (k = 0; equals < line.len && k < N_KEYS; k++)
		if (span_is(span_first(line, equals), key_names[k]))
			values[k] = unquote(span_from(line, equals + 1), a);
}

void
os_release_read(struct os_release *o, struct span text, struct arena *a)
{
	struct span values[N_KEYS] = { SPAN_NONE };
	struct span rest = text;
	struct span line;

	while (span_next(&rest, '\n', &line))
		line_read(span_trim(line), values, a);
	*o = (struct os_release){
		.id =
		    values[KEY_ID].len > 0 ? values[KEY_ID] : SPAN_LIT("linux"),
		.version_id = values[KEY_VERSION_ID],
		.codename = values[KEY_VERSION_CODENAME],
		.name = values[KEY_PRETTY_NAME].len > 0
		    ? values[KEY_PRETTY_NAME]
		    : values[KEY_NAME],
		.cpe = values[KEY_CPE_NAME],
	};
	if (o->codename.len == 0)
		o->codename = values[KEY_UBUNTU_CODENAME];
	/* Older files do not say it. */
	if (o->codename.len == 0)
		o->codename = release_codename(o->id, o->version_id);
}
