/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "base/map.h"
#include "base/printable.h"
#include "scanner/applies.h"
#include "scanner/report_text.h"

#define LABEL_WIDTH 12u
#define LAYER_WIDTH 120u /* of a layer's line where nobody gives a width */

static void
label(struct report_text *t, const char *name)
{
	report_colour(t, SGR_BOLD);
	out_str(t->out, name);
	report_colour(t, SGR_OFF);
	report_pad(t, LABEL_WIDTH - printable_width(span_of(name)));
}

static void
write_image(struct report_text *t, const struct scan *s, struct arena *a)
{
	const struct facts *f = s->facts;

	if (s->target != NULL) {
		label(t, "image");
		report_safe(t, span_of(s->target->text));
		out_char(t->out, '\n');
		if (f->image_digest.len > 0) {
			report_pad(t, LABEL_WIDTH);
			report_safe(t, f->image_digest);
			out_char(t->out, '\n');
		}
	}
	label(t, "release");
	if (f->os_id.len == 0) {
		out_str(t->out, "not known\n");
		return;
	}
	report_safe(t, applies_release_text(f, a));
	if (f->os_name.len > 0) {
		out_str(t->out, " (");
		report_safe(t, f->os_name);
		out_char(t->out, ')');
	}
	out_char(t->out, '\n');
}

/* "18 dpkg packages, 3 not judged" */
static void
write_counts(struct report_text *t, const struct scan *s, const size_t *counts)
{
	const char *separator = "";
	size_t i;

	for (i = 0; i < N_PACKAGE_KINDS; i++) {
		if (s->facts->system.collected[i] == COLLECTION_NONE)
			continue;
		out_printf(t->out, "%s%zu %s %s", separator, counts[i],
		    package_kind_name((enum package_kind)i),
		    counts[i] == 1 ? "package" : "packages");
		separator = ", ";
	}
	if (s->facts->n_not_judged > 0)
		out_printf(t->out, "%s%zu not judged", separator,
		    s->facts->n_not_judged);
	out_char(t->out, '\n');
}

static void
write_inventory(struct report_text *t, const struct scan *s)
{
	const struct system *system = &s->facts->system;
	size_t counts[N_PACKAGE_KINDS] = { 0 };
	char hex[DIGEST_HEX_SIZE];
	bool has_any = s->facts->n_not_judged > 0;
	size_t i;

	for (i = 0; i < system->n_packages; i++)
		counts[system->packages[i].kind]++;
	label(t, "inventory");
	out_printf(t->out, "sha256:%s\n",
	    digest_hex(&s->facts->inventory_digest, hex));
	for (i = 0; i < N_PACKAGE_KINDS; i++)
		has_any |= system->collected[i] != COLLECTION_NONE;
	if (!has_any)
		return;
	report_pad(t, LABEL_WIDTH);
	write_counts(t, s, counts);
}

static void
write_name(struct report_text *t, const struct document *d)
{
	label(t, "document");
	report_safe(t, d->name);
	if (d->published.len > 0) {
		out_str(t->out, "  published ");
		report_safe(t, d->published);
	}
	out_char(t->out, '\n');
	report_pad(t, LABEL_WIDTH);
	out_printf(t->out, "sha256:%.*s\n", SPAN_ARG(d->sha256));
	report_pad(t, LABEL_WIDTH);
}

/* Single files beside an archive are many, and nothing rests on them. */
static void
write_advisories(struct report_text *t, const struct scan_advisories *v)
{
	const struct document *d = v->document;

	if (!v->suffices && span_find(d->name, '/') < d->name.len)
		return;
	write_name(t, d);
	out_printf(t->out, "%llu %s of advisories%s\n",
	    (unsigned long long)d->n_records,
	    d->n_records == 1 ? "record" : "records",
	    v->suffices ? "" : ": no verdict rests on them");
}

static void
write_document(struct report_text *t, const struct scan_document *d)
{
	const char *separator = ": ";
	enum result r;

	write_name(t, d->document);
	out_printf(t->out, "%u %s", d->n_definitions,
	    d->n_definitions == 1 ? "definition" : "definitions");
	for (r = RESULT_TRUE; r < N_RESULTS; r++) {
		if (d->counts[r] == 0)
			continue;
		out_printf(
		    t->out, "%s%u %s", separator, d->counts[r], result_name(r));
		separator = ", ";
	}
	out_char(t->out, '\n');
	if (d->n_kernel > 0) {
		report_pad(t, LABEL_WIDTH);
		out_printf(t->out, "%u %s the host's kernel: no findings\n",
		    d->n_kernel,
		    d->n_kernel == 1 ? "definition concerns"
				     : "definitions concern");
	}
	if (d->n_by_packages > 0) {
		report_pad(t, LABEL_WIDTH);
		out_printf(t->out,
		    "%u more by packages alone, whatever kernel runs or "
		    "module is enabled\n",
		    d->n_by_packages);
	}
}

static void
write_rule(
    struct report_text *t, const struct finding *f, bool waived, uint32_t n)
{
	report_pad(t, LABEL_WIDTH);
	report_safe(t, waived ? f->waived : f->rule);
	if (waived) {
		out_printf(t->out, " waives %u: ", n);
		report_safe(t, f->waiver_text);
		out_char(t->out, '\n');
	} else {
		out_printf(t->out, ": %u %s\n", n, n == 1 ? "fails" : "fail");
	}
}

/* A line for each rule, or each waiver, with the findings that it is for. */
static void
write_rules(
    struct report_text *t, const struct scan *s, bool waived, struct arena *a)
{
	struct {
		const struct finding *first;
		uint32_t n;
	} *lines = arena_array(a, s->n_findings, sizeof(*lines));
	struct map seen = { 0 };
	uint32_t at;
	size_t i;

	for (i = 0; i < s->n_findings; i++) {
		const struct finding *f = &s->findings[i];

		if (waived ? f->waived.len == 0 : !f->fails)
			continue;
		if (map_add(&seen, waived ? f->waived : f->rule,
			(uint32_t)seen.n, &at))
			lines[at].first = f;
		lines[at].n++;
	}
	for (i = 0; i < seen.n; i++)
		write_rule(t, lines[i].first, waived, lines[i].n);
	map_cleanup(&seen);
}

static void
write_policy(struct report_text *t, const struct scan *s, struct arena *a)
{
	char text[CLOCK_TEXT_SIZE];

	if (s->policy == NULL)
		return;
	label(t, "policy");
	report_safe(t, s->policy_digest);
	out_char(t->out, '\n');
	report_pad(t, LABEL_WIDTH);
	out_printf(t->out, "judged at %s\n", clock_text(s->judged_at, text));
	write_rules(t, s, false, a);
	write_rules(t, s, true, a);
}

static void
write_missing(struct report_text *t, const struct scan *s)
{
	size_t i;

	for (i = 0; i < s->n_missing; i++) {
		label(t, "missing");
		report_safe(t, s->missing[i]);
		out_str(t->out, "  applies and is not in the index\n");
	}
}

/* "3 of 5  12 findings  RUN apt-get …": of layers that brought some. */
static void
write_layer(struct report_text *t, const struct fact_layer *layer, size_t i,
    size_t n_layers, size_t n_findings)
{
	struct buf line = { 0 };
	size_t width = t->options->width;

	label(t, "layer");
	buf_printf(&line, "%zu of %zu  %zu %s", i + 1, n_layers, n_findings,
	    n_findings == 1 ? "finding" : "findings");
	if (layer->created_by.len > 0)
		buf_printf(&line, "  %.*s", SPAN_ARG(layer->created_by));
	buf_reset(&t->cell);
	printable_add_cut(&t->cell, buf_span(&line),
	    width > LABEL_WIDTH * 2 ? width - LABEL_WIDTH : LAYER_WIDTH);
	out_span(t->out, buf_span(&t->cell));
	out_char(t->out, '\n');
	buf_cleanup(&line);
}

static void
write_layers(struct report_text *t, const struct scan *s, struct arena *a)
{
	const struct facts *f = s->facts;
	size_t *counts;
	size_t i;

	if (f->package_layers == NULL || f->n_layers < 2)
		return;
	counts = arena_array(a, f->n_layers, sizeof(*counts));
	for (i = 0; i < s->n_findings; i++) {
		uint32_t package = s->findings[i].package_index;

		if (package != PACKAGE_NONE &&
		    f->package_layers[package] < f->n_layers)
			counts[f->package_layers[package]]++;
	}
	for (i = 0; i < f->n_layers; i++)
		if (counts[i] > 0)
			write_layer(
			    t, &f->layers[i], i, f->n_layers, counts[i]);
}

void
report_about(struct report_text *t, const struct scan *s, struct arena *a)
{
	size_t i;

	write_image(t, s, a);
	write_layers(t, s, a);
	write_inventory(t, s);
	label(t, "generation");
	out_printf(t->out, "%llu\n", (unsigned long long)s->index->generation);
	for (i = 0; i < s->n_documents; i++)
		write_document(t, &s->documents[i]);
	for (i = 0; i < s->n_advisories; i++)
		write_advisories(t, &s->advisories[i]);
	write_missing(t, s);
	write_policy(t, s, a);
}
