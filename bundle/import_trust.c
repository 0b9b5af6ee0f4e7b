/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>

#include "bundle/import_trust.h"
#include "bundle/refusal.h"

/* "7.redhat.json": 7; 0: no version stands before it. */
static uint64_t
import_name_version(struct span name)
{
	uint64_t v = 0;

	return parse_uint(
		   span_first(name, span_find(name, '.')), UINT32_MAX, &v)
	    ? v
	    : 0;
}

static bool
is_root(struct span name)
{
	return import_name_version(name) != 0 &&
	    span_is(span_from(name, span_find(name, '.')), ".root.json");
}

static const struct import_metadata *
find_file(const struct import_trust *t, struct span name)
{
	size_t i;

	for (i = 0; i < t->n_files; i++)
		if (span_eq(t->files[i].name, name))
			return &t->files[i];
	return NULL;
}

/* --- what the client asks --- */

static int
transport_get(void *ctx, const char *name, uint64_t size_max, struct buf *out,
    struct err *e)
{
	const struct import_metadata *m = find_file(ctx, span_of(name));

	if (m == NULL)
		return err_set(e, ERR_MISSING, "the bundle has no %s", name);
	if (m->bytes.len > size_max)
		return err_set(e, ERR_LIMIT, "%s: more than %" PRIu64 " bytes",
		    name, size_max);
	buf_add_span(out, m->bytes);
	return 0;
}

static int
no_file(struct err *e)
{
	return err_set(e, ERR_MISSING, "nothing was trusted before");
}

/* The version that a trusted file gives another one; 0: it does not. */
static uint64_t
version_in(const struct tuf_file *f, struct span role)
{
	char name[REPOSITORY_NAME_SIZE];
	const struct tuf_meta *m;

	snprintf(name, sizeof(name), "%.*s.json", SPAN_ARG(role));
	m = f->bytes.len == 0 ? NULL : tuf_find_meta(f, span_of(name));
	return m == NULL ? 0 : m->version;
}

static unsigned
drop_bit(struct span role)
{
	unsigned i;

	for (i = 0; i < N_TUF_TYPES; i++)
		if (span_is(role, tuf_type_name((enum tuf_type)i)))
			return 1u << i;
	return 1u << N_TUF_TYPES;
}

static int
load_root(
    struct import_trust *t, uint64_t version, struct buf *out, struct err *e)
{
	char name[REPOSITORY_NAME_SIZE];

	if (version == 0 || version == t->old_root.version) {
		buf_add_span(out, buf_span(&t->root));
		return 0;
	}
	repository_name(version, SPAN_LIT("root"), name);
	return t->in->trusted(t->in->trusted_ctx, name, TUF_ROOT_MAX, out, e);
}

static int
trust_load(void *ctx, const char *role, uint64_t version, struct buf *out,
    struct err *e)
{
	struct import_trust *t = ctx;
	struct span name = span_of(role);
	char file[REPOSITORY_NAME_SIZE];
	const struct buf *held = NULL;

	if (t->drops & drop_bit(name))
		return no_file(e);
	if (span_is(name, "root"))
		return load_root(t, version, out, e);
	if (span_is(name, "timestamp"))
		held = &t->timestamp;
	else if (span_is(name, "snapshot"))
		held = &t->snapshot;
	if (held != NULL) {
		buf_add_span(out, buf_span(held));
		return held->len > 0 ? 0 : no_file(e);
	}
	if (version == 0)
		version = version_in(&t->old_snapshot, name);
	if (version == 0 ||
	    !(span_is(name, "targets") || tuf_is_role_name(name)))
		return no_file(e);
	repository_name(version, name, file);
	return t->in->trusted(
	    t->in->trusted_ctx, file, TUF_TARGETS_MAX, out, e);
}

/* What is kept is what was accepted, once all of it is. */
static int
trust_keep(void *ctx, const char *role, uint64_t version, struct span bytes,
    struct err *e)
{
	(void)ctx;
	(void)role;
	(void)version;
	(void)bytes;
	(void)e;
	return 0;
}

static int
trust_drop(void *ctx, const char *role, struct err *e)
{
	struct import_trust *t = ctx;

	(void)e;
	t->drops |= drop_bit(span_of(role));
	return 0;
}

/* --- what was trusted before --- */

/* Reads a trusted file, if there is one. */
static int
read_old(struct import_trust *t, const char *name, enum tuf_type type,
    struct buf *bytes, struct tuf_file *out, struct err *e)
{
	if (t->in->trusted(
		t->in->trusted_ctx, name, tuf_size_max(type), bytes, e) != 0)
		return e->code == ERR_MISSING ? 0 : -1;
	if (tuf_parse(buf_span(bytes), type, t->arena, out, e) != 0)
		return err_context(e, "what is trusted here: %s", name);
	return 0;
}

static int
read_first_root(struct import_trust *t, struct err *e)
{
	t->is_first = true;
	if (t->in->trusted(t->in->trusted_ctx, IMPORT_OF_ROOT, TUF_ROOT_MAX,
		&t->root, e) == 0)
		return tuf_parse(buf_span(&t->root), TUF_ROOT, t->arena,
			   &t->old_root, e) == 0
		    ? 0
		    : err_context(e, IMPORT_OF_ROOT);
	if (e->code != ERR_MISSING)
		return -1;
	return refuse(e, REFUSAL_UNTRUSTED,
	    "nothing is trusted here yet: name the root that you were handed "
	    "with --root ROOT.json");
}

static int
read_olds(struct import_trust *t, struct err *e)
{
	char name[REPOSITORY_NAME_SIZE];
	uint64_t version;

	if (read_old(t, IMPORT_NEWEST_ROOT, TUF_ROOT, &t->root, &t->old_root,
		e) != 0)
		return -1;
	if (t->root.len == 0)
		return read_first_root(t, e);
	if (read_old(t, "timestamp.json", TUF_TIMESTAMP, &t->timestamp,
		&t->old_timestamp, e) != 0)
		return -1;
	version = version_in(&t->old_timestamp, SPAN_LIT("snapshot"));
	if (version == 0)
		return 0;
	repository_name(version, SPAN_LIT("snapshot"), name);
	return read_old(
	    t, name, TUF_SNAPSHOT, &t->snapshot, &t->old_snapshot, e);
}

/* --- roots --- */

static int
contradicts(uint64_t version, const char *whom, struct err *e)
{
	return refuse(e, REFUSAL_UNTRUSTED,
	    IMPORT_OF_ROOT ": it is version %" PRIu64
			   " of another root than %s",
	    version, whom);
}

/* A root that is named must be one of those that are trusted. */
static int
compare_root(struct import_trust *t, struct err *e)
{
	char name[REPOSITORY_NAME_SIZE];
	struct buf given = { 0 }, trusted = { 0 };
	const struct import_metadata *m;
	struct tuf_file f = { 0 };
	int rc = -1;

	if (t->in->trusted(t->in->trusted_ctx, IMPORT_OF_ROOT, TUF_ROOT_MAX,
		&given, e) != 0) {
		rc = e->code == ERR_MISSING ? 0 : -1;
		goto out;
	}
	if (tuf_parse(buf_span(&given), TUF_ROOT, t->arena, &f, e) != 0) {
		err_context(e, IMPORT_OF_ROOT);
		goto out;
	}
	repository_name(f.version, SPAN_LIT("root"), name);
	m = find_file(t, span_of(name));
	if (f.version > t->old_root.version && m != NULL)
		buf_add_span(&trusted, m->bytes);
	else if (load_root(t, f.version, &trusted, e) != 0 &&
	    e->code != ERR_MISSING)
		goto out;
	rc = span_eq(buf_span(&given), buf_span(&trusted))
	    ? 0
	    : contradicts(f.version, "what is trusted here", e);
out:
	buf_cleanup(&given);
	buf_cleanup(&trusted);
	return rc;
}

/* Roots that are not news: those that we have are the same. */
static int
check_old_root(
    struct import_trust *t, const struct import_metadata *m, struct err *e)
{
	uint64_t version = import_name_version(m->name);
	struct buf ours = { 0 };
	bool same;
	int rc = load_root(t, version, &ours, e);

	same = span_eq(buf_span(&ours), m->bytes);
	buf_cleanup(&ours);
	if (rc != 0)
		return e->code == ERR_MISSING ? 0 : -1;
	if (same)
		return 0;
	if (t->is_first)
		return contradicts(version, "the bundle's", e);
	return refuse(e, REFUSAL_FORK,
	    "%.*s is not the one that was accepted before", SPAN_ARG(m->name));
}

/* Only what the client came to by the roots before it is proved. */
static int
check_new_root(const struct import_trust *t, const struct import_metadata *m,
    struct err *e)
{
	if (import_name_version(m->name) <=
	    tuf_client_top(t->client, TUF_ROOT)->version)
		return 0;
	return refuse(e, REFUSAL_UNTRUSTED,
	    "%.*s: no root that is trusted leads to it", SPAN_ARG(m->name));
}

/* --- what was accepted --- */

struct accepted {
	struct import_metadata *files;
	size_t n;
};

static void
accept(struct accepted *a, const struct import_metadata *m)
{
	a->files[a->n++] = *m;
}

/* The role's version in the snapshot that was proved. */
static uint64_t
proved_version(const struct import_trust *t, struct span role)
{
	enum tuf_type by =
	    span_is(role, "snapshot") ? TUF_TIMESTAMP : TUF_SNAPSHOT;

	return version_in(tuf_client_top(t->client, by), role);
}

/* "7.redhat.json" is that what the snapshot speaks of? */
static bool
is_proved(const struct import_trust *t, struct span name)
{
	struct span role = span_from(name, span_find(name, '.') + 1);

	if (span_is(name, "timestamp.json"))
		return true;
	if (!span_has_suffix(role, ".json"))
		return false;
	role.len -= 5;
	return import_name_version(name) != 0 &&
	    import_name_version(name) == proved_version(t, role);
}

static int
accept_root(struct import_trust *t, const struct import_metadata *m,
    struct accepted *a, struct err *e)
{
	if (import_name_version(m->name) <= t->old_root.version)
		return check_old_root(t, m, e);
	if (check_new_root(t, m, e) != 0)
		return -1;
	accept(a, m);
	return 0;
}

static int
accept_files(struct import_trust *t, struct import_result *out, struct err *e)
{
	char name[REPOSITORY_NAME_SIZE];
	struct accepted a = { 0 };
	size_t i;

	a.files = arena_array(t->arena, t->n_files + 1, sizeof(*a.files));
	if (t->is_first) {
		repository_name(t->old_root.version, SPAN_LIT("root"), name);
		a.files[a.n++] = (struct import_metadata){ arena_span(t->arena,
							       span_of(name)),
			arena_span(t->arena, buf_span(&t->root)) };
	}
	for (i = 0; i < t->n_files; i++) {
		const struct import_metadata *m = &t->files[i];

		if (is_root(m->name)) {
			if (accept_root(t, m, &a, e) != 0)
				return -1;
		} else if (is_proved(t, m->name)) {
			accept(&a, m);
		} else {
			return refuse(e, REFUSAL_SHAPE,
			    "%.*s is not the version that its snapshot names",
			    SPAN_ARG(m->name));
		}
	}
	out->metadata = a.files;
	out->n_metadata = a.n;
	return 0;
}

static void
describe(const struct import_trust *t, struct import_result *out)
{
	const struct tuf_file *snapshot =
	    tuf_client_top(t->client, TUF_SNAPSHOT);

	out->root_version = tuf_client_top(t->client, TUF_ROOT)->version;
	out->timestamp_version =
	    tuf_client_top(t->client, TUF_TIMESTAMP)->version;
	out->snapshot_version = snapshot->version;
	out->snapshot_before =
	    version_in(&t->old_timestamp, SPAN_LIT("snapshot"));
	digest_of(snapshot->bytes, &out->snapshot);
	out->is_expired = tuf_client_is_expired(t->client);
	out->is_gap = out->snapshot_before != 0 &&
	    out->snapshot_version > out->snapshot_before + 1;
	out->is_replay = tuf_client_is_same(t->client);
}

/* Where the root that was named is all that is trusted, say so. */
static int
not_our_root(const struct import_trust *t, struct err *e)
{
	if (!t->is_first || refusal_of(e) != REFUSAL_UNTRUSTED)
		return -1;
	return err_context(e, "not signed by the side whose root --root names");
}

int
import_trust_run(
    struct import_trust *t, struct import_result *out, struct err *e)
{
	struct tuf_client_options o = {
		.transport = { t, transport_get },
		.trust = { t, trust_load, trust_keep, trust_drop },
		.now = t->in->options->now,
		.accept_expired = t->in->options->accept_expired,
	};

	if (read_olds(t, e) != 0)
		return -1;
	t->client = tuf_client_new(&o);
	if (tuf_client_refresh(t->client, e) != 0)
		return not_our_root(t, e);
	if (!t->is_first && compare_root(t, e) != 0)
		return -1;
	if (accept_files(t, out, e) != 0)
		return -1;
	describe(t, out);
	return import_trust_targets(t, out, e);
}

void
import_trust_cleanup(struct import_trust *t)
{
	tuf_client_free(t->client);
	buf_cleanup(&t->root);
	buf_cleanup(&t->timestamp);
	buf_cleanup(&t->snapshot);
}
