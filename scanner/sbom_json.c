/* SPDX-License-Identifier: Apache-2.0 */
/* CycloneDX and SPDX in JSON, one component after the other. */
#include "base/json.h"
#include "scanner/sbom.h"

/* Trivy's, of a source: version, release and epoch apart. */
struct trivy_source {
	struct span version;
	struct span release;
	struct span epoch;
};

struct property {
	const char *name;
	size_t offset; /* in struct sbom_component */
};

#define FIELD(name) offsetof(struct sbom_component, name)

static const struct property properties[] = {
	{ "scapcache:os:codename", FIELD(codename) },
	{ "scapcache:os:cpe", FIELD(cpe) },
	{ "scapcache:package:source", FIELD(source) },
	{ "scapcache:package:source_version", FIELD(source_version) },
	{ "scapcache:package:modularity", FIELD(modularity) },
	{ "scapcache:package:signature_keyid", FIELD(signature_keyid) },
	{ "syft:metadata:source", FIELD(source) },
	{ "syft:metadata:sourceVersion", FIELD(source_version) },
	{ "syft:metadata:originPackage", FIELD(source) },
	{ "syft:metadata:sourceRpm", FIELD(source_rpm) },
	{ "syft:metadata:modularityLabel", FIELD(modularity) },
	{ "syft:distro:id", FIELD(name) },
	{ "syft:distro:versionID", FIELD(version) },
	{ "aquasecurity:trivy:SrcName", FIELD(source) },
	{ "aquasecurity:trivy:Modularitylabel", FIELD(modularity) },
};

static void
property_read(struct sbom *s, struct sbom_component *c, struct trivy_source *t,
    struct span name, struct span value)
{
	size_t i;

	for (i = 0; i < sizeof(properties) / sizeof(*properties); i++)
		if (span_is(name, properties[i].name))
			*(struct span *)(void *)((char *)c +
			    properties[i].offset) = value;
	if (span_is(name, "scapcache:problem"))
		sbom_problem(s, value);
	if (span_is(name, "aquasecurity:trivy:SrcVersion"))
		t->version = value;
	if (span_is(name, "aquasecurity:trivy:SrcRelease"))
		t->release = value;
	if (span_is(name, "aquasecurity:trivy:SrcEpoch"))
		t->epoch = value;
}

static void
properties_read(struct sbom *s, struct sbom_component *c,
    const struct json_node *list, struct buf *source_version)
{
	struct trivy_source t = { SPAN_NONE, SPAN_NONE, SPAN_NONE };
	const struct json_node *n;

	for (n = list == NULL ? NULL : list->child; n != NULL; n = n->next)
		property_read(s, c, &t, json_text(json_get(n, "name")),
		    json_text(json_get(n, "value")));
	if (t.version.len == 0 || c->source_version.len > 0)
		return;
	if (t.epoch.len > 0)
		buf_printf(source_version, "%.*s:", SPAN_ARG(t.epoch));
	buf_add_span(source_version, t.version);
	if (t.release.len > 0)
		buf_printf(source_version, "-%.*s", SPAN_ARG(t.release));
	c->source_version = buf_span(source_version);
}

static int
cyclonedx_add(struct sbom *s, const struct json_node *n, struct err *e)
{
	const struct json_node *inner = json_get(n, "components");
	struct sbom_component c = {
		.is_system =
		    span_is(json_text(json_get(n, "type")), "operating-system"),
		.name = json_text(json_get(n, "name")),
		.version = json_text(json_get(n, "version")),
		.title = json_text(json_get(n, "description")),
		.cpe = json_text(json_get(n, "cpe")),
		.purl = json_text(json_get(n, "purl")),
	};
	struct buf source_version = { 0 };
	int rc;

	properties_read(s, &c, json_get(n, "properties"), &source_version);
	rc = sbom_add(s, &c, e);
	buf_cleanup(&source_version);
	/* JSON_DEPTH_MAX ends it. */
	for (inner = inner == NULL ? NULL : inner->child;
	     rc == 0 && inner != NULL; inner = inner->next)
		rc = cyclonedx_add(s, inner, e);
	return rc;
}

static int
cyclonedx_record(void *ctx, const struct json_node *n, struct span raw,
    uint64_t offset, struct err *e)
{
	(void)raw;
	(void)offset;
	return cyclonedx_add(ctx, n, e);
}

static struct span
spdx_purl(const struct json_node *n)
{
	const struct json_node *ref = json_get(n, "externalRefs");

	for (ref = ref == NULL ? NULL : ref->child; ref != NULL;
	     ref = ref->next)
		if (span_is(json_text(json_get(ref, "referenceType")), "purl"))
			return json_text(json_get(ref, "referenceLocator"));
	return SPAN_NONE;
}

static int
spdx_record(void *ctx, const struct json_node *n, struct span raw,
    uint64_t offset, struct err *e)
{
	struct span purpose = json_text(json_get(n, "primaryPackagePurpose"));
	struct sbom_component c = {
		.is_system = span_is(purpose, "OPERATING-SYSTEM") ||
		    span_is(purpose, "OPERATING_SYSTEM"),
		.name = json_text(json_get(n, "name")),
		.version = json_text(json_get(n, "versionInfo")),
	};

	(void)raw;
	(void)offset;
	if (!span_is(purpose, "SOURCE"))
		c.purl = spdx_purl(n);
	sbom_source_info(&c, json_text(json_get(n, "sourceInfo")));
	return sbom_add(ctx, &c, e);
}

/* What stands beside the components is passed over: it may be very large. */
int
sbom_read(
    struct sbom *s, struct stream *in, enum sbom_format format, struct err *e)
{
	struct json_sink sink = { .ctx = s };

	switch (format) {
	case SBOM_CYCLONEDX:
		sink.array = "components";
		sink.record = cyclonedx_record;
		return json_read(in, &sink, e);
	case SBOM_SPDX:
		sink.array = "packages";
		sink.record = spdx_record;
		return json_read(in, &sink, e);
	case SBOM_SPDX_TEXT:
		return sbom_spdx_text_read(s, in, e);
	default:
		return err_set(
		    e, ERR_FORMAT, "is no bill of materials that we read");
	}
}
