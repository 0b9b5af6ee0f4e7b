/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/memfd.h"
#include "indexer/generation.h"
#include "indexer/proc_index.h"
#include "schema_catalog.h"
#include "syncd/publish_parts.h"

#define FAMILY_SUFFIX ".sqlite"
#define ROLE_INDEX_NAME "index"

/* --- content digests of the families --- */

/* A digest that the catalog has, of a file as it was. */
struct known_digest {
	struct span family;
	struct span file;
	struct span content;
};

struct families {
	struct publish *publish;
	struct manifest_family *items;
	size_t n;
	size_t cap;
	struct known_digest *known;
	size_t n_known;
	size_t known_cap;
};

static int
read_known(struct families *f, struct err *e)
{
	struct publish *p = f->publish;
	struct db_stmt *q =
	    db_query(p->catalog, QUERY_CATALOG_FAMILY_DIGEST_LIST);
	int rc;

	while ((rc = db_step(q, e)) == 1) {
		f->known = xgrow(
		    f->known, &f->known_cap, f->n_known + 1, sizeof(*f->known));
		f->known[f->n_known++] = (struct known_digest){
			arena_span(&p->arena, db_text(q, 0)),
			arena_span(&p->arena, db_text(q, 1)),
			arena_span(&p->arena, db_text(q, 2)),
		};
	}
	db_reset(q);
	return rc;
}

static bool
find_known(const struct families *f, struct span family, struct span file,
    struct digest *out)
{
	size_t i;

	for (i = 0; i < f->n_known; i++)
		if (span_eq(f->known[i].family, family) &&
		    span_eq(f->known[i].file, file))
			return digest_parse(f->known[i].content, out);
	return false;
}

static int
save_digest(struct publish *p, struct span family, struct span file,
    const struct digest *content, struct err *e)
{
	struct db_stmt *q =
	    db_query(p->catalog, QUERY_CATALOG_FAMILY_DIGEST_SET);
	char hex[DIGEST_HEX_SIZE];

	db_bind_text(q, ":family", family);
	db_bind_text(q, ":file", file);
	db_bind_text(q, ":content", span_of(digest_hex(content, hex)));
	return db_run(q, e);
}

/*
 * An index file is never changed once it is published, and is linked into the
 * generations that have it: the same inode, size and time is the same file.
 * Another version of this program may digest otherwise.
 */
static int
file_identity(
    struct publish *p, const char *below, struct buf *out, struct err *e)
{
	struct stat st;

	if (fstatat(p->state->dirfd, below, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return err_system(e, "%s", below);
	buf_printf(out,
	    SCAPCACHE_VERSION " %" PRIuMAX " %" PRIuMAX " %" PRIuMAX
			      " %lld.%09ld",
	    (uintmax_t)st.st_dev, (uintmax_t)st.st_ino, (uintmax_t)st.st_size,
	    (long long)st.st_mtim.tv_sec, st.st_mtim.tv_nsec);
	return 0;
}

static int
digest_family(struct families *f, struct span family, const char *below,
    struct digest *out, struct err *e)
{
	struct publish *p = f->publish;
	struct family_digests digests;
	struct buf file = { 0 }, path = { 0 };
	int rc = -1;

	if (file_identity(p, below, &file, e) != 0)
		goto out;
	rc = 0;
	if (find_known(f, family, buf_span(&file), out))
		goto out;
	buf_printf(&path, "%s/%s", p->state->path, below);
	rc = index_digests_run(buf_str(&path), &digests, e);
	*out = digests.content;
	if (rc == 0)
		rc = save_digest(p, family, buf_span(&file), out, e);
out:
	buf_cleanup(&file);
	buf_cleanup(&path);
	return rc;
}

/* file_list() goes by name, so families are in order, too. */
static int
add_family(void *ctx, const char *name, struct err *e)
{
	struct families *f = ctx;
	struct publish *p = f->publish;
	struct span family = span_of(name);
	char folder[GENERATION_PATH_SIZE];
	struct buf below = { 0 };
	struct digest content;
	int rc;

	if (!span_has_suffix(family, FAMILY_SUFFIX))
		return 0;
	family = span_first(family, family.len - SPAN_LIT(FAMILY_SUFFIX).len);
	buf_printf(
	    &below, "%s/%s", generation_path(p->generation, folder), name);
	rc = digest_family(f, family, buf_str(&below), &content, e);
	buf_cleanup(&below);
	if (rc != 0)
		return -1;
	f->items = xgrow(f->items, &f->cap, f->n + 1, sizeof(*f->items));
	f->items[f->n++] =
	    (struct manifest_family){ arena_span(&p->arena, family), content };
	return 0;
}

static int
cmp_families(const void *a, const void *b)
{
	const struct manifest_family *x = a, *y = b;

	return span_cmp(x->name, y->name);
}

static int
digest_families(struct families *f, struct err *e)
{
	struct publish *p = f->publish;
	char folder[GENERATION_PATH_SIZE];

	if (read_known(f, e) != 0 ||
	    file_list(p->state->dirfd, generation_path(p->generation, folder),
		add_family, f, e) != 0)
		return -1;
	/* "a-b.sqlite" comes before "a.sqlite". */
	if (f->n > 0)
		qsort(f->items, f->n, sizeof(*f->items), cmp_families);
	return 0;
}

/* --- sources --- */

static int
read_sources(
    struct publish *p, struct manifest_source **out, size_t *n, struct err *e)
{
	struct db_stmt *q = db_query(p->catalog, QUERY_CATALOG_SOURCE_LIST);
	size_t cap = 0;
	int rc;

	*out = NULL;
	*n = 0;
	while ((rc = db_step(q, e)) == 1) {
		*out = xgrow(*out, &cap, *n + 1, sizeof(**out));
		(*out)[(*n)++] = (struct manifest_source){
			.name = arena_span(&p->arena, db_text(q, 0)),
			.checked = db_int(q, 1),
			.changed = db_int(q, 2),
			.result = arena_span(&p->arena, db_text(q, 3)),
			.message = arena_span(&p->arena, db_text(q, 4)),
			.n_failed = (uint64_t)db_int(q, 5),
		};
	}
	db_reset(q);
	return rc;
}

/* --- files of our own --- */

/* Puts it into the store, where it is new, and among the targets. */
static int
add_own(struct publish *p, const char *path, struct span bytes, struct err *e)
{
	struct verified_file *file = NULL;
	struct proof proof = { .kind = PROOF_LOCAL, .size_bytes = bytes.len };
	struct publish_target t = { .path = span_of(path),
		.role = SPAN_LIT(ROLE_INDEX_NAME),
		.size_bytes = bytes.len };
	char hex[DIGEST_HEX_SIZE];
	int fd, rc = 0;

	digest_of(bytes, &proof.sha256);
	t.sha256 =
	    arena_span(&p->arena, span_of(digest_hex(&proof.sha256, hex)));
	t.custom.media_type = custom_media_type(t.path);
	publish_add_target(p, &t);
	if (store_has(&p->store, &proof.sha256))
		return 0;
	if (memfd_of(bytes, &fd, e) != 0)
		return err_context(e, "%s", path);
	rc = verified_open(&file, fd, &proof, e);
	if (rc != 0)
		close(fd);
	else
		rc = store_add(&p->store, file, e);
	verified_close(file);
	return rc == 0 ? 0 : err_context(e, "%s", path);
}

static const struct publish_target *
find_old(const struct publish *p, const char *path)
{
	size_t i;

	for (i = 0; i < p->n_old; i++)
		if (span_is(p->old[i].path, path))
			return &p->old[i];
	return NULL;
}

/* Does that of the last time still say all but when sources were asked? */
static bool
keep_manifest(struct publish *p)
{
	const struct publish_target *old = find_old(p, REPOSITORY_MANIFEST);
	struct publish_target t;
	struct digest d;

	if (p->options->refresh || old == NULL ||
	    !digest_eq(&p->content, &p->old_content) ||
	    !digest_parse(old->sha256, &d) || !store_has(&p->store, &d))
		return false;
	t = *old;
	t.custom.media_type = custom_media_type(t.path);
	publish_add_target(p, &t);
	return true;
}

/* What moves with every run, though nothing new came. */
static void
digest_content(struct publish *p, const struct manifest *m)
{
	struct manifest_source *plain = xcalloc(m->n_sources, sizeof(*plain));
	struct manifest still = *m;
	struct buf b = { 0 };
	size_t i;

	for (i = 0; i < m->n_sources; i++) {
		plain[i] = m->sources[i];
		plain[i].checked = 0;
		plain[i].n_failed = 0;
	}
	still.sources = plain;
	manifest_write(&b, &still);
	digest_of(buf_span(&b), &p->content);
	buf_cleanup(&b);
	free(plain);
}

static int
add_manifest(struct publish *p, const struct manifest *m, struct err *e)
{
	struct buf b = { 0 };
	int rc = 0;

	digest_content(p, m);
	if (!keep_manifest(p)) {
		manifest_write(&b, m);
		rc = add_own(p, REPOSITORY_MANIFEST, buf_span(&b), e);
	}
	buf_cleanup(&b);
	return rc;
}

static int
add_notice(struct publish *p, struct err *e)
{
	struct buf b = { 0 };
	int rc;

	publish_notice(&b);
	rc = add_own(p, REPOSITORY_NOTICE, buf_span(&b), e);
	buf_cleanup(&b);
	return rc;
}

int
publish_manifest(struct publish *p, struct err *e)
{
	struct families f = { .publish = p };
	struct manifest_source *sources = NULL;
	struct manifest m = { .generation = p->generation,
		.made = p->made,
		.documents = p->documents,
		.seen = p->seen,
		.n_documents = p->n_documents };
	int rc = -1;

	if (digest_families(&f, e) == 0 &&
	    read_sources(p, &sources, &m.n_sources, e) == 0) {
		m.families = f.items;
		m.n_families = f.n;
		m.sources = sources;
		rc = add_manifest(p, &m, e);
	}
	if (rc == 0)
		rc = add_notice(p, e);
	free(f.items);
	free(f.known);
	free(sources);
	return rc;
}
