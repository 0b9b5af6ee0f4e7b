/* SPDX-License-Identifier: Apache-2.0 */
/* One bundle of bundles/: where in its tar what is. */
#include <errno.h>
#include <fcntl.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/mem.h"
#include "bundle/plan.h"
#include "bundle/tar.h"
#include "server/bundle_files.h"

/* --- life --- */

struct bundle_entry *
bundle_entry_keep(struct bundle_entry *entry)
{
	atomic_fetch_add(&entry->n_users, 1);
	return entry;
}

void
bundle_entry_drop(struct bundle_entry *entry)
{
	if (entry == NULL || atomic_fetch_sub(&entry->n_users, 1) != 1)
		return;
	arena_cleanup(&entry->arena);
	free(entry);
}

bool
bundle_entry_is(const struct bundle_entry *entry, const struct stat *st)
{
	const struct stat *as = &entry->as;

	return S_ISREG(st->st_mode) && as->st_dev == st->st_dev &&
	    as->st_ino == st->st_ino && as->st_size == st->st_size &&
	    as->st_mtim.tv_sec == st->st_mtim.tv_sec &&
	    as->st_mtim.tv_nsec == st->st_mtim.tv_nsec;
}

/* --- the manifest --- */

struct source {
	int fd;
	off_t at;
};

static int
read_source(void *ctx, char *ptr, size_t size, size_t *n, struct err *e)
{
	struct source *s = ctx;
	ssize_t got;

	do
		got = pread(s->fd, ptr, size, s->at);
	while (got == -1 && errno == EINTR);
	if (got == -1)
		return err_system(e, "cannot read");
	s->at += got;
	*n = (size_t)got;
	return 0;
}

static int
read_body(
    struct tar_reader *r, uint64_t size_bytes, struct buf *out, struct err *e)
{
	struct span bytes = SPAN_NONE;
	int rc;

	if (size_bytes > LAYOUT_MANIFEST_MAX)
		return err_set(e, ERR_FORMAT, "its manifest is too large");
	while ((rc = tar_body(r, &bytes, e)) == 1)
		buf_add_span(out, bytes);
	return rc;
}

/* The manifest is the third entry, behind oci-layout and index.json. */
static int
read_manifest(int fd, struct buf *out, struct err *e)
{
	struct source source = { fd, 0 };
	const struct stream_pull pull = { &source, read_source };
	struct tar_reader *r = tar_reader_new(&pull);
	struct tar_entry head = { 0 };
	unsigned i;
	int rc = 1;

	for (i = 0; i < 3 && rc == 1; i++)
		rc = tar_next(r, &head, e);
	if (rc == 1)
		rc = read_body(r, head.size_bytes, out, e);
	else if (rc == 0)
		rc = err_set(e, ERR_FORMAT, "there is no manifest in it");
	tar_reader_free(r);
	return rc;
}

/* --- places --- */

static uint64_t
place_blobs(
    struct bundle_entry *entry, const struct layout *l, struct span manifest)
{
	struct plan_step step;
	struct plan plan;
	uint64_t offset = 0;

	/* The manifest, the configuration, and at most one a part. */
	entry->blobs = arena_array(
	    &entry->arena, xadd(l->n_parts, 2), sizeof(*entry->blobs));
	plan_init(&plan, l, manifest);
	while (plan_next(&plan, &step) == 1) {
		offset += step.frame.len;
		if (step.has_blob)
			entry->blobs[entry->n_blobs++] =
			    (struct bundle_blob){ .sha256 = step.sha256,
				    .offset = offset,
				    .size_bytes = step.size_bytes };
		offset += step.size_bytes;
	}
	entry->manifest = plan.digest;
	plan_cleanup(&plan);
	return offset;
}

/* "7.snapshot.json" */
static void
count_parts(struct bundle_entry *entry, const struct layout *l)
{
	size_t i;

	for (i = 0; i < l->n_parts; i++) {
		struct span name = l->parts[i].name;
		size_t dot = span_find(name, '.');

		if (l->parts[i].kind != LAYOUT_IS_METADATA)
			entry->n_targets++;
		else if (span_is(span_from(name, dot), ".snapshot.json"))
			parse_uint(span_first(name, dot), UINT32_MAX,
			    &entry->snapshot);
	}
}

/* What the manifest says must be what the name and the file say. */
static int
read_layout(struct bundle_entry *entry, struct span manifest, struct err *e)
{
	struct arena arena = { 0 };
	struct layout l;
	int rc = layout_read(manifest, &arena, &l, e);

	if (rc == 0 && (l.base_snapshot.len > 0) != (entry->file.since != 0))
		rc = err_set(e, ERR_FORMAT,
		    "its name and its manifest differ in whether it is a "
		    "delta");
	if (rc == 0) {
		entry->base_snapshot =
		    arena_span(&entry->arena, l.base_snapshot);
		entry->sources = arena_span(&entry->arena, l.sources);
		count_parts(entry, &l);
		if (place_blobs(entry, &l, manifest) != entry->size_bytes)
			rc = err_set(e, ERR_FORMAT,
			    "it is not as long as its manifest has it");
	}
	arena_cleanup(&arena);
	return rc;
}

/* --- the file --- */

static int
open_entry(const struct bundle_entry *entry, int dirfd)
{
	return openat(dirfd, entry->name,
	    O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
}

int
bundle_entry_read(struct bundle_entry *entry, int dirfd, struct err *e)
{
	struct buf manifest = { 0 };
	int fd = open_entry(entry, dirfd);
	int rc;

	if (fd == -1)
		return err_system(e, "%s", entry->name);
	if (fstat(fd, &entry->as) != 0 || !S_ISREG(entry->as.st_mode)) {
		rc = err_set(e, ERR_FORMAT, "%s: no file", entry->name);
		goto out;
	}
	entry->size_bytes = (uint64_t)entry->as.st_size;
	entry->modified = entry->as.st_mtim.tv_sec;
	rc = read_manifest(fd, &manifest, e);
	if (rc == 0)
		rc = read_layout(entry, buf_span(&manifest), e);
	if (rc != 0)
		err_context(e, "%s", entry->name);
	entry->is_good = rc == 0;
out:
	buf_cleanup(&manifest);
	close(fd);
	return rc;
}

/* Does its head stand right before it? */
static int
check_head(int fd, const struct bundle_blob *blob, struct err *e)
{
	struct tar_entry head = { .size_bytes = blob->size_bytes };
	struct buf path = { 0 }, want = { 0 };
	char got[TAR_BLOCK];
	ssize_t n;
	int rc;

	layout_blob_path(&path, &blob->sha256);
	head.path = buf_span(&path);
	tar_head(&want, &head);
	n = pread(fd, got, sizeof(got), (off_t)(blob->offset - TAR_BLOCK));
	if (n == -1)
		rc = err_system(e, "bundles/");
	else
		rc = span_eq(span_make(got, (size_t)n), buf_span(&want));
	buf_cleanup(&path);
	buf_cleanup(&want);
	return rc;
}

int
bundle_entry_open(const struct bundle_entry *entry, int statefd,
    const struct bundle_blob *blob, int *fd, struct err *e)
{
	struct stat st;
	int dirfd, rc = 0;

	*fd = -1;
	dirfd =
	    openat(statefd, FOLDER_BUNDLES, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (dirfd != -1)
		*fd = open_entry(entry, dirfd);
	if (dirfd != -1)
		close(dirfd);
	if (*fd == -1)
		return errno == ENOENT || errno == ELOOP
		    ? 0
		    : err_system(e, FOLDER_BUNDLES "/%s", entry->name);
	if (fstat(*fd, &st) == 0 && bundle_entry_is(entry, &st))
		rc = blob == NULL ? 1 : check_head(*fd, blob, e);
	if (rc != 1) {
		close(*fd);
		*fd = -1;
	}
	return rc;
}
