/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CycloneDX 1.5 (ECMA-424): every installed package a component, also where
 * the verdict is unknown, and a vulnerability for each CVE.
 * docs/reports.md says what stands where; scanner/sbom.h reads it back.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/map.h"
#include "base/mem.h"
#include "base/pack.h"
#include "scanner/package_purl.h"
#include "scanner/report_cyclonedx.h"

#define SCHEMA "http://cyclonedx.org/schema/bom-1.5.schema.json"
#define SYSTEM_REF "operating-system"

void
bom_property(struct bom *b, const char *name, struct span value)
{
	if (value.len == 0)
		return;
	json_object(&b->json, NULL);
	json_str(&b->json, "name", name);
	json_span(&b->json, "value", value);
	json_object_end(&b->json);
}

/* Made of what the report is of, so that the same report has the same one. */
static void
write_serial(struct bom *b)
{
	const struct scan *s = b->scan;
	struct buf packed = { 0 };
	char hex[DIGEST_HEX_SIZE];
	struct digest d;

	pack_span(&packed, SPAN_LIT("scapcache cyclonedx 1"));
	buf_add(&packed, s->facts->inventory_digest.bytes,
	    sizeof(s->facts->inventory_digest.bytes));
	pack_span(&packed, s->facts->image_digest);
	pack_uint(&packed, s->index->generation);
	pack_span(&packed, s->policy_digest);
	digest_of(buf_span(&packed), &d);
	buf_cleanup(&packed);
	/* RFC 9562 5.8: version 8, made as one likes. */
	d.bytes[6] = (uint8_t)((d.bytes[6] & 0x0f) | 0x80);
	d.bytes[8] = (uint8_t)((d.bytes[8] & 0x3f) | 0x80);
	digest_hex(&d, hex);
	buf_reset(&b->text);
	buf_printf(&b->text, "urn:uuid:%.8s-%.4s-%.4s-%.4s-%.12s", hex, hex + 8,
	    hex + 12, hex + 16, hex + 20);
	json_span(&b->json, "serialNumber", buf_span(&b->text));
}

static void
write_tool(struct bom *b)
{
	struct json_out *j = &b->json;

	json_object(j, "tools");
	json_array(j, "components");
	json_object(j, NULL);
	json_str(j, "type", "application");
	json_str(j, "name", "scapcache");
	json_str(j, "version", SCAPCACHE_VERSION);
	json_object_end(j);
	json_array_end(j);
	json_object_end(j);
}

static void
write_metadata(struct bom *b)
{
	const struct scan *s = b->scan;
	struct json_out *j = &b->json;
	char hex[DIGEST_HEX_SIZE];
	char number[32];
	size_t i;

	json_object(j, "metadata");
	write_tool(b);
	json_object(j, "component");
	json_str(j, "type", "container");
	json_str(j, "bom-ref", BOM_IMAGE_REF);
	json_str(j, "name", s->target == NULL ? "image" : s->target->text);
	if (s->facts->image_digest.len > 0)
		json_span(j, "version", s->facts->image_digest);
	json_object_end(j);
	json_array(j, "properties");
	bom_property(b, "scapcache:verdict", span_of(verdict_name(s->verdict)));
	for (i = 0; i < s->n_reasons; i++)
		bom_property(b, "scapcache:reason", s->reasons[i]);
	for (i = 0; i < s->n_missing; i++)
		bom_property(b, "scapcache:missing", s->missing[i]);
	buf_reset(&b->text);
	buf_printf(&b->text, "sha256:%s",
	    digest_hex(&s->facts->inventory_digest, hex));
	bom_property(b, "scapcache:inventory", buf_span(&b->text));
	snprintf(number, sizeof(number), "%llu",
	    (unsigned long long)s->index->generation);
	bom_property(b, "scapcache:generation", span_of(number));
	bom_property(b, "scapcache:policy", s->policy_digest);
	bom_property(b, "scapcache:architecture", s->facts->architecture);
	json_array_end(j);
	json_object_end(j);
}

/* A database that names a package twice gives it twice: refs stay apart. */
static void
find_refs(struct bom *b)
{
	const struct system *system = &b->scan->facts->system;
	struct map seen = { 0 };
	struct buf ref = { 0 };
	size_t i;

	b->purls = arena_array(&b->arena, system->n_packages, sizeof(*b->refs));
	b->refs = arena_array(&b->arena, system->n_packages, sizeof(*b->refs));
	for (i = 0; i < system->n_packages; i++) {
		buf_reset(&ref);
		package_purl(b->scan->facts, &system->packages[i], &ref);
		b->purls[i] = arena_span(&b->arena, buf_span(&ref));
		b->refs[i] = b->purls[i];
		if (map_add(&seen, b->purls[i], 0, NULL))
			continue;
		buf_printf(&ref, "#%zu", i);
		b->refs[i] = arena_span(&b->arena, buf_span(&ref));
	}
	map_cleanup(&seen);
	buf_cleanup(&ref);
}

/* What was not read: who reads the bill again must not take it for whole. */
static void
write_problems(struct bom *b)
{
	const struct facts *f = b->scan->facts;
	const struct system *s = &f->system;
	size_t i;

	for (i = 0; i < f->n_problems; i++)
		bom_property(b, "scapcache:problem", f->problems[i]);
	for (i = 0; i < N_PACKAGE_KINDS; i++)
		if (s->collected[i] == COLLECTION_INCOMPLETE ||
		    s->collected[i] == COLLECTION_ERROR)
			bom_property(
			    b, "scapcache:problem", s->collected_error[i]);
}

static void
write_system(struct bom *b)
{
	const struct facts *f = b->scan->facts;
	struct json_out *j = &b->json;

	if (f->os_id.len == 0)
		return;
	json_object(j, NULL);
	json_str(j, "type", "operating-system");
	json_str(j, "bom-ref", SYSTEM_REF);
	json_span(j, "name", f->os_id);
	if (f->os_version_id.len > 0)
		json_span(j, "version", f->os_version_id);
	if (f->os_name.len > 0)
		json_span(j, "description", f->os_name);
	json_array(j, "properties");
	bom_property(b, "scapcache:os:codename", f->os_codename);
	bom_property(b, "scapcache:os:cpe", f->os_cpe);
	write_problems(b);
	json_array_end(j);
	json_object_end(j);
}

static void
write_package(struct bom *b, uint32_t i)
{
	const struct facts *facts = b->scan->facts;
	const struct package *p = &facts->system.packages[i];
	const struct fact_layer *layer = facts_layer_of(facts, i);
	struct json_out *j = &b->json;

	json_object(j, NULL);
	json_str(j, "type", "library");
	json_span(j, "bom-ref", b->refs[i]);
	json_span(j, "name", p->name);
	json_span(j, "version", p->full_version);
	json_span(j, "purl", b->purls[i]);
	json_array(j, "properties");
	bom_property(b, "scapcache:package:source", p->source);
	bom_property(b, "scapcache:package:source_version", p->source_version);
	bom_property(b, "scapcache:package:modularity", p->modularity);
	bom_property(
	    b, "scapcache:package:signature_keyid", p->signature_keyid);
	if (layer != NULL) {
		bom_property(b, "scapcache:layer:digest", layer->digest);
		bom_property(
		    b, "scapcache:layer:created_by", layer->created_by);
	}
	json_array_end(j);
	json_object_end(j);
}

static void
write_components(struct bom *b)
{
	uint32_t i;

	find_refs(b);
	json_array(&b->json, "components");
	write_system(b);
	for (i = 0; i < b->scan->facts->system.n_packages; i++)
		write_package(b, i);
	json_array_end(&b->json);
}

/* Whether the list of components is all of it. */
static const char *
aggregate(const struct facts *f)
{
	bool any = false;
	size_t i;

	for (i = 0; i < N_PACKAGE_KINDS; i++) {
		if (f->system.collected[i] == COLLECTION_INCOMPLETE ||
		    f->system.collected[i] == COLLECTION_ERROR)
			return "incomplete";
		any = any || f->system.collected[i] == COLLECTION_COMPLETE;
	}
	if (f->n_problems > 0)
		return "incomplete";
	return any ? "complete" : "unknown";
}

static void
write_compositions(struct bom *b)
{
	struct json_out *j = &b->json;

	json_array(j, "compositions");
	json_object(j, NULL);
	json_str(j, "aggregate", aggregate(b->scan->facts));
	json_array(j, "assemblies");
	json_str(j, NULL, BOM_IMAGE_REF);
	json_array_end(j);
	json_object_end(j);
	json_array_end(j);
}

static int
compare(const void *pa, const void *pb)
{
	const struct finding *a = *(const struct finding *const *)pa;
	const struct finding *b = *(const struct finding *const *)pb;
	int order = span_cmp(a->cve, b->cve);

	return order != 0 ? order : a < b ? -1 : a > b;
}

/* A vulnerability is all findings of one CVE: the worst of them first. */
static void
write_vulnerabilities(struct bom *b)
{
	const struct scan *s = b->scan;
	const struct finding **v = xcalloc(s->n_findings + 1, sizeof(*v));
	size_t i, end;

	for (i = 0; i < s->n_findings; i++)
		v[i] = &s->findings[i];
	if (s->n_findings > 0)
		qsort(v, s->n_findings, sizeof(*v), compare);
	json_array(&b->json, "vulnerabilities");
	for (i = 0; i < s->n_findings; i = end) {
		for (end = i;
		     end < s->n_findings && span_eq(v[end]->cve, v[i]->cve);)
			end++;
		bom_vulnerability(b, v + i, end - i);
	}
	json_array_end(&b->json);
	free(v);
}

int
report_cyclonedx(const struct scan *s, const struct report_options *options,
    struct out *out, struct err *e)
{
	struct bom b = { .scan = s };

	(void)options;
	(void)e;
	json_out_init(&b.json, out);
	json_object(&b.json, NULL);
	json_str(&b.json, "$schema", SCHEMA);
	json_str(&b.json, "bomFormat", "CycloneDX");
	json_str(&b.json, "specVersion", "1.5");
	write_serial(&b);
	json_uint(&b.json, "version", 1);
	write_metadata(&b);
	write_components(&b);
	write_compositions(&b);
	write_vulnerabilities(&b);
	json_object_end(&b.json);
	out_char(out, '\n');
	buf_cleanup(&b.text);
	arena_cleanup(&b.arena);
	return 0;
}
