/* SPDX-License-Identifier: Apache-2.0 */
/*
 * PULP_MANIFEST: the files of a tree, one a line, "path,sha256,bytes",
 * without a heading; the last line may lack its LF.
 */
#ifndef CONTENT_PULP_MANIFEST_H
#define CONTENT_PULP_MANIFEST_H

#include "base/digest.h"
#include "base/err.h"

/* Limits of outside input. */
#define PULP_MANIFEST_MAX ((size_t)16 * 1024 * 1024) /* bytes of the file */
#define PULP_ENTRIES_MAX 100000u
#define PULP_PATH_MAX 512u

struct pulp_entry {
	struct span path; /* relative to the manifest's folder, safe */
	struct digest sha256;
	uint64_t size_bytes;
};

/* An entry lives during the call. -1 with *e set ends the reading. */
struct pulp_sink {
	void *ctx;
	int (*entry)(void *ctx, const struct pulp_entry *entry, struct err *e);
};

/* Refuses unsafe and doubled paths and a manifest without an entry. */
int pulp_manifest_read(
    struct span text, const struct pulp_sink *sink, struct err *e);
/*
 * Relative, below its folder, in letters, digits and "._+-/" only: such a
 * path can be put behind a URL or a folder as it is.
 */
bool pulp_path_is_safe(struct span path);

#endif
