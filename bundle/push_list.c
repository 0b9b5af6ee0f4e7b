/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/mem.h"
#include "bundle/plan.h"
#include "bundle/push.h"
#include "bundle/refusal.h"
#include "bundle/tar.h"

#define CHUNK_SIZE ((size_t)256 * 1024)

struct reading {
	const struct push_file *file;
	struct transfer_child *child;
	uint64_t at;
	char *chunk;
	struct digest_ctx *hash;
};

/* --- its manifest --- */

static int
pull_bytes(void *ctx, char *ptr, size_t size, size_t *n, struct err *e)
{
	struct reading *r = ctx;

	if (push_file_read(r->file, r->at, ptr, size, n, e) != 0)
		return -1;
	r->at += *n;
	return 0;
}

static int
no_manifest(struct err *e)
{
	return refuse(
	    e, REFUSAL_SHAPE, "the file does not begin as a bundle does");
}

/* The third file of the tar; whether the first two are right is seen later. */
static int
read_manifest(struct tar_reader *tar, struct buf *out, struct err *e)
{
	struct tar_entry entry;
	struct span s;
	int i, rc;

	for (i = 0; i < 3; i++) {
		rc = tar_next(tar, &entry, e);
		if (rc != 1)
			return rc == -1 ? -1 : no_manifest(e);
	}
	if (!span_has_prefix(entry.path, "blobs/sha256/") ||
	    entry.size_bytes > LAYOUT_MANIFEST_MAX)
		return no_manifest(e);
	while ((rc = tar_body(tar, &s, e)) == 1)
		buf_add_span(out, s);
	return rc;
}

/* --- all of it --- */

static int
too_short(const struct reading *r, struct err *e)
{
	return refuse(e, REFUSAL_INCOMPLETE,
	    "the file ends at byte %" PRIu64
	    ", in the middle: copy it again, with all its parts",
	    r->at);
}

static int
next_chunk(struct reading *r, uint64_t want, size_t *n, struct err *e)
{
	size_t size = want < CHUNK_SIZE ? (size_t)want : CHUNK_SIZE;

	if (pull_bytes(r, r->chunk, size, n, e) != 0)
		return -1;
	transfer_progress(r->child, r->at, r->file->size_bytes);
	return *n > 0 ? 0 : too_short(r, e);
}

static int
check_frame(struct reading *r, struct span want, struct err *e)
{
	size_t n;

	while (want.len > 0) {
		if (next_chunk(r, want.len, &n, e) != 0)
			return -1;
		if (memcmp(r->chunk, want.ptr, n) != 0)
			return refuse(e, REFUSAL_SHAPE,
			    "byte %" PRIu64 " and on: not what the manifest "
			    "of the bundle wants there",
			    r->at - n);
		want = span_from(want, n);
	}
	return 0;
}

static int
check_blob(struct reading *r, const struct plan_step *s, struct err *e)
{
	uint64_t left = s->size_bytes;
	char hex[DIGEST_HEX_SIZE];
	struct digest d;
	size_t n;

	while (left > 0) {
		if (next_chunk(r, left, &n, e) != 0)
			return -1;
		digest_update(r->hash, r->chunk, n);
		left -= n;
	}
	digest_final(r->hash, &d);
	if (digest_eq(&d, &s->sha256))
		return 0;
	return refuse(e, REFUSAL_UNTRUSTED,
	    "blobs/sha256/%s: its bytes have another digest",
	    digest_hex(&s->sha256, hex));
}

static int
check_all(
    struct reading *r, struct plan *plan, struct push_list *out, struct err *e)
{
	struct plan_step s;
	int rc = 0;

	while (rc == 0 && plan_next(plan, &s) == 1) {
		rc = check_frame(r, s.frame, e);
		if (rc != 0 || !s.has_blob)
			continue;
		out->blobs[out->n++] =
		    (struct registry_bytes){ s.sha256, r->at, s.size_bytes };
		rc = check_blob(r, &s, e);
	}
	if (rc == 0 && r->at < r->file->size_bytes)
		rc = refuse(e, REFUSAL_SHAPE,
		    "%" PRIu64 " bytes stand behind the end of the bundle",
		    r->file->size_bytes - r->at);
	return rc;
}

static int
read_all(struct reading *r, struct push_list *out, struct arena *a,
    struct buf *manifest, struct err *e)
{
	const struct stream_pull pull = { r, pull_bytes };
	struct tar_reader *tar = tar_reader_new(&pull);
	struct layout l;
	struct plan plan;
	int rc = read_manifest(tar, manifest, e);

	tar_reader_free(tar);
	if (rc == 0)
		rc = layout_read(buf_span(manifest), a, &l, e);
	if (rc != 0)
		return -1;
	r->at = 0;
	*out = (struct push_list){ 0 };
	out->blobs = arena_array(a, l.n_parts + 2, sizeof(*out->blobs));
	plan_init(&plan, &l, buf_span(manifest));
	rc = check_all(r, &plan, out, e);
	plan_cleanup(&plan);
	return rc;
}

int
push_list_read(struct push_list *out, const struct push_file *f,
    struct transfer_child *c, struct arena *a, struct err *e)
{
	struct reading r = { .file = f,
		.child = c,
		.chunk = xmalloc(CHUNK_SIZE),
		.hash = digest_new() };
	struct buf manifest = { 0 };
	int rc = read_all(&r, out, a, &manifest, e);

	buf_cleanup(&manifest);
	digest_free(r.hash);
	free(r.chunk);
	return rc;
}
