/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of an image in a registry, by name; see image_source.h. */
#ifndef SCANNER_IMAGE_REGISTRY_H
#define SCANNER_IMAGE_REGISTRY_H

#include "content/registry.h"
#include "scanner/image_layer.h"

#define REGISTRY_PART_OWN "manifest"        /* of the target's tag */
#define REGISTRY_PART_MANIFEST "manifests/" /* and its digest */
#define REGISTRY_PART_BLOB "blobs/" /* and its digest, and perhaps "/size" */

/* A document, as source_read(). */
int registry_part_read(
    struct registry *r, struct span name, struct buf *out, struct err *e);
/* A layer, as source_layer(). */
int registry_part_layer(struct registry *r, struct span name,
    const struct layer_filter *filter, struct layer **out, struct err *e);

#endif
