/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "scanner/image_manifest.h"
#include "scanner/image_platform.h"

bool
manifest_digest(struct span text, struct digest *out)
{
	return span_has_prefix(text, "sha256:") &&
	    digest_parse(span_from(text, 7), out);
}

size_t
manifest_count(const struct json_node *array)
{
	const struct json_node *n = array == NULL ? NULL : array->child;
	size_t count = 0;

	for (; n != NULL; n = n->next)
		count++;
	return count;
}

int
manifest_document(struct image *img, struct span name,
    const struct digest *digest, const struct json_node **out,
    struct digest *actual, struct err *e)
{
	struct buf bytes = { 0 };
	struct digest d;
	int rc = -1;

	if (source_read(img->source, name, &bytes, e) != 0)
		goto out;
	digest_of(buf_span(&bytes), &d);
	if (actual != NULL)
		*actual = d;
	if (digest != NULL && !digest_eq(&d, digest)) {
		err_set(e, ERR_UNTRUSTED,
		    "%.*s: its bytes do not have the digest that it is named "
		    "by",
		    SPAN_ARG(name));
		goto out;
	}
	rc = json_parse(buf_span(&bytes), &img->arena, out, e);
	if (rc == 0 && img->arena.total > MANIFEST_MEMORY_MAX)
		rc = err_set(e, ERR_LIMIT,
		    "index, manifest and configuration take more than %zu MiB",
		    MANIFEST_MEMORY_MAX >> 20);
	if (rc != 0)
		err_context(e, "%.*s", SPAN_ARG(name));
out:
	buf_cleanup(&bytes);
	return rc;
}

static void
diff_ids_read(struct image *img, const struct json_node *config)
{
	const struct json_node *ids = json_path(config, "rootfs.diff_ids");
	const struct json_node *id = ids == NULL ? NULL : ids->child;
	size_t n = manifest_count(ids);
	size_t i;

	if (n != img->n_layers) {
		image_problem(img,
		    "the configuration speaks of %zu layers, the manifest of "
		    "%zu",
		    n, img->n_layers);
		return;
	}
	for (i = 0; id != NULL && i < n; i++, id = id->next) {
		struct image_layer *l = &img->layers[i];

		l->has_diff_id = manifest_digest(json_text(id), &l->diff_id);
		if (!l->has_diff_id)
			image_problem(img,
			    "the configuration has no SHA-256 for layer %zu",
			    i + 1);
	}
}

static bool
is_empty_layer(const struct json_node *h)
{
	const struct json_node *empty = json_get(h, "empty_layer");

	return empty != NULL && empty->type == JSON_TRUE;
}

/* The instructions that made the layers, oldest first. */
static void
history_read(struct image *img, const struct json_node *config)
{
	const struct json_node *history = json_get(config, "history");
	const struct json_node *first = history == NULL ? NULL : history->child;
	const struct json_node *h;
	size_t n = 0;

	for (h = first; h != NULL; h = h->next)
		n += !is_empty_layer(h);
	if (n != img->n_layers)
		return; /* which is whose, nobody can tell */
	n = 0;
	for (h = first; h != NULL; h = h->next) {
		struct image_layer *l = &img->layers[n];

		if (is_empty_layer(h))
			continue;
		l->created_by = json_text(json_get(h, "created_by"));
		l->created = json_text(json_get(h, "created"));
		n++;
	}
}

int
manifest_config(struct image *img, struct span name,
    const struct digest *digest, const struct target *t, struct err *e)
{
	const struct json_node *config;
	struct span platform;
	struct err why;

	if (manifest_document(img, name, digest, &config, NULL, &why) != 0) {
		image_problem(
		    img, "the configuration cannot be read: %s", why.msg);
		return 0;
	}
	img->is_proved = digest != NULL;
	img->architecture = json_text(json_get(config, "architecture"));
	diff_ids_read(img, config);
	history_read(img, config);
	platform = platform_of(config, &img->arena);
	if (t->platform == NULL || platform.len == 0 ||
	    platform_fits(platform, t->platform))
		return 0;
	return err_set(e, ERR_MISSING, "is for %.*s, not for %s",
	    SPAN_ARG(platform), t->platform);
}
