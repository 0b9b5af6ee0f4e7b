/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/json_out.h"
#include "base/mem.h"
#include "base/pack.h"
#include "scanner/inventory.h"
#include "scanner/record.h"

static void
family_digest(const struct index_family *f, struct digest *out)
{
	struct buf b = { 0 };
	size_t i;

	pack_span(&b, f->name);
	for (i = 0; i < f->n_documents; i++) {
		pack_span(&b, f->documents[i].name);
		pack_span(&b, f->documents[i].sha256);
	}
	digest_of(buf_span(&b), out);
	buf_cleanup(&b);
}

void
record_content_of(struct record_content *out, const struct index_reader *index,
    struct arena *a)
{
	struct buf b = { 0 };
	size_t i;

	out->families =
	    arena_array(a, index->n_families, sizeof(*out->families));
	for (i = 0; i < index->n_families; i++) {
		family_digest(&index->families[i], &out->families[i]);
		buf_add(&b, out->families[i].bytes, DIGEST_SIZE);
	}
	digest_of(buf_span(&b), &out->all);
	buf_cleanup(&b);
}

static void
add_digest(struct json_out *j, const char *name, const struct digest *d)
{
	char text[DIGEST_HEX_SIZE + 8] = "sha256:";

	digest_hex(d, text + 7);
	json_str(j, name, text);
}

/* One line each. */
static void
add_content(struct json_out *j, const struct index_reader *index,
    const struct record_content *content)
{
	size_t i;

	json_array(j, "content");
	for (i = 0; i < index->n_families; i++) {
		json_object(j, NULL);
		j->compact = true;
		add_digest(j, "digest", &content->families[i]);
		json_span(j, "family", index->families[i].name);
		json_object_end(j);
		j->compact = false;
	}
	json_array_end(j);
}

void
record_finding(struct out *o, const struct finding *f)
{
	struct json_out compact;
	struct json_out *j = &compact;

	json_out_init(j, o);
	j->compact = true;
	json_object(j, NULL);
	json_span(j, "arch", f->arch);
	json_span(j, "cve", f->cve);
	json_bool(j, "fails", f->fails);
	json_span(j, "fixed", f->fixed);
	json_span(j, "installed", f->installed);
	json_span(j, "package", f->package);
	json_span(j, "rule", f->rule);
	json_str(j, "severity", severity_name(f->severity));
	json_span(j, "waiver", f->waived);
	json_object_end(j);
}

static int
compare(const void *pa, const void *pb)
{
	const struct finding *a = *(const struct finding *const *)pa;
	const struct finding *b = *(const struct finding *const *)pb;
	int order;

	if (a->package_index != b->package_index)
		return a->package_index < b->package_index ? -1 : 1;
	order = span_cmp(a->cve, b->cve);
	return order != 0 ? order : (a > b) - (a < b);
}

const struct finding **
record_order(const struct scan *s)
{
	const struct finding **v = xcalloc(s->n_findings + 1, sizeof(*v));
	size_t i;

	for (i = 0; i < s->n_findings; i++)
		v[i] = &s->findings[i];
	if (s->n_findings > 1)
		qsort(v, s->n_findings, sizeof(*v), compare);
	return v;
}

static void
add_spans(struct json_out *j, const char *name, const struct span *v, size_t n)
{
	size_t i;

	json_array(j, name);
	for (i = 0; i < n; i++)
		json_span(j, NULL, v[i]);
	json_array_end(j);
}

static void
add_all(struct json_out *j, const struct scan *s,
    const struct record_findings *findings, const struct scan_options *options,
    const struct record_content *content)
{
	size_t i;

	json_object(j, NULL);
	add_content(j, s->index, content);
	json_str(j, "document", options->document);
	json_str(j, "fail_on",
	    options->fail_on_set ? severity_name(options->fail_on) : NULL);
	json_array(j, "findings");
	for (i = 0; i < findings->n_parts; i++)
		json_raw(j, NULL, findings->parts[i]);
	json_array_end(j);
	json_str(j, "form", RECORD_FORM);
	json_uint(j, "generation", s->index->generation);
	json_span(j, "image", s->facts->image_digest);
	add_digest(j, "inventory", &s->facts->inventory_digest);
	json_str(j, "inventory_form", INVENTORY_FORM);
	json_int(j, "judged_at", options->judged_at);
	if (options->policy_digest.len > 0)
		json_span(j, "policy", options->policy_digest);
	else
		json_null(j, "policy");
	add_spans(j, "reasons", s->reasons, s->n_reasons);
	json_str(j, "target", s->target == NULL ? "" : s->target->text);
	json_str(j, "verdict", verdict_name(s->verdict));
	json_object_end(j);
}

/* "sha256:…" */
static bool
parse_digest(struct span text, struct digest *out)
{
	return span_has_prefix(text, "sha256:") &&
	    digest_parse(span_from(text, 7), out);
}

void
record_make_of(struct results_verdict *out, const struct scan *s,
    const struct record_findings *findings, const struct scan_options *options,
    const struct record_content *content, struct buf *bytes)
{
	struct json_out j;
	struct out o;

	out_init(&o, -1);
	o.buf = *bytes; /* its room, and back again */
	buf_reset(&o.buf);
	json_out_init(&j, &o);
	add_all(&j, s, findings, options, content);
	out_char(&o, '\n');
	*bytes = o.buf;
	*out = (struct results_verdict){
		.inventory = s->facts->inventory_digest,
		.target =
		    s->target == NULL ? SPAN_NONE : span_of(s->target->text),
		.image = s->facts->image_digest,
		.generation = s->index->generation,
		.content = content->all,
		.fail_on_set = options->fail_on_set,
		.fail_on = options->fail_on,
		.document = span_of(options->document),
		.judged_at = options->judged_at,
		.verdict = s->verdict,
		.n_findings = findings->n,
		.n_failing = findings->n_failing,
		.record = buf_span(bytes),
	};
	out->has_policy = parse_digest(options->policy_digest, &out->policy);
}

void
record_make(struct results_verdict *out, const struct scan *s,
    const struct scan_options *options, const struct record_content *content,
    struct buf *bytes)
{
	const struct finding **order = record_order(s);
	struct record_findings findings = { .n = s->n_findings };
	struct out o;
	struct span all;
	size_t i;

	out_init(&o, -1);
	for (i = 0; i < s->n_findings; i++) {
		if (i > 0)
			out_str(&o, RECORD_FINDINGS_BETWEEN);
		record_finding(&o, order[i]);
		findings.n_failing += order[i]->fails;
	}
	all = buf_span(&o.buf);
	findings.parts = &all;
	findings.n_parts = s->n_findings > 0;
	record_make_of(out, s, &findings, options, content, bytes);
	out_cleanup(&o);
	free(order);
}
