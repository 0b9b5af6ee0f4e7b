/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/printable.h"
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

/* A finding as people read it. */
struct row {
	const struct finding *finding;
	struct span cells[N_COLUMNS];
};

struct table {
	struct report_text text;
	struct arena arena;
	struct row *rows;
	size_t n_rows;
	size_t widths[N_COLUMNS];
	bool has_policy; /* not every finding fails */
	size_t pending;  /* blanks due before the next cell that has text */
};

static struct span
or_dash(struct span s)
{
	return s.len > 0 ? s : SPAN_LIT("-");
}

static struct span
keep(struct table *t, struct buf *b)
{
	struct span s = arena_span(&t->arena, buf_span(b));

	buf_cleanup(b);
	return s;
}

/* "libc6:i386", "glibc.i686": where others of the name are there. */
static struct span
package_cell(struct table *t, const struct finding *f, bool with_arch)
{
	struct buf b = { 0 };

	if (!with_arch || f->arch.len == 0)
		return or_dash(f->package);
	buf_printf(&b, "%.*s%c%.*s", SPAN_ARG(f->package),
	    f->kind == PACKAGE_DPKG ? ':' : '.', SPAN_ARG(f->arch));
	return keep(t, &b);
}

/* "CVE-2024-1", or what a notice of its own is about: "CVE-2024-1 +3". */
static struct span
cve_cell(struct table *t, const struct finding *f)
{
	struct buf b = { 0 };

	if (f->n_cves < 2)
		return f->n_cves == 0 ? SPAN_LIT("-") : f->cves[0];
	buf_printf(&b, "%.*s +%zu", SPAN_ARG(f->cves[0]), f->n_cves - 1);
	return keep(t, &b);
}

/* Of what no notice mends: the tracker's or the vendor's word. */
static struct span
status_text(const struct finding *f)
{
	size_t i;

	for (i = 0; i < f->n_evidence; i++) {
		const struct evidence *ev = f->evidence[i];

		if (ev->word != WORD_AFFECTED)
			continue;
		if (f->fix == FIX_WITH_PRO)
			return SPAN_NONE; /* said already */
		if (ev->status != OVAL_STATUS_NONE)
			return span_of(oval_status_name(ev->status));
		if (ev->detail.len > 0)
			return ev->detail;
		if (f->fix == FIX_DEFERRED || f->fix == FIX_WONT)
			return span_of(fix_name(f->fix));
	}
	return f->fixed.len == 0 ? SPAN_LIT("no fix known") : SPAN_NONE;
}

static void
add_word(struct buf *b, struct span word)
{
	if (b->len > 0 && word.len > 0)
		buf_add_str(b, ", ");
	buf_add_span(b, word);
}

/* What is worth a look first, then notices or status. */
static struct span
note_cell(struct table *t, const struct finding *f)
{
	struct buf b = { 0 };
	size_t i;

	if (f->waived.len > 0) {
		buf_add_str(&b, "waived ");
		buf_add_span(&b, f->waived);
	}
	if (t->has_policy && f->fails)
		add_word(&b, SPAN_LIT("fails"));
	if (f->exploit.has_kev)
		add_word(&b, SPAN_LIT("KEV"));
	if (f->fix == FIX_WITH_PRO)
		add_word(&b, SPAN_LIT("with Pro"));
	if (f->is_disputed)
		add_word(&b, SPAN_LIT("disputed"));
	for (i = 0; i < f->n_notices; i++)
		add_word(&b, f->notices[i]);
	if (f->n_notices == 0)
		add_word(&b, status_text(f));
	return keep(t, &b);
}

/* Which names are there in several architectures. */
static bool *
find_several(const struct scan *s)
{
	bool *several = xcalloc(s->n_findings + 1, sizeof(*several));
	struct map first = { 0 };
	uint32_t at;
	size_t i;

	for (i = 0; i < s->n_findings; i++)
		if (!map_add(
			&first, s->findings[i].package, (uint32_t)i, &at) &&
		    !span_eq(s->findings[at].arch, s->findings[i].arch))
			several[at] = true;
	for (i = 0; i < s->n_findings; i++)
		if (map_get(&first, s->findings[i].package, &at))
			several[i] = several[at];
	map_cleanup(&first);
	return several;
}

static void
fill_row(struct table *t, const struct finding *f, bool with_arch)
{
	struct row *row = &t->rows[t->n_rows++];

	row->finding = f;
	row->cells[COLUMN_PACKAGE] = package_cell(t, f, with_arch);
	row->cells[COLUMN_INSTALLED] = or_dash(f->installed);
	row->cells[COLUMN_FIXED] = or_dash(f->fixed);
	row->cells[COLUMN_SEVERITY] = span_of(severity_name(f->severity));
	row->cells[COLUMN_CVE] = cve_cell(t, f);
	row->cells[COLUMN_NOTE] = note_cell(t, f);
}

/* Kernels come last: a section of their own. */
static void
make_rows(struct table *t, const struct scan *s)
{
	bool *several = find_several(s);
	int kernel;
	size_t i;

	t->rows = arena_array(&t->arena, s->n_findings, sizeof(*t->rows));
	for (kernel = 0; kernel <= 1; kernel++)
		for (i = 0; i < s->n_findings; i++)
			if (s->findings[i].is_kernel == (kernel == 1))
				fill_row(t, &s->findings[i], several[i]);
	free(several);
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
			size_t w = printable_width(t->rows[i].cells[c]);

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
write_row(struct table *t, const struct row *row)
{
	size_t c;

	for (c = 0; c < N_COLUMNS; c++)
		write_cell(t, row->cells[c], (enum column)c,
		    c == COLUMN_SEVERITY
			? severity_colours[row->finding->severity]
			: "");
	end_row(t);
}

static void
write_rows(struct table *t)
{
	bool was_kernel = false;
	size_t i, c;

	if (t->n_rows == 0)
		return;
	measure(t);
	for (c = 0; c < N_COLUMNS; c++)
		write_cell(t, span_of(titles[c]), (enum column)c, SGR_BOLD);
	end_row(t);
	for (i = 0; i < t->n_rows; i++) {
		if (t->rows[i].finding->is_kernel && !was_kernel)
			out_str(t->text.out,
			    "kernel packages: an image runs its host's "
			    "kernel, none of these\n");
		was_kernel = t->rows[i].finding->is_kernel;
		write_row(t, &t->rows[i]);
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
		map_add(&seen, t->rows[i].finding->package, 0, NULL);
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
		counts[t->rows[i].finding->severity]++;
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

/* Of the findings above, those that count. */
static void
write_failing(struct table *t, const struct scan *s)
{
	size_t n_fail = 0, n_waived = 0;
	size_t i;

	for (i = 0; i < s->n_findings; i++) {
		n_fail += s->findings[i].fails;
		n_waived += s->findings[i].waived.len > 0;
	}
	if (s->n_findings == 0 || s->policy == NULL)
		return;
	if (n_fail == 0)
		out_str(t->text.out, "; none fails");
	else
		out_printf(t->text.out, "; %zu %s", n_fail,
		    n_fail == 1 ? "fails" : "fail");
	if (n_waived > 0)
		out_printf(t->text.out, ", %zu waived", n_waived);
}

/* What a pass does not say. */
static void
write_limits(struct table *t, const struct scan *s)
{
	write_failing(t, s);
	if (s->verdict != VERDICT_PASS)
		return;
	if (t->n_rows > 0 && s->fail_on_set && s->policy == NULL)
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
	struct table t = { .text = { options, out, { 0 } },
		.has_policy = s->policy != NULL };

	(void)e;
	make_rows(&t, s);
	write_verdict(&t, s);
	write_rows(&t);
	report_about(&t.text, s, &t.arena);
	buf_cleanup(&t.text.cell);
	arena_cleanup(&t.arena);
	return 0;
}
