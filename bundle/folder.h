/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folder bundles/ of a state directory: what the server offers at
 * /bundles/ and /v2/. full-<generation>.tar and delta-<since>-<generation>.tar
 * are ours; what has another name is left alone and not offered. A file is
 * replaced by rename, so who has it open reads on. Written under the state's
 * lock.
 */
#ifndef BUNDLE_FOLDER_H
#define BUNDLE_FOLDER_H

#include "base/buf.h"
#include "base/err.h"
#include "base/state.h"

#define FOLDER_BUNDLES "bundles"
/* A copy of receipt.json, on a side that imports. */
#define FOLDER_RECEIPT FOLDER_BUNDLES "/receipt.json"
#define FOLDER_NAME_SIZE 64 /* bytes, with the NUL */

struct folder_file {
	uint64_t since; /* a delta on top of that generation; 0: full */
	uint64_t generation;
};

/* "full-7.tar", "delta-6-7.tar"; returns text. */
const char *
folder_file_name(const struct folder_file *f, char text[FOLDER_NAME_SIZE]);
/* Exactly such a name. */
bool folder_file_parse(struct span name, struct folder_file *out);
/*
 * Makes the folder, removes what a killed export left, and appends the file's
 * absolute path, for struct export_options. ERR_MISSING: a delta on top of the
 * generation itself.
 */
int folder_file_path(const struct state *s, const struct folder_file *f,
    struct buf *path, struct err *e);

/* Told of each before it goes; -1 stops. name: "bundles/full-7.tar". */
struct folder_report {
	void *ctx;
	int (*item)(
	    void *ctx, const char *name, uint64_t freed_bytes, struct err *e);
};

struct folder_prune {
	uint64_t keep;       /* so many of each kind; 0: all */
	uint64_t generation; /* current: newer than any other */
	bool dry_run;
	const struct folder_report *report; /* may be NULL */
};

/* Removes all but the newest, and what a killed export left. */
int folder_prune(
    const struct state *s, const struct folder_prune *o, struct err *e);

#endif
