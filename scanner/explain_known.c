/* SPDX-License-Identifier: Apache-2.0 */
/* What stands beside the vendors' records: disputes, NVD, CISA, EPSS. */
#include <inttypes.h>

#include "scanner/explain.h"
#include "scanner/join.h"

static bool
is_about(const struct finding *f, struct span id)
{
	size_t i;

	for (i = 0; i < f->n_cves; i++)
		if (span_is_nocase(f->cves[i], id.ptr))
			return true;
	return span_is_nocase(f->cve, id.ptr);
}

static void
write_words(const struct finding *f, struct out *out)
{
	size_t i;

	out_str(out, "  sources disagree about ");
	explain_safe(out, f->package);
	out_char(out, ' ');
	explain_safe(out, f->installed);
	out_char(out, '\n');
	for (i = 0; i < f->n_evidence; i++) {
		const struct evidence *ev = f->evidence[i];

		out_str(out, "    ");
		explain_safe(out, ev->document->name);
		out_char(out, ' ');
		explain_safe(out, ev->record);
		out_printf(out, ": %s", word_name(ev->word));
		if (ev->fixed.len > 0) {
			out_str(out, ", fixed ");
			explain_safe(out, ev->fixed);
		}
		out_char(out, '\n');
	}
}

void
explain_disputes(const struct scan *s, struct span id, struct out *out)
{
	size_t i;

	for (i = 0; i < s->n_findings; i++)
		if (s->findings[i].is_disputed && is_about(&s->findings[i], id))
			write_words(&s->findings[i], out);
}

static void
write_cvss(const struct cvss *c, struct out *out)
{
	out_str(out, "  NVD        CVSS ");
	explain_safe(out, c->version);
	out_char(out, ' ');
	explain_safe(out, c->score);
	out_char(out, ' ');
	explain_safe(out, c->vector);
	out_str(out, " by ");
	explain_safe(out, c->source);
	out_char(out, '\n');
}

static void
write_share(struct out *out, int64_t v)
{
	out_printf(out, "%" PRId64 ".%05" PRId64, v / EPSS_UNIT, v % EPSS_UNIT);
}

static void
write_exploit(const struct exploit *x, struct out *out)
{
	if (x->has_kev) {
		out_str(out, "  KEV        exploited: added ");
		explain_safe(out, x->added);
		out_str(out, ", due ");
		explain_safe(out, x->due);
		out_str(out, ", ");
		explain_safe(out, x->name);
		if (x->ransomware == KEV_RANSOMWARE_KNOWN)
			out_str(out, ", used for ransom");
		out_char(out, '\n');
	}
	if (!x->has_epss)
		return;
	out_str(out, "  EPSS       ");
	write_share(out, x->score);
	if (x->percentile >= 0) {
		out_str(out, ", percentile ");
		write_share(out, x->percentile);
	}
	out_str(out, ", of ");
	explain_safe(out, x->score_date);
	out_char(out, '\n');
}

int
explain_known(
    const struct scan *s, struct span id, struct out *out, struct err *e)
{
	struct arena a = { 0 };
	struct cve_known k = { 0 };
	struct span cve = explain_upper(id, &a);
	int rc = 0;
	size_t i;

	if (span_has_prefix(cve, "CVE-"))
		rc = findings_know(s, cve, &a, &k, e);
	if (rc == 0 &&
	    (k.n_cvss > 0 || k.exploit.has_kev || k.exploit.has_epss)) {
		out_str(out, "\nknown of ");
		explain_safe(out, cve);
		out_char(out, '\n');
		for (i = 0; i < k.n_cvss; i++)
			write_cvss(&k.cvss[i], out);
		write_exploit(&k.exploit, out);
	}
	arena_cleanup(&a);
	return rc;
}
