/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "base/file.h"
#include "bundle/export_impl.h"

#define TEMP_SUFFIX ".new"
#define PENDING_MAX ((size_t)256 * 1024)
#define MODE 0666 /* less the umask */

/* "bundle.tar" or "bundle.tar.003", with a suffix. */
static void
add_name(
    struct buf *b, const struct export_out *out, unsigned i, const char *suffix)
{
	buf_reset(b);
	buf_add_str(b, out->path);
	if (out->split > 0)
		buf_printf(b, ".%03u", i);
	buf_add_str(b, suffix);
}

static int
folder_of(const char *path, struct buf *folder, int *fd, struct err *e)
{
	const char *slash = strrchr(path, '/');

	if (slash == NULL)
		buf_add_str(folder, ".");
	else
		buf_add(
		    folder, path, slash == path ? 1 : (size_t)(slash - path));
	*fd = open(buf_str(folder), O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return *fd != -1 ? 0 : err_system(e, "%s", buf_str(folder));
}

static int
check_room(const struct export_out *out, uint64_t size_bytes, struct err *e)
{
	struct buf folder = { 0 };
	struct statvfs fs;
	uint64_t room;
	int fd, rc = 0;

	if (folder_of(out->path, &folder, &fd, e) != 0) {
		rc = -1;
	} else if (fstatvfs(fd, &fs) == 0) {
		room = (uint64_t)fs.f_bavail * fs.f_frsize;
		if (room < size_bytes)
			rc = err_set(e, ERR_SYSTEM,
			    "%s: No space left on device: %" PRIu64
			    " MiB needed, %" PRIu64 " MiB free",
			    out->path, (size_bytes >> 20) + 1, room >> 20);
	}
	if (fd != -1)
		close(fd);
	buf_cleanup(&folder);
	return rc;
}

static int
open_part(struct export_out *out, struct err *e)
{
	struct buf name = { 0 };
	int rc = 0;

	add_name(&name, out, out->n_parts, TEMP_SUFFIX);
	out->in_part = 0;
	out->fd = open(buf_str(&name),
	    O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, MODE);
	if (out->fd == -1)
		rc = err_system(e, "%s", buf_str(&name));
	else
		out->n_parts++;
	buf_cleanup(&name);
	return rc;
}

/* What is no file is written to as it is. */
static int
open_in_place(struct export_out *out, mode_t mode, struct err *e)
{
	if (S_ISDIR(mode))
		return err_set(e, ERR_SYSTEM,
		    "%s is a folder: name a file in it", out->path);
	if (out->split > 0)
		return err_set(e, ERR_SYSTEM,
		    "%s is no file: it cannot be split", out->path);
	out->in_place = true;
	out->fd = open(out->path, O_WRONLY | O_CLOEXEC);
	return out->fd != -1 ? 0 : err_system(e, "%s", out->path);
}

int
export_out_open(struct export_out *out, const char *path, uint64_t split,
    uint64_t size_bytes, struct err *e)
{
	struct stat st;

	*out = (struct export_out){ .path = path, .split = split, .fd = -1 };
	if (strcmp(path, "-") == 0) {
		if (split > 0)
			return err_set(e, ERR_SYSTEM,
			    "standard output cannot be split: name a file");
		out->in_place = true;
		out->fd = STDOUT_FILENO;
		return 0;
	}
	if (split > 0 && size_bytes / split >= EXPORT_PARTS_MAX)
		return err_set(e, ERR_LIMIT,
		    "%" PRIu64 " bytes in parts of %" PRIu64
		    " are more than %u parts: make them larger",
		    size_bytes, split, EXPORT_PARTS_MAX);
	if (stat(path, &st) == 0 && !S_ISREG(st.st_mode))
		return open_in_place(out, st.st_mode, e);
	if (split > 0 && lstat(path, &st) == 0)
		return err_set(e, ERR_SYSTEM,
		    "%s is there, and would be taken for the bundle whose parts "
		    "lie beside it: remove it, or name another",
		    path);
	if (split > 0)
		out->digest = digest_new();
	else if (file_replaced_path(path, &out->final, e) == 0)
		out->path = out->final;
	else
		return -1;
	if (check_room(out, size_bytes, e) != 0)
		return -1;
	return open_part(out, e);
}

/* The part is whole: its digest, and the bytes on the disk. */
static int
close_part(struct export_out *out, struct err *e)
{
	char hex[DIGEST_HEX_SIZE];
	struct buf name = { 0 };
	struct digest d;
	int rc = 0;

	add_name(&name, out, out->n_parts - 1, "");
	if (out->digest != NULL) {
		const char *slash = strrchr(buf_str(&name), '/');

		digest_final(out->digest, &d);
		buf_printf(&out->digests, "%s  %s\n", digest_hex(&d, hex),
		    slash == NULL ? buf_str(&name) : slash + 1);
	}
	if (fsync(out->fd) != 0)
		rc = err_system(e, "%s: cannot sync", buf_str(&name));
	close(out->fd);
	out->fd = -1;
	buf_cleanup(&name);
	return rc;
}

static int
write_part(struct export_out *out, struct span bytes, struct err *e)
{
	if (file_write_all(out->fd, bytes, e) != 0) {
		if (errno == EFBIG)
			err_set(e, ERR_SYSTEM,
			    "files cannot be that large there: see --split");
		return err_context(e, "%s",
		    strcmp(out->path, "-") == 0 ? "standard output"
						: out->path);
	}
	if (out->digest != NULL)
		digest_update(out->digest, bytes.ptr, bytes.len);
	out->in_part += bytes.len;
	out->written += bytes.len;
	return 0;
}

static int
write_bytes(struct export_out *out, struct span bytes, struct err *e)
{
	while (bytes.len > 0) {
		struct span now = bytes;

		if (out->split > 0 && out->in_part == out->split &&
		    (close_part(out, e) != 0 || open_part(out, e) != 0))
			return -1;
		if (out->split > 0 && out->split - out->in_part < now.len)
			now.len = (size_t)(out->split - out->in_part);
		if (write_part(out, now, e) != 0)
			return -1;
		bytes = span_from(bytes, now.len);
	}
	return 0;
}

static int
flush(struct export_out *out, struct err *e)
{
	int rc = write_bytes(out, buf_span(&out->pending), e);

	buf_reset(&out->pending);
	return rc;
}

int
export_out_write(struct export_out *out, struct span bytes, struct err *e)
{
	if (out->pending.len + bytes.len > PENDING_MAX && flush(out, e) != 0)
		return -1;
	if (bytes.len > PENDING_MAX)
		return write_bytes(out, bytes, e);
	buf_add_span(&out->pending, bytes);
	return 0;
}

/* --- names --- */

/* Parts of an earlier export under this name that was longer. */
static void
remove_further(const struct export_out *out, struct buf *name)
{
	unsigned i;

	for (i = out->n_parts; i < EXPORT_PARTS_MAX; i++) {
		add_name(name, out, i, "");
		if (unlink(buf_str(name)) != 0)
			break;
	}
}

static int
rename_parts(const struct export_out *out, struct err *e)
{
	struct buf from = { 0 }, to = { 0 };
	unsigned i;
	int rc = 0;

	for (i = 0; i < out->n_parts && rc == 0; i++) {
		add_name(&from, out, i, TEMP_SUFFIX);
		add_name(&to, out, i, "");
		if (rename(buf_str(&from), buf_str(&to)) != 0)
			rc = err_system(e, "%s: cannot replace", buf_str(&to));
	}
	if (rc == 0 && out->split > 0)
		remove_further(out, &to);
	buf_cleanup(&from);
	buf_cleanup(&to);
	return rc;
}

/* The list goes first and comes last: where it stands, all parts are whole. */
static int
publish(const struct export_out *out, struct err *e)
{
	struct buf list = { 0 }, folder = { 0 };
	int fd = -1, rc = -1;

	buf_printf(&list, "%s.sha256", out->path);
	if (out->split > 0 && unlink(buf_str(&list)) != 0 && errno != ENOENT) {
		err_system(e, "%s: cannot replace", buf_str(&list));
		goto out;
	}
	if (folder_of(out->path, &folder, &fd, e) != 0 ||
	    rename_parts(out, e) != 0)
		goto out;
	if (fsync(fd) != 0) {
		err_system(e, "%s: cannot sync", buf_str(&folder));
		goto out;
	}
	if (out->split > 0 &&
	    file_replace(
		AT_FDCWD, buf_str(&list), buf_span(&out->digests), e) != 0)
		goto out;
	rc = 0;
out:
	if (fd != -1)
		close(fd);
	buf_cleanup(&list);
	buf_cleanup(&folder);
	return rc;
}

int
export_out_commit(struct export_out *out, unsigned *n_files, struct err *e)
{
	*n_files = 1;
	if (flush(out, e) != 0)
		return -1;
	if (out->in_place)
		return 0;
	if (close_part(out, e) != 0 || publish(out, e) != 0)
		return -1;
	if (out->split > 0)
		*n_files = out->n_parts + 1;
	out->n_parts = 0;
	return 0;
}

void
export_out_abandon(struct export_out *out)
{
	struct buf name = { 0 };
	unsigned i;

	if (out->fd != -1 && out->fd != STDOUT_FILENO)
		close(out->fd);
	out->fd = -1;
	for (i = 0; i < out->n_parts; i++) {
		add_name(&name, out, i, TEMP_SUFFIX);
		unlink(buf_str(&name));
	}
	out->n_parts = 0;
	buf_cleanup(&name);
	buf_cleanup(&out->pending);
	buf_cleanup(&out->digests);
	digest_free(out->digest);
	out->digest = NULL;
	free(out->final);
	out->final = NULL;
}
