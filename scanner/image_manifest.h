/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which layers an image has: OCI and Docker manifests, and the manifest.json
 * of `docker save` (FORMATS §12.1, §12.2). Fills layers, digest and
 * architecture of the image; every document is proved by the digest that
 * names it.
 */
#ifndef SCANNER_IMAGE_MANIFEST_H
#define SCANNER_IMAGE_MANIFEST_H

#include "base/json.h"
#include "scanner/image.h"

/* Limits of outside input. */
#define MANIFEST_NESTING_MAX 4u /* indexes in indexes */
#define MANIFEST_MEMORY_MAX \
	((size_t)16 * 1024 * 1024) /* of all documents of an image */

/* An OCI layout, in a folder or an archive. */
int manifest_read_oci(struct image *img, const struct target *t, struct err *e);
/* As skopeo's dir: has it. */
int manifest_read_dir(struct image *img, const struct target *t, struct err *e);
/* Of a registry: of a tag, or proved by the digest that the target has. */
int manifest_read_registry(
    struct image *img, const struct target *t, struct err *e);
/* As `docker save` writes it. */
int
manifest_read_docker(struct image *img, const struct target *t, struct err *e);

/* A root in one tar has none: it is the only layer. */
void manifest_of_tarball(struct image *img, const struct target *t);
/*
 * What reading it has shown: the digest of its bytes, whether it was cut, and
 * whether it is a saved image, after all.
 */
void manifest_tarball_check(struct image *img, const struct target *t);

/* --- shared by the readers --- */

/* "sha256:<hex>" */
bool manifest_digest(struct span text, struct digest *out);
/*
 * Reads a document of the source into the image's arena; digest NULL: it is
 * not proved. *actual (may be NULL) is what its bytes have.
 */
int manifest_document(struct image *img, struct span name,
    const struct digest *digest, const struct json_node **out,
    struct digest *actual, struct err *e);
/*
 * Takes architecture and diff ids from the configuration; what is wrong with
 * it becomes a problem. -1 only if it is for another platform than asked for.
 */
int manifest_config(struct image *img, struct span name,
    const struct digest *digest, const struct target *t, struct err *e);
size_t manifest_count(const struct json_node *array);

#endif
