/* SPDX-License-Identifier: Apache-2.0 */
#include "scanner/image_registry.h"
#include "scanner/image_source.h"

/* What stands behind the prefix: a digest, perhaps with "/size". */
static int
read_name(struct span name, const char *prefix, struct digest *d,
    uint64_t *size, struct err *e)
{
	struct span rest = span_from(name, span_of(prefix).len);
	size_t slash = span_find(rest, '/');

	if (span_has_prefix(name, prefix) &&
	    digest_parse(span_first(rest, slash), d) &&
	    (slash == rest.len ||
		parse_uint(span_from(rest, slash + 1), INT64_MAX, size)))
		return 0;
	return err_set(e, ERR_MISSING, "is nothing that a registry has");
}

static int
blob_read(struct registry *r, const struct digest *d, uint64_t max,
    struct buf *out, struct err *e)
{
	struct registry_blob b;
	size_t n = 1;
	int rc = registry_blob_open(&b, r, d, max, e);

	while (rc == 0 && n > 0) {
		buf_reserve(out, (size_t)64 * 1024);
		rc = registry_blob_read(
		    &b, out->ptr + out->len, (size_t)64 * 1024, &n, e);
		out->len += rc == 0 ? n : 0;
		out->ptr[out->len] = '\0';
	}
	registry_blob_close(&b);
	return rc;
}

int
registry_part_read(
    struct registry *r, struct span name, struct buf *out, struct err *e)
{
	uint64_t max = SOURCE_SMALL_MAX;
	struct digest d;

	if (span_is(name, REGISTRY_PART_OWN))
		return registry_manifest(r, NULL, out, e);
	if (!span_has_prefix(name, REGISTRY_PART_BLOB))
		return read_name(name, REGISTRY_PART_MANIFEST, &d, &max, e) == 0
		    ? registry_manifest(r, &d, out, e)
		    : -1;
	if (read_name(name, REGISTRY_PART_BLOB, &d, &max, e) != 0)
		return -1;
	return blob_read(r, &d, max, out, e);
}

int
registry_part_layer(struct registry *r, struct span name,
    const struct layer_filter *filter, struct layer **out, struct err *e)
{
	uint64_t max = LAYER_UNPACKED_MAX;
	struct registry_blob b;
	struct stream_pull pull = { &b, registry_blob_read };
	struct digest d;

	if (read_name(name, REGISTRY_PART_BLOB, &d, &max, e) != 0 ||
	    registry_blob_open(&b, r, &d, max, e) != 0)
		return -1;
	*out = layer_new();
	layer_read(*out, &pull, filter);
	registry_blob_close(&b);
	return 0;
}
