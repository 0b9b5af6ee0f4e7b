/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What stands in a folder of /mirror/, for people and `wget -r`: files are in
 * the order of their paths, so a folder's lie together.
 */
#include "base/clock.h"
#include "server/served.h"

/* A path's part in a link: what is not plain is written in hex. */
static void
out_link(struct out *o, struct span text)
{
	const struct span plain = SPAN_LIT("-._~:@!$()*,;=+");
	size_t i;

	for (i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (span_is_alpha(c) || span_is_digit(c) ||
		    span_find(plain, c) < plain.len)
			out_char(o, c);
		else
			out_printf(o, "%%%02X", (unsigned char)c);
	}
}

static void
list_entry(struct out *o, struct span name, const struct view_file *f)
{
	char time[CLOCK_TEXT_SIZE];

	out_str(o, "<tr><td><a href=\"./");
	out_link(o, name);
	out_str(o, f == NULL ? "/\">" : "\">");
	out_xml(o, name);
	out_str(o, f == NULL ? "/</a>" : "</a>");
	if (f == NULL)
		out_str(o, "<td><td></tr>\n");
	else
		out_printf(o, "<td>%s<td>%llu</tr>\n",
		    f->fetched == 0 ? "" : clock_text(f->fetched, time),
		    (unsigned long long)f->size_bytes);
}

static size_t
list_entries(struct out *o, const struct view *v, struct span folder)
{
	struct span last = SPAN_NONE;
	size_t i, n = 0;

	for (i = 0; i < v->n_files; i++) {
		struct span path = v->files[i].path;
		struct span name = span_from(path, folder.len);
		size_t slash = span_find(name, '/');
		bool is_folder = slash < name.len;

		if (!span_eq(span_first(path, folder.len), folder))
			continue;
		name = span_first(name, slash);
		if (is_folder && last.ptr != NULL && span_eq(name, last))
			continue;
		last = is_folder ? name : SPAN_NONE;
		list_entry(o, name, is_folder ? NULL : &v->files[i]);
		n++;
	}
	return n;
}

static void
list_head(struct out *o, struct span folder)
{
	out_str(o,
	    "<!doctype html>\n<html lang=\"en\"><head>"
	    "<meta charset=\"utf-8\"><title>/mirror/");
	out_xml(o, folder);
	out_str(o, "</title></head>\n<body><h1>/mirror/");
	out_xml(o, folder);
	out_str(o, "</h1>\n<table><tr><th>Name<th>Fetched<th>Bytes</tr>\n");
}

int
served_list(struct request *q, struct response *s, struct span folder)
{
	list_head(&s->out, folder);
	if (list_entries(&s->out, q->view, folder) == 0 && folder.len > 0)
		return served_missing(q, s);
	out_str(&s->out, "</table></body></html>\n");
	s->type = "text/html; charset=utf-8";
	return 0;
}

bool
served_is_folder(const struct view *v, struct span path)
{
	size_t i;

	for (i = 0; i < v->n_files; i++)
		if (v->files[i].path.len > path.len &&
		    v->files[i].path.ptr[path.len] == '/' &&
		    span_eq(span_first(v->files[i].path, path.len), path))
			return true;
	return false;
}
