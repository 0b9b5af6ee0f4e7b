/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include <linux/fs.h>

#include "base/file.h"
#include "base/mem.h"

#define DEPTH_MAX 64 /* folders below each other in a tree of ours */

int
file_write_all(int fd, struct span data, struct err *e)
{
	while (data.len > 0) {
		ssize_t n = write(fd, data.ptr, data.len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_system(e, "cannot write");
		data = span_from(data, (size_t)n);
	}
	return 0;
}

/* The folder part of path, "." if there is none. */
static void
parent_of(const char *path, struct buf *parent)
{
	struct span p = span_of(path);
	size_t slash = span_rfind(p, '/');

	if (slash == p.len)
		buf_add_str(parent, ".");
	else
		buf_add_span(parent, span_first(p, slash == 0 ? 1 : slash));
}

static int
sync_opened(int dirfd, const char *path, int flags, struct err *e)
{
	int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC | flags);
	int rc = 0;

	if (fd == -1)
		return err_system(e, "%s", path);
	if (fsync(fd) != 0)
		rc = err_system(e, "%s: cannot sync", path);
	close(fd);
	return rc;
}

int
file_sync(int dirfd, const char *path, struct err *e)
{
	return sync_opened(dirfd, path, 0, e);
}

int
file_sync_dir(int dirfd, const char *path, struct err *e)
{
	return sync_opened(dirfd, path, O_DIRECTORY, e);
}

static int
rename_synced(int dirfd, const char *from, const char *to, struct err *e)
{
	struct buf parent = { 0 };
	int rc;

	parent_of(to, &parent);
	if (renameat(dirfd, from, dirfd, to) != 0)
		rc = err_system(e, "%s: cannot replace", to);
	else
		rc = file_sync_dir(dirfd, parent.ptr, e);
	buf_cleanup(&parent);
	return rc;
}

int
file_replace_mode(
    int dirfd, const char *path, struct span data, unsigned mode, struct err *e)
{
	struct buf temp = { 0 };
	int fd, rc = -1;

	buf_printf(&temp, "%s.new-%d", path, (int)getpid());
	fd = openat(
	    dirfd, temp.ptr, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, mode);
	if (fd == -1) {
		err_system(e, "%s", temp.ptr);
		goto out;
	}
	if (file_write_all(fd, data, e) != 0) {
		err_context(e, "%s", path);
		goto out;
	}
	if (fsync(fd) != 0) {
		err_system(e, "%s: cannot sync", path);
		goto out;
	}
	rc = rename_synced(dirfd, temp.ptr, path, e);
out:
	if (fd != -1)
		close(fd);
	if (rc != 0)
		unlinkat(dirfd, temp.ptr, 0);
	buf_cleanup(&temp);
	return rc;
}

int
file_replace(int dirfd, const char *path, struct span data, struct err *e)
{
	return file_replace_mode(dirfd, path, data, 0644, e);
}

int
file_replace_link(
    int dirfd, const char *path, const char *target, struct err *e)
{
	struct buf temp = { 0 };
	int rc = -1;

	buf_printf(&temp, "%s.new-%d", path, (int)getpid());
	unlinkat(dirfd, temp.ptr, 0);
	if (symlinkat(target, dirfd, temp.ptr) != 0)
		err_system(e, "%s", temp.ptr);
	else
		rc = rename_synced(dirfd, temp.ptr, path, e);
	buf_cleanup(&temp);
	return rc;
}

int
file_read_fd(int fd, size_t max, struct buf *b, struct err *e)
{
	size_t room = (size_t)64 * 1024;
	off_t offset = 0;
	ssize_t n;

	for (;;) {
		buf_reserve(b, room);
		n = pread(fd, b->ptr + b->len, room, offset);
		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			break;
		if ((size_t)n > max - (size_t)offset)
			return err_set(
			    e, ERR_LIMIT, "larger than %zu bytes", max);
		b->len += (size_t)n;
		offset += n;
	}
	b->ptr[b->len] = '\0';
	return n == 0 ? 0 : err_system(e, "cannot read");
}

int
file_read(int dirfd, const char *path, size_t max, struct buf *b, struct err *e)
{
	int fd = openat(dirfd, path, O_RDONLY | O_CLOEXEC);
	int rc;

	if (fd == -1) {
		err_system(e, "%s", path);
		if (errno == ENOENT)
			e->code = ERR_MISSING;
		return -1;
	}
	rc = file_read_fd(fd, max, b, e);
	if (rc != 0)
		err_context(e, "%s", path);
	close(fd);
	return rc;
}

/* Reading and writing, where the kernel cannot copy by itself. */
static int
copy_by_hand(int from, int to, off_t offset, struct err *e)
{
	size_t room = (size_t)256 * 1024;
	char *chunk = xmalloc(room);
	int rc = 0;
	ssize_t n;

	while (rc == 0 && (n = pread(from, chunk, room, offset)) != 0) {
		if (n < 0 && errno != EINTR) {
			rc = err_system(e, "cannot read");
		} else if (n > 0) {
			rc = file_write_all(to, span_make(chunk, (size_t)n), e);
			offset += n;
		}
	}
	free(chunk);
	return rc;
}

int
file_copy_fd(int from, int to, struct err *e)
{
	off_t offset = 0;
	ssize_t n;

	if (ioctl(to, FICLONE, from) == 0)
		return lseek(to, 0, SEEK_END) == -1
		    ? err_system(e, "cannot seek")
		    : 0;
	while ((n = copy_file_range(
		    from, &offset, to, NULL, (size_t)16 * 1024 * 1024, 0)) > 0)
		;
	if (n == 0)
		return 0;
	return copy_by_hand(from, to, offset, e);
}

int
file_make_dirs(int dirfd, const char *path, struct err *e)
{
	char *copy = xstrdup(path);
	char *p = copy;
	int rc = 0;

	while (rc == 0 && p != NULL) {
		p = strchr(p + 1, '/');
		if (p != NULL)
			*p = '\0';
		if (mkdirat(dirfd, copy, 0755) != 0 && errno != EEXIST)
			rc = err_system(e, "%s", copy);
		if (p != NULL)
			*p = '/';
	}
	free(copy);
	return rc;
}

int
file_open_dir(int dirfd, const char *path, bool make, int *fd, struct err *e)
{
	if (make && file_make_dirs(dirfd, path, e) != 0)
		return -1;
	*fd = openat(dirfd, path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*fd != -1)
		return 0;
	err_system(e, "%s", path);
	if (errno == ENOENT)
		e->code = ERR_MISSING;
	return -1;
}

int
file_replaced_path(const char *path, char **out, struct err *e)
{
	struct stat st;

	*out = NULL;
	if (lstat(path, &st) == 0 && S_ISLNK(st.st_mode) &&
	    stat(path, &st) == 0) {
		*out = realpath(path, NULL);
		return *out != NULL ? 0 : err_system(e, "%s", path);
	}
	*out = xstrdup(path);
	return 0;
}

bool
file_exists(int dirfd, const char *path)
{
	return faccessat(dirfd, path, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

static int
remove_below(int dirfd, const char *name, int depth, struct err *e)
{
	struct dirent *d;
	DIR *dir;
	int fd, rc = 0;

	if (unlinkat(dirfd, name, 0) == 0 || errno == ENOENT)
		return 0;
	if (errno != EISDIR && errno != EPERM)
		return err_system(e, "%s: cannot remove", name);
	if (depth == DEPTH_MAX)
		return err_set(e, ERR_LIMIT, "%s: nested too deep", name);
	fd = openat(
	    dirfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	dir = fd == -1 ? NULL : fdopendir(fd);
	if (dir == NULL)
		return err_system(e, "%s: cannot remove", name);
	while (rc == 0 && (d = readdir(dir)) != NULL)
		if (strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0)
			rc = remove_below(fd, d->d_name, depth + 1, e);
	closedir(dir);
	if (rc == 0 && unlinkat(dirfd, name, AT_REMOVEDIR) != 0)
		rc = err_system(e, "%s: cannot remove", name);
	return rc;
}

int
file_remove_tree(int dirfd, const char *path, struct err *e)
{
	return remove_below(dirfd, path, 0, e);
}

int
file_need_space(int dirfd, uint64_t need, struct err *e)
{
	struct statvfs fs;
	uint64_t room, need_kib;

	if (fstatvfs(dirfd, &fs) != 0)
		return err_system(e, "cannot see the free space");
	room = (uint64_t)fs.f_bavail * fs.f_frsize;
	if (room >= need)
		return 0;
	need_kib = need / 1024 + (need % 1024 != 0);
	return err_set(e, ERR_SYSTEM,
	    "%llu KiB needed on the disk, %llu KiB free: make room or lower "
	    "[retention]",
	    (unsigned long long)need_kib, (unsigned long long)(room >> 10));
}

static int
by_bytes(const struct dirent **a, const struct dirent **b)
{
	return strcmp((*a)->d_name, (*b)->d_name);
}

static int
not_dots(const struct dirent *d)
{
	return strcmp(d->d_name, ".") != 0 && strcmp(d->d_name, "..") != 0;
}

int
file_list(int dirfd, const char *path,
    int (*fn)(void *ctx, const char *name, struct err *e), void *ctx,
    struct err *e)
{
	struct dirent **names = NULL;
	int n = scandirat(dirfd, path, &names, not_dots, by_bytes);
	int i, rc = 0;

	if (n < 0) {
		err_system(e, "%s", path);
		if (errno == ENOENT)
			e->code = ERR_MISSING;
		return -1;
	}
	for (i = 0; i < n; i++) {
		if (rc == 0)
			rc = fn(ctx, names[i]->d_name, e);
		free(names[i]);
	}
	free(names);
	return rc;
}
