/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/report_json.h"

static void
write_evidence(struct json_out *j, const struct evidence *ev)
{
	json_object(j, NULL);
	json_span(j, "document", ev->document->name);
	json_span(j, "record", ev->record);
	json_str(j, "class",
	    ev->class == OVAL_CLASS_NONE ? NULL : oval_class_name(ev->class));
	json_str(j, "word", word_name(ev->word));
	json_str(j, "state", advisory_state_name(ev->state));
	report_json_optional(j, "detail", ev->detail);
	json_str(j, "severity", severity_name(ev->severity));
	report_json_optional(j, "fixed", ev->fixed);
	report_json_optional(j, "pocket", ev->pocket);
	report_json_optional(j, "module", ev->module);
	report_json_optional(j, "notice", ev->notice);
	json_time(j, "published", ev->published);
	report_json_optional(j, "comparison", ev->comparison);
	json_bool(j, "by_packages", ev->by_packages);
	json_bool(j, "group", ev->is_group);
	report_json_optional(j, "title", ev->title);
	json_object_end(j);
}

static void
write_cvss(struct json_out *j, const struct cvss *c)
{
	json_object(j, NULL);
	json_span(j, "version", c->version);
	if (c->score.len > 0)
		json_raw(j, "score", c->score);
	else
		json_null(j, "score");
	report_json_optional(j, "vector", c->vector);
	json_span(j, "source", c->source);
	json_bool(j, "primary", c->is_primary);
	json_object_end(j);
}

static void
write_share(struct json_out *j, const char *name, int64_t v)
{
	char text[FINDING_SHARE_SIZE];

	if (v < 0)
		json_null(j, name);
	else
		json_raw(j, name, span_of(finding_share((uint32_t)v, text)));
}

static void
write_exploit(struct json_out *j, const struct exploit *x)
{
	if (x->has_kev) {
		json_object(j, "kev");
		report_json_optional(j, "added", x->added);
		report_json_optional(j, "due", x->due);
		report_json_optional(j, "name", x->name);
		report_json_optional(j, "action", x->action);
		json_bool(
		    j, "ransomware", x->ransomware == KEV_RANSOMWARE_KNOWN);
		json_object_end(j);
	} else {
		json_null(j, "kev");
	}
	if (!x->has_epss) {
		json_null(j, "epss");
		return;
	}
	json_object(j, "epss");
	write_share(j, "score", x->score);
	write_share(j, "percentile", x->percentile);
	report_json_optional(j, "date", x->score_date);
	json_object_end(j);
}

static void
write_layer(
    struct json_out *j, const struct facts *facts, const struct finding *f)
{
	const struct fact_layer *layer =
	    facts_layer_of(facts, f->package_index);

	if (layer == NULL) {
		json_null(j, "layer");
		return;
	}
	json_object(j, "layer");
	json_uint(j, "index", (uint64_t)(layer - facts->layers));
	report_json_optional(j, "digest", layer->digest);
	report_json_optional(j, "created_by", layer->created_by);
	json_object_end(j);
}

static void
write_waiver(struct json_out *j, const struct finding *f)
{
	if (f->waived.len == 0) {
		json_null(j, "waiver");
	} else {
		json_object(j, "waiver");
		json_span(j, "id", f->waived);
		report_json_optional(j, "text", f->waiver_text);
		json_object_end(j);
	}
	json_bool(j, "fails", f->fails);
	report_json_optional(j, "rule", f->rule);
}

static void
write_package(struct json_out *j, const struct finding *f)
{
	report_json_optional(j, "package", f->package);
	report_json_optional(j, "source_package", f->source_package);
	json_str(
	    j, "kind", f->package.len > 0 ? package_kind_name(f->kind) : NULL);
	report_json_optional(j, "arch", f->arch);
	report_json_optional(j, "installed", f->installed);
}

static void
write_fix(struct json_out *j, const struct finding *f)
{
	report_json_optional(j, "fixed", f->fixed);
	json_str(j, "fix", fix_name(f->fix));
	report_json_optional(j, "pocket", f->pocket);
	json_time(j, "fixed_at", f->fixed_at);
}

static const char *
severity_source(const struct finding *f)
{
	if (f->severity == SEVERITY_NONE)
		return NULL;
	return f->severity_is_nvd ? "nvd" : "vendor";
}

void
report_json_finding(
    struct json_out *j, const struct scan *s, const struct finding *f)
{
	size_t i;

	json_object(j, NULL);
	json_span(j, "id", f->cve);
	report_json_spans(j, "cves", f->cves, f->n_cves);
	report_json_optional(j, "title", f->title);
	write_package(j, f);
	json_bool(j, "kernel", f->is_kernel);
	write_fix(j, f);
	json_str(j, "severity", severity_name(f->severity));
	json_str(j, "severity_source", severity_source(f));
	report_json_spans(j, "notices", f->notices, f->n_notices);
	json_bool(j, "disputed", f->is_disputed);
	json_array(j, "cvss");
	for (i = 0; i < f->n_cvss; i++)
		write_cvss(j, &f->cvss[i]);
	json_array_end(j);
	write_exploit(j, &f->exploit);
	write_layer(j, s->facts, f);
	write_waiver(j, f);
	json_array(j, "evidence");
	for (i = 0; i < f->n_evidence; i++)
		write_evidence(j, f->evidence[i]);
	json_array_end(j);
	json_object_end(j);
}
