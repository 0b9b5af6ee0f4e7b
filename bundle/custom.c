/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "bundle/custom.h"
#include "bundle/members.h"

void
custom_write(struct buf *out, const struct target_custom *c)
{
	char fetched[CLOCK_TEXT_SIZE];
	struct members m;

	members_begin(&m, out);
	members_text(&m, "etag", c->etag);
	if (c->fetched != 0)
		members_text(
		    &m, "fetched", span_of(clock_text(c->fetched, fetched)));
	members_text(&m, "last-modified", c->last_modified);
	members_text(&m, "licence", c->licence);
	members_text(&m, "media-type", c->media_type);
	members_text(&m, "origin", c->origin);
	members_text(&m, "proof", c->proof);
	members_text(&m, "source", c->source);
	members_end(&m);
}

static struct span
text(const struct json_node *n, const char *name)
{
	const struct json_node *member = json_get(n, name);

	return member != NULL && member->type == JSON_STRING ? member->text
							     : SPAN_NONE;
}

void
custom_read(const struct json_node *n, struct target_custom *out)
{
	*out = (struct target_custom){
		.etag = text(n, "etag"),
		.last_modified = text(n, "last-modified"),
		.licence = text(n, "licence"),
		.media_type = text(n, "media-type"),
		.origin = text(n, "origin"),
		.proof = text(n, "proof"),
		.source = text(n, "source"),
	};
	if (!clock_parse(text(n, "fetched"), &out->fetched))
		out->fetched = 0;
}

/* What the ends of names say; a suffix stands after those it is part of. */
static const struct {
	const char *suffix;
	const char *type;
} types[] = {
	{ ".bz2", "application/x-bzip2" },
	{ ".gz", "application/gzip" },
	{ ".xz", "application/x-xz" },
	{ ".zst", "application/zstd" },
	{ ".zip", "application/zip" },
	{ ".json", "application/json" },
	{ ".xml", "application/xml" },
	{ ".csv", "text/csv" },
	{ ".yaml", "application/yaml" },
	{ ".yml", "application/yaml" },
	{ ".txt", "text/plain" },
	{ ".meta", "text/plain" },
	{ ".sha256", "text/plain" },
	{ ".asc", "application/pgp-signature" },
	{ "NOTICE", "text/plain" },
	{ "PULP_MANIFEST", "text/plain" },
};

struct span
custom_media_type(struct span path)
{
	size_t i;

	for (i = 0; i < sizeof(types) / sizeof(*types); i++)
		if (span_has_suffix(path, types[i].suffix))
			return span_of(types[i].type);
	return SPAN_LIT("application/octet-stream");
}
