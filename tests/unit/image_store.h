/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images of recipes (image_make.h) in each of the forms that we read, below a
 * temporary folder.
 */
#ifndef TESTS_UNIT_IMAGE_STORE_H
#define TESTS_UNIT_IMAGE_STORE_H

#include <sys/stat.h>

#include "tests/unit/image_make.h"
#include "tests/unit/tmp.h"

enum store_form {
	STORE_ROOTFS = 0, /* of recipes with one layer */
	STORE_OCI,        /* gzip layers */
	STORE_OCI_ZSTD,
	STORE_DIR,
	STORE_OCI_ARCHIVE,
	STORE_OCI_ARCHIVE_GZ,
	STORE_TARBALL, /* of recipes with one layer */
	STORE_TARBALL_GZ,
	STORE_DOCKER,
	STORE_DOCKER_REVERSE, /* members from the last to the first */
	STORE_DOCKER_GZ,
	STORE_DOCKER_25, /* with blobs/, an OCI layout beside it */
	N_STORE_FORMS,
};

/* One thing that is wrong with the image. */
enum store_spoil {
	STORE_SOUND = 0,
	STORE_LAYER_CUT,     /* the last layer, half of it */
	STORE_LAYER_CHANGED, /* one byte of its tar, sizes kept */
	STORE_LAYER_MISSING, /* the last one */
	STORE_CONFIG_MISSING,
	STORE_WRONG_DIFF_ID, /* of the last layer */
	STORE_DIFF_ID_TOO_FEW,
	STORE_WRONG_MANIFEST, /* its digest in the index */
	STORE_ARCHIVE_CUT,    /* the file that all of it lies in */
};

#define STORE_PARTS_MAX 32

struct store_part {
	char name[128];
	struct buf bytes;
};

struct store_maker {
	enum store_form form;
	enum store_spoil spoil;
	struct store_part parts[STORE_PARTS_MAX];
	size_t n;
	struct buf layers; /* JSON lists, without their brackets */
	struct buf diff_ids;
	struct buf history; /* with an instruction of no layer before each */
	char config[DIGEST_HEX_SIZE];
	size_t config_size;
};

static inline bool
store_is_docker(enum store_form f)
{
	return f >= STORE_DOCKER;
}

static inline struct buf *
store_add(struct store_maker *m, const char *fmt, const char *hex)
{
	struct store_part *p = &m->parts[m->n++];

	if (m->n == STORE_PARTS_MAX)
		abort();
	snprintf(p->name, sizeof(p->name), "%s%s", fmt, hex);
	return &p->bytes;
}

static inline const char *
store_blobs(const struct store_maker *m)
{
	switch (m->form) {
	case STORE_DIR:
	case STORE_DOCKER:
	case STORE_DOCKER_REVERSE:
	case STORE_DOCKER_GZ:
		return "";
	default:
		return "blobs/sha256/";
	}
}

static inline void
store_pack(const struct store_maker *m, struct span tar, struct buf *out)
{
	if (m->form == STORE_OCI_ZSTD)
		make_zstd(tar, out);
	else if (store_is_docker(m->form))
		buf_add_span(out, tar);
	else
		make_gzip(tar, out);
}

/* What the manifest says is true of the bytes before they are spoilt. */
static inline void
store_spoil_layer(struct store_maker *m, struct span tar, struct buf *bytes)
{
	if (m->spoil == STORE_LAYER_CUT)
		bytes->len /= 2;
	if (m->spoil == STORE_LAYER_MISSING) {
		m->n--;
		buf_cleanup(bytes);
	}
	if (m->spoil == STORE_LAYER_CHANGED) {
		struct buf changed = { 0 };

		buf_add_span(&changed, tar);
		changed.ptr[600] ^= 1; /* in the first file's data */
		buf_reset(bytes);
		store_pack(m, buf_span(&changed), bytes);
		buf_cleanup(&changed);
	}
}

static inline void
store_layer(struct store_maker *m, struct span tar, bool last)
{
	char diff[DIGEST_HEX_SIZE], hex[DIGEST_HEX_SIZE];
	const char *comma = m->layers.len > 0 ? "," : "";
	struct buf packed = { 0 };
	struct buf *bytes;

	make_hex(tar, diff);
	if (last && m->spoil == STORE_WRONG_DIFF_ID)
		memset(diff, '0', 64);
	if (!last || m->spoil != STORE_DIFF_ID_TOO_FEW)
		buf_printf(&m->diff_ids, "%s\"sha256:%s\"", comma, diff);
	store_pack(m, tar, &packed);
	make_hex(buf_span(&packed), hex);
	bytes = store_add(m, store_blobs(m), hex);
	*bytes = packed;
	if (store_is_docker(m->form))
		buf_printf(
		    &m->layers, "%s\"%s%s\"", comma, store_blobs(m), hex);
	else
		buf_printf(&m->layers,
		    "%s{\"mediaType\":\"application/"
		    "vnd.oci.image.layer.v1.tar+gzip\",\"digest\":\"sha256:%s\","
		    "\"size\":%zu}",
		    comma, hex, packed.len);
	if (last)
		store_spoil_layer(m, tar, bytes);
}

static inline void
store_config(struct store_maker *m)
{
	struct buf json = { 0 };

	buf_printf(&json,
	    "{\"architecture\":\"amd64\",\"os\":\"linux\",\"rootfs\":{\"type\":"
	    "\"layers\",\"diff_ids\":[%s]},\"history\":[%s]}",
	    buf_str(&m->diff_ids), buf_str(&m->history));
	make_hex(buf_span(&json), m->config);
	m->config_size = json.len;
	if (m->spoil == STORE_CONFIG_MISSING)
		buf_cleanup(&json);
	else
		*store_add(m, store_blobs(m), m->config) = json;
}

static inline void
store_oci_manifest(struct store_maker *m)
{
	struct buf json = { 0 };
	char hex[DIGEST_HEX_SIZE];
	size_t size;

	buf_printf(&json,
	    "{\"schemaVersion\":2,\"config\":{\"digest\":\"sha256:%s\",\"size\":"
	    "%zu},\"layers\":[%s]}",
	    m->config, m->config_size, buf_str(&m->layers));
	make_hex(buf_span(&json), hex);
	size = json.len;
	if (m->form == STORE_DIR) {
		*store_add(m, "manifest.json", "") = json;
		buf_add_str(store_add(m, "version", ""),
		    "Directory Transport Version: 1.1\n");
		return;
	}
	*store_add(m, store_blobs(m), hex) = json;
	if (m->spoil == STORE_WRONG_MANIFEST)
		m->parts[m->n - 1].bytes.ptr[0] = ' ';
	buf_printf(store_add(m, "index.json", ""),
	    "{\"schemaVersion\":2,\"manifests\":[{\"digest\":\"sha256:%s\","
	    "\"size\":%zu,\"annotations\":{\"org.opencontainers.image.ref."
	    "name\":\"v1\"}}]}",
	    hex, size);
	buf_add_str(store_add(m, "oci-layout", ""),
	    "{\"imageLayoutVersion\":\"1.0.0\"}");
}

static inline void
store_docker_manifest(struct store_maker *m)
{
	buf_printf(store_add(m, "manifest.json", ""),
	    "[{\"Config\":\"%s%s\",\"RepoTags\":[\"name:v1\"],\"Layers\":[%s]}]",
	    store_blobs(m), m->config, buf_str(&m->layers));
	if (m->form == STORE_DOCKER_25)
		buf_add_str(store_add(m, "oci-layout", ""),
		    "{\"imageLayoutVersion\":\"1.0.0\"}");
}

static inline void
store_write(const struct tmp *t, const char *name, struct span bytes)
{
	struct buf dir = { 0 };
	size_t slash = span_rfind(span_of(name), '/');
	struct err e;

	if (slash < strlen(name)) {
		buf_add_span(&dir, span_first(span_of(name), slash));
		if (file_make_dirs(t->dirfd, buf_str(&dir), &e) != 0)
			abort();
	}
	if (file_replace(t->dirfd, name, bytes, &e) != 0)
		abort();
	buf_cleanup(&dir);
}

static inline void
store_write_tar(const struct store_maker *m, const struct tmp *t)
{
	struct buf tar = { 0 };
	struct buf packed = { 0 };
	struct archive *a = make_tar_open(&tar);
	bool reverse = m->form == STORE_DOCKER_REVERSE;
	size_t i;

	for (i = 0; i < m->n; i++) {
		const struct store_part *p =
		    &m->parts[reverse ? m->n - 1 - i : i];

		make_file(a, p->name, buf_span(&p->bytes));
	}
	make_tar_close(a);
	if (m->spoil == STORE_ARCHIVE_CUT)
		tar.len -= 1024 + 2000;
	if (m->form == STORE_DOCKER_GZ || m->form == STORE_OCI_ARCHIVE_GZ) {
		make_gzip(buf_span(&tar), &packed);
		store_write(t, "image", buf_span(&packed));
	} else {
		store_write(t, "image", buf_span(&tar));
	}
	buf_cleanup(&packed);
	buf_cleanup(&tar);
}

static inline void
store_write_folder(const struct store_maker *m, const struct tmp *t)
{
	char name[256];
	size_t i;

	for (i = 0; i < m->n; i++) {
		snprintf(name, sizeof(name), "image/%s", m->parts[i].name);
		store_write(t, name, buf_span(&m->parts[i].bytes));
	}
}

/* Hard links, whiteouts and pipes are for layers only. */
static inline void
store_root(const struct tmp *t, struct span recipe)
{
	struct span line;
	struct err e;

	if (file_make_dirs(t->dirfd, "image", &e) != 0)
		abort();
	while (span_next(&recipe, '\n', &line)) {
		struct span rest = span_from(line, 2);
		size_t blank = span_find(rest, ' ');
		struct buf path = { 0 };
		struct buf text = { 0 };

		buf_printf(
		    &path, "image/%.*s", SPAN_ARG(span_first(rest, blank)));
		make_unescape(span_from(rest, blank + 1), &text);
		if (line.len > 2 && line.ptr[0] == 'd') {
			if (file_make_dirs(t->dirfd, buf_str(&path), &e) != 0)
				abort();
		} else if (line.len > 2) {
			store_write(t, buf_str(&path), buf_span(&text));
		}
		if (line.len > 2 && line.ptr[0] == 'l' &&
		    file_replace_link(
			t->dirfd, buf_str(&path), buf_str(&text), &e) != 0)
			abort();
		buf_cleanup(&path);
		buf_cleanup(&text);
	}
}

/* The layer, and nothing beside it. */
static inline void
store_tarball(const struct tmp *t, struct span recipe, enum store_form form,
    enum store_spoil spoil)
{
	struct buf tar = { 0 };
	struct buf packed = { 0 };

	if (!make_layer(&recipe, &tar))
		abort();
	if (form == STORE_TARBALL_GZ)
		make_gzip(buf_span(&tar), &packed);
	else
		buf_add_span(&packed, buf_span(&tar));
	if (spoil == STORE_ARCHIVE_CUT)
		packed.len /= 2;
	store_write(t, "image", buf_span(&packed));
	buf_cleanup(&packed);
	buf_cleanup(&tar);
}

/* Makes "image" below t: a folder or a file. */
static inline void
store_make(const struct tmp *t, const char *recipe, enum store_form form,
    enum store_spoil spoil)
{
	struct store_maker m = { .form = form, .spoil = spoil };
	struct span rest = span_of(recipe);
	struct buf tar = { 0 };
	size_t n = 0;
	size_t i;

	if (form == STORE_ROOTFS) {
		store_root(t, rest);
		return;
	}
	if (form == STORE_TARBALL || form == STORE_TARBALL_GZ) {
		store_tarball(t, rest, form, spoil);
		return;
	}
	while (make_layer(&rest, &tar)) {
		store_layer(&m, buf_span(&tar), rest.ptr == NULL);
		buf_printf(&m.history,
		    "%s{\"created_by\":\"ENV\",\"empty_layer\":true},"
		    "{\"created_by\":\"RUN %zu\",\"created\":\"day %zu\"}",
		    n == 0 ? "" : ",", n, n);
		n++;
		buf_reset(&tar);
	}
	store_config(&m);
	if (store_is_docker(form))
		store_docker_manifest(&m);
	else
		store_oci_manifest(&m);
	if (form <= STORE_DIR)
		store_write_folder(&m, t);
	else
		store_write_tar(&m, t);
	for (i = 0; i < m.n; i++)
		buf_cleanup(&m.parts[i].bytes);
	buf_cleanup(&m.layers);
	buf_cleanup(&m.diff_ids);
	buf_cleanup(&m.history);
	buf_cleanup(&tar);
}

#endif
