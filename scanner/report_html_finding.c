/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/clock.h"
#include "base/printable.h"
#include "scanner/report_html.h"

static void
write_cell(struct report_html *h, struct span text)
{
	out_str(h->out, "<span>");
	report_html_text(h, text.len > 0 ? text : SPAN_LIT("–"));
	out_str(h->out, "</span>");
}

static void
write_mark(struct report_html *h, const char *class, const char *text)
{
	out_printf(h->out, " <span class=\"mark %s\">%s</span>", class, text);
}

static void
write_marks(struct report_html *h, const struct finding *f)
{
	if (f->exploit.has_kev)
		write_mark(h, "critical", "exploited");
	if (f->is_disputed)
		write_mark(h, "medium", "disputed");
	if (f->is_kernel)
		write_mark(h, "quiet", "kernel");
	if (f->waived.len > 0)
		write_mark(h, "quiet", "waived");
}

static void
write_line(struct report_html *h, const struct finding *f)
{
	const char *severity = severity_name(f->severity);

	out_printf(h->out,
	    "<summary><span class=\"row\"><span class=\"%s\">%s</span>",
	    severity, severity);
	write_cell(h, f->cve);
	write_cell(h, f->package);
	write_cell(h, f->installed);
	out_str(h->out, "<span>");
	if (f->fixed.len > 0)
		report_html_text(h, f->fixed);
	else
		out_str(h->out,
		    f->fix == FIX_NONE ? "no fix known" : fix_name(f->fix));
	if (f->fix == FIX_WITH_PRO && f->fixed.len > 0)
		write_mark(h, "quiet", "with Pro");
	write_marks(h, f);
	out_str(h->out, "</span></span></summary>\n");
}

static void
write_spans(
    struct report_html *h, const char *name, const struct span *v, size_t n)
{
	size_t i;

	if (n == 0)
		return;
	out_printf(h->out, "<dt>%s</dt><dd>", name);
	for (i = 0; i < n; i++) {
		out_str(h->out, i > 0 ? ", " : "");
		report_html_text(h, v[i]);
	}
	out_str(h->out, "</dd>\n");
}

static void
write_cvss(struct report_html *h, const struct cvss *c)
{
	out_str(h->out, "<dt>CVSS ");
	report_html_text(h, c->version);
	out_str(h->out, "</dt><dd>");
	report_html_text(h, c->score);
	out_str(h->out, " <code>");
	report_html_text(h, c->vector);
	out_str(h->out, "</code> <span class=\"quiet\">");
	report_html_text(h, c->source);
	out_str(h->out, "</span></dd>\n");
}

static void
write_exploit(struct report_html *h, const struct exploit *x)
{
	char text[FINDING_SHARE_SIZE];

	if (x->has_kev) {
		out_str(h->out, "<dt>CISA KEV</dt><dd>since ");
		report_html_text(h, x->added);
		if (x->ransomware == KEV_RANSOMWARE_KNOWN)
			out_str(h->out, ", by ransomware too");
		out_str(h->out, "</dd>\n");
	}
	if (x->has_epss)
		report_html_fact(
		    h, "EPSS", span_of(finding_share(x->score, text)));
}

static void
write_layer(
    struct report_html *h, const struct scan *s, const struct finding *f)
{
	const struct fact_layer *layer =
	    facts_layer_of(s->facts, f->package_index);

	if (layer == NULL)
		return;
	report_html_fact(h, "Layer", layer->digest);
	report_html_fact(h, "Brought by", layer->created_by);
}

static void
write_evidence(struct report_html *h, const struct evidence *ev)
{
	out_str(h->out, "<tr><td>");
	report_html_text(h, ev->document->name);
	out_str(h->out, "<br><span class=\"quiet\">");
	report_html_text(h, ev->record);
	out_printf(h->out, "</span></td><td>%s</td><td>", word_name(ev->word));
	if (ev->detail.len > 0)
		report_html_text(h, ev->detail);
	else
		out_str(h->out, advisory_state_name(ev->state));
	out_str(h->out, "</td><td>");
	report_html_text(h, ev->fixed);
	out_str(h->out, "</td><td>");
	report_html_text(h, ev->comparison);
	out_str(h->out, "</td></tr>\n");
}

static void
write_words(struct report_html *h, const struct finding *f)
{
	size_t i;

	out_str(h->out,
	    "<div class=\"scroll\"><table><thead><tr>"
	    "<th scope=\"col\">Source</th><th scope=\"col\">Says</th>"
	    "<th scope=\"col\">In its words</th><th scope=\"col\">Fixed in"
	    "</th><th scope=\"col\">Compared</th></tr></thead><tbody>\n");
	for (i = 0; i < f->n_evidence; i++)
		write_evidence(h, f->evidence[i]);
	out_str(h->out, "</tbody></table></div>\n");
}

void
report_html_finding(
    struct report_html *h, const struct scan *s, const struct finding *f)
{
	size_t i;

	out_printf(h->out, "<details%s>\n",
	    f->waived.len > 0 ? " class=\"waived\"" : "");
	write_line(h, f);
	out_str(h->out, "<div><dl class=\"about\">\n");
	report_html_fact(h, "Title", f->title);
	if (f->n_cves > 1)
		write_spans(h, "CVEs", f->cves, f->n_cves);
	report_html_fact(h, "Source package", f->source_package);
	report_html_fact(h, "Architecture", f->arch);
	if (f->fix != FIX_NONE && f->fixed.len > 0)
		report_html_fact(h, "Fix", span_of(fix_name(f->fix)));
	write_spans(h, "Notices", f->notices, f->n_notices);
	for (i = 0; i < f->n_cvss; i++)
		write_cvss(h, &f->cvss[i]);
	write_exploit(h, &f->exploit);
	write_layer(h, s, f);
	report_html_fact(h, "Fails by", f->rule);
	report_html_fact(h, "Waived by", f->waived);
	report_html_fact(h, "Waiver", f->waiver_text);
	out_str(h->out, "</dl>\n");
	write_words(h, f);
	out_str(h->out, "</div></details>\n");
}
