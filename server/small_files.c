/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/digest.h"
#include "base/mem.h"
#include "base/span.h"
#include "server/small_files.h"

void
small_files_init(struct small_files *all)
{
	memset(all, 0, sizeof(*all));
	pthread_mutex_init(&all->mutex, NULL);
}

void
small_files_cleanup(struct small_files *all)
{
	size_t i;

	for (i = 0; i < SMALL_FILES_MAX; i++)
		small_file_drop(all->slots[i]);
	pthread_mutex_destroy(&all->mutex);
}

void
small_file_drop(struct small_file *f)
{
	if (f == NULL || --f->n_users > 0)
		return;
	free(f->name);
	free(f);
}

/* A digest's digits are as good as any hash of them. */
static struct small_file **
slot_of(struct small_files *all, const char *digest)
{
	uint8_t byte;

	if (!parse_hex(span_first(span_of(digest), 2), &byte, 1))
		return NULL;
	return &all->slots[byte % SMALL_FILES_MAX];
}

static bool
read_whole(int fd, char *data, size_t size)
{
	size_t n = 0;
	ssize_t got = 1;

	while (n < size && got > 0) {
		got = pread(fd, data + n, size - n, (off_t)n);
		n += got > 0 ? (size_t)got : 0;
	}
	return n == size;
}

/* What is damaged would stay so here when the store is mended. */
static bool
is_named(struct span data, const char *name)
{
	char hex[DIGEST_HEX_SIZE];
	struct digest d;

	digest_of(data, &d);
	return strcmp(name + strlen(SMALL_FILES_BELOW), digest_hex(&d, hex)) ==
	    0;
}

static struct small_file *
read_file(int dirfd, const char *name, size_t size)
{
	struct small_file *f = xmalloc(xadd(sizeof(*f), size));
	int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	bool is_whole = fd != -1 && read_whole(fd, f->data, size);

	if (fd != -1)
		close(fd);
	if (!is_whole || !is_named(span_make(f->data, size), name)) {
		free(f);
		return NULL;
	}
	f->n_users = 1;
	f->size = size;
	f->name = xstrdup(name);
	return f;
}

static struct small_file *
find(struct small_files *all, struct small_file *const *slot, const char *name,
    size_t size)
{
	struct small_file *f;

	pthread_mutex_lock(&all->mutex);
	f = *slot;
	if (f != NULL && (f->size != size || strcmp(f->name, name) != 0))
		f = NULL;
	if (f != NULL)
		f->n_users++;
	pthread_mutex_unlock(&all->mutex);
	return f;
}

struct small_file *
small_files_get(
    struct small_files *all, int dirfd, const char *name, size_t size)
{
	struct small_file **slot;
	struct small_file *f, *old;

	if (size > SMALL_FILE_MAX ||
	    !span_has_prefix(span_of(name), SMALL_FILES_BELOW))
		return NULL;
	slot = slot_of(all, name + strlen(SMALL_FILES_BELOW));
	if (slot == NULL)
		return NULL;
	f = find(all, slot, name, size);
	if (f != NULL)
		return f;
	f = read_file(dirfd, name, size);
	if (f == NULL)
		return NULL;
	f->n_users++;
	pthread_mutex_lock(&all->mutex);
	old = *slot;
	*slot = f;
	pthread_mutex_unlock(&all->mutex);
	small_file_drop(old);
	return f;
}
