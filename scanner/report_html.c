/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One file for people: no script, nothing from outside, light and dark, to
 * read on a phone and on paper.
 */
#include "base/clock.h"
#include "base/map.h"
#include "base/printable.h"
#include "scanner/applies.h"
#include "scanner/report_html.h"
#include "web_files.h"

#define CHART_ROW 26u  /* units of the chart's own */
#define CHART_BAR 460u /* the longest bar */
#define COLUMNS                                                               \
	"<p class=\"row columns\" aria-hidden=\"true\"><span>severity</span>" \
	"<span>CVE</span><span>package</span><span>installed</span>"          \
	"<span>fixed in</span></p>\n"
#define CHART_LEFT 110u /* room for the severity's name */

void
report_html_text(struct report_html *h, struct span s)
{
	buf_reset(&h->text);
	printable_add(&h->text, s);
	out_xml(h->out, buf_span(&h->text));
}

void
report_html_fact(struct report_html *h, const char *name, struct span value)
{
	if (value.len == 0)
		return;
	out_printf(h->out, "<dt>%s</dt><dd>", name);
	report_html_text(h, value);
	out_str(h->out, "</dd>\n");
}

static void
write_head(struct report_html *h, const struct scan *s)
{
	out_str(h->out,
	    "<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n"
	    "<meta charset=\"utf-8\">\n"
	    "<meta http-equiv=\"Content-Security-Policy\" "
	    "content=\"default-src 'none'; style-src 'unsafe-inline'\">\n"
	    "<meta name=\"viewport\" "
	    "content=\"width=device-width, initial-scale=1\">\n"
	    "<meta name=\"generator\" content=\"scapcache " SCAPCACHE_VERSION
	    "\">\n<title>");
	out_printf(h->out, "%s: ", verdict_name(s->verdict));
	report_html_text(h,
	    s->target == NULL ? SPAN_LIT("image") : span_of(s->target->text));
	out_str(h->out, "</title>\n<style>\n");
	out_str(h->out, WEB_REPORT_CSS);
	out_str(h->out, "</style>\n</head>\n<body>\n");
}

static void
write_digest(struct report_html *h, const struct scan *s)
{
	const struct system *system = &s->facts->system;
	size_t counts[N_PACKAGE_KINDS] = { 0 };
	char hex[DIGEST_HEX_SIZE];
	size_t i;

	for (i = 0; i < system->n_packages; i++)
		counts[system->packages[i].kind]++;
	out_printf(h->out, "<dt>Inventory</dt><dd><code>sha256:%s</code>",
	    digest_hex(&s->facts->inventory_digest, hex));
	for (i = 0; i < N_PACKAGE_KINDS; i++)
		if (system->collected[i] != COLLECTION_NONE)
			out_printf(h->out, " · %zu %s %s", counts[i],
			    package_kind_name((enum package_kind)i),
			    counts[i] == 1 ? "package" : "packages");
	out_str(h->out, "</dd>\n");
}

static void
write_about(struct report_html *h, const struct scan *s)
{
	const struct facts *f = s->facts;
	char text[CLOCK_TEXT_SIZE];
	struct arena a = { 0 };

	out_str(h->out, "<dl class=\"about\">\n");
	report_html_fact(h, "Image digest", f->image_digest);
	report_html_fact(h, "Architecture", f->architecture);
	report_html_fact(h, "Release", applies_release_text(f, &a));
	report_html_fact(h, "System", f->os_name);
	write_digest(h, s);
	out_printf(h->out, "<dt>Generation</dt><dd>%llu</dd>\n",
	    (unsigned long long)s->index->generation);
	if (s->policy != NULL) {
		report_html_fact(h, "Policy", s->policy_digest);
		report_html_fact(
		    h, "Judged at", span_of(clock_text(s->judged_at, text)));
	}
	if (s->fail_on_set)
		report_html_fact(h, "Fails from severity",
		    span_of(severity_name(s->fail_on)));
	out_str(h->out, "</dl>\n");
	arena_cleanup(&a);
}

static void
write_reasons(struct report_html *h, const struct scan *s)
{
	size_t i;

	if (s->n_reasons == 0)
		return;
	out_str(h->out,
	    s->verdict == VERDICT_UNKNOWN
		? "<h2>Why the verdict is unknown</h2>\n<ul>\n"
		: "<h2>What else is not certain</h2>\n<ul>\n");
	for (i = 0; i < s->n_reasons; i++) {
		out_str(h->out, "<li>");
		report_html_text(h, s->reasons[i]);
		out_str(h->out, "</li>\n");
	}
	out_str(h->out, "</ul>\n");
}

static size_t
longest_bar(const size_t counts[N_SEVERITIES])
{
	size_t most = 1;
	size_t i;

	for (i = 0; i < N_SEVERITIES; i++)
		most = counts[i] > most ? counts[i] : most;
	return most;
}

/* Its numbers stand in it as text: colour and length are not needed. */
static void
write_chart(struct report_html *h, const size_t counts[N_SEVERITIES])
{
	size_t most = longest_bar(counts);
	unsigned y = 0;
	size_t i;

	out_printf(h->out,
	    "<figure>\n<svg viewBox=\"0 0 640 %u\" width=\"640\" "
	    "height=\"%u\" role=\"img\" aria-labelledby=\"chart\">\n"
	    "<title id=\"chart\">Findings by severity:",
	    CHART_ROW * N_SEVERITIES, CHART_ROW * N_SEVERITIES);
	for (i = N_SEVERITIES; i-- > 0;)
		out_printf(h->out, " %s %zu%s", severity_name((enum severity)i),
		    counts[i], i == 0 ? "" : ",");
	out_str(h->out, "</title>\n");
	for (i = N_SEVERITIES; i-- > 0; y += CHART_ROW) {
		const char *name = severity_name((enum severity)i);
		size_t width = counts[i] * CHART_BAR / most;

		if (counts[i] > 0 && width == 0)
			width = 1;
		out_printf(h->out,
		    "<text x=\"0\" y=\"%u\">%s</text>"
		    "<rect class=\"%s\" x=\"%u\" y=\"%u\" width=\"%zu\" "
		    "height=\"%u\"/><text x=\"%zu\" y=\"%u\">%zu</text>\n",
		    y + 17, name, name, CHART_LEFT, y + 4, width, CHART_ROW - 8,
		    CHART_LEFT + width + 8, y + 17, counts[i]);
	}
	out_str(h->out, "</svg>\n</figure>\n");
}

static void
write_document(struct report_html *h, const struct scan_document *d)
{
	out_str(h->out, "<tr><td>");
	report_html_text(h, d->document->name);
	out_str(h->out, "<br><code class=\"quiet\">sha256:");
	report_html_text(h, d->document->sha256);
	out_str(h->out, "</code></td><td>");
	report_html_text(h, d->document->published);
	if (d->n_definitions > 0)
		out_printf(h->out,
		    "</td><td>%u definitions, %u true, %u not "
		    "judged</td></tr>\n",
		    d->n_definitions, d->counts[RESULT_TRUE], d->n_unjudged);
	else
		out_printf(h->out, "</td><td>%llu records</td></tr>\n",
		    (unsigned long long)d->document->n_records);
}

static void
write_advisories(struct report_html *h, const struct scan_advisories *v)
{
	const struct document *d = v->document;

	out_str(h->out, "<tr><td>");
	report_html_text(h, d->name);
	out_str(h->out, "</td><td>");
	report_html_text(h, d->published);
	out_printf(h->out, "</td><td>%llu %s of advisories</td></tr>\n",
	    (unsigned long long)d->n_records,
	    d->n_records == 1 ? "record" : "records");
}

static void
write_documents(struct report_html *h, const struct scan *s)
{
	size_t i;

	out_str(h->out, "<h2>What it was judged by</h2>\n");
	if (s->n_documents + s->n_advisories > 0) {
		out_str(h->out,
		    "<div class=\"scroll\"><table>\n<thead><tr><th "
		    "scope=\"col\">Document</th><th scope=\"col\">Published"
		    "</th><th scope=\"col\">Content</th></tr></thead>\n"
		    "<tbody>\n");
		for (i = 0; i < s->n_documents; i++)
			write_document(h, &s->documents[i]);
		for (i = 0; i < s->n_advisories; i++)
			write_advisories(h, &s->advisories[i]);
		out_str(h->out, "</tbody>\n</table></div>\n");
	} else {
		out_str(h->out, "<p>By nothing: no document applies.</p>\n");
	}
	if (s->n_missing == 0)
		return;
	out_str(h->out, "<h3>Missing from the index</h3>\n<ul>\n");
	for (i = 0; i < s->n_missing; i++) {
		out_str(h->out, "<li>");
		report_html_text(h, s->missing[i]);
		out_str(h->out, "</li>\n");
	}
	out_str(h->out, "</ul>\n");
}

/* The numbers that the list of findings does not show at a glance. */
static void
write_counts(struct report_html *h, const struct scan *s)
{
	size_t n_fixed = 0, n_kev = 0, n_waived = 0, n_kernel = 0;
	size_t i;

	for (i = 0; i < s->n_findings; i++) {
		n_fixed += s->findings[i].fixed.len > 0;
		n_kev += s->findings[i].exploit.has_kev;
		n_waived += s->findings[i].waived.len > 0;
		n_kernel += s->findings[i].is_kernel;
	}
	out_printf(h->out,
	    "<p>%zu %s: %zu with a fixed version, %zu known to be exploited, "
	    "%zu of kernels, %zu waived.</p>\n",
	    s->n_findings, s->n_findings == 1 ? "finding" : "findings", n_fixed,
	    n_kev, n_kernel, n_waived);
}

static void
write_findings(
    struct report_html *h, const struct scan *s, const size_t *counts)
{
	enum severity last = N_SEVERITIES;
	size_t i;

	out_str(h->out, "<h2>Findings</h2>\n");
	write_counts(h, s);
	if (s->n_findings == 0)
		return;
	write_chart(h, counts);
	for (i = 0; i < s->n_findings; i++) {
		const struct finding *f = &s->findings[i];

		if (f->severity != last)
			out_printf(h->out,
			    "<h3 id=\"%s\" class=\"%s\">%s: %zu</h3>\n",
			    severity_name(f->severity),
			    severity_name(f->severity),
			    severity_name(f->severity), counts[f->severity]);
		if (f->severity != last)
			out_str(h->out, COLUMNS);
		last = f->severity;
		report_html_finding(h, s, f);
	}
}

int
report_html(const struct scan *s, const struct report_options *options,
    struct out *out, struct err *e)
{
	struct report_html h = { .out = out };
	size_t counts[N_SEVERITIES] = { 0 };
	const char *verdict = verdict_name(s->verdict);
	size_t i;

	(void)options;
	(void)e;
	for (i = 0; i < s->n_findings; i++)
		counts[s->findings[i].severity]++;
	write_head(&h, s);
	out_str(out, "<main>\n<h1>");
	report_html_text(&h,
	    s->target == NULL ? SPAN_LIT("image") : span_of(s->target->text));
	out_printf(
	    out, "</h1>\n<p class=\"verdict %s\">%s</p>\n", verdict, verdict);
	write_about(&h, s);
	write_reasons(&h, s);
	write_findings(&h, s, counts);
	write_documents(&h, s);
	out_str(out, "</main>\n</body>\n</html>\n");
	buf_cleanup(&h.text);
	return 0;
}
