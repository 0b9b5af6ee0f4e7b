/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SARIF 2.1.0 (OASIS): a rule for each CVE, a result for each finding, what
 * somebody waived suppressed. docs/reports.md says what stands where.
 */
#include <stdio.h>

#include "base/digest.h"
#include "base/json_out.h"
#include "base/map.h"
#include "scanner/package_purl.h"
#include "scanner/report.h"

#define SCHEMA                                            \
	"https://docs.oasis-open.org/sarif/sarif/v2.1.0/" \
	"errata01/os/schemas/sarif-schema-2.1.0.json"
#define CVE_PAGE "https://www.cve.org/CVERecord?id="

struct sarif {
	const struct scan *scan;
	struct json_out json;
	struct map rules; /* CVE, or what stands for it, to its index */
	struct buf text;  /* scratch */
	struct buf message;
};

static const char *
level_of(enum severity severity)
{
	static const char *const levels[N_SEVERITIES] = {
		[SEVERITY_NONE] = "warning",
		[SEVERITY_NEGLIGIBLE] = "note",
		[SEVERITY_LOW] = "note",
		[SEVERITY_MEDIUM] = "warning",
		[SEVERITY_HIGH] = "error",
		[SEVERITY_CRITICAL] = "error",
	};

	return levels[severity];
}

/*
 * Text as it is: braces would be placeholders (3.11.5), and "[a](b)" a link
 * (3.11.6), which nothing that an image or a document holds shall make.
 */
static void
write_text(struct sarif *w, const char *name, struct span text)
{
	struct buf *b = &w->message;
	size_t i;

	buf_reset(b);
	for (i = 0; i < text.len; i++) {
		char c = text.ptr[i];

		if (c == '{' || c == '}')
			buf_add_char(b, c);
		else if (c == '(' && i > 0 && text.ptr[i - 1] == ']')
			buf_add_char(b, ' ');
		buf_add_char(b, c);
	}
	json_object(&w->json, name);
	json_span(&w->json, "text", buf_span(b));
	json_object_end(&w->json);
}

static bool
is_score(struct span s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (!span_is_digit(s.ptr[i]) && s.ptr[i] != '.')
			return false;
	return s.len > 0;
}

/* Of the newest version of CVSS, and there the first that is primary. */
static struct span
score_of(const struct finding *f)
{
	const struct cvss *best = NULL;
	size_t i;

	for (i = 0; i < f->n_cvss; i++) {
		const struct cvss *c = &f->cvss[i];
		int order =
		    best == NULL ? 1 : span_cmp(c->version, best->version);

		if (is_score(c->score) &&
		    (order > 0 ||
			(order == 0 && c->is_primary && !best->is_primary)))
			best = c;
	}
	return best == NULL ? SPAN_NONE : best->score;
}

static bool
is_cve(struct span id)
{
	size_t i;

	for (i = 4; i < id.len; i++)
		if (!span_is_digit(id.ptr[i]) && id.ptr[i] != '-')
			return false;
	return span_has_prefix(id, "CVE-") && id.len > 4;
}

static void
write_rule(struct sarif *w, const struct finding *f)
{
	struct json_out *j = &w->json;
	struct span score = score_of(f);

	json_object(j, NULL);
	json_span(j, "id", f->cve);
	write_text(w, "shortDescription", f->title.len > 0 ? f->title : f->cve);
	buf_reset(&w->text);
	if (is_cve(f->cve)) {
		buf_printf(&w->text, CVE_PAGE "%.*s", SPAN_ARG(f->cve));
		json_span(j, "helpUri", buf_span(&w->text));
	}
	json_object(j, "defaultConfiguration");
	json_str(j, "level", level_of(f->severity));
	json_object_end(j);
	json_object(j, "properties");
	json_array(j, "tags");
	json_str(j, NULL, "security");
	json_str(j, NULL, "vulnerability");
	if (f->exploit.has_kev)
		json_str(j, NULL, "known-exploited");
	json_array_end(j);
	json_str(j, "severity", severity_name(f->severity));
	if (score.len > 0)
		json_span(j, "security-severity", score);
	json_object_end(j);
	json_object_end(j);
}

/* Findings come worst first: the first of a CVE is what its rule says. */
static void
write_rules(struct sarif *w)
{
	const struct scan *s = w->scan;
	size_t i;

	json_array(&w->json, "rules");
	for (i = 0; i < s->n_findings; i++)
		if (map_add(&w->rules, s->findings[i].cve, (uint32_t)w->rules.n,
			NULL))
			write_rule(w, &s->findings[i]);
	json_array_end(&w->json);
}

static void
write_tool(struct sarif *w)
{
	json_object(&w->json, "tool");
	json_object(&w->json, "driver");
	json_str(&w->json, "name", "scapcache");
	json_str(&w->json, "version", SCAPCACHE_VERSION);
	write_rules(w);
	json_object_end(&w->json);
	json_object_end(&w->json);
}

static void
write_notification(struct sarif *w, const char *level, struct span text)
{
	json_object(&w->json, NULL);
	json_str(&w->json, "level", level);
	write_text(w, "message", text);
	json_object_end(&w->json);
}

/* Unknown is no success: what the results lack nobody can tell. */
static void
write_invocation(struct sarif *w)
{
	const struct scan *s = w->scan;
	bool unknown = s->verdict == VERDICT_UNKNOWN;
	size_t i;

	json_array(&w->json, "invocations");
	json_object(&w->json, NULL);
	json_bool(&w->json, "executionSuccessful", !unknown);
	json_array(&w->json, "toolExecutionNotifications");
	for (i = 0; i < s->n_reasons; i++)
		write_notification(
		    w, unknown ? "error" : "warning", s->reasons[i]);
	for (i = 0; i < s->n_missing; i++) {
		buf_reset(&w->text);
		buf_printf(&w->text,
		    "the document %.*s applies and is not in the index",
		    SPAN_ARG(s->missing[i]));
		write_notification(w, "note", buf_span(&w->text));
	}
	json_array_end(&w->json);
	json_object_end(&w->json);
	json_array_end(&w->json);
}

static void
write_message(struct sarif *w, const struct finding *f)
{
	struct buf *b = &w->text;
	size_t i;

	buf_reset(b);
	if (f->package.len > 0)
		buf_printf(b, "%.*s %.*s: ", SPAN_ARG(f->package),
		    SPAN_ARG(f->installed));
	buf_printf(
	    b, "%.*s (%s)", SPAN_ARG(f->cve), severity_name(f->severity));
	if (f->exploit.has_kev)
		buf_add_str(b, ", known to be exploited");
	if (f->fixed.len > 0)
		buf_printf(b, "; fixed in %.*s", SPAN_ARG(f->fixed));
	else
		buf_printf(b, "; %s",
		    f->fix == FIX_NONE ? "no fix known" : fix_name(f->fix));
	for (i = 0; i < f->n_notices; i++)
		buf_printf(
		    b, "%s%.*s", i == 0 ? " (" : ", ", SPAN_ARG(f->notices[i]));
	if (f->n_notices > 0)
		buf_add_char(b, ')');
	write_text(w, "message", buf_span(b));
}

/* Of rpm the folder, whichever kind of database it holds. */
static const char *
database_path(enum package_kind kind)
{
	static const char *const paths[N_PACKAGE_KINDS] = {
		[PACKAGE_DPKG] = "var/lib/dpkg/status",
		[PACKAGE_RPM] = "var/lib/rpm",
		[PACKAGE_APK] = "lib/apk/db/installed",
	};

	return paths[kind];
}

static void
write_location(struct sarif *w, const struct finding *f)
{
	const struct facts *facts = w->scan->facts;
	const char *path = "etc/os-release";

	if (f->package_index != PACKAGE_NONE)
		path = database_path(f->kind);
	json_array(&w->json, "locations");
	json_object(&w->json, NULL);
	json_object(&w->json, "physicalLocation");
	json_object(&w->json, "artifactLocation");
	json_str(&w->json, "uri", path);
	json_object_end(&w->json);
	json_object_end(&w->json);
	if (f->package_index != PACKAGE_NONE) {
		buf_reset(&w->text);
		package_purl(
		    facts, &facts->system.packages[f->package_index], &w->text);
		json_array(&w->json, "logicalLocations");
		json_object(&w->json, NULL);
		json_span(&w->json, "name", f->package);
		json_span(&w->json, "fullyQualifiedName", buf_span(&w->text));
		json_str(&w->json, "kind", "package");
		json_object_end(&w->json);
		json_array_end(&w->json);
	}
	json_object_end(&w->json);
	json_array_end(&w->json);
}

/* The same in the next image that has the package, in whichever version. */
static void
write_fingerprint(struct sarif *w, const struct finding *f)
{
	char hex[DIGEST_HEX_SIZE];
	struct digest d;

	buf_reset(&w->text);
	buf_printf(&w->text, "%.*s\n%.*s\n%.*s\n", SPAN_ARG(f->cve),
	    SPAN_ARG(f->package), SPAN_ARG(f->arch));
	digest_of(buf_span(&w->text), &d);
	json_object(&w->json, "partialFingerprints");
	json_str(&w->json, "packageAndCve/v1", digest_hex(&d, hex));
	json_object_end(&w->json);
}

/* One result with the member asks it of all. */
static void
write_suppressions(struct sarif *w, const struct finding *f)
{
	if (w->scan->policy == NULL)
		return;
	json_array(&w->json, "suppressions");
	if (f->waived.len > 0) {
		buf_reset(&w->text);
		buf_printf(&w->text, "%.*s: %.*s", SPAN_ARG(f->waived),
		    SPAN_ARG(f->waiver_text));
		json_object(&w->json, NULL);
		json_str(&w->json, "kind", "external");
		json_str(&w->json, "status", "accepted");
		json_span(&w->json, "justification", buf_span(&w->text));
		json_object_end(&w->json);
	}
	json_array_end(&w->json);
}

static void
write_result(struct sarif *w, const struct finding *f)
{
	struct json_out *j = &w->json;
	uint32_t rule = 0;

	map_get(&w->rules, f->cve, &rule);
	json_object(j, NULL);
	json_span(j, "ruleId", f->cve);
	json_uint(j, "ruleIndex", rule);
	json_str(j, "level", level_of(f->severity));
	write_message(w, f);
	write_location(w, f);
	write_fingerprint(w, f);
	write_suppressions(w, f);
	json_object(j, "properties");
	json_str(j, "severity", severity_name(f->severity));
	json_str(j, "fix", fix_name(f->fix));
	json_bool(j, "fails", f->fails);
	json_span(j, "rule", f->rule);
	json_object_end(j);
	json_object_end(j);
}

static void
write_run_properties(struct sarif *w)
{
	const struct scan *s = w->scan;
	char hex[DIGEST_HEX_SIZE];

	buf_reset(&w->text);
	buf_printf(&w->text, "sha256:%s",
	    digest_hex(&s->facts->inventory_digest, hex));
	json_object(&w->json, "properties");
	json_str(&w->json, "verdict", verdict_name(s->verdict));
	json_uint(&w->json, "generation", s->index->generation);
	json_span(&w->json, "inventory", buf_span(&w->text));
	if (s->facts->image_digest.len > 0)
		json_span(&w->json, "image", s->facts->image_digest);
	if (s->policy != NULL)
		json_span(&w->json, "policy", s->policy_digest);
	json_object_end(&w->json);
}

static void
write_run(struct sarif *w)
{
	const struct scan *s = w->scan;
	size_t i;

	json_object(&w->json, NULL);
	write_tool(w);
	json_object(&w->json, "automationDetails");
	buf_reset(&w->text);
	buf_printf(&w->text, "scapcache/%s/",
	    s->target == NULL ? "image" : s->target->text);
	json_span(&w->json, "id", buf_span(&w->text));
	json_object_end(&w->json);
	write_invocation(w);
	json_array(&w->json, "results");
	for (i = 0; i < s->n_findings; i++)
		write_result(w, &s->findings[i]);
	json_array_end(&w->json);
	write_run_properties(w);
	json_object_end(&w->json);
}

int
report_sarif(const struct scan *s, const struct report_options *options,
    struct out *out, struct err *e)
{
	struct sarif w = { .scan = s };

	(void)options;
	(void)e;
	json_out_init(&w.json, out);
	json_object(&w.json, NULL);
	json_str(&w.json, "$schema", SCHEMA);
	json_str(&w.json, "version", "2.1.0");
	json_array(&w.json, "runs");
	write_run(&w);
	json_array_end(&w.json);
	json_object_end(&w.json);
	out_char(out, '\n');
	map_cleanup(&w.rules);
	buf_cleanup(&w.text);
	buf_cleanup(&w.message);
	return 0;
}
