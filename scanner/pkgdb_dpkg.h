/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dpkg's databases: /var/lib/dpkg/status, and the status.d folder of images
 * that carry packages without dpkg (FORMATS §11.1). Both may be in one image;
 * a package is known by name and architecture, and status comes first.
 */
#ifndef SCANNER_PKGDB_DPKG_H
#define SCANNER_PKGDB_DPKG_H

#include "scanner/pkgdb.h"

enum dpkg_layout {
	DPKG_STATUS = 1, /* every stanza has a Status */
	DPKG_STATUS_D,   /* one stanza a file, mostly without */
};

/* Start with { .list = … }, end with dpkg_reader_cleanup(). */
struct dpkg_reader {
	struct package_list *list;
	struct map seen; /* "<name>\n<arch>" to an index of the list */
};

void dpkg_reader_cleanup(struct dpkg_reader *r);
/*
 * Adds the installed packages of one file; read status before status.d. On
 * -1 the packages above the line that the message names have been added.
 */
int dpkg_read(struct dpkg_reader *r, struct span text, enum dpkg_layout layout,
    struct err *e);
/* The fields of p that are of its version, copied into a. */
int dpkg_version_read(
    struct span text, struct arena *a, struct package *p, struct err *e);

#endif
