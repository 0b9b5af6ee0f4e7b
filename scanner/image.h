/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An image, whatever it lies in: an unpacked root, or layers that are put
 * together. Layers are read for the paths that matter; where links lead to
 * others, these matter too, and layers are read again (image_layers.c). Names
 * are looked up first, then what is needed of the files is fetched at once.
 */
#ifndef SCANNER_IMAGE_H
#define SCANNER_IMAGE_H

#include "scanner/facts.h"
#include "scanner/image_source.h"
#include "scanner/wanted.h"

/* Limits of outside input. */
#define IMAGE_LAYERS_MAX 1024u
#define IMAGE_PROBLEMS_MAX 100u
#define IMAGE_PLATFORMS_MAX 64u /* of an index */
#define IMAGE_ROUNDS_MAX 16u    /* times that all layers are read */
/* Bytes of files at a time: in memory, and mapped, databases mostly. */
#define IMAGE_LOADED_MAX ((uint64_t)16 * 1024 * 1024)
#define IMAGE_MAPPED_MAX ((uint64_t)512 * 1024 * 1024)
#define IMAGE_RECORDED_MAX ((size_t)24 * 1024 * 1024) /* of memory */
#define IMAGE_THREADS 2u

/* A layer as the manifest has it. */
struct image_layer {
	struct span name; /* in the source */
	struct span text; /* for people: its digest, or its name */
	bool has_digest;
	struct digest digest; /* of the bytes as they are stored */
	bool has_size;
	uint64_t size_bytes;
	bool has_diff_id;
	struct digest diff_id;
	struct span created_by; /* of the history; empty: it does not say */
	struct span created;
};

struct image {
	struct arena arena;
	enum transport transport;
	struct source *source; /* NULL: an unpacked root, */
	int rootfd;            /* open here; else -1 */
	struct tree tree;
	const struct layer_cache *cache; /* NULL: none */
	bool is_proved;     /* the configuration, by the digest that names it */
	struct span digest; /* of the manifest, "sha256:…" */
	struct span architecture;
	struct span *platforms; /* as facts.h has it */
	size_t n_platforms;
	struct image_layer *layers; /* oldest first */
	size_t n_layers;
	struct span *problems;
	size_t n_problems;
	size_t n_manifest_problems; /* of these, the first ones */
	size_t n_layer_problems;    /* and those behind them */
	struct wanted *wanted;
	struct layer_filter filter;
	struct spool spool;
	_Atomic uint64_t gathered;
	struct layer **read; /* what was recorded of each layer, or NULL */
	unsigned rounds;
	bool is_settled;  /* nothing is read again */
	uint32_t *needed; /* nodes */
	size_t n_needed;
	size_t cap_needed;
};

/*
 * Opens the target and reads its layers. wanted must outlive the image, and
 * grows with what links in it lead to. What is wrong with a layer becomes a
 * problem; -1 if there is no image.
 */
int image_open(
    struct image *img, const struct target *t, struct wanted *w, struct err *e);
void image_close(struct image *img);
void image_problem(struct image *img, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

/* As tree_walk() with TREE_FOLLOW. */
int
image_find(struct image *img, struct span path, uint32_t *node, struct err *e);
/*
 * Says that a path is asked for that nobody has asked for; if that is news,
 * layers are read again. Nodes keep their numbers. -1: it is too much, or too
 * late.
 */
int image_ask(struct image *img, struct span path, size_t max, struct err *e);
/* Makes all names in a folder known. -1: it cannot be read. */
int image_list(struct image *img, uint32_t dir, struct err *e);
/* As image_list() for the folder and all below it. */
int image_list_all(struct image *img, uint32_t dir, struct err *e);
/* Says that the node's detail, and a regular file's bytes, will be asked for.
 */
void image_need(struct image *img, uint32_t node);
/* Gets all that is needed; what cannot be got has an error in its detail. */
int image_fetch(struct image *img, struct err *e);
/*
 * As image_fetch(), of what was recorded: reads nothing again. False:
 * something is not there.
 */
bool image_load(struct image *img);
/* Gives back what the last two have loaded. */
void image_unload(struct image *img);
/* A node's detail after image_fetch(); NULL: a folder that no layer names. */
const struct detail *image_detail(const struct image *img, uint32_t node);

/* --- image_layers.c --- */

/*
 * Reads the layers until no link leads to what was not recorded, and makes the
 * tree. Nodes keep their numbers when it is called again.
 */
void image_layers_read(struct image *img);
/*
 * Ask for the other names of files that are asked for: of hard links in a
 * layer, of symbolic links in the tree. Return as watch_add(). image_links.c
 */
int
image_ask_hard_links(struct image *img, const struct layer *l, struct err *e);
int image_ask_symlinks(struct image *img, struct err *e);
/* As the layers 0 … n - 1 leave it. */
void image_layers_apply(struct image *img, size_t n);

#endif
