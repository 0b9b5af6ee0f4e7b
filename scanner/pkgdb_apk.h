/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apk's database, lib/apk/db/installed (FORMATS §11.2). It may lie in two
 * places; what is in both is one package.
 */
#ifndef SCANNER_PKGDB_APK_H
#define SCANNER_PKGDB_APK_H

#include "scanner/pkgdb.h"

/* Start with { .list = … }, end with apk_reader_cleanup(). */
struct apk_reader {
	struct package_list *list;
	struct map seen; /* "<name>\n<version>\n<arch>" */
};

void apk_reader_cleanup(struct apk_reader *r);
/*
 * Adds the packages of one file. On -1 the packages above the line that the
 * message names have been added.
 */
int apk_read(struct apk_reader *r, struct span text, struct err *e);
/* The fields of p that are of its version, copied into a. */
void apk_version_read(struct span text, struct arena *a, struct package *p);

#endif
