/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/file.h"
#include "bundle/import_reading.h"
#include "bundle/refusal.h"

#define INDEX_MAX 4096u /* bytes of index.json */
#define REPORT_BYTES ((uint64_t)1024 * 1024)

static bool
add_seen(struct reading *r, const struct digest *d)
{
	return map_add(&r->seen, span_make(d->bytes, DIGEST_SIZE), 0, NULL);
}

bool
import_has_come(const struct reading *r, const struct digest *d)
{
	uint32_t ignored;

	return map_get(&r->seen, span_make(d->bytes, DIGEST_SIZE), &ignored);
}

/* --- one entry --- */

static int
misplaced(struct reading *r, struct span have, struct span want, struct err *e)
{
	return refuse(e, REFUSAL_SHAPE,
	    "byte %" PRIu64 ": %.*s stands where %.*s belongs",
	    tar_offset(r->tar), SPAN_ARG(have), SPAN_ARG(want));
}

/* The next entry has to be that one; an empty link: a file. */
static int
expect(struct reading *r, struct span path, struct span link,
    struct tar_entry *out, struct err *e)
{
	int rc = tar_next(r->tar, out, e);

	if (rc == -1)
		return -1;
	if (rc == 0)
		return misplaced(r, SPAN_LIT("the end"), path, e);
	if (!span_eq(out->path, path))
		return misplaced(r, out->path, path, e);
	if (!span_eq(out->link, link))
		return refuse(e, REFUSAL_SHAPE,
		    "byte %" PRIu64 ": %.*s is not the link that it should be",
		    tar_offset(r->tar), SPAN_ARG(path));
	return 0;
}

static void
report(struct reading *r)
{
	uint64_t at = tar_offset(r->tar);
	const struct import_sink *sink = r->in->sink;

	if (sink->progress == NULL || at < r->told + REPORT_BYTES)
		return;
	r->told = at;
	sink->progress(sink->ctx, at);
}

static int
read_body(struct reading *r, const struct import_into *into, struct digest *out,
    struct err *e)
{
	struct span s;
	int rc;

	while ((rc = tar_body(r->tar, &s, e)) == 1) {
		if (!into->pass_by)
			digest_update(r->hash, s.ptr, s.len);
		if (into->buf != NULL)
			buf_add_span(into->buf, s);
		if (into->fd != -1 && file_write_all(into->fd, s, e) != 0)
			return -1;
		report(r);
	}
	digest_final(r->hash, out);
	return rc;
}

/* A small entry with bytes that are known. */
static int
expect_bytes(
    struct reading *r, const char *path, struct span bytes, struct err *e)
{
	struct buf body = { 0 };
	const struct import_into into = { .fd = -1, .buf = &body };
	struct tar_entry entry;
	struct digest ignored;
	int rc = -1;

	if (expect(r, span_of(path), SPAN_NONE, &entry, e) != 0)
		return -1;
	if (entry.size_bytes == bytes.len &&
	    read_body(r, &into, &ignored, e) != 0)
		goto out;
	if (entry.size_bytes == bytes.len && span_eq(buf_span(&body), bytes))
		rc = 0;
	else
		refuse(e, REFUSAL_SHAPE, "%s is not that of a bundle", path);
out:
	buf_cleanup(&body);
	return rc;
}

/* --- the head --- */

static int
read_small(struct reading *r, const struct tar_entry *entry, size_t max,
    struct buf *buf, struct digest *digest, struct err *e)
{
	const struct import_into into = { .fd = -1, .buf = buf };

	if (entry->size_bytes > max)
		return refuse(e, REFUSAL_SHAPE, "%.*s: more than %zu bytes",
		    SPAN_ARG(entry->path), max);
	return read_body(r, &into, digest, e);
}

/* The index names the manifest, which says what follows. */
static int
read_manifest(struct reading *r, struct span index, struct err *e)
{
	struct buf manifest = { 0 }, path = { 0 };
	struct tar_entry entry;
	int rc = tar_next(r->tar, &entry, e);

	if (rc != 1)
		return rc == -1
		    ? -1
		    : refuse(e, REFUSAL_SHAPE, "there is nothing in the tar");
	buf_add_span(&path, entry.path);
	if (entry.link.len > 0)
		rc = misplaced(r, entry.path, SPAN_LIT("a manifest"), e);
	else
		rc = read_small(r, &entry, LAYOUT_MANIFEST_MAX, &manifest,
		    &r->out->bundle, e);
	if (rc != 0)
		goto out;
	rc = -1;
	buf_reset(&r->line);
	layout_blob_path(&r->line, &r->out->bundle);
	if (!span_eq(buf_span(&path), buf_span(&r->line))) {
		refuse(e, REFUSAL_UNTRUSTED,
		    "%s: the manifest of the bundle has another digest",
		    buf_str(&path));
		goto out;
	}
	buf_reset(&r->line);
	layout_index(&r->line, &r->out->bundle, manifest.len);
	if (!span_eq(index, buf_span(&r->line)))
		refuse(e, REFUSAL_SHAPE,
		    "index.json does not name the manifest of the bundle");
	else
		rc = layout_read(arena_span(r->arena, buf_span(&manifest)),
		    r->arena, &r->layout, e);
out:
	buf_cleanup(&manifest);
	buf_cleanup(&path);
	return rc;
}

static int
read_config(struct reading *r, struct err *e)
{
	struct digest config;

	digest_of(layout_config(), &config);
	buf_reset(&r->line);
	layout_blob_path(&r->line, &config);
	add_seen(r, &config);
	add_seen(r, &r->out->bundle);
	return expect_bytes(r, buf_str(&r->line), layout_config(), e);
}

int
import_read_head(struct reading *r, struct err *e)
{
	struct buf index = { 0 };
	struct tar_entry entry;
	struct digest ignored;
	int rc = -1;

	if (expect_bytes(r, "oci-layout", layout_oci(), e) == 0 &&
	    expect(r, SPAN_LIT("index.json"), SPAN_NONE, &entry, e) == 0 &&
	    read_small(r, &entry, INDEX_MAX, &index, &ignored, e) == 0 &&
	    read_manifest(r, buf_span(&index), e) == 0)
		rc = read_config(r, e);
	buf_cleanup(&index);
	return rc;
}

/* --- parts --- */

/* What an earlier try has kept need not come off a slow medium again. */
static void
pass_by(const struct reading *r, uint64_t size_bytes)
{
	uint64_t at = tar_offset(r->tar);

	if (r->in->skip != NULL)
		r->in->skip(r->in->pull.ctx, at, at + size_bytes);
}

static int
read_blob(struct reading *r, const struct layout_part *p,
    const struct import_into *into, struct err *e)
{
	struct tar_entry entry;
	struct digest digest;

	buf_reset(&r->line);
	layout_blob_path(&r->line, &p->sha256);
	if (expect(r, buf_span(&r->line), SPAN_NONE, &entry, e) != 0)
		return -1;
	if (entry.size_bytes != p->size_bytes)
		return refuse(e, REFUSAL_SHAPE,
		    "%.*s: %" PRIu64 " bytes, where the manifest has %" PRIu64,
		    SPAN_ARG(p->name), entry.size_bytes, p->size_bytes);
	if (into->pass_by)
		pass_by(r, p->size_bytes);
	if (read_body(r, into, &digest, e) != 0)
		return -1;
	if (!into->pass_by && !digest_eq(&digest, &p->sha256))
		return refuse(e, REFUSAL_UNTRUSTED,
		    "%.*s: its bytes are not those of its digest",
		    SPAN_ARG(p->name));
	return 0;
}

static int
read_links(struct reading *r, const struct layout_part *p, struct err *e)
{
	struct buf blob = { 0 };
	struct tar_entry entry;
	unsigned i;
	int rc = 0;

	layout_blob_path(&blob, &p->sha256);
	for (i = 0; rc == 0; i++) {
		buf_reset(&r->line);
		if (layout_link_path(&r->line, p, i) == 0)
			break;
		rc = expect(r, buf_span(&r->line), buf_span(&blob), &entry, e);
	}
	buf_cleanup(&blob);
	return rc;
}

int
import_read_part(struct reading *r, const struct layout_part *p,
    const struct import_into *into, struct err *e)
{
	if (add_seen(r, &p->sha256) && read_blob(r, p, into, e) != 0)
		return -1;
	return read_links(r, p, e);
}

int
import_read_end(struct reading *r, struct err *e)
{
	struct tar_entry entry;
	int rc = tar_next(r->tar, &entry, e);

	if (rc == 1)
		return misplaced(r, entry.path, SPAN_LIT("the end"), e);
	r->out->size_bytes = tar_offset(r->tar);
	return rc;
}
