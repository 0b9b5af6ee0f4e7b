/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/mem.h"
#include "base/printable.h"
#include "syncd/progress.h"

#define LINES_MAX 8 /* files under way that are shown */
#define BAR_WIDTH 24
#define NAME_WIDTH 40
#define COLUMNS_LEAST 20

struct line {
	struct span path;
	uint64_t done;
	uint64_t total;
	const char *unit;
};

struct progress {
	bool terminal;
	unsigned columns;
	struct line lines[LINES_MAX];
	unsigned n_lines;
	unsigned n_drawn; /* below which the cursor stands */
};

struct progress *
progress_open(bool quiet)
{
	struct winsize size = { 0 };
	struct progress *p;

	if (quiet)
		return NULL;
	p = xcalloc(1, sizeof(*p));
	p->terminal = isatty(STDERR_FILENO) == 1;
	p->columns = 80;
	if (p->terminal && ioctl(STDERR_FILENO, TIOCGWINSZ, &size) == 0 &&
	    size.ws_col >= COLUMNS_LEAST)
		p->columns = size.ws_col;
	return p;
}

/* Takes the bars away again: up as many lines, and clear to the end. */
static void
erase(struct progress *p, struct buf *out)
{
	if (p->n_drawn > 0)
		buf_printf(out, "\033[%uA\r\033[J", p->n_drawn);
	p->n_drawn = 0;
}

/* Groups of three digits with a blank between, as people read them. */
static void
add_number(struct buf *out, uint64_t n)
{
	char digits[24];
	int len = snprintf(digits, sizeof(digits), "%" PRIu64, n);
	int i;

	for (i = 0; i < len; i++) {
		if (i > 0 && (len - i) % 3 == 0)
			buf_add_char(out, ' ');
		buf_add_char(out, digits[i]);
	}
}

/* The end of a path says more than its start. */
static void
add_name(struct buf *out, struct span path, size_t width)
{
	size_t slash = span_rfind(path, '/');

	if (slash < path.len)
		path = span_from(path, slash + 1);
	printable_add_cut(out, path, width);
}

static void
add_bar(struct buf *out, const struct line *l)
{
	uint64_t done = l->done < l->total ? l->done : l->total;
	unsigned filled = (unsigned)(done * BAR_WIDTH / l->total);
	unsigned i;

	buf_add_str(out, " [");
	for (i = 0; i < BAR_WIDTH; i++)
		buf_add_char(out, i < filled ? '#' : '.');
	buf_printf(out, "] %3u%%", (unsigned)(done * 100 / l->total));
}

static void
draw(struct progress *p, struct buf *out)
{
	struct buf text = { 0 };
	unsigned i;

	for (i = 0; i < p->n_lines; i++) {
		const struct line *l = &p->lines[i];

		buf_reset(&text);
		add_name(&text, l->path, NAME_WIDTH);
		if (l->total > 0)
			add_bar(&text, l);
		buf_add_char(&text, ' ');
		add_number(&text, l->done);
		buf_printf(&text, " %s", l->unit);
		printable_add_cut(out, buf_span(&text), p->columns - 1);
		buf_add_char(out, '\n');
	}
	p->n_drawn = p->n_lines;
	buf_cleanup(&text);
}

static void
show(struct buf *out)
{
	fwrite(buf_str(out), 1, out->len, stderr);
	fflush(stderr);
	buf_cleanup(out);
}

void
progress_close(struct progress *p)
{
	struct buf out = { 0 };

	if (p == NULL)
		return;
	erase(p, &out);
	show(&out);
	free(p);
}

static struct line *
find_line(struct progress *p, struct span path)
{
	unsigned i;

	for (i = 0; i < p->n_lines; i++)
		if (span_eq(p->lines[i].path, path))
			return &p->lines[i];
	return NULL;
}

void
progress_show(struct progress *p, struct span path, uint64_t done,
    uint64_t total, const char *unit)
{
	struct buf out = { 0 };
	struct line *l;

	if (p == NULL || !p->terminal)
		return;
	l = find_line(p, path);
	if (l == NULL && p->n_lines == LINES_MAX)
		return;
	if (l == NULL)
		l = &p->lines[p->n_lines++];
	*l = (struct line){ path, done, total, unit };
	erase(p, &out);
	draw(p, &out);
	show(&out);
}

void
progress_clear(struct progress *p, struct span path)
{
	struct line *l = p == NULL ? NULL : find_line(p, path);

	if (l != NULL)
		*l = p->lines[--p->n_lines];
}

/* A finished line stands above the bars, which are drawn again below it. */
static void
say(struct progress *p, const struct buf *text)
{
	struct buf out = { 0 };

	erase(p, &out);
	printable_add(&out, buf_span(text));
	buf_add_char(&out, '\n');
	draw(p, &out);
	show(&out);
}

void
progress_done(
    struct progress *p, struct span path, uint64_t bytes, const char *how)
{
	struct buf text = { 0 };

	if (p == NULL)
		return;
	progress_clear(p, path);
	buf_printf(&text, "fetch: %.*s: ", SPAN_ARG(path));
	if (bytes > 0) {
		add_number(&text, bytes);
		buf_add_str(&text, " bytes, ");
	}
	buf_add_str(&text, how);
	say(p, &text);
	buf_cleanup(&text);
}

void
progress_say(struct progress *p, const char *fmt, ...)
{
	struct buf text = { 0 };
	char line[512];
	va_list ap;

	if (p == NULL)
		return;
	va_start(ap, fmt);
	vsnprintf(line, sizeof(line), fmt, ap);
	va_end(ap);
	buf_add_str(&text, line);
	say(p, &text);
	buf_cleanup(&text);
}
