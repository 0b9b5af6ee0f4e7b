/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/incoming.h"
#include "base/map.h"
#include "base/mem.h"
#include "bundle/import_keep.h"

#define NAME_SIZE 160 /* "incoming/bundle.<hex>.<hex>.new" */
#define HALF ".new"

struct kept {
	struct import_blob blob;
	bool is_ours;   /* written by this run */
	bool is_whole;  /* under its own name */
	bool is_stored; /* put into the store by this run */
};

struct import_keep {
	int statefd;
	const struct import_report *report;
	struct store store; /* to look up; -1: there is none */
	struct kept *kept;
	size_t n;
	size_t cap;
	struct map by_digest;
};

struct import_keep *
import_keep_new(int statefd, const struct import_report *report)
{
	struct import_keep *k = xcalloc(1, sizeof(*k));
	struct err ignored;

	k->statefd = statefd;
	k->report = report;
	k->store.dirfd = -1;
	/* Not made here: what is refused leaves no folders either. */
	if (statefd != -1 && file_exists(statefd, "store/blobs/sha256") &&
	    store_open(&k->store, statefd, &ignored) != 0)
		k->store.dirfd = -1;
	return k;
}

void
import_keep_free(struct import_keep *k)
{
	if (k == NULL)
		return;
	store_close(&k->store);
	map_cleanup(&k->by_digest);
	free(k->kept);
	free(k);
}

static const char *
name_of(const struct import_blob *b, const char *suffix, char text[NAME_SIZE])
{
	char bundle[DIGEST_HEX_SIZE], hex[DIGEST_HEX_SIZE];

	snprintf(text, NAME_SIZE, "incoming/" INCOMING_BUNDLE "%s.%s%s",
	    digest_hex(&b->bundle, bundle), digest_hex(&b->sha256, hex),
	    suffix);
	return text;
}

static struct kept *
find(const struct import_keep *k, const struct digest *d)
{
	uint32_t i;

	return map_get(&k->by_digest, span_make(d->bytes, DIGEST_SIZE), &i)
	    ? &k->kept[i]
	    : NULL;
}

static struct kept *
add(struct import_keep *k, const struct import_blob *b)
{
	struct kept *kept;

	k->kept = xgrow(k->kept, &k->cap, k->n + 1, sizeof(*k->kept));
	kept = &k->kept[k->n];
	*kept = (struct kept){ .blob = *b };
	map_add(&k->by_digest, span_make(b->sha256.bytes, DIGEST_SIZE),
	    (uint32_t)k->n++, NULL);
	return kept;
}

/* --- what the bundle process asks --- */

static bool
has(void *ctx, const struct digest *d)
{
	const struct import_keep *k = ctx;

	return k->store.dirfd != -1 && store_has(&k->store, d);
}

/* Opens and proves a whole file in incoming/. */
static int
open_whole(const struct import_keep *k, const struct import_blob *b,
    struct verified_file **out, struct err *e)
{
	const struct proof proof = { PROOF_STORE, b->sha256, b->size_bytes };
	char name[NAME_SIZE];
	int fd;

	fd = openat(k->statefd, name_of(b, "", name),
	    O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd == -1)
		return err_system(e, "%s", name);
	if (verified_open(out, fd, &proof, e) == 0)
		return 0;
	close(fd);
	return err_context(e, "%s", name);
}

static bool
was_kept(const struct import_keep *k, const struct import_blob *b)
{
	struct verified_file *f = NULL;
	struct err ignored;
	bool whole = open_whole(k, b, &f, &ignored) == 0;

	verified_close(f);
	return whole;
}

static int
want(void *ctx, const struct import_blob *b, int *fd, struct err *e)
{
	struct import_keep *k = ctx;
	char name[NAME_SIZE];
	struct kept *kept;

	if (has(k, &b->sha256) || find(k, &b->sha256) != NULL)
		return IMPORT_STORED;
	if (was_kept(k, b)) {
		add(k, b)->is_whole = true;
		return IMPORT_KEPT;
	}
	if (file_need_space(k->statefd, b->size_bytes, e) != 0)
		return err_context(e, "incoming");
	*fd = openat(k->statefd, name_of(b, HALF, name),
	    O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC | O_NOFOLLOW, 0600);
	if (*fd == -1)
		return err_system(e, "%s", name);
	kept = add(k, b);
	kept->is_ours = true;
	return IMPORT_WRITE;
}

static int
done(void *ctx, const struct import_blob *b, struct err *e)
{
	struct import_keep *k = ctx;
	struct kept *kept = find(k, &b->sha256);
	char half[NAME_SIZE], whole[NAME_SIZE];

	if (kept == NULL || !kept->is_ours)
		return err_set(e, ERR_SYSTEM, "a file that nobody asked for");
	if (renameat(k->statefd, name_of(b, HALF, half), k->statefd,
		name_of(b, "", whole)) != 0)
		return err_system(e, "%s", half);
	kept->is_whole = true;
	return 0;
}

static int
stored(void *ctx, const struct digest *d, int *fd, struct err *e)
{
	const struct import_keep *k = ctx;
	struct verified_file *f = NULL;

	if (k->store.dirfd == -1)
		return err_set(e, ERR_MISSING, "the store is empty");
	if (store_get(&k->store, d, &f, e) != 0)
		return -1;
	*fd = fcntl(verified_fd(f), F_DUPFD_CLOEXEC, 3);
	verified_close(f);
	return *fd == -1 ? err_system(e, "store") : 0;
}

static int
scratch(void *ctx, int *fd, struct err *e)
{
	(void)ctx;
	*fd = memfd_create("scapcache", MFD_CLOEXEC);
	return *fd == -1 ? err_system(e, "cannot make a file in memory") : 0;
}

static void
missing(void *ctx, struct span what)
{
	const struct import_keep *k = ctx;

	k->report->missing(k->report->ctx, what);
}

static void
progress(void *ctx, uint64_t bytes)
{
	const struct import_keep *k = ctx;

	k->report->progress(k->report->ctx, bytes);
}

struct import_sink
import_keep_sink(struct import_keep *k)
{
	return (struct import_sink){ k, has, want, done, stored, scratch,
		missing, progress };
}

/* --- the end --- */

static int
move(struct import_keep *k, struct kept *kept, struct store *store,
    struct err *e)
{
	struct verified_file *f = NULL;
	char name[NAME_SIZE];
	int rc;

	if (open_whole(k, &kept->blob, &f, e) != 0)
		return -1;
	/* Told before: half of a file is taken back, too. */
	kept->is_stored = !store_has(store, &kept->blob.sha256);
	rc = store_add(store, f, e);
	verified_close(f);
	if (rc == 0 &&
	    unlinkat(k->statefd, name_of(&kept->blob, "", name), 0) != 0)
		rc = err_system(e, "%s", name);
	return rc;
}

int
import_keep_commit(struct import_keep *k, struct store *store, struct err *e)
{
	size_t i;

	for (i = 0; i < k->n; i++)
		if (move(k, &k->kept[i], store, e) != 0)
			return -1;
	return 0;
}

/* Of the bundle that is named. */
struct sweep {
	int dirfd;
	char prefix[NAME_SIZE];
};

static int
remove_kept(void *ctx, const char *name, struct err *e)
{
	const struct sweep *s = ctx;

	if (!span_has_prefix(span_of(name), s->prefix))
		return 0;
	return file_remove_tree(s->dirfd, name, e);
}

int
import_keep_sweep(
    struct import_keep *k, const struct digest *bundle, struct err *e)
{
	char hex[DIGEST_HEX_SIZE];
	struct sweep s;
	int rc;

	snprintf(s.prefix, sizeof(s.prefix), INCOMING_BUNDLE "%s.",
	    digest_hex(bundle, hex));
	if (file_open_dir(k->statefd, "incoming", false, &s.dirfd, e) != 0)
		return -1;
	rc = file_list(s.dirfd, ".", remove_kept, &s, e);
	close(s.dirfd);
	return rc;
}

static void
remove_from_store(const struct import_keep *k, const struct kept *kept)
{
	char hex[DIGEST_HEX_SIZE], name[NAME_SIZE];

	snprintf(name, sizeof(name), "store/blobs/sha256/%s",
	    digest_hex(&kept->blob.sha256, hex));
	unlinkat(k->statefd, name, 0);
}

void
import_keep_undo(struct import_keep *k)
{
	char name[NAME_SIZE];
	size_t i;

	for (i = 0; i < k->n; i++) {
		if (k->kept[i].is_ours) {
			unlinkat(k->statefd,
			    name_of(&k->kept[i].blob,
				k->kept[i].is_whole ? "" : HALF, name),
			    0);
		}
		if (k->kept[i].is_stored)
			remove_from_store(k, &k->kept[i]);
	}
}
