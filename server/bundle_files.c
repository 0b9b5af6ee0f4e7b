/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "base/mem.h"
#include "server/bundle_files.h"

/* A folder that changed just now may change again within the same tick. */
#define SETTLED_S 2

struct place {
	uint32_t entry;
	uint32_t blob;
};

struct bundle_files {
	_Atomic unsigned n_users;
	struct stat as; /* the folder, before it was listed */
	bool is_settled;
	struct bundle_entry **entries; /* those that are not good, too */
	size_t n_entries;
	size_t cap;
	const struct bundle_entry **shown;
	size_t n_shown;
	struct map by_digest; /* of blobs: into places */
	struct place *places;
	size_t n_places;
	size_t places_cap;
};

/* One for the process: what the folder was, the last time. */
static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static struct bundle_files *cached;

/* --- life --- */

static struct bundle_files *
files_new(void)
{
	struct bundle_files *f = xcalloc(1, sizeof(*f));

	atomic_init(&f->n_users, 1);
	return f;
}

void
bundle_files_drop(struct bundle_files *f)
{
	size_t i;

	if (f == NULL || atomic_fetch_sub(&f->n_users, 1) != 1)
		return;
	for (i = 0; i < f->n_entries; i++)
		bundle_entry_drop(f->entries[i]);
	map_cleanup(&f->by_digest);
	free(f->entries);
	free(f->shown);
	free(f->places);
	free(f);
}

void
bundle_files_forget(void)
{
	struct bundle_files *old;

	pthread_mutex_lock(&lock);
	old = cached;
	cached = NULL;
	pthread_mutex_unlock(&lock);
	bundle_files_drop(old);
}

/* --- listing --- */

struct listing {
	struct bundle_files *files;
	struct bundle_files *old; /* may be NULL */
	int dirfd;
};

static struct bundle_entry *
find_old(const struct listing *l, const char *name, const struct stat *st)
{
	size_t i;

	for (i = 0; l->old != NULL && i < l->old->n_entries; i++)
		if (strcmp(l->old->entries[i]->name, name) == 0 &&
		    bundle_entry_is(l->old->entries[i], st))
			return l->old->entries[i];
	return NULL;
}

static struct bundle_entry *
read_new(const struct listing *l, const char *name,
    const struct folder_file *file, const struct stat *st)
{
	struct bundle_entry *entry = xcalloc(1, sizeof(*entry));
	struct err e = { 0 };

	atomic_init(&entry->n_users, 1);
	entry->as = *st;
	entry->file = *file;
	memcpy(entry->name, name, strlen(name) + 1);
	if (bundle_entry_read(entry, l->dirfd, &e) != 0)
		log_warn("serve: " FOLDER_BUNDLES
			 "/%s; it is not shown: `bundle export` makes it anew",
		    e.msg);
	return entry;
}

static int
list_name(void *ctx, const char *name, struct err *e)
{
	struct listing *l = ctx;
	struct bundle_files *f = l->files;
	struct bundle_entry *entry;
	struct folder_file file;
	struct stat st;

	(void)e;
	if (!folder_file_parse(span_of(name), &file) ||
	    fstatat(l->dirfd, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !S_ISREG(st.st_mode))
		return 0;
	entry = find_old(l, name, &st);
	f->entries =
	    xgrow(f->entries, &f->cap, f->n_entries + 1, sizeof(*f->entries));
	f->entries[f->n_entries++] = entry != NULL
	    ? bundle_entry_keep(entry)
	    : read_new(l, name, &file, &st);
	return 0;
}

/* --- what is shown --- */

static int
by_number(const void *a, const void *b)
{
	const struct folder_file *x =
	    &(*(const struct bundle_entry *const *)a)->file;
	const struct folder_file *y =
	    &(*(const struct bundle_entry *const *)b)->file;

	if ((x->since == 0) != (y->since == 0))
		return x->since == 0 ? -1 : 1;
	if (x->generation != y->generation)
		return x->generation < y->generation ? -1 : 1;
	return x->since < y->since ? -1 : x->since > y->since;
}

static void
add_places(struct bundle_files *f, uint32_t i)
{
	const struct bundle_entry *entry = f->shown[i];
	size_t k;

	f->places = xgrow(f->places, &f->places_cap,
	    xadd(f->n_places, entry->n_blobs), sizeof(*f->places));
	for (k = 0; k < entry->n_blobs; k++)
		if (map_add(&f->by_digest,
			span_make(entry->blobs[k].sha256.bytes, DIGEST_SIZE),
			(uint32_t)f->n_places, NULL))
			f->places[f->n_places++] =
			    (struct place){ i, (uint32_t)k };
}

static void
show(struct bundle_files *f)
{
	size_t i, first;

	f->shown = xcalloc(f->n_entries, sizeof(struct bundle_entry *));
	for (i = 0; i < f->n_entries; i++)
		if (f->entries[i]->is_good)
			f->shown[f->n_shown++] = f->entries[i];
	if (f->n_shown > 1)
		qsort(f->shown, f->n_shown, sizeof(struct bundle_entry *),
		    by_number);
	if (f->n_shown > BUNDLE_FILES_MAX) {
		first = f->n_shown - BUNDLE_FILES_MAX;
		memmove(f->shown, f->shown + first,
		    BUNDLE_FILES_MAX * sizeof(struct bundle_entry *));
		f->n_shown = BUNDLE_FILES_MAX;
	}
	for (i = 0; i < f->n_shown; i++)
		add_places(f, (uint32_t)i);
}

static bool
is_same_folder(const struct stat *a, const struct stat *b)
{
	return a->st_dev == b->st_dev && a->st_ino == b->st_ino &&
	    a->st_mtim.tv_sec == b->st_mtim.tv_sec &&
	    a->st_mtim.tv_nsec == b->st_mtim.tv_nsec;
}

/* The kernel's clock: SOURCE_DATE_EPOCH stops ours. */
static bool
is_settled(const struct stat *folder)
{
	return time(NULL) - folder->st_mtim.tv_sec > SETTLED_S;
}

static int
read_folder(struct bundle_files *f, struct bundle_files *old, int statefd,
    struct err *e)
{
	struct listing l = { .files = f, .old = old, .dirfd = -1 };
	int rc;

	if (file_open_dir(statefd, FOLDER_BUNDLES, false, &l.dirfd, e) != 0)
		return e->code == ERR_MISSING ? 0 : -1;
	rc = file_list(l.dirfd, ".", list_name, &l, e);
	close(l.dirfd);
	return rc;
}

static bool
has_same_entries(const struct bundle_files *a, const struct bundle_files *b)
{
	size_t i;

	if (a->n_entries != b->n_entries)
		return false;
	for (i = 0; i < a->n_entries; i++)
		if (a->entries[i] != b->entries[i])
			return false;
	return true;
}

static int
read_again(const struct stat *st, int statefd, struct err *e)
{
	struct bundle_files *f = files_new();

	f->as = *st;
	f->is_settled = is_settled(st);
	if (read_folder(f, cached, statefd, e) != 0) {
		bundle_files_drop(f);
		return -1;
	}
	if (cached != NULL && has_same_entries(f, cached)) {
		cached->as = f->as;
		cached->is_settled = f->is_settled;
		bundle_files_drop(f);
		return 0;
	}
	show(f);
	bundle_files_drop(cached);
	cached = f;
	return 0;
}

/* The folder is new to us, or not: *out has a user more. */
static int
refresh(int statefd, struct bundle_files **out, struct err *e)
{
	struct stat st = { .st_ino = 0 };

	if (fstatat(statefd, FOLDER_BUNDLES, &st, 0) != 0 && errno != ENOENT)
		return err_system(e, FOLDER_BUNDLES);
	if ((cached == NULL || !cached->is_settled ||
		!is_same_folder(&cached->as, &st)) &&
	    read_again(&st, statefd, e) != 0)
		return -1;
	atomic_fetch_add(&cached->n_users, 1);
	*out = cached;
	return 0;
}

int
bundle_files_get(int statefd, struct bundle_files **out, struct err *e)
{
	int rc;

	*out = NULL;
	pthread_mutex_lock(&lock);
	rc = refresh(statefd, out, e);
	pthread_mutex_unlock(&lock);
	return rc;
}

/* --- finding --- */

size_t
bundle_files_count(const struct bundle_files *f)
{
	return f->n_shown;
}

const struct bundle_entry *
bundle_files_at(const struct bundle_files *f, size_t i)
{
	return f->shown[i];
}

const struct bundle_entry *
bundle_files_find(const struct bundle_files *f, struct span name)
{
	size_t i;

	for (i = 0; i < f->n_shown; i++)
		if (span_is(name, f->shown[i]->name))
			return f->shown[i];
	return NULL;
}

static const struct bundle_entry *
latest(const struct bundle_files *f)
{
	const struct bundle_entry *best = NULL;
	size_t i;

	for (i = 0; i < f->n_shown; i++)
		if (f->shown[i]->file.since == 0 &&
		    (best == NULL || f->shown[i]->snapshot >= best->snapshot))
			best = f->shown[i];
	return best;
}

const struct bundle_entry *
bundle_files_tag(const struct bundle_files *f, struct span tag)
{
	struct buf name = { 0 };
	const struct bundle_entry *entry;

	if (span_is(tag, "latest"))
		return latest(f);
	if (tag.len >= FOLDER_NAME_SIZE)
		return NULL;
	buf_printf(&name, "%.*s.tar", SPAN_ARG(tag));
	entry = bundle_files_find(f, buf_span(&name));
	buf_cleanup(&name);
	return entry;
}

const struct bundle_entry *
bundle_files_manifest(const struct bundle_files *f, const struct digest *d)
{
	size_t i;

	for (i = 0; i < f->n_shown; i++)
		if (digest_eq(&f->shown[i]->manifest, d))
			return f->shown[i];
	return NULL;
}

const struct bundle_entry *
bundle_files_blob(const struct bundle_files *f, const struct digest *d,
    const struct bundle_blob **blob)
{
	uint32_t i = 0;

	*blob = NULL;
	if (!map_get(&f->by_digest, span_make(d->bytes, DIGEST_SIZE), &i))
		return NULL;
	*blob = &f->shown[f->places[i].entry]->blobs[f->places[i].blob];
	return f->shown[f->places[i].entry];
}
