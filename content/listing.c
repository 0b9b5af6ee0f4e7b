/* SPDX-License-Identifier: Apache-2.0 */
#include "content/listing_impl.h"
#include "content/pulp_manifest.h"

static int
on_pulp_entry(void *ctx, const struct pulp_entry *entry, struct err *e)
{
	const struct listing_sink *sink = ctx;
	const struct listing_entry out = {
		.path = entry->path,
		.has_sha256 = true,
		.sha256 = entry->sha256,
		.size_bytes = entry->size_bytes,
	};

	return sink->entry(sink->ctx, &out, e);
}

static int
listing_pulp_manifest(
    struct span text, const struct listing_sink *sink, struct err *e)
{
	struct listing_sink copy = *sink;
	const struct pulp_sink pulp = { &copy, on_pulp_entry };

	return pulp_manifest_read(text, &pulp, e);
}

static listing_reader *const readers[LISTING_KINDS] = {
	[LISTING_PULP_MANIFEST] = listing_pulp_manifest,
	[LISTING_CSAF_ARCHIVE] = listing_csaf_archive,
	[LISTING_CSAF_CHANGES] = listing_csaf_changes,
	[LISTING_MIRRORS] = listing_mirrors,
	[LISTING_REPOMD] = listing_repomd,
	[LISTING_NVD_PAGE] = listing_nvd_page,
};

int
listing_read(struct span text, enum listing_kind kind,
    const struct listing_sink *sink, struct err *e)
{
	return readers[kind](text, sink, e);
}
