/* SPDX-License-Identifier: Apache-2.0 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "scanner/image_rootfs.h"

/* Opens a node's folder by going down from the root; -1 and errno. */
static int
open_folder(const struct rootfs *r, uint32_t dir)
{
	struct buf path = { 0 };
	char *rest, *name;
	int fd = openat(r->fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	tree_path(r->tree, dir, &path);
	rest = path.ptr;
	while (fd != -1 && rest != NULL && *rest != '\0') {
		int next;

		name = strsep(&rest, "/");
		next = openat(
		    fd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
		if (next == -1) {
			int saved = errno;

			close(fd);
			errno = saved;
		} else {
			close(fd);
		}
		fd = next;
	}
	buf_cleanup(&path);
	return fd;
}

static enum node_type
type_of(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return NODE_REGULAR;
	case S_IFDIR:
		return NODE_DIRECTORY;
	case S_IFLNK:
		return NODE_SYMLINK;
	case S_IFCHR:
		return NODE_CHARACTER;
	case S_IFBLK:
		return NODE_BLOCK;
	case S_IFIFO:
		return NODE_FIFO;
	default:
		return NODE_SOCKET;
	}
}

static struct detail *
detail_of(const struct stat *st)
{
	struct detail *d = detail_new();

	d->uid = st->st_uid;
	d->gid = st->st_gid;
	d->mode = st->st_mode & 07777;
	d->size_bytes = (uint64_t)st->st_size;
	d->mtime = st->st_mtime;
	return d;
}

static void
set_unreadable(struct node *n, int error)
{
	n->type = NODE_UNREADABLE;
	n->detail = detail_new();
	detail_set_error(n->detail, strerror(error));
}

/* What stands at name in the open folder becomes the node. */
static void
look(struct node *n, int dirfd, const char *name)
{
	char link[TREE_PATH_MAX + 1];
	struct stat st;
	ssize_t len;

	if (fstatat(dirfd, name, &st, AT_SYMLINK_NOFOLLOW) != 0) {
		if (errno != ENOENT && errno != ENOTDIR)
			set_unreadable(n, errno);
		return;
	}
	if (!S_ISLNK(st.st_mode)) {
		n->type = (uint8_t)type_of(st.st_mode);
		n->detail = detail_of(&st);
		return;
	}
	len = readlinkat(dirfd, name, link, sizeof(link));
	if (len < 0 || (size_t)len > TREE_PATH_MAX) {
		set_unreadable(n, len < 0 ? errno : ENAMETOOLONG);
		return;
	}
	link[len] = '\0';
	n->type = NODE_SYMLINK;
	n->detail = detail_of(&st);
	n->detail->link = span_of(xstrdup(link));
}

/* Makes the node of a name and looks at it; error is the folder's. */
static int
child_look(struct rootfs *r, uint32_t dir, struct span name, int dirfd,
    int error, struct err *e)
{
	char *text;
	uint32_t at;

	if (tree_make(r->tree, dir, name, &at, e) != 0)
		return -1;
	if (r->tree->nodes[at].type != NODE_GONE)
		return 0;
	if (dirfd == -1) {
		if (error != ENOENT)
			set_unreadable(&r->tree->nodes[at], error);
		return 0;
	}
	text = xmalloc(name.len + 1);
	memcpy(text, name.ptr, name.len);
	text[name.len] = '\0';
	/* No file's name has a NUL or is this long. */
	if (strlen(text) == name.len && name.len <= NAME_MAX)
		look(&r->tree->nodes[at], dirfd, text);
	free(text);
	return 0;
}

int
rootfs_probe(void *ctx, uint32_t dir, struct span name, struct err *e)
{
	struct rootfs *r = ctx;
	int fd = open_folder(r, dir);
	int rc = child_look(r, dir, name, fd, errno, e);

	if (fd != -1)
		close(fd);
	return rc;
}

struct listing {
	struct rootfs *rootfs;
	uint32_t dir;
	int fd;
};

static int
list_one(void *ctx, const char *name, struct err *e)
{
	struct listing *l = ctx;

	return child_look(l->rootfs, l->dir, span_of(name), l->fd, 0, e);
}

static int
cannot_list(const struct rootfs *r, uint32_t dir, struct err *e)
{
	struct buf path = { 0 };
	int saved = errno;

	tree_path(r->tree, dir, &path);
	errno = saved;
	err_system(e, "/%s: cannot be listed", buf_str(&path));
	buf_cleanup(&path);
	return -1;
}

int
rootfs_list(struct rootfs *r, uint32_t dir, struct err *e)
{
	struct listing l = { r, dir, open_folder(r, dir) };
	int rc;

	if (l.fd == -1)
		return cannot_list(r, dir, e);
	rc = file_list(l.fd, ".", list_one, &l, e);
	close(l.fd);
	return rc;
}

int
rootfs_list_all(struct rootfs *r, uint32_t dir, struct err *e)
{
	uint32_t at = dir;

	/* Down to each first child, and up again through parents. */
	for (;;) {
		if (r->tree->nodes[at].type == NODE_DIRECTORY &&
		    rootfs_list(r, at, e) != 0)
			return -1;
		if (r->tree->nodes[at].type == NODE_DIRECTORY &&
		    r->tree->nodes[at].child != 0) {
			at = r->tree->nodes[at].child;
			continue;
		}
		while (at != dir && r->tree->nodes[at].sibling == 0)
			at = r->tree->nodes[at].parent;
		if (at == dir)
			return 0;
		at = r->tree->nodes[at].sibling;
	}
}

/* O_NONBLOCK: what was a file a moment ago may be a pipe now. */
static int
open_regular(const struct rootfs *r, uint32_t node, struct err *e)
{
	const struct node *n = &r->tree->nodes[node];
	int dirfd = open_folder(r, n->parent);
	struct stat st;
	char *name;
	int fd;

	if (dirfd == -1)
		return err_system(e, "its folder cannot be opened");
	name = xcalloc((size_t)n->name_len + 1, 1);
	memcpy(name, n->name, n->name_len);
	fd =
	    openat(dirfd, name, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC);
	if (fd == -1)
		err_system(e, "cannot be opened");
	free(name);
	close(dirfd);
	if (fd != -1 && (fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))) {
		close(fd);
		return err_set(e, ERR_SYSTEM, "changed while it was read");
	}
	return fd;
}

/* Piece by piece, so that it can be mapped. */
static int
spool_file(
    struct rootfs *r, int fd, struct detail *d, size_t max, struct err *e)
{
	char *piece = xmalloc(SPOOL_PIECE_MAX);
	uint64_t got = 0;
	ssize_t n = 1;
	int rc = 0;

	while (rc == 0 && n > 0) {
		n = pread(fd, piece, SPOOL_PIECE_MAX, (off_t)got);
		if (n < 0)
			rc = err_system(e, "cannot be read");
		got += n > 0 ? (uint64_t)n : 0;
		if (got > max)
			rc = err_set(
			    e, ERR_LIMIT, "larger than such a file may be");
		if (rc == 0 && n > 0)
			rc = detail_add_piece(
			    d, r->spool, span_make(piece, (size_t)n), e);
	}
	free(piece);
	if (rc != 0)
		return -1;
	d->size_bytes = got;
	d->spool = r->spool;
	return detail_load(d, e);
}

static int
read_into(struct rootfs *r, int fd, struct detail *d, size_t max, struct err *e)
{
	if (d->size_bytes >= DETAIL_MAPPED_MIN)
		return spool_file(r, fd, d, max, e);
	if (file_read_fd(fd, max, &d->data, e) != 0) {
		buf_cleanup(&d->data);
		return -1;
	}
	d->gathered = r->gathered;
	*r->gathered += d->data.len;
	d->has_data = true;
	return 0;
}

void
rootfs_read(struct rootfs *r, uint32_t node, size_t max)
{
	struct detail *d = r->tree->nodes[node].detail;
	struct err e;
	int fd = open_regular(r, node, &e);

	if (fd == -1 || read_into(r, fd, d, max, &e) != 0)
		detail_set_error(d, e.msg);
	if (fd != -1)
		close(fd);
}
