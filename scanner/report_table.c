/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/printable.h"
#include "scanner/report_rows.h"
#include "scanner/report_text.h"

#define GAP 2u

enum column {
	COLUMN_PACKAGE = 0,
	COLUMN_INSTALLED,
	COLUMN_FIXED,
	COLUMN_SEVERITY,
	COLUMN_CVE,
	COLUMN_NOTE,
	N_COLUMNS,
};

static const char *const titles[N_COLUMNS] = { "PACKAGE", "INSTALLED", "FIXED",
	"SEVERITY", "CVE", "NOTICE/STATUS" };

/* On a narrow terminal these give way, in this order, down to that. */
static const struct {
	enum column column;
	size_t least;
} narrowing[] = {
	{ COLUMN_NOTE, 13 },
	{ COLUMN_PACKAGE, 20 },
	{ COLUMN_FIXED, 16 },
	{ COLUMN_INSTALLED, 16 },
	{ COLUMN_PACKAGE, 12 },
	{ COLUMN_FIXED, 12 },
	{ COLUMN_INSTALLED, 12 },
};

static const char *const severity_colours[N_SEVERITIES] = {
	[SEVERITY_NONE] = "\033[2m",
	[SEVERITY_NEGLIGIBLE] = "\033[2m",
	[SEVERITY_LOW] = "\033[36m",
	[SEVERITY_MEDIUM] = "\033[33m",
	[SEVERITY_HIGH] = "\033[31m",
	[SEVERITY_CRITICAL] = "\033[1;31m",
};

static const char *const verdict_colours[] = {
	[VERDICT_NONE] = "",
	[VERDICT_PASS] = "\033[1;32m",
	[VERDICT_FAIL] = "\033[1;31m",
	[VERDICT_UNKNOWN] = "\033[1;33m",
};

static const char *const verdict_titles[] = {
	[VERDICT_NONE] = "NONE",
	[VERDICT_PASS] = "PASS",
	[VERDICT_FAIL] = "FAIL",
	[VERDICT_UNKNOWN] = "UNKNOWN",
};

struct table {
	struct report_text text;
	struct report_row *rows;
	size_t n_rows;
	size_t widths[N_COLUMNS];
	size_t pending; /* blanks due before the next cell that has text */
};

static struct span
cell_text(const struct report_row *row, enum column c)
{
	switch (c) {
	case COLUMN_PACKAGE:
		return row->package.len > 0 ? row->package : SPAN_LIT("-");
	case COLUMN_INSTALLED:
		return row->installed.len > 0 ? row->installed : SPAN_LIT("-");
	case COLUMN_FIXED:
		return row->fixed.len > 0 ? row->fixed : SPAN_LIT("-");
	case COLUMN_SEVERITY:
		return span_of(severity_name(row->severity));
	case COLUMN_CVE:
		return row->cve.len > 0 ? row->cve : SPAN_LIT("-");
	default:
		return row->note;
	}
}

static size_t
total_width(const struct table *t)
{
	size_t total = GAP * (N_COLUMNS - 1);
	size_t c;

	for (c = 0; c < N_COLUMNS; c++)
		total += t->widths[c];
	return total;
}

static void
narrow(struct table *t)
{
	size_t i;

	for (i = 0; i < sizeof(narrowing) / sizeof(*narrowing); i++) {
		size_t *w = &t->widths[narrowing[i].column];
		size_t total = total_width(t);

		if (total <= t->text.options->width)
			return;
		if (*w <= narrowing[i].least)
			continue;
		if (total - t->text.options->width < *w - narrowing[i].least)
			*w -= total - t->text.options->width;
		else
			*w = narrowing[i].least;
	}
}

static void
measure(struct table *t)
{
	size_t i, c;

	for (c = 0; c < N_COLUMNS; c++) {
		t->widths[c] = printable_width(span_of(titles[c]));
		for (i = 0; i < t->n_rows; i++) {
			size_t w = printable_width(
			    cell_text(&t->rows[i], (enum column)c));

			if (w > t->widths[c])
				t->widths[c] = w;
		}
	}
	if (t->text.options->width > 0)
		narrow(t);
}

static void
write_cell(struct table *t, struct span s, enum column c, const char *sgr)
{
	size_t width;

	buf_reset(&t->text.cell);
	printable_add_cut(&t->text.cell, s, t->widths[c]);
	width = printable_width(buf_span(&t->text.cell));
	if (width > 0) {
		report_pad(&t->text, t->pending);
		t->pending = 0;
	}
	report_colour(&t->text, sgr);
	out_span(t->text.out, buf_span(&t->text.cell));
	report_colour(&t->text, sgr[0] == '\0' ? "" : SGR_OFF);
	t->pending += t->widths[c] - width + GAP;
}

static void
end_row(struct table *t)
{
	out_char(t->text.out, '\n');
	t->pending = 0;
}

static void
write_rows(struct table *t)
{
	size_t i, c;

	if (t->n_rows == 0)
		return;
	measure(t);
	for (c = 0; c < N_COLUMNS; c++)
		write_cell(t, span_of(titles[c]), (enum column)c, SGR_BOLD);
	end_row(t);
	for (i = 0; i < t->n_rows; i++) {
		const struct report_row *row = &t->rows[i];

		for (c = 0; c < N_COLUMNS; c++)
			write_cell(t, cell_text(row, (enum column)c),
			    (enum column)c,
			    c == COLUMN_SEVERITY
				? severity_colours[row->severity]
				: "");
		end_row(t);
	}
	out_char(t->text.out, '\n');
}

static size_t
count_packages(const struct table *t)
{
	struct map seen = { 0 };
	size_t n;
	size_t i;

	for (i = 0; i < t->n_rows; i++)
		map_add(&seen, t->rows[i].package, 0, NULL);
	n = seen.n;
	map_cleanup(&seen);
	return n;
}

/* "12 findings in 3 packages: 2 high, 10 low" */
static void
write_counts(struct table *t)
{
	size_t counts[N_SEVERITIES] = { 0 };
	size_t n_packages = count_packages(t);
	const char *separator = ": ";
	size_t i;

	if (t->n_rows == 0) {
		out_str(t->text.out, "no findings");
		return;
	}
	for (i = 0; i < t->n_rows; i++)
		counts[t->rows[i].severity]++;
	out_printf(t->text.out, "%zu %s in %zu %s", t->n_rows,
	    t->n_rows == 1 ? "finding" : "findings", n_packages,
	    n_packages == 1 ? "package" : "packages");
	for (i = N_SEVERITIES; i-- > 0;) {
		if (counts[i] == 0)
			continue;
		out_printf(t->text.out, "%s%zu %s", separator, counts[i],
		    severity_name((enum severity)i));
		separator = ", ";
	}
}

/* One line a reason; the first stands beside UNKNOWN. */
static void
write_reasons(struct table *t, const struct scan *s, size_t first)
{
	size_t i;

	for (i = first; i < s->n_reasons; i++) {
		out_str(t->text.out,
		    s->verdict == VERDICT_UNKNOWN ? "         "
						  : "      besides: ");
		report_safe(&t->text, s->reasons[i]);
		out_char(t->text.out, '\n');
	}
	out_char(t->text.out, '\n');
}

/* What a pass does not say. */
static void
write_limits(struct table *t, const struct scan *s)
{
	if (s->verdict != VERDICT_PASS)
		return;
	if (t->n_rows > 0 && s->fail_on_set)
		out_printf(
		    t->text.out, "; below %s", severity_name(s->fail_on));
	if (s->n_missing > 0)
		out_printf(t->text.out, "; %zu %s missing", s->n_missing,
		    s->n_missing == 1 ? "document that applies is"
				      : "documents that apply are");
}

static void
write_verdict(struct table *t, const struct scan *s)
{
	report_colour(&t->text, verdict_colours[s->verdict]);
	out_str(t->text.out, verdict_titles[s->verdict]);
	report_colour(&t->text, SGR_OFF);
	out_str(t->text.out, "  ");
	if (s->verdict != VERDICT_UNKNOWN) {
		write_counts(t);
		write_limits(t, s);
		out_char(t->text.out, '\n');
		write_reasons(t, s, 0);
		return;
	}
	report_safe(&t->text, s->reasons[0]);
	out_char(t->text.out, '\n');
	if (t->n_rows > 0) {
		out_str(t->text.out, "         ");
		write_counts(t);
		out_char(t->text.out, '\n');
	}
	write_reasons(t, s, 1);
}

int
report_table(const struct scan *s, const struct report_options *options,
    struct out *out, struct err *e)
{
	struct table t = { .text = { options, out, { 0 } } };
	struct arena a = { 0 };

	(void)e;
	report_rows(s, &a, &t.rows, &t.n_rows);
	write_verdict(&t, s);
	write_rows(&t);
	report_about(&t.text, s, &a);
	buf_cleanup(&t.text.cell);
	arena_cleanup(&a);
	return 0;
}
