/* SPDX-License-Identifier: Apache-2.0 */
/* Rolls of a scan and of an inventory, in the scan process. */
#include <stdlib.h>

#include "base/mem.h"
#include "scanner/pkgdb.h"
#include "scanner/report_json.h"
#include "scanner/roll.h"

struct maker {
	struct buf *roll;
	struct out out; /* the row's JSON */
	struct json_out json;
	struct buf words;
};

static void
maker_init(struct maker *m, struct buf *roll)
{
	*m = (struct maker){ .roll = roll };
	out_init(&m->out, -1);
}

static void
maker_cleanup(struct maker *m)
{
	out_cleanup(&m->out);
	buf_cleanup(&m->words);
}

static void
row_begin(struct maker *m)
{
	buf_reset(&m->out.buf);
	buf_reset(&m->words);
	json_out_init(&m->json, &m->out);
}

static void
add_words(struct maker *m, struct span text)
{
	size_t i;

	for (i = 0; i < text.len; i++)
		buf_add_char(&m->words,
		    (char)(text.ptr[i] >= 'A' && text.ptr[i] <= 'Z'
			    ? text.ptr[i] - 'A' + 'a'
			    : text.ptr[i]));
	buf_add_char(&m->words, '\n');
}

static void
row_end(struct maker *m, unsigned severity, unsigned flags)
{
	const struct roll_row row = { severity, flags, buf_span(&m->words),
		buf_span(&m->out.buf) };

	roll_add(m->roll, &row);
}

/* --- findings --- */

static unsigned
flags_of(const struct finding *f)
{
	return (1u << f->fix) | (f->fails ? ROLL_FAILS : 0) |
	    (f->waived.len > 0 ? ROLL_WAIVED : 0) |
	    (f->exploit.has_kev ? ROLL_EXPLOITED : 0) |
	    (f->is_disputed ? ROLL_DISPUTED : 0) |
	    (f->is_kernel ? ROLL_KERNEL : 0);
}

static void
finding_words(struct maker *m, const struct finding *f)
{
	size_t i;

	add_words(m, f->cve);
	for (i = 0; i < f->n_cves; i++)
		add_words(m, f->cves[i]);
	for (i = 0; i < f->n_notices; i++)
		add_words(m, f->notices[i]);
	add_words(m, f->package);
	add_words(m, f->source_package);
	add_words(m, f->title);
}

void
roll_findings(struct buf *out, const struct scan *s, struct span record)
{
	struct maker m;
	size_t i;

	maker_init(&m, out);
	roll_begin(out, record);
	for (i = 0; i < s->n_findings; i++) {
		const struct finding *f = &s->findings[i];

		row_begin(&m);
		report_json_finding(&m.json, s, f);
		finding_words(&m, f);
		row_end(&m, f->severity, flags_of(f));
	}
	maker_cleanup(&m);
}

/* --- packages --- */

static void
package_json(struct json_out *j, const struct facts *f, size_t i)
{
	const struct package *p = &f->system.packages[i];

	json_object(j, NULL);
	json_str(j, "kind", package_kind_name(p->kind));
	json_span(j, "name", p->name);
	report_json_optional(j, "arch", p->arch);
	json_span(j, "version", p->full_version);
	report_json_optional(j, "source", p->source);
	report_json_optional(j, "source_version", p->source_version);
	report_json_optional(j, "module", p->modularity);
	if (f->package_layers == NULL || f->package_layers[i] == LAYER_NONE)
		json_null(j, "layer");
	else
		json_uint(j, "layer", f->package_layers[i]);
	json_object_end(j);
}

void
roll_packages(struct buf *out, const struct facts *f)
{
	struct maker m;
	size_t i;

	maker_init(&m, out);
	roll_begin(out, SPAN_NONE);
	for (i = 0; i < f->system.n_packages; i++) {
		row_begin(&m);
		package_json(&m.json, f, i);
		add_words(&m, f->system.packages[i].name);
		add_words(&m, f->system.packages[i].source);
		row_end(&m, 0, 0);
	}
	maker_cleanup(&m);
}

/* --- the rest of an inventory --- */

static void
about_system(struct json_out *j, const struct facts *f)
{
	json_str(j, "transport",
	    f->transport == TRANSPORT_NONE ? NULL
					   : transport_name(f->transport));
	report_json_os(j, "system", f);
	report_json_databases(j, &f->system);
}

/* How many packages each brought; NULL: not known. */
static uint64_t *
packages_by_layer(const struct facts *f)
{
	uint64_t *n;
	size_t i;

	if (f->package_layers == NULL)
		return NULL;
	n = xcalloc(f->n_layers, sizeof(*n));
	for (i = 0; i < f->system.n_packages; i++)
		if (f->package_layers[i] < f->n_layers)
			n[f->package_layers[i]]++;
	return n;
}

static void
about_layers(struct json_out *j, const struct facts *f)
{
	uint64_t *n = packages_by_layer(f);
	size_t i;

	json_array(j, "layers");
	for (i = 0; i < f->n_layers; i++) {
		json_object(j, NULL);
		json_uint(j, "index", i);
		report_json_optional(j, "digest", f->layers[i].digest);
		report_json_optional(j, "created_by", f->layers[i].created_by);
		report_json_optional(j, "created", f->layers[i].created);
		if (n == NULL)
			json_null(j, "packages");
		else
			json_uint(j, "packages", n[i]);
		json_object_end(j);
	}
	json_array_end(j);
	free(n);
}

void
roll_about(struct buf *out, const struct facts *f)
{
	struct json_out j;
	struct out o;
	size_t i;

	out_init(&o, -1);
	json_out_init(&j, &o);
	json_object(&j, NULL);
	about_system(&j, f);
	about_layers(&j, f);
	report_json_spans(&j, "problems", f->problems, f->n_problems);
	report_json_spans(
	    &j, "repositories", f->repositories, f->n_repositories);
	json_array(&j, "modules");
	for (i = 0; i < f->n_modules; i++) {
		json_object(&j, NULL);
		json_span(&j, "name", f->modules[i].name);
		json_span(&j, "stream", f->modules[i].stream);
		json_bool(&j, "enabled", f->modules[i].enabled);
		json_object_end(&j);
	}
	json_array_end(&j);
	json_object_end(&j);
	buf_add_span(out, buf_span(&o.buf));
	out_cleanup(&o);
}

void
roll_layers(struct buf *out, const struct facts *f)
{
	struct json_out j;
	struct out o;

	out_init(&o, -1);
	json_out_init(&j, &o);
	json_object(&j, NULL);
	about_layers(&j, f);
	json_object_end(&j);
	out_char(&o, '\n');
	buf_add_span(out, buf_span(&o.buf));
	out_cleanup(&o);
}
