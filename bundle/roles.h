/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the catalog keeps of each role that timestamp.json leads to (tuf_role):
 * its version, until when it holds, and whose keys sign it. The files were
 * proved before; here they are only read, in a bundle process, which asks for
 * one after the other.
 */
#ifndef BUNDLE_ROLES_H
#define BUNDLE_ROLES_H

#include "bundle/tuf.h"

struct role_row {
	struct span name; /* "root", "redhat" */
	uint64_t version;
	int64_t expires;
	uint64_t threshold;
	struct span keyids; /* hex, with blanks between */
	struct digest sha256;
	uint64_t size_bytes;
};

struct roles_files {
	void *ctx;
	/*
	 * Opens "7.redhat.json" or "timestamp.json" to be read; *fd is closed
	 * by whoever asked.
	 */
	int (*open)(void *ctx, const char *name, int *fd, struct err *e);
};

/* Every role, by name, in a. */
int roles_run(const struct roles_files *files, uint64_t root_version,
    struct arena *a, struct role_row **out, size_t *n, struct err *e);

#endif
