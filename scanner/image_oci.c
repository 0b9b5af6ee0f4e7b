/* SPDX-License-Identifier: Apache-2.0 */
/* Manifests of OCI layouts, of skopeo's folders and of registries. */
#include <stdio.h>

#include "base/buf.h"
#include "content/registry_reference.h"
#include "scanner/image_manifest.h"
#include "scanner/image_platform.h"
#include "scanner/image_registry.h"

/* One walk from the outermost index to a manifest. */
struct pick {
	struct image *img;
	const struct target *target;
	const struct part_names *names;
};

/* How a form calls its parts. */
struct part_names {
	const char *blob; /* in front of its digest */
	const char *manifest;
	const char *manifest_end;
	bool by_name;    /* the outermost index is of names */
	bool with_sizes; /* of layers, behind their digests */
};

static const struct part_names layout_names = { "blobs/sha256/",
	"blobs/sha256/", "", true, false };
static const struct part_names dir_names = { "", "", ".manifest.json", true,
	false };
static const struct part_names registry_names = { REGISTRY_PART_BLOB,
	REGISTRY_PART_MANIFEST, "", false, true };

static struct span
part_name(const struct pick *p, const char *before, const struct digest *d,
    const char *behind)
{
	char hex[DIGEST_HEX_SIZE];
	struct buf b = { 0 };
	struct span name;

	buf_printf(&b, "%s%s%s", before, digest_hex(d, hex), behind);
	name = arena_span(&p->img->arena, buf_span(&b));
	buf_cleanup(&b);
	return name;
}

static struct span
manifest_name(const struct pick *p, const struct digest *d)
{
	return part_name(p, p->names->manifest, d, p->names->manifest_end);
}

static struct span
layer_name(const struct pick *p, const struct image_layer *l)
{
	char size[32] = "";

	if (p->names->with_sizes && l->has_size)
		snprintf(size, sizeof(size), "/%llu",
		    (unsigned long long)l->size_bytes);
	return part_name(p, p->names->blob, &l->digest, size);
}

static struct span
ref_name(const struct json_node *descriptor)
{
	const struct json_node *notes = json_get(descriptor, "annotations");

	return json_text(json_get(notes, "org.opencontainers.image.ref.name"));
}

/* "v1" is "v1", and also the end of "host/name:v1". */
static bool
name_fits(struct span name, struct span tag)
{
	size_t at = name.len - tag.len;

	if (span_eq(name, tag))
		return true;
	return name.len > tag.len && name.ptr[at - 1] == ':' &&
	    span_eq(span_from(name, at), tag);
}

static bool
has_tag(const struct json_node *descriptor, const char *tag)
{
	const struct json_node *notes = json_get(descriptor, "annotations");
	struct span name =
	    json_text(json_get(notes, "io.containerd.image.name"));

	return name_fits(ref_name(descriptor), span_of(tag)) ||
	    name_fits(name, span_of(tag));
}

/* An attestation about an image, not an image. */
static bool
is_attestation(const struct json_node *descriptor)
{
	const struct json_node *platform = json_get(descriptor, "platform");
	const struct json_node *notes = json_get(descriptor, "annotations");

	return json_get(notes, "vnd.docker.reference.type") != NULL ||
	    (span_is(json_text(json_get(platform, "os")), "unknown") &&
		span_is(
		    json_text(json_get(platform, "architecture")), "unknown"));
}

static bool
is_candidate(const struct pick *p, const struct json_node *d, bool outermost)
{
	return !is_attestation(d) &&
	    (!outermost || p->target->tag == NULL ||
		has_tag(d, p->target->tag));
}

/* "a, b, c" of the names or platforms that an index offers. */
static struct span
offers(const struct pick *p, const struct json_node *index, bool names)
{
	const struct json_node *d = json_get(index, "manifests");
	struct arena *a = &p->img->arena;
	struct buf b = { 0 };
	struct span text;

	for (d = d == NULL ? NULL : d->child; d != NULL; d = d->next) {
		text = names ? ref_name(d)
			     : platform_of(json_get(d, "platform"), a);
		if (text.len == 0 || is_attestation(d))
			continue;
		if (b.len > 0)
			buf_add_str(&b, ", ");
		buf_add_span(&b, text);
	}
	text = b.len == 0 ? SPAN_LIT("nothing with a name")
			  : arena_span(a, buf_span(&b));
	buf_cleanup(&b);
	return text;
}

/* The candidate for a platform; NULL if there is none. */
static const struct json_node *
by_platform(const struct pick *p, const struct json_node *manifests,
    const char *platform, bool outermost)
{
	const struct json_node *fits = NULL;
	const struct json_node *d;

	for (d = manifests->child; d != NULL; d = d->next) {
		struct span has =
		    platform_of(json_get(d, "platform"), &p->img->arena);

		if (!is_candidate(p, d, outermost) ||
		    !platform_fits(has, platform))
			continue;
		if (span_is(has, platform))
			return d;
		fits = fits == NULL ? d : fits;
	}
	return fits;
}

/* Several images under several names, and nobody said which. */
static bool
is_ambiguous(const struct pick *p, const struct json_node *manifests)
{
	struct span first = SPAN_NONE;
	const struct json_node *d;

	for (d = manifests->child; d != NULL; d = d->next) {
		struct span name = ref_name(d);

		if (name.len == 0 || is_attestation(d))
			continue;
		if (first.len > 0 && !span_eq(first, name))
			return p->target->tag == NULL;
		first = name;
	}
	return false;
}

static int
none_fits(const struct pick *p, const struct json_node *index, bool outermost,
    struct err *e)
{
	const struct target *t = p->target;

	if (outermost && t->tag != NULL)
		return err_set(e, ERR_MISSING,
		    "no image is called %s; there is %.*s", t->tag,
		    SPAN_ARG(offers(p, index, true)));
	return err_set(e, ERR_MISSING, "there is no image in it");
}

/* Several platforms, and nobody said which: all are told, without doubles. */
static int
platforms_take(const struct pick *p, const struct json_node *manifests,
    bool outermost, struct err *e)
{
	struct image *img = p->img;
	const struct json_node *d;
	size_t i;

	if (manifest_count(manifests) > IMAGE_PLATFORMS_MAX)
		return err_set(e, ERR_LIMIT,
		    "more than %u images in an index: say which with "
		    "--platform",
		    IMAGE_PLATFORMS_MAX);
	img->n_platforms = 0;
	img->platforms = arena_array(
	    &img->arena, IMAGE_PLATFORMS_MAX, sizeof(*img->platforms));
	for (d = manifests->child; d != NULL; d = d->next) {
		struct span has =
		    platform_of(json_get(d, "platform"), &img->arena);

		if (!is_candidate(p, d, outermost) || has.len == 0)
			continue;
		for (i = 0; i < img->n_platforms; i++)
			if (span_eq(img->platforms[i], has))
				break;
		if (i == img->n_platforms)
			img->platforms[img->n_platforms++] = has;
	}
	if (img->n_platforms < 2)
		img->n_platforms = 0;
	return 0;
}

/* Chooses from an index. *out is a descriptor. */
static int
choose(const struct pick *p, const struct json_node *index, bool outermost,
    const struct json_node **out, struct err *e)
{
	const struct json_node *manifests = json_get(index, "manifests");
	const struct json_node *first = NULL;
	const struct json_node *d;
	size_t n = 0;

	if (outermost && is_ambiguous(p, manifests))
		return err_set(e, ERR_FORMAT,
		    "there are several images, say which behind a colon: %.*s",
		    SPAN_ARG(offers(p, index, true)));
	for (d = manifests->child; d != NULL; d = d->next) {
		if (!is_candidate(p, d, outermost))
			continue;
		first = first == NULL ? d : first;
		n++;
	}
	if (first == NULL)
		return none_fits(p, index, outermost, e);
	*out = first;
	/* One that is alone proves its platform by its configuration. */
	if (n == 1 && json_get(first, "platform") == NULL)
		return 0;
	if (p->target->platform != NULL) {
		*out =
		    by_platform(p, manifests, p->target->platform, outermost);
		return *out != NULL
		    ? 0
		    : err_set(e, ERR_MISSING,
			  "there is no image for %s, only for %.*s",
			  p->target->platform,
			  SPAN_ARG(offers(p, index, false)));
	}
	return platforms_take(p, manifests, outermost, e);
}

static int
layer_of(const struct pick *p, const struct json_node *descriptor,
    struct image_layer *l, struct err *e)
{
	struct span digest = json_text(json_get(descriptor, "digest"));
	struct span size = json_text(json_get(descriptor, "size"));

	l->text = digest;
	l->has_digest = manifest_digest(digest, &l->digest);
	l->has_size = parse_uint(size, INT64_MAX, &l->size_bytes);
	if (!l->has_digest)
		return err_set(e, ERR_FORMAT,
		    "a layer without a SHA-256 digest: %.*s", SPAN_ARG(digest));
	l->name = layer_name(p, l);
	return 0;
}

static int
manifest_take(const struct pick *p, const struct json_node *manifest,
    const struct digest *digest, struct err *e)
{
	const struct json_node *layers = json_get(manifest, "layers");
	const struct json_node *config = json_get(manifest, "config");
	struct image *img = p->img;
	struct digest config_digest;
	char hex[DIGEST_HEX_SIZE];
	struct buf b = { 0 };
	const struct json_node *d;
	size_t i = 0;

	img->n_layers = manifest_count(layers);
	if (layers == NULL || img->n_layers > IMAGE_LAYERS_MAX ||
	    !manifest_digest(
		json_text(json_get(config, "digest")), &config_digest))
		return err_set(e, ERR_FORMAT,
		    "a manifest of a kind that is not known: no image of OCI "
		    "or of Docker's schema 2");
	buf_printf(&b, "sha256:%s", digest_hex(digest, hex));
	img->digest = arena_span(&img->arena, buf_span(&b));
	buf_cleanup(&b);
	img->layers =
	    arena_array(&img->arena, img->n_layers, sizeof(*img->layers));
	for (d = layers->child; d != NULL; d = d->next)
		if (layer_of(p, d, &img->layers[i++], e) != 0)
			return -1;
	return manifest_config(img,
	    part_name(p, p->names->blob, &config_digest, ""), &config_digest,
	    p->target, e);
}

static int
walk(const struct pick *p, struct span name, const struct digest *proof,
    struct err *e)
{
	const struct json_node *doc, *descriptor = NULL;
	struct digest want, actual;
	unsigned depth;

	for (depth = 0; depth <= MANIFEST_NESTING_MAX; depth++) {
		if (manifest_document(p->img, name, proof, &doc, &actual, e) !=
		    0)
			return -1;
		if (json_get(doc, "manifests") == NULL)
			return manifest_take(p, doc, &actual, e);
		if (choose(p, doc, depth == 0 && p->names->by_name, &descriptor,
			e) != 0)
			return -1;
		if (!manifest_digest(
			json_text(json_get(descriptor, "digest")), &want))
			return err_set(e, ERR_FORMAT,
			    "%.*s: an image without a SHA-256 digest",
			    SPAN_ARG(name));
		proof = &want;
		name = manifest_name(p, &want);
	}
	return err_set(e, ERR_LIMIT, "indexes nested more than %u deep",
	    MANIFEST_NESTING_MAX);
}

int
manifest_read_oci(struct image *img, const struct target *t, struct err *e)
{
	const struct pick p = { img, t, &layout_names };

	return walk(&p, SPAN_LIT("index.json"), NULL, e);
}

int
manifest_read_dir(struct image *img, const struct target *t, struct err *e)
{
	const struct pick p = { img, t, &dir_names };

	return walk(&p, SPAN_LIT("manifest.json"), NULL, e);
}

int
manifest_read_registry(struct image *img, const struct target *t, struct err *e)
{
	const struct pick p = { img, t, &registry_names };
	struct span text = span_of(t->text);
	struct registry_reference r;

	if (registry_reference_parse(&r,
		span_from(text, span_of(REGISTRY_SCHEME).len), &img->arena,
		e) != 0)
		return -1;
	if (r.has_digest)
		return walk(&p, manifest_name(&p, &r.digest), &r.digest, e);
	return walk(&p, SPAN_LIT(REGISTRY_PART_OWN), NULL, e);
}
