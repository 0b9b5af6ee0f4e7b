/* SPDX-License-Identifier: Apache-2.0 */
/*
 * make_bundle FILE KIND NAME PATH …: writes a bundle out of files that need not
 * mean anything, for tests of how bundles travel: KIND is metadata, target or
 * patch. They have to be in the order of bundle/layout.h.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/map.h"
#include "bundle/layout.h"
#include "bundle/tar.h"

#define PARTS_MAX 100
#define BODY_MAX ((size_t)256 * 1024 * 1024)

static struct buf bodies[PARTS_MAX], tar;

static void
add_entry(const char *path, const char *link, struct span body)
{
	static const char zeros[TAR_BLOCK];
	const struct tar_entry entry = { .path = span_of(path),
		.link = span_of(link),
		.size_bytes = body.len };

	tar_head(&tar, &entry);
	buf_add_span(&tar, body);
	buf_add(&tar, zeros, tar_padding(body.len));
}

static void
add_blob(struct map *seen, struct span body)
{
	struct buf path = { 0 };
	struct digest d;

	digest_of(body, &d);
	layout_blob_path(&path, &d);
	if (map_add(seen, span_make(d.bytes, DIGEST_SIZE), 0, NULL))
		add_entry(buf_str(&path), NULL, body);
	buf_cleanup(&path);
}

static void
add_part(struct map *seen, const struct layout_part *p, struct span body)
{
	struct buf link = { 0 }, blob = { 0 };
	unsigned i;

	add_blob(seen, body);
	layout_blob_path(&blob, &p->sha256);
	for (i = 0; layout_link_path(&link, p, i) == 1; i++) {
		add_entry(buf_str(&link), buf_str(&blob), SPAN_NONE);
		buf_reset(&link);
	}
	buf_cleanup(&link);
	buf_cleanup(&blob);
}

static void
add_head(struct map *seen, const struct layout *l)
{
	struct buf manifest = { 0 }, index = { 0 };
	struct digest d;

	layout_manifest(&manifest, l);
	digest_of(buf_span(&manifest), &d);
	layout_index(&index, &d, manifest.len);
	add_entry("oci-layout", NULL, layout_oci());
	add_entry("index.json", NULL, buf_span(&index));
	add_blob(seen, buf_span(&manifest));
	add_blob(seen, layout_config());
	buf_cleanup(&manifest);
	buf_cleanup(&index);
}

static int
read_part(struct layout_part *p, struct buf *body, char **words, struct err *e)
{
	static const char *const kinds[] = { "metadata", "target", "patch" };
	unsigned i;

	for (i = 0; i < 3; i++)
		if (strcmp(words[0], kinds[i]) == 0)
			p->kind = (enum layout_kind)i;
	p->name = span_of(words[1]);
	if (file_read(AT_FDCWD, words[2], BODY_MAX, body, e) != 0)
		return -1;
	digest_of(buf_span(body), &p->sha256);
	p->size_bytes = body->len;
	return 0;
}

int
main(int argc, char **argv)
{
	struct layout_part parts[PARTS_MAX] = { { 0 } };
	struct layout l = { .parts = parts };
	struct map seen = { 0 };
	struct err e = { 0 };
	int i, rc = 0;

	for (i = 2; rc == 0 && i + 3 <= argc && l.n_parts < PARTS_MAX; i += 3) {
		rc = read_part(
		    &parts[l.n_parts], &bodies[l.n_parts], argv + i, &e);
		l.n_parts++;
	}
	add_head(&seen, &l);
	for (i = 0; i < (int)l.n_parts; i++)
		add_part(&seen, &parts[i], buf_span(&bodies[i]));
	tar_end(&tar);
	if (rc == 0 && argc > 1)
		rc = file_replace(AT_FDCWD, argv[1], buf_span(&tar), &e);
	if (rc != 0)
		fprintf(stderr, "make_bundle: %s\n", e.msg);
	map_cleanup(&seen);
	for (i = 0; i < PARTS_MAX; i++)
		buf_cleanup(&bodies[i]);
	buf_cleanup(&tar);
	return rc == 0 ? 0 : 1;
}
