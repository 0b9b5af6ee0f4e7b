/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "bundle/layout.h"

#define MANIFEST_TYPE "application/vnd.oci.image.manifest.v1+json"
#define INDEX_TYPE "application/vnd.oci.image.index.v1+json"
#define CONFIG_TYPE "application/vnd.oci.empty.v1+json"

static const char *const types[] = {
	[LAYOUT_IS_METADATA] = LAYOUT_METADATA,
	[LAYOUT_IS_TARGET] = LAYOUT_TARGET,
	[LAYOUT_IS_PATCH] = LAYOUT_PATCH,
};

struct span
layout_oci(void)
{
	return SPAN_LIT("{\"imageLayoutVersion\":\"1.0.0\"}");
}

struct span
layout_config(void)
{
	return SPAN_LIT("{}");
}

/* All JSON here has its keys sorted and no white space; names need no
 * escapes. */
static void
add_descriptor(struct buf *out, const struct digest *sha256, const char *type,
    uint64_t size_bytes)
{
	char hex[DIGEST_HEX_SIZE];

	buf_printf(out,
	    "\"digest\":\"sha256:%s\",\"mediaType\":\"%s\",\"size\":%" PRIu64
	    "}",
	    digest_hex(sha256, hex), type, size_bytes);
}

static void
add_annotations(struct buf *out, const struct layout *l)
{
	const char *comma = "";

	if (l->base_snapshot.len == 0 && l->sources.len == 0)
		return;
	buf_add_str(out, "\"annotations\":{");
	if (l->base_snapshot.len > 0) {
		buf_printf(out, "\"" LAYOUT_BASE "\":\"%.*s\"",
		    SPAN_ARG(l->base_snapshot));
		comma = ",";
	}
	if (l->sources.len > 0)
		buf_printf(out, "%s\"" LAYOUT_SOURCES "\":\"%.*s\"", comma,
		    SPAN_ARG(l->sources));
	buf_add_str(out, "},");
}

void
layout_manifest(struct buf *out, const struct layout *l)
{
	struct digest config;
	size_t i;

	digest_of(layout_config(), &config);
	buf_add_char(out, '{');
	add_annotations(out, l);
	buf_add_str(
	    out, "\"artifactType\":\"" LAYOUT_ARTIFACT "\",\"config\":{");
	add_descriptor(out, &config, CONFIG_TYPE, layout_config().len);
	buf_add_str(out, ",\"layers\":[");
	for (i = 0; i < l->n_parts; i++) {
		const struct layout_part *p = &l->parts[i];

		buf_printf(out,
		    "%s{\"annotations\":{\"" LAYOUT_FILENAME "\":\"%.*s\"},",
		    i == 0 ? "" : ",", SPAN_ARG(p->name));
		add_descriptor(out, &p->sha256, types[p->kind], p->size_bytes);
	}
	buf_add_str(
	    out, "],\"mediaType\":\"" MANIFEST_TYPE "\",\"schemaVersion\":2}");
}

void
layout_index(
    struct buf *out, const struct digest *manifest, uint64_t size_bytes)
{
	buf_add_str(
	    out, "{\"manifests\":[{\"artifactType\":\"" LAYOUT_ARTIFACT "\",");
	add_descriptor(out, manifest, MANIFEST_TYPE, size_bytes);
	buf_add_str(
	    out, "],\"mediaType\":\"" INDEX_TYPE "\",\"schemaVersion\":2}");
}

void
layout_blob_path(struct buf *out, const struct digest *sha256)
{
	char hex[DIGEST_HEX_SIZE];

	buf_printf(out, "blobs/sha256/%s", digest_hex(sha256, hex));
}

/* "targets/<dir>/<hex>.<base>". */
static void
add_target_path(struct buf *out, const struct layout_part *p)
{
	char hex[DIGEST_HEX_SIZE];
	size_t slash = span_rfind(p->name, '/');
	size_t base = slash == p->name.len ? 0 : slash + 1;

	buf_printf(out, "targets/%.*s%s.%.*s", (int)base, p->name.ptr,
	    digest_hex(&p->sha256, hex), SPAN_ARG(span_from(p->name, base)));
}

int
layout_link_path(struct buf *out, const struct layout_part *p, unsigned i)
{
	if (p->kind == LAYOUT_IS_METADATA && i == 0) {
		buf_printf(out, "metadata/%.*s", SPAN_ARG(p->name));
		return 1;
	}
	if (p->kind != LAYOUT_IS_TARGET || i > 1)
		return 0;
	if (i == 0)
		add_target_path(out, p);
	else
		buf_printf(out, "content/%.*s", SPAN_ARG(p->name));
	return 1;
}
