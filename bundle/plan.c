/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/plan.h"
#include "bundle/tar.h"

void
plan_init(struct plan *p, const struct layout *l, struct span manifest)
{
	*p = (struct plan){ .layout = l, .manifest = manifest };
	digest_of(manifest, &p->digest);
}

void
plan_cleanup(struct plan *p)
{
	map_cleanup(&p->seen);
	buf_cleanup(&p->frame);
}

static bool
is_new(struct plan *p, const struct digest *d)
{
	return map_add(&p->seen, span_make(d->bytes, DIGEST_SIZE), 0, NULL);
}

static void
add_padding(struct plan *p, uint64_t size_bytes)
{
	static const char zeros[TAR_BLOCK];

	buf_add(&p->frame, zeros, tar_padding(size_bytes));
}

static void
add_file(struct plan *p, const char *path, struct span body)
{
	const struct tar_entry entry = { .path = span_of(path),
		.size_bytes = body.len };

	tar_head(&p->frame, &entry);
	buf_add_span(&p->frame, body);
	add_padding(p, body.len);
}

/* The head of a blob, which becomes the step's. */
static void
add_blob(struct plan *p, const struct digest *d, uint64_t size_bytes,
    struct plan_step *out)
{
	struct buf path = { 0 };
	struct tar_entry entry = { .size_bytes = size_bytes };

	layout_blob_path(&path, d);
	entry.path = buf_span(&path);
	tar_head(&p->frame, &entry);
	buf_cleanup(&path);
	out->has_blob = true;
	out->sha256 = *d;
	out->size_bytes = size_bytes;
}

static void
add_links(struct plan *p, const struct layout_part *part)
{
	struct buf path = { 0 }, blob = { 0 };
	struct tar_entry link = { .size_bytes = 0 };
	unsigned i;

	layout_blob_path(&blob, &part->sha256);
	link.link = buf_span(&blob);
	for (i = 0; layout_link_path(&path, part, i) == 1; i++) {
		link.path = buf_span(&path);
		tar_head(&p->frame, &link);
		buf_reset(&path);
	}
	buf_cleanup(&path);
	buf_cleanup(&blob);
}

/* oci-layout, index.json and the manifest; then the configuration. */
static void
add_known(struct plan *p, struct plan_step *out)
{
	struct buf index = { 0 };
	struct digest d = p->digest;

	if (p->n_known == 0) {
		out->known = p->manifest;
		layout_index(&index, &d, p->manifest.len);
		add_file(p, "oci-layout", layout_oci());
		add_file(p, "index.json", buf_span(&index));
		buf_cleanup(&index);
	} else {
		out->known = layout_config();
		digest_of(layout_config(), &d);
		add_padding(p, p->manifest.len);
	}
	is_new(p, &d);
	add_blob(p, &d, out->known.len, out);
	p->n_known++;
}

/* What stands behind the last blob, up to the next. */
static void
add_parts(struct plan *p, struct plan_step *out)
{
	const struct layout *l = p->layout;

	if (p->next == 0)
		add_padding(p, layout_config().len);
	else
		add_padding(p, l->parts[p->next - 1].size_bytes);
	if (p->next > 0)
		add_links(p, &l->parts[p->next - 1]);
	for (; p->next < l->n_parts; p->next++) {
		const struct layout_part *part = &l->parts[p->next];

		if (is_new(p, &part->sha256)) {
			add_blob(p, &part->sha256, part->size_bytes, out);
			p->next++;
			return;
		}
		add_links(p, part);
	}
	tar_end(&p->frame);
	p->is_over = true;
}

int
plan_next(struct plan *p, struct plan_step *out)
{
	if (p->is_over)
		return 0;
	buf_reset(&p->frame);
	*out = (struct plan_step){ .has_blob = false };
	if (p->n_known < 2)
		add_known(p, out);
	else
		add_parts(p, out);
	out->frame = buf_span(&p->frame);
	return 1;
}

uint64_t
plan_size(const struct layout *l, struct span manifest)
{
	struct plan p;
	struct plan_step step;
	uint64_t size = 0;

	plan_init(&p, l, manifest);
	while (plan_next(&p, &step) == 1)
		size += step.frame.len + step.size_bytes;
	plan_cleanup(&p);
	return size;
}
