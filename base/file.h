/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of ours. Whole or not at all: written beside, synced, renamed, the
 * folder synced. Paths are relative to dirfd (AT_FDCWD is fine).
 */
#ifndef BASE_FILE_H
#define BASE_FILE_H

#include "base/buf.h"
#include "base/err.h"

/* Replaces path with data, mode 0644; what stood there stays if this fails. */
int file_replace(int dirfd, const char *path, struct span data, struct err *e);
/* As file_replace(), made with mode. */
int file_replace_mode(int dirfd, const char *path, struct span data,
    unsigned mode, struct err *e);
/* Points the symbolic link path at target in one step. */
int file_replace_link(
    int dirfd, const char *path, const char *target, struct err *e);
/* Reads all of path into b; ERR_MISSING, or ERR_LIMIT above max bytes. */
int file_read(
    int dirfd, const char *path, size_t max, struct buf *b, struct err *e);
/* As file_read() from offset 0 of an open descriptor. */
int file_read_fd(int fd, size_t max, struct buf *b, struct err *e);
int file_write_all(int fd, struct span data, struct err *e);
/* Copies all of `from` to the end of `to`, by clone or in the kernel if it can.
 */
int file_copy_fd(int from, int to, struct err *e);
/* Opens a folder; makes it (and its parents, 0755) first if asked to. */
int
file_open_dir(int dirfd, const char *path, bool make, int *fd, struct err *e);
/* Makes path and its parents. */
int file_make_dirs(int dirfd, const char *path, struct err *e);
/* What is in a file, or in a folder: on the disk when it returns 0. */
int file_sync(int dirfd, const char *path, struct err *e);
int file_sync_dir(int dirfd, const char *path, struct err *e);
/*
 * Which path a rename is to replace: where a link to a file, as /dev/stdout
 * may be, leads to; else path itself. *out is the caller's, to free().
 */
int file_replaced_path(const char *path, char **out, struct err *e);
bool file_exists(int dirfd, const char *path);
/* Removes a file or a whole tree; a path that is not there is fine. */
int file_remove_tree(int dirfd, const char *path, struct err *e);
/* Fails with ERR_SYSTEM when fewer than need bytes are free on dirfd. */
int file_need_space(int dirfd, uint64_t need, struct err *e);
/*
 * Calls fn for every name in the folder, in byte order, without "." and "..";
 * stops at the first -1.
 */
int file_list(int dirfd, const char *path,
    int (*fn)(void *ctx, const char *name, struct err *e), void *ctx,
    struct err *e);

#endif
