/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/printable.h"
#include "scanner/applies.h"
#include "scanner/report.h"
#include "scanner/report_rows.h"

#define GAP 2u
#define LABEL_WIDTH 12u

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

#define SGR_OFF "\033[0m"
#define SGR_BOLD "\033[1m"

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
	const struct report_options *options;
	struct out *out;
	struct report_row *rows;
	size_t n_rows;
	size_t widths[N_COLUMNS];
	size_t pending; /* blanks due before the next cell that has text */
	struct buf cell;
};

static void
colour(struct table *t, const char *sgr)
{
	if (t->options->colour)
		out_str(t->out, sgr);
}

static void
pad(struct table *t, size_t n)
{
	while (n-- > 0)
		out_char(t->out, ' ');
}

static void
write_safe(struct table *t, struct span s)
{
	buf_reset(&t->cell);
	printable_add(&t->cell, s);
	out_span(t->out, buf_span(&t->cell));
}

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

		if (total <= t->options->width)
			return;
		if (*w <= narrowing[i].least)
			continue;
		if (total - t->options->width < *w - narrowing[i].least)
			*w -= total - t->options->width;
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
	if (t->options->width > 0)
		narrow(t);
}

static void
write_cell(struct table *t, struct span s, enum column c, const char *sgr)
{
	size_t width;

	buf_reset(&t->cell);
	printable_add_cut(&t->cell, s, t->widths[c]);
	width = printable_width(buf_span(&t->cell));
	if (width > 0) {
		pad(t, t->pending);
		t->pending = 0;
	}
	colour(t, sgr);
	out_span(t->out, buf_span(&t->cell));
	colour(t, sgr[0] == '\0' ? "" : SGR_OFF);
	t->pending += t->widths[c] - width + GAP;
}

static void
end_row(struct table *t)
{
	out_char(t->out, '\n');
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
	out_char(t->out, '\n');
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
		out_str(t->out, "no findings");
		return;
	}
	for (i = 0; i < t->n_rows; i++)
		counts[t->rows[i].severity]++;
	out_printf(t->out, "%zu %s in %zu %s", t->n_rows,
	    t->n_rows == 1 ? "finding" : "findings", n_packages,
	    n_packages == 1 ? "package" : "packages");
	for (i = N_SEVERITIES; i-- > 0;) {
		if (counts[i] == 0)
			continue;
		out_printf(t->out, "%s%zu %s", separator, counts[i],
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
		out_str(t->out,
		    s->verdict == VERDICT_UNKNOWN ? "         "
						  : "      besides: ");
		write_safe(t, s->reasons[i]);
		out_char(t->out, '\n');
	}
	out_char(t->out, '\n');
}

static void
write_verdict(struct table *t, const struct scan *s)
{
	colour(t, verdict_colours[s->verdict]);
	out_str(t->out, verdict_titles[s->verdict]);
	colour(t, SGR_OFF);
	out_str(t->out, "  ");
	if (s->verdict != VERDICT_UNKNOWN) {
		write_counts(t);
		out_char(t->out, '\n');
		write_reasons(t, s, 0);
		return;
	}
	write_safe(t, s->reasons[0]);
	out_char(t->out, '\n');
	if (t->n_rows > 0) {
		out_str(t->out, "         ");
		write_counts(t);
		out_char(t->out, '\n');
	}
	write_reasons(t, s, 1);
}

static void
label(struct table *t, const char *name)
{
	colour(t, SGR_BOLD);
	out_str(t->out, name);
	colour(t, SGR_OFF);
	pad(t, LABEL_WIDTH - printable_width(span_of(name)));
}

static void
write_image(struct table *t, const struct scan *s, struct arena *a)
{
	const struct facts *f = s->facts;

	if (s->target != NULL) {
		label(t, "image");
		write_safe(t, span_of(s->target->text));
		if (f->image_digest.len > 0) {
			out_str(t->out, "  ");
			write_safe(t, f->image_digest);
		}
		out_char(t->out, '\n');
	}
	label(t, "release");
	if (f->os_id.len == 0) {
		out_str(t->out, "not known\n");
		return;
	}
	write_safe(t, applies_release_text(f, a));
	if (f->os_name.len > 0) {
		out_str(t->out, " (");
		write_safe(t, f->os_name);
		out_char(t->out, ')');
	}
	out_char(t->out, '\n');
}

static void
write_inventory(struct table *t, const struct scan *s)
{
	const struct system *system = &s->facts->system;
	size_t counts[N_PACKAGE_KINDS] = { 0 };
	char hex[DIGEST_HEX_SIZE];
	size_t i;

	for (i = 0; i < system->n_packages; i++)
		counts[system->packages[i].kind]++;
	label(t, "inventory");
	out_printf(
	    t->out, "sha256:%s", digest_hex(&s->facts->inventory_digest, hex));
	for (i = 0; i < N_PACKAGE_KINDS; i++)
		if (system->collected[i] != COLLECTION_NONE)
			out_printf(t->out, "  %zu %s %s", counts[i],
			    package_kind_name((enum package_kind)i),
			    counts[i] == 1 ? "package" : "packages");
	out_char(t->out, '\n');
}

static void
write_document(struct table *t, const struct scan_document *d)
{
	const char *separator = ": ";
	enum result r;

	label(t, "document");
	write_safe(t, d->document->name);
	if (d->document->published.len > 0) {
		out_str(t->out, "  published ");
		write_safe(t, d->document->published);
	}
	out_char(t->out, '\n');
	pad(t, LABEL_WIDTH);
	out_printf(t->out, "sha256:%.*s\n", SPAN_ARG(d->document->sha256));
	pad(t, LABEL_WIDTH);
	out_printf(t->out, "%u definitions", d->n_definitions);
	for (r = RESULT_TRUE; r < N_RESULTS; r++) {
		if (d->counts[r] == 0)
			continue;
		out_printf(
		    t->out, "%s%u %s", separator, d->counts[r], result_name(r));
		separator = ", ";
	}
	out_char(t->out, '\n');
	if (d->n_kernel == 0)
		return;
	pad(t, LABEL_WIDTH);
	out_printf(t->out, "%u %s the host's kernel: no findings\n",
	    d->n_kernel,
	    d->n_kernel == 1 ? "definition concerns" : "definitions concern");
}

static void
write_missing(struct table *t, const struct scan *s)
{
	size_t i;

	for (i = 0; i < s->n_missing; i++) {
		label(t, "missing");
		write_safe(t, s->missing[i]);
		out_str(t->out, "  applies and is not in the index\n");
	}
}

int
report_table(const struct scan *s, const struct report_options *options,
    struct out *out, struct err *e)
{
	struct table t = { .options = options, .out = out };
	struct arena a = { 0 };
	size_t i;

	(void)e;
	report_rows(s, &a, &t.rows, &t.n_rows);
	write_verdict(&t, s);
	write_rows(&t);
	write_image(&t, s, &a);
	write_inventory(&t, s);
	label(&t, "generation");
	out_printf(out, "%llu\n", (unsigned long long)s->index->generation);
	for (i = 0; i < s->n_documents; i++)
		write_document(&t, &s->documents[i]);
	write_missing(&t, s);
	buf_cleanup(&t.cell);
	arena_cleanup(&a);
	return 0;
}
