/* SPDX-License-Identifier: Apache-2.0 */
/* A site whose catalog says what was accepted beside its documents. */
#ifndef TESTS_UNIT_MIRROR_WORLD_H
#define TESTS_UNIT_MIRROR_WORLD_H

#include "indexer/mirrored.h"
#include "tests/unit/site.h"

#define FEED "nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2024.json.gz"
#define META "nvd.nist.gov/feeds/json/cve/2.0/nvdcve-2.0-2024.meta"
#define LAST "security.example.org/last-update"

/* Keeps the bytes and tells the catalog that they were accepted. */
static inline void
mirror_accept_bytes(struct site *s, const char *source, const char *path,
    struct span bytes, const char *modified)
{
	struct verified_file *file = family_world_file(&s->world, bytes);
	struct catalog_resource r = { .path = span_of(path),
		.source = span_of(source),
		.origin = SPAN_LIT("upstream"),
		.last_modified = span_of(modified),
		.checked = 7,
		.fetched = 7,
		.size_bytes = bytes.len };
	char hex[DIGEST_HEX_SIZE];
	struct digest d;

	digest_of(bytes, &d);
	r.sha256 = span_of(digest_hex(&d, hex));
	if (store_add(&s->store, file, &s->e) != 0 ||
	    catalog_set_resource(s->catalog, &r, &s->e) != 0)
		fail_msg("%s", s->e.msg);
	verified_close(file);
}

static inline void
mirror_accept(struct site *s, const char *source, const char *path,
    const char *text, const char *modified)
{
	mirror_accept_bytes(s, source, path, span_of(text), modified);
}

static inline void
mirror_record(struct site *s)
{
	site_record(s);
	if (mirrored_record(s->catalog, &s->e) != 0)
		fail_msg("%s", s->e.msg);
}

/* A run that brings a feed and its .meta, published. */
static inline void
mirror_run(struct site *s, const char *feed, const char *meta)
{
	site_publish(s, "nvd", FEED, feed);
	mirror_accept(s, "nvd", FEED, feed, "f");
	mirror_accept(s, "nvd", META, meta, "m");
	mirror_record(s);
}

#endif
