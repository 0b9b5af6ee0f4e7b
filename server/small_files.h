/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small files of the store, kept in memory: opening one takes longer than
 * sending it. Their names are their digests, so that what is kept is never
 * old. All functions may be called from any thread.
 */
#ifndef SERVER_SMALL_FILES_H
#define SERVER_SMALL_FILES_H

#include <pthread.h>
#include <stdbool.h>
#include <stddef.h>

#define SMALL_FILE_MAX ((size_t)32 * 1024) /* bytes */
#define SMALL_FILES_MAX 256u               /* files: 8 MiB of them */
#define SMALL_FILES_BELOW "store/blobs/sha256/"

struct small_file {
	_Atomic unsigned n_users;
	size_t size;
	char *name;
	char data[];
};

struct small_files {
	pthread_mutex_t mutex;
	struct small_file *slots[SMALL_FILES_MAX];
};

void small_files_init(struct small_files *all);
void small_files_cleanup(struct small_files *all);
/*
 * The file of that name, below dirfd, with so many bytes; dropped by the
 * caller. NULL: it is none of the store's, too large, gone, shorter, or
 * damaged.
 */
struct small_file *small_files_get(
    struct small_files *all, int dirfd, const char *name, size_t size);
void small_file_drop(struct small_file *f); /* NULL is fine */

#endif
