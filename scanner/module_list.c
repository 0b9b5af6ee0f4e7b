/* SPDX-License-Identifier: Apache-2.0 */
/* Files of /etc/dnf/modules.d: sections with name, stream and state. */
#include <stdlib.h>

#include "base/mem.h"
#include "scanner/module_list.h"

struct section {
	bool any; /* its head was there */
	struct span title;
	struct span name;
	struct span stream;
	bool enabled;
};

void
module_list_cleanup(struct module_list *l)
{
	free(l->streams);
	*l = (struct module_list){ 0 };
}

static int
section_end(
    struct module_list *l, struct section *s, struct arena *a, struct err *e)
{
	if (!s->any)
		return 0;
	if (s->name.len == 0)
		s->name = s->title;
	if (s->name.len == 0)
		return err_set(e, ERR_FORMAT, "a module without a name");
	if (s->enabled && s->stream.len == 0)
		return err_set(
		    e, ERR_FORMAT, "an enabled module without a stream");
	if (l->n == MODULES_MAX)
		return err_set(
		    e, ERR_LIMIT, "more than %u module streams", MODULES_MAX);
	l->streams = xgrow(l->streams, &l->cap, l->n + 1, sizeof(*l->streams));
	l->streams[l->n++] = (struct module_stream){
		.name = arena_span(a, s->name),
		.stream = arena_span(a, s->stream),
		.enabled = s->enabled,
	};
	return 0;
}

static int
value_read(struct section *s, struct span line, struct err *e)
{
	size_t equals = span_find(line, '=');
	struct span key = span_trim(span_first(line, equals));
	struct span value = span_trim(span_from(line, equals + 1));

	if (equals == line.len || key.len == 0 || !s->any)
		return err_set(e, ERR_FORMAT, "not a value of a module");
	if (span_is(key, "name"))
		s->name = value;
	else if (span_is(key, "stream"))
		s->stream = value;
	else if (span_is(key, "state"))
		s->enabled = span_is(value, "enabled");
	return 0;
}

static int
line_read(struct module_list *l, struct section *s, struct span line,
    struct arena *a, struct err *e)
{
	size_t i;

	for (i = 0; i < line.len; i++)
		if ((unsigned char)line.ptr[i] < ' ' && line.ptr[i] != '\t')
			return err_set(e, ERR_FORMAT, "binary data");
	if (line.len == 0 || *line.ptr == '#' || *line.ptr == ';')
		return 0;
	if (*line.ptr != '[')
		return value_read(s, line, e);
	if (line.ptr[line.len - 1] != ']')
		return err_set(e, ERR_FORMAT, "a section without its ]");
	if (section_end(l, s, a, e) != 0)
		return -1;
	*s = (struct section){ .any = true,
		.title =
		    span_trim(span_first(span_from(line, 1), line.len - 2)) };
	return 0;
}

int
module_list_read(
    struct module_list *l, struct span text, struct arena *a, struct err *e)
{
	struct section s = { 0 };
	struct span rest = text;
	struct span line;
	unsigned long n = 0;

	if (text.len > MODULE_FILE_MAX)
		return err_set(
		    e, ERR_LIMIT, "has more than %zu bytes", MODULE_FILE_MAX);
	while (span_next(&rest, '\n', &line)) {
		n++;
		if (line_read(l, &s, span_trim(line), a, e) != 0)
			return err_context(e, "line %lu", n);
	}
	return section_end(l, &s, a, e);
}
