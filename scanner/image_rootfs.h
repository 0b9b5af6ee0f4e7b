/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An unpacked root: only what is asked for is looked at. Every folder on the
 * way is opened without following links, so nothing leads out of the root,
 * not even while somebody changes it.
 */
#ifndef SCANNER_IMAGE_ROOTFS_H
#define SCANNER_IMAGE_ROOTFS_H

#include "scanner/image_tree.h"

struct rootfs {
	struct tree *tree;
	int fd; /* borrowed */
	_Atomic uint64_t *gathered;
	struct spool *spool; /* for large files */
};

/* The tree's probe; ctx is a struct rootfs. */
int rootfs_probe(void *ctx, uint32_t dir, struct span name, struct err *e);
/* Probes every name in a folder. */
int rootfs_list(struct rootfs *r, uint32_t dir, struct err *e);
/* As rootfs_list() for the folder and all below it. */
int rootfs_list_all(struct rootfs *r, uint32_t dir, struct err *e);
/* Reads a regular file into its detail; what fails stands there too. */
void rootfs_read(struct rootfs *r, uint32_t node, size_t max);

#endif
