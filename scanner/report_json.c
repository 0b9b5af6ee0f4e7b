/* SPDX-License-Identifier: Apache-2.0 */
/* docs/scan-json.md says what each member means. */
#include <stdio.h>

#include "scanner/report_json.h"

#define FORMAT_VERSION 2

void
report_json_spans(
    struct json_out *j, const char *name, const struct span *v, size_t n)
{
	size_t i;

	json_array(j, name);
	for (i = 0; i < n; i++)
		json_span(j, NULL, v[i]);
	json_array_end(j);
}

void
report_json_optional(struct json_out *j, const char *name, struct span v)
{
	if (v.len == 0)
		json_null(j, name);
	else
		json_span(j, name, v);
}

void
report_json_os(struct json_out *j, const char *name, const struct facts *f)
{
	json_object(j, name);
	report_json_optional(j, "id", f->os_id);
	report_json_optional(j, "version_id", f->os_version_id);
	report_json_optional(j, "codename", f->os_codename);
	report_json_optional(j, "name", f->os_name);
	report_json_optional(j, "cpe", f->os_cpe);
	json_object_end(j);
}

static void
write_image(struct json_out *j, const struct scan *s)
{
	const struct facts *f = s->facts;
	size_t i;

	json_object(j, "image");
	json_str(j, "target", s->target == NULL ? NULL : s->target->text);
	if (s->target != NULL)
		json_str(j, "transport", transport_name(f->transport));
	report_json_optional(j, "digest", f->image_digest);
	report_json_optional(j, "architecture", f->architecture);
	json_array(j, "layers");
	for (i = 0; i < f->n_layers; i++)
		json_span(j, NULL, f->layers[i].digest);
	json_array_end(j);
	report_json_os(j, "os", f);
	json_object_end(j);
}

static const char *
collection_name(enum collection c)
{
	static const char *const names[] = { "none", "complete", "incomplete",
		"error" };

	return names[c];
}

void
report_json_databases(struct json_out *j, const struct system *system)
{
	size_t counts[N_PACKAGE_KINDS] = { 0 };
	size_t i;

	for (i = 0; i < system->n_packages; i++)
		counts[system->packages[i].kind]++;
	json_array(j, "databases");
	for (i = 0; i < N_PACKAGE_KINDS; i++) {
		if (system->collected[i] == COLLECTION_NONE)
			continue;
		json_object(j, NULL);
		json_str(j, "kind", package_kind_name((enum package_kind)i));
		json_str(j, "state", collection_name(system->collected[i]));
		json_uint(j, "packages", counts[i]);
		json_object_end(j);
	}
	json_array_end(j);
}

static void
write_inventory(struct json_out *j, const struct scan *s)
{
	char hex[DIGEST_HEX_SIZE];
	char text[DIGEST_HEX_SIZE + 8];

	snprintf(text, sizeof(text), "sha256:%s",
	    digest_hex(&s->facts->inventory_digest, hex));
	json_object(j, "inventory");
	json_str(j, "digest", text);
	report_json_databases(j, &s->facts->system);
	if (s->facts->n_not_judged > 0)
		json_uint(j, "not_judged", s->facts->n_not_judged);
	json_object_end(j);
}

/* Which document, without a word of what it holds. */
static void
write_origin(struct json_out *j, const struct document *d)
{
	json_span(j, "name", d->name);
	json_span(j, "path", d->path);
	json_span(j, "sha256", d->sha256);
	report_json_optional(j, "published", d->published);
	json_span(j, "distribution", d->distribution);
	json_span(j, "release", d->release);
}

static void
write_document(struct json_out *j, const struct scan_document *d)
{
	const struct document *doc = d->document;
	enum result r;

	json_object(j, NULL);
	write_origin(j, doc);
	json_span(j, "flavour", doc->flavour);
	json_object(j, "definitions");
	json_uint(j, "total", d->n_definitions);
	for (r = RESULT_TRUE; r < N_RESULTS; r++)
		json_uint(j, result_name(r), d->counts[r]);
	json_uint(j, "kernel", d->n_kernel);
	json_uint(j, "by_packages", d->n_by_packages);
	json_object_end(j);
	json_object_end(j);
}

static void
write_advisories(struct json_out *j, const struct scan_advisories *v)
{
	const struct document *doc = v->document;

	json_object(j, NULL);
	write_origin(j, doc);
	json_uint(j, "records", doc->n_records);
	json_bool(j, "suffices", v->suffices);
	json_object_end(j);
}

static void
write_summary(struct json_out *j, const struct scan *s)
{
	uint64_t counts[N_SEVERITIES] = { 0 };
	uint64_t n_kernel = 0, n_kev = 0, n_disputed = 0, n_waived = 0;
	size_t i;

	for (i = 0; i < s->n_findings; i++) {
		const struct finding *f = &s->findings[i];

		counts[f->severity]++;
		n_kernel += f->is_kernel;
		n_kev += f->exploit.has_kev;
		n_disputed += f->is_disputed;
		n_waived += f->waived.len > 0;
	}
	json_object(j, "summary");
	json_uint(j, "findings", s->n_findings);
	for (i = N_SEVERITIES; i-- > 0;)
		json_uint(j, severity_name((enum severity)i), counts[i]);
	json_uint(j, "kernel", n_kernel);
	json_uint(j, "exploited", n_kev);
	json_uint(j, "disputed", n_disputed);
	json_uint(j, "waived", n_waived);
	json_object_end(j);
}

/* Ages and expiry count to a time, so that a policy makes it a part of it. */
static void
write_policy(struct json_out *j, const struct scan *s)
{
	if (s->policy == NULL) {
		json_null(j, "policy");
		return;
	}
	json_object(j, "policy");
	report_json_optional(j, "digest", s->policy_digest);
	json_time(j, "judged_at", s->judged_at);
	json_object_end(j);
}

/* Not in by default: it would make two reports of one image differ. */
static void
write_timing(struct json_out *j, const struct scan *s)
{
	char text[32];

	snprintf(text, sizeof(text), "%.3f", s->evaluation_ms);
	json_object(j, "timing");
	json_raw(j, "evaluation_ms", span_of(text));
	json_object_end(j);
}

int
report_json(const struct scan *s, const struct report_options *options,
    struct out *out, struct err *e)
{
	struct json_out j;
	size_t i;

	(void)e;
	json_out_init(&j, out);
	json_object(&j, NULL);
	json_uint(&j, "format", FORMAT_VERSION);
	json_str(&j, "scapcache", SCAPCACHE_VERSION);
	json_str(&j, "verdict", verdict_name(s->verdict));
	report_json_spans(&j, "reasons", s->reasons, s->n_reasons);
	json_str(
	    &j, "fail_on", s->fail_on_set ? severity_name(s->fail_on) : NULL);
	write_image(&j, s);
	write_inventory(&j, s);
	json_uint(&j, "generation", s->index->generation);
	json_array(&j, "documents");
	for (i = 0; i < s->n_documents; i++)
		write_document(&j, &s->documents[i]);
	json_array_end(&j);
	json_array(&j, "advisories");
	for (i = 0; i < s->n_advisories; i++)
		write_advisories(&j, &s->advisories[i]);
	json_array_end(&j);
	write_policy(&j, s);
	report_json_spans(&j, "missing", s->missing, s->n_missing);
	write_summary(&j, s);
	json_array(&j, "findings");
	for (i = 0; i < s->n_findings; i++)
		report_json_finding(&j, s, &s->findings[i]);
	json_array_end(&j);
	if (options->timing)
		write_timing(&j, s);
	json_object_end(&j);
	out_char(out, '\n');
	return 0;
}
