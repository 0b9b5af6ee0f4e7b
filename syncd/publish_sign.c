/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/file.h"
#include "base/mem.h"
#include "syncd/publish_parts.h"

#define DAY_S ((int64_t)86400)
/* Bytes of a file around its signed part, and of one signature. */
#define FILE_ROOM 100u
#define SIGNATURE_ROOM 250u
/* At the latest; a day before `status` warns. */
#define RENEWAL_S ((PUBLISH_WARN_DAYS + 1) * DAY_S)

static int64_t
life(const struct config *c, struct span role)
{
	const char *key = span_is(role, "timestamp") ? "keys.timestamp_days"
	    : span_is(role, "snapshot")              ? "keys.snapshot_days"
						     : "keys.role_days";
	int64_t days = (int64_t)config_uint(c, key);

	return (days > 0 ? days : 1) * DAY_S;
}

/* With a third of its life left, but no sooner than with half of it. */
int64_t
publish_renewal_at(const struct config *c, struct span role, int64_t expires)
{
	int64_t whole = life(c, role), left = whole / 3;

	if (left < RENEWAL_S)
		left = RENEWAL_S;
	return expires - (left < whole / 2 ? left : whole / 2);
}

/* --- what is due --- */

/* A hole in the folder is mended, too. */
static bool
has_file(const struct publish *p, const struct publish_role *r)
{
	char name[REPOSITORY_NAME_SIZE];

	repository_name(r->version, r->signer.name, name);
	return file_exists(p->repository.dirfd, name);
}

/* `key renew` names it. */
static bool
is_asked(const struct publish *p, struct span role)
{
	const char *const *r = p->options->renew;

	while (r != NULL && *r != NULL)
		if (span_is(role, *r++))
			return true;
	return false;
}

/* It was never signed, or by others than those who are to sign now, … */
static bool
is_void(struct publish *p, const struct publish_role *r)
{
	return r->version == 0 || r->threshold != r->signer.threshold ||
	    !span_eq(r->keyids, publish_keyids(p, &r->signer)) ||
	    is_asked(p, r->signer.name) ||
	    p->now >=
	    publish_renewal_at(p->options->config, r->signer.name, r->expires);
}

/* … or what it lists has moved. */
static bool
has_moved(const struct publish *p, const struct publish_role *r)
{
	const struct publish_target *old = p->old;
	const struct publish_target *end = old + p->n_old;
	size_t i;

	while (old < end && !span_eq(old->role, r->signer.name))
		old++;
	for (i = 0; i < r->n_targets; i++, old++)
		if (old == end || !span_eq(old->path, r->targets[i].path) ||
		    !span_eq(old->sha256, r->targets[i].sha256) ||
		    old->size_bytes != r->targets[i].size_bytes)
			return true;
	return old < end && span_eq(old->role, r->signer.name);
}

/* Root and targets are signed by `key`; here they are taken as they are. */
static bool
take_top(struct publish *p, enum tuf_type type, const struct trust_file *f)
{
	struct publish_role *r = &p->roles[type];
	bool moved =
	    r->version != f->version || !digest_eq(&r->sha256, &f->sha256);

	r->version = f->version;
	r->expires = f->expires;
	r->sha256 = f->sha256;
	r->size_bytes = f->size_bytes;
	return moved;
}

void
publish_plan_timestamp(struct publish *p)
{
	take_top(p, TUF_ROOT, &p->trust.root);
	p->roles[TUF_TIMESTAMP].due = true;
}

bool
publish_plan(struct publish *p)
{
	struct publish_role *snapshot = &p->roles[TUF_SNAPSHOT];
	struct publish_role *timestamp = &p->roles[TUF_TIMESTAMP];
	bool new_root = take_top(p, TUF_ROOT, &p->trust.root);
	bool moved = take_top(p, TUF_TARGETS, &p->trust.targets);
	size_t i;

	for (i = PUBLISH_FIRST_DELEGATED; i < p->n_roles; i++) {
		struct publish_role *r = &p->roles[i];

		r->due = is_void(p, r) || !has_file(p, r) || has_moved(p, r);
		moved |= r->due;
	}
	snapshot->due = moved || is_void(p, snapshot) || !has_file(p, snapshot);
	timestamp->due =
	    snapshot->due || is_void(p, timestamp) || p->is_uncommitted;
	return timestamp->due || new_root;
}

/* --- keys --- */

static unsigned
count_keys(const struct tuf_role *r, const struct sign_key *keys, size_t n_keys)
{
	unsigned n = 0;
	size_t i, j;

	for (i = 0; i < r->n_keyids; i++) {
		for (j = 0; j < n_keys; j++)
			if (digest_eq(&keys[j].key.id, &r->keyids[i]))
				break;
		n += j < n_keys;
	}
	return n;
}

static const char *
what_to_do(const struct tuf_role *r)
{
	return r->threshold > 1
	    ? "`scapcache key renew --offline-dir DIR` signs with the others"
	    : "see scapcache key list";
}

/* Half a set of signatures is none: then no role is signed at all. */
static int
check_keys(struct publish *p, struct err *e)
{
	struct sign_key *keys;
	size_t n_keys, i;
	unsigned n;

	if (sign_list(&p->signer, &p->arena, &keys, &n_keys, e) != 0)
		return -1;
	for (i = 0; i < p->n_roles; i++) {
		const struct tuf_role *r = &p->roles[i].signer;

		n = count_keys(r, keys, n_keys);
		if (p->roles[i].due && n < r->threshold)
			return err_set(e, ERR_MISSING,
			    "role %.*s is to be signed by %u key%s, and %u "
			    "%s at hand: %s",
			    SPAN_ARG(r->name), r->threshold,
			    r->threshold == 1 ? "" : "s", n,
			    n == 1 ? "is" : "are", what_to_do(r));
	}
	return 0;
}

static int
open_signer(struct publish *p, struct err *e)
{
	struct buf keys = { 0 };
	struct sign_options o = {
		.passphrase_fd = p->passphrase_fd,
		.may_ask = p->options->may_ask,
		.offline = p->options->offline,
	};
	int rc;

	buf_printf(&keys, "%s/keys", p->state->path);
	o.keys = buf_str(&keys);
	rc = sign_open(&p->signer, &o, e);
	p->has_signer = rc == 0;
	buf_cleanup(&keys);
	return rc == 0 ? check_keys(p, e) : -1;
}

/* --- signing --- */

/* Above all that was ever signed or written under that name. */
static int
next_version(struct publish *p, const struct publish_role *r, uint64_t *version,
    struct err *e)
{
	uint64_t last, written;

	if (sign_last(&p->signer, r->signer.name, &last, e) != 0 ||
	    repository_last(&p->repository, r->signer.name, &written, e) != 0)
		return -1;
	*version = r->version;
	if (last > *version)
		*version = last;
	if (written > *version)
		*version = written;
	++*version;
	return 0;
}

static int
make_file(struct publish *p, const struct publish_role *r,
    const struct tuf_file *f, struct buf *out, struct err *e)
{
	const struct tuf_role *signer = &r->signer;
	struct tuf_signature *signatures =
	    xcalloc(signer->n_keyids, sizeof(*signatures));
	struct buf bytes = { 0 };
	size_t n = 0;
	int rc;

	tuf_write_signed(&bytes, f);
	rc =
	    sign_bytes(&p->signer, signer, buf_span(&bytes), signatures, &n, e);
	if (rc == 0 && n < signer->threshold)
		rc = err_set(e, ERR_UNTRUSTED,
		    "%zu of the %u keys that it takes have signed", n,
		    signer->threshold);
	if (rc == 0)
		tuf_write_file(out, buf_span(&bytes), signatures, n);
	free(signatures);
	buf_cleanup(&bytes);
	return rc;
}

/* timestamp.json waits for publish.c. */
static int
keep_file(struct publish *p, const struct publish_role *r, struct span bytes,
    struct err *e)
{
	char name[REPOSITORY_NAME_SIZE];

	if (r == &p->roles[TUF_TIMESTAMP]) {
		buf_reset(&p->timestamp);
		buf_add_span(&p->timestamp, bytes);
		return 0;
	}
	repository_name(r->version, r->signer.name, name);
	return repository_write(&p->repository, name, bytes, e);
}

/* f has everything but version and expiry. */
static int
sign_role(struct publish *p, struct publish_role *r, struct tuf_file *f,
    struct err *e)
{
	struct buf bytes = { 0 };
	int rc;

	rc = next_version(p, r, &f->version, e);
	f->expires = p->now + life(p->options->config, r->signer.name);
	if (rc == 0)
		rc = make_file(p, r, f, &bytes, e);
	if (rc == 0) {
		r->version = f->version;
		r->expires = f->expires;
		r->threshold = r->signer.threshold;
		r->size_bytes = bytes.len;
		digest_of(buf_span(&bytes), &r->sha256);
		r->is_signed = true;
		rc = keep_file(p, r, buf_span(&bytes), e);
	}
	buf_cleanup(&bytes);
	return rc == 0 ? 0
		       : err_context(e, "role %.*s", SPAN_ARG(r->signer.name));
}

/* What a delegated role lists; its targets are the caller's to free. */
static struct tuf_target *
list_targets(struct publish *p, const struct publish_role *r)
{
	struct tuf_target *targets = xcalloc(r->n_targets, sizeof(*targets));
	struct buf custom = { 0 };
	size_t i;

	for (i = 0; i < r->n_targets; i++) {
		const struct publish_target *t = &r->targets[i];

		buf_reset(&custom);
		custom_write(&custom, &t->custom);
		targets[i].path = t->path;
		targets[i].size_bytes = t->size_bytes;
		targets[i].custom_json =
		    arena_span(&p->arena, buf_span(&custom));
		if (!digest_parse(t->sha256, &targets[i].sha256))
			abort();
	}
	buf_cleanup(&custom);
	return targets;
}

static int
sign_targets(struct publish *p, struct publish_role *r, struct err *e)
{
	struct tuf_target *targets = list_targets(p, r);
	struct tuf_file f = { .type = TUF_TARGETS,
		.targets = targets,
		.n_targets = r->n_targets };
	int rc = sign_role(p, r, &f, e);

	free(targets);
	return rc;
}

/* Before anything is signed. */
static int
check_size(struct publish *p, const struct publish_role *r, struct err *e)
{
	struct tuf_target *targets = list_targets(p, r);
	struct tuf_file f = { .type = TUF_TARGETS,
		.targets = targets,
		.n_targets = r->n_targets };
	struct buf bytes = { 0 };
	size_t size, max = tuf_size_max(TUF_TARGETS);

	tuf_write_signed(&bytes, &f);
	size = bytes.len + FILE_ROOM + SIGNATURE_ROOM * r->signer.n_keyids;
	buf_cleanup(&bytes);
	free(targets);
	if (size <= max)
		return 0;
	return err_set(e, ERR_LIMIT,
	    "role %.*s would have %zu files, whose metadata is %zu bytes, and "
	    "clients take %zu: mirror fewer",
	    SPAN_ARG(r->signer.name), r->n_targets, size, max);
}

static struct tuf_meta
meta_of(struct publish *p, const struct publish_role *r)
{
	struct buf name = { 0 };
	struct tuf_meta m = {
		.version = r->version,
		.has_length = true,
		.size_bytes = r->size_bytes,
		.has_sha256 = true,
		.sha256 = r->sha256,
	};

	buf_printf(&name, "%.*s.json", SPAN_ARG(r->signer.name));
	m.name = arena_span(&p->arena, buf_span(&name));
	buf_cleanup(&name);
	return m;
}

static int
cmp_meta(const void *a, const void *b)
{
	const struct tuf_meta *x = a, *y = b;

	return span_cmp(x->name, y->name);
}

static int
sign_snapshot(struct publish *p, struct err *e)
{
	struct tuf_meta *meta =
	    arena_array(&p->arena, p->n_roles, sizeof(*meta));
	struct tuf_file f = { .type = TUF_SNAPSHOT, .meta = meta };
	size_t i;

	meta[f.n_meta++] = meta_of(p, &p->roles[TUF_TARGETS]);
	for (i = PUBLISH_FIRST_DELEGATED; i < p->n_roles; i++)
		meta[f.n_meta++] = meta_of(p, &p->roles[i]);
	qsort(meta, f.n_meta, sizeof(*meta), cmp_meta);
	return sign_role(p, &p->roles[TUF_SNAPSHOT], &f, e);
}

static int
sign_timestamp(struct publish *p, struct err *e)
{
	struct tuf_meta meta = meta_of(p, &p->roles[TUF_SNAPSHOT]);
	struct tuf_file f = {
		.type = TUF_TIMESTAMP, .meta = &meta, .n_meta = 1
	};

	return sign_role(p, &p->roles[TUF_TIMESTAMP], &f, e);
}

int
publish_sign(struct publish *p, struct err *e)
{
	size_t i;

	if (!p->roles[TUF_TIMESTAMP].due)
		return 0;
	for (i = PUBLISH_FIRST_DELEGATED; i < p->n_roles; i++)
		if (p->roles[i].due && check_size(p, &p->roles[i], e) != 0)
			return -1;
	if (open_signer(p, e) != 0)
		return -1;
	for (i = PUBLISH_FIRST_DELEGATED; i < p->n_roles; i++)
		if (p->roles[i].due && sign_targets(p, &p->roles[i], e) != 0)
			return -1;
	if (p->roles[TUF_SNAPSHOT].due && sign_snapshot(p, e) != 0)
		return -1;
	return sign_timestamp(p, e);
}
