/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where the parts of an image lie, by name: a folder, or a tar that may be
 * packed as a whole. Of a plain tar only the places of its members are noted;
 * a packed one is read once, and whatever in it looks like a layer is
 * recorded on the way, since nothing in it can be gone back to.
 */
#ifndef SCANNER_IMAGE_SOURCE_H
#define SCANNER_IMAGE_SOURCE_H

#include "scanner/facts.h"
#include "scanner/image_layer.h"

/* Limits of outside input. */
#define SOURCE_MEMBERS_MAX 20000u
#define SOURCE_NAMES_MAX ((size_t)4 * 1024 * 1024) /* bytes of all names */
#define SOURCE_SMALL_MAX ((size_t)1024 * 1024)     /* bytes of a document */
#define SOURCE_SMALLS_MAX \
	((size_t)16 * 1024 * 1024) /* bytes of all that a packed one has */

#define SOURCE_HEAD_MAX ((size_t)1024 * 1024) /* bytes looked at first */

#define SOURCE_STDIN "-" /* as the path of an archive */

struct source;
struct registry;

int source_open_folder(struct source **out, const char *path, struct err *e);
/*
 * Of a guessed transport it may turn out that the file is a root itself.
 * filter is for layers that must be recorded, and must outlive the source.
 */
int source_open_archive(struct source **out, const struct target *t,
    const struct layer_filter *filter, struct err *e);
/* The file is a root: one layer, whatever it is asked for by. */
bool source_is_root(const struct source *s);
/*
 * An image in a registry, whose parts are fetched when they are asked for, by
 * the names of image_registry.h. registry stays the caller's.
 */
void source_open_registry(struct source **out, struct registry *registry);
void source_close(struct source *s); /* NULL is fine */
/*
 * What sort of archive an open file is: -1 with ERR_FORMAT if it holds no
 * image; 1: that is what it is; 0: of a packed one only the beginning is looked
 * at, which does not say; it is taken for one of Docker, and whoever opens it
 * must be ready for the others.
 */
int source_detect(int fd, enum transport *out, struct err *e);
/* Bytes that begin a tar, packed or not: those of a root's folders? */
bool source_begins_root(struct span head);
/* One of the forms that base/stream unpacks. */
bool source_is_packed(int fd);

bool source_has(struct source *s, struct span name);
/* A document, at most SOURCE_SMALL_MAX bytes. ERR_MISSING, ERR_LIMIT. */
int
source_read(struct source *s, struct span name, struct buf *out, struct err *e);
/*
 * Says that source_layer() is asked for all layers once more: what a packed
 * archive has recorded on the way is recorded anew. filter as when it was
 * opened.
 */
void source_again(struct source *s);
/* True if it could not, since it is a pipe: layers stay as they were. */
bool source_is_behind(const struct source *s);
/*
 * The layer of that name, as layer_read() leaves it; the caller drops it. -1:
 * there is no such part. Threads may ask at the same time.
 */
int source_layer(struct source *s, struct span name,
    const struct layer_filter *filter, struct layer **out, struct err *e);

#endif
