/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The folder bundles/ as the server shows it: each of our files with the
 * digest of its manifest and the place of each blob in its tar, which follows
 * from the manifest (bundle/plan.h). A file is looked at once, when the folder
 * has changed; what is no whole bundle is told in the log and not shown. Safe
 * in several threads.
 */
#ifndef SERVER_BUNDLE_FILES_H
#define SERVER_BUNDLE_FILES_H

#include <sys/stat.h>

#include "base/arena.h"
#include "base/digest.h"
#include "base/map.h"
#include "bundle/folder.h"

#define BUNDLE_FILES_MAX 1000u /* that are shown: the newest */

struct bundle_blob {
	struct digest sha256;
	uint64_t offset; /* of its bytes in the tar */
	uint64_t size_bytes;
};

/* A tar. It never changes: one that is replaced is another. */
struct bundle_entry {
	_Atomic unsigned n_users;
	struct arena arena;
	char name[FOLDER_NAME_SIZE]; /* "full-7.tar" */
	struct folder_file file;
	uint64_t size_bytes;
	int64_t modified;          /* seconds since 1970 */
	struct stat as;            /* what it was when it was read */
	bool is_good;              /* else none of the following */
	struct digest manifest;    /* what a registry calls it */
	uint64_t snapshot;         /* version */
	struct span base_snapshot; /* hex; empty: a full one */
	struct span sources;       /* words; empty: all */
	uint64_t n_targets;        /* in it, whole or as patches */
	struct bundle_blob *blobs; /* the first is the manifest */
	size_t n_blobs;
};

struct bundle_files; /* the folder at one time */

/* To be dropped. Without a folder there are none. */
int bundle_files_get(int statefd, struct bundle_files **out, struct err *e);
void bundle_files_drop(struct bundle_files *f); /* NULL is fine */
/* Forgets what is known: a file was not what it was. */
void bundle_files_forget(void);

/* All are lent as long as f is kept. Good ones only; NULL: no such. */
size_t bundle_files_count(const struct bundle_files *f);
/* Full ones first, then deltas, each by number. */
const struct bundle_entry *
bundle_files_at(const struct bundle_files *f, size_t i);
const struct bundle_entry *
bundle_files_find(const struct bundle_files *f, struct span name);
/* "full-7", "delta-6-7"; "latest": the full one with the newest snapshot. */
const struct bundle_entry *
bundle_files_tag(const struct bundle_files *f, struct span tag);
/* The one whose manifest, or one of whose blobs, that is. */
const struct bundle_entry *
bundle_files_manifest(const struct bundle_files *f, const struct digest *d);
const struct bundle_entry *bundle_files_blob(const struct bundle_files *f,
    const struct digest *d, const struct bundle_blob **blob);

/*
 * Opens the file; where blob is not NULL its head in the tar is looked at, too.
 * 1: *fd is the caller's; 0: it is not what it was; -1.
 */
int bundle_entry_open(const struct bundle_entry *entry, int statefd,
    const struct bundle_blob *blob, int *fd, struct err *e);

/* --- server/bundle_entry.c --- */

/* Reads one; not good where it is no whole bundle, and *e why. 0; -1. */
int bundle_entry_read(struct bundle_entry *entry, int dirfd, struct err *e);
struct bundle_entry *bundle_entry_keep(struct bundle_entry *entry);
void bundle_entry_drop(struct bundle_entry *entry); /* NULL is fine */
/* Is that what it was read from? */
bool bundle_entry_is(const struct bundle_entry *entry, const struct stat *st);

#endif
