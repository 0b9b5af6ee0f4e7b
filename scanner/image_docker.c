/* SPDX-License-Identifier: Apache-2.0 */
/* The manifest.json of `docker save`. */
#include "base/buf.h"
#include "scanner/image_manifest.h"

/* "alpine:3.20" is also "docker.io/library/alpine:3.20". */
static bool
tag_fits(struct span has, struct span asked)
{
	struct buf latest = { 0 };
	bool fits;

	if (span_find(asked, ':') == asked.len) {
		buf_printf(&latest, "%.*s:latest", SPAN_ARG(asked));
		asked = buf_span(&latest);
	}
	fits = has.len >= asked.len &&
	    span_eq(span_from(has, has.len - asked.len), asked) &&
	    (has.len == asked.len || has.ptr[has.len - asked.len - 1] == '/');
	buf_cleanup(&latest);
	return fits;
}

static bool
has_tag(const struct json_node *image, const char *tag)
{
	const struct json_node *t = json_get(image, "RepoTags");

	for (t = t == NULL ? NULL : t->child; t != NULL; t = t->next)
		if (tag_fits(json_text(t), span_of(tag)))
			return true;
	return false;
}

static int
choose(const struct json_node *images, const char *tag,
    const struct json_node **out, struct err *e)
{
	size_t n = manifest_count(images);
	const struct json_node *i;

	if (images->type != JSON_ARRAY || n == 0)
		return err_set(
		    e, ERR_FORMAT, "manifest.json: there is no image in it");
	*out = images->child;
	if (tag == NULL)
		return n == 1
		    ? 0
		    : err_set(e, ERR_FORMAT,
			  "there are %zu images, say which behind a colon: "
			  "docker-archive:FILE:NAME:TAG",
			  n);
	for (i = images->child; i != NULL; i = i->next) {
		*out = i;
		if (has_tag(i, tag))
			return 0;
	}
	return err_set(e, ERR_MISSING, "no image is called %s", tag);
}

/* The digest in "<hex>.json", "sha256:<hex>" and "blobs/sha256/<hex>". */
static bool
digest_in_name(struct span name, struct digest *out)
{
	size_t slash = span_rfind(name, '/');

	if (slash < name.len)
		name = span_from(name, slash + 1);
	if (span_has_prefix(name, "sha256:"))
		name = span_from(name, 7);
	return digest_parse(span_first(name, span_find(name, '.')), out);
}

static void
layers_take(struct image *img, const struct json_node *layers)
{
	const struct json_node *n = layers->child;
	size_t i;

	img->layers =
	    arena_array(&img->arena, img->n_layers, sizeof(*img->layers));
	for (i = 0; i < img->n_layers; i++, n = n->next) {
		struct image_layer *l = &img->layers[i];

		l->name = json_text(n);
		l->text = l->name;
		/* Only here does a name promise what the bytes are. */
		l->has_digest = span_has_prefix(l->name, "blobs/sha256/") &&
		    digest_in_name(l->name, &l->digest);
	}
}

int
manifest_read_docker(struct image *img, const struct target *t, struct err *e)
{
	const struct json_node *images, *image = NULL, *layers;
	struct digest digest;
	struct span config;
	bool is_named;

	if (manifest_document(
		img, SPAN_LIT("manifest.json"), NULL, &images, NULL, e) != 0 ||
	    choose(images, t->tag, &image, e) != 0)
		return -1;
	layers = json_get(image, "Layers");
	img->n_layers = manifest_count(layers);
	config = json_text(json_get(image, "Config"));
	if (layers == NULL || config.len == 0 ||
	    img->n_layers > IMAGE_LAYERS_MAX)
		return err_set(e, ERR_FORMAT,
		    "manifest.json: an image without Config or Layers");
	layers_take(img, layers);
	is_named = digest_in_name(config, &digest);
	return manifest_config(img, config, is_named ? &digest : NULL, t, e);
}
