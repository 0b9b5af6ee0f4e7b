/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What is trusted lies in tuf/metadata/; what comes is collected, and becomes
 * trusted with the generation that it is of, all or nothing.
 */
#include <fcntl.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/mem.h"
#include "bundle/refusal.h"
#include "schema_catalog.h"
#include "syncd/mirror_parts.h"

#define TIMESTAMP "timestamp.json"

/* N_TUF_TYPES: a delegated role. */
static enum tuf_type
type_of(const char *role)
{
	enum tuf_type t;

	for (t = TUF_ROOT; t < N_TUF_TYPES; t++)
		if (strcmp(role, tuf_type_name(t)) == 0)
			break;
	return t;
}

/* --- what the client asks --- */

static int
no_file(const char *role, struct err *e)
{
	return err_set(e, ERR_MISSING, "%s: nothing was trusted before", role);
}

/* The version that was adopted last; 0: none was. */
static int
last_version(
    struct mirror *m, const char *role, uint64_t *version, struct err *e)
{
	struct db_stmt *q = db_query(m->catalog, QUERY_CATALOG_TUF_ROLE_LIST);
	int rc;

	*version = 0;
	while ((rc = db_step(q, e)) == 1)
		if (span_is(db_text(q, 0), role))
			*version = (uint64_t)db_int(q, 1);
	db_reset(q);
	return rc;
}

static int
load_root(struct mirror *m, uint64_t version, struct buf *out, struct err *e)
{
	char name[REPOSITORY_NAME_SIZE];

	if (version == 0 && repository_root(&m->repository, &version, e) != 0)
		return -1;
	if (version == 0) {
		buf_add_span(out, buf_span(&m->root));
		return 0;
	}
	repository_name(version, SPAN_LIT("root"), name);
	return repository_read(&m->repository, name, TUF_ROOT_MAX, out, e);
}

static int
load(void *ctx, const char *role, uint64_t version, struct buf *out,
    struct err *e)
{
	struct mirror *m = ctx;
	enum tuf_type type = type_of(role);
	char name[REPOSITORY_NAME_SIZE];

	if (type == TUF_ROOT)
		return load_root(m, version, out, e);
	if (m->repository.dirfd == -1 ||
	    (type < N_TUF_TYPES && m->dropped[type]) ||
	    (type == N_TUF_TYPES && !tuf_is_role_name(span_of(role))))
		return no_file(role, e);
	if (type == TUF_TIMESTAMP)
		return repository_read(
		    &m->repository, TIMESTAMP, TUF_TIMESTAMP_MAX, out, e);
	if (version == 0 && last_version(m, role, &version, e) != 0)
		return -1;
	if (version == 0)
		return no_file(role, e);
	repository_name(version, span_of(role), name);
	return repository_read(&m->repository, name,
	    tuf_size_max(type == N_TUF_TYPES ? TUF_TARGETS : type), out, e);
}

static void
add_metadata(struct mirror *m, const char *name, struct span bytes)
{
	m->metadata = xgrow(m->metadata, &m->metadata_cap, m->n_metadata + 1,
	    sizeof(*m->metadata));
	m->metadata[m->n_metadata++] =
	    (struct adopt_metadata){ arena_span(&m->arena, span_of(name)),
		    arena_span(&m->arena, bytes) };
}

static int
keep(void *ctx, const char *role, uint64_t version, struct span bytes,
    struct err *e)
{
	char name[REPOSITORY_NAME_SIZE];
	enum tuf_type type = type_of(role);

	if (type == N_TUF_TYPES && !tuf_is_role_name(span_of(role)))
		return refuse(e, REFUSAL_SHAPE,
		    "targets: a role whose name is not one of a file");
	repository_name(version, span_of(role), name);
	add_metadata(ctx, type == TUF_TIMESTAMP ? TIMESTAMP : name, bytes);
	return 0;
}

static int
drop(void *ctx, const char *role, struct err *e)
{
	struct mirror *m = ctx;
	enum tuf_type type = type_of(role);

	(void)e;
	if (type < N_TUF_TYPES)
		m->dropped[type] = true;
	return 0;
}

/* --- roots --- */

static int
read_root(struct mirror *m, struct err *e)
{
	const char *path = m->options->root;
	uint64_t version;

	if (repository_root(&m->repository, &version, e) != 0)
		return -1;
	if (path == NULL && version == 0)
		return refuse(e, REFUSAL_UNTRUSTED,
		    "nothing is trusted here yet: name the root that you were "
		    "handed with --root ROOT.json");
	if (path == NULL ||
	    file_read(AT_FDCWD, path, TUF_ROOT_MAX, &m->root, e) == 0)
		return 0;
	return err_context(e, "--root");
}

static size_t
count_roots(const struct mirror *m)
{
	size_t i, n = 0;

	for (i = 0; i < m->n_metadata; i++)
		n += span_has_suffix(m->metadata[i].name, ".root.json");
	return n;
}

/* The root that was named is the first of those that are kept. */
static int
keep_first(struct mirror *m, size_t n_new, struct err *e)
{
	uint64_t version = m->trusted.versions[TUF_ROOT];
	char name[REPOSITORY_NAME_SIZE];

	if (version <= n_new)
		return err_set(
		    e, ERR_SYSTEM, "the bundle process makes no sense");
	repository_name(version - n_new, SPAN_LIT("root"), name);
	add_metadata(m, name, buf_span(&m->root));
	return 0;
}

/* Is the root that was named one of those that are trusted? */
static bool
is_trusted(const struct mirror *m, uint64_t newest)
{
	char name[REPOSITORY_NAME_SIZE];
	struct buf bytes = { 0 };
	struct err ignored;
	bool same = false;
	uint64_t v;
	size_t i;

	for (i = 0; i < m->n_metadata; i++)
		same =
		    same || span_eq(m->metadata[i].bytes, buf_span(&m->root));
	for (v = 1; v <= newest && !same; v++) {
		buf_reset(&bytes);
		repository_name(v, SPAN_LIT("root"), name);
		same = repository_read(&m->repository, name, TUF_ROOT_MAX,
			   &bytes, &ignored) == 0 &&
		    span_eq(buf_span(&bytes), buf_span(&m->root));
	}
	buf_cleanup(&bytes);
	return same;
}

static int
settle_roots(struct mirror *m, struct err *e)
{
	uint64_t newest;

	if (m->options->root == NULL)
		return 0;
	if (repository_root(&m->repository, &newest, e) != 0)
		return -1;
	if (newest == 0)
		return keep_first(m, count_roots(m), e);
	if (is_trusted(m, newest))
		return 0;
	return refuse(e, REFUSAL_UNTRUSTED,
	    "%s: it is none of the roots that are trusted here",
	    m->options->root);
}

/* --- all of it --- */

/* What was accepted once was made by then. */
static int
time_of_now(struct mirror *m, int64_t *now, struct err *e)
{
	struct db_stmt *q =
	    db_query(m->catalog, QUERY_CATALOG_LEDGER_NEWEST_MADE);
	int rc = db_step(q, e);

	*now = clock_now();
	if (rc == 1 && db_int(q, 0) > *now)
		*now = db_int(q, 0);
	db_reset(q);
	return rc == 1 ? 0 : -1;
}

/* Where the root that was named is all that is trusted, say so. */
static int
not_our_root(const struct mirror *m, struct err *e)
{
	struct err ignored;
	uint64_t newest;

	if (refusal_of(e) != REFUSAL_UNTRUSTED || m->options->root == NULL ||
	    repository_root(&m->repository, &newest, &ignored) != 0 ||
	    newest != 0)
		return -1;
	return err_context(e, "not signed by the side whose root --root names");
}

int
mirror_refresh(struct mirror *m, struct err *e)
{
	struct tuf_client_options o = {
		.transport = tuf_fetch_transport(&m->fetch),
		.trust = { m, load, keep, drop },
		.accept_expired = m->options->accept_expired,
	};

	if (time_of_now(m, &m->now, e) != 0 || read_root(m, e) != 0)
		return -1;
	o.now = m->now;
	if (proc_tuf_open(&m->tuf, &o, e) != 0)
		return -1;
	if (proc_tuf_refresh(&m->tuf, &m->trusted, e) != 0)
		return not_our_root(m, e);
	return settle_roots(m, e);
}
