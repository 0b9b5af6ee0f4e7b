/* SPDX-License-Identifier: Apache-2.0 */
/* TUF 1.0.34 §5.3 to §5.5: root, timestamp, snapshot. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/mem.h"
#include "bundle/tuf_client_impl.h"

struct tuf_client *
tuf_client_new(const struct tuf_client_options *o)
{
	struct tuf_client *c = xcalloc(1, sizeof(*c));

	c->o = *o;
	return c;
}

void
tuf_client_free(struct tuf_client *c)
{
	struct held *h;
	enum tuf_type t;

	if (c == NULL)
		return;
	for (t = TUF_ROOT; t < N_TUF_TYPES; t++)
		held_free(c->top[t]);
	while ((h = c->roles) != NULL) {
		c->roles = h->next;
		held_free(h);
	}
	free(c);
}

const struct tuf_file *
tuf_client_top(const struct tuf_client *c, enum tuf_type type)
{
	return &c->top[type]->file;
}

bool
tuf_client_is_expired(const struct tuf_client *c)
{
	return c->is_expired;
}

bool
tuf_client_is_same(const struct tuf_client *c)
{
	return !c->is_moved;
}

/* --- root --- */

static struct signers
own_signers(const struct held *root)
{
	return (struct signers){ &root->file, &root->file.roles[TUF_ROOT] };
}

static int
load_root(struct tuf_client *c, struct err *e)
{
	const struct tuf_trust *trust = &c->o.trust;
	struct held *h = held_new(SPAN_LIT("root"));

	if (trust->load(trust->ctx, "root", 0, &h->bytes, e) == 0 &&
	    client_prove(h, TUF_ROOT, own_signers(h), e) == 0) {
		c->top[TUF_ROOT] = h;
		return 0;
	}
	held_free(h);
	if (e->code == ERR_MISSING)
		return refuse(e, REFUSAL_UNTRUSTED, "no root is trusted");
	return err_context(e, "the trusted root");
}

/* Is a key of the role no longer one of it? */
static bool
is_revoked(const struct tuf_role *before, const struct tuf_role *now)
{
	size_t i, k;

	for (i = 0; i < before->n_keyids; i++) {
		for (k = 0; k < now->n_keyids; k++)
			if (digest_eq(&before->keyids[i], &now->keyids[k]))
				break;
		if (k == now->n_keyids)
			return true;
	}
	return false;
}

/*
 * §5.3.11, at each root and before it is kept, so that a run that ends here
 * has not lost it: whoever had the old keys may have set versions forward.
 */
static int
drop_revoked(struct tuf_client *c, const struct tuf_file *now, struct err *e)
{
	const struct tuf_role *roles = c->top[TUF_ROOT]->file.roles;
	const struct tuf_trust *trust = &c->o.trust;

	if (!is_revoked(&roles[TUF_TIMESTAMP], &now->roles[TUF_TIMESTAMP]) &&
	    !is_revoked(&roles[TUF_SNAPSHOT], &now->roles[TUF_SNAPSHOT]))
		return 0;
	if (trust->drop(trust->ctx, "timestamp", e) != 0)
		return -1;
	return trust->drop(trust->ctx, "snapshot", e);
}

/* §5.3.4 and §5.3.5 of the root that is to follow. */
static int
check_root(const struct tuf_client *c, struct held *h, struct err *e)
{
	const struct held *old = c->top[TUF_ROOT];
	uint64_t wanted = old->file.version + 1;

	if (client_prove(h, TUF_ROOT, own_signers(old), e) != 0 ||
	    tuf_verify(&h->file, h->file.keys, h->file.n_keys,
		&h->file.roles[TUF_ROOT], e) != 0)
		return -1;
	if (h->file.version == wanted)
		return 0;
	return refuse(e,
	    h->file.version < wanted ? REFUSAL_ROLLBACK : REFUSAL_UNTRUSTED,
	    "version %" PRIu64 " in place of %" PRIu64, h->file.version,
	    wanted);
}

/* 1: a new root is trusted; 0: there is none; -1. */
static int
next_root(struct tuf_client *c, struct err *e)
{
	const struct tuf_transport *t = &c->o.transport;
	struct held *h = held_new(SPAN_LIT("root"));
	char name[TUF_FILE_NAME_MAX];
	int rc = -1;

	snprintf(name, sizeof(name), "%" PRIu64 ".root.json",
	    c->top[TUF_ROOT]->file.version + 1);
	if (t->get(t->ctx, name, TUF_ROOT_MAX, &h->bytes, e) != 0) {
		if (e->code == ERR_LIMIT)
			refuse(e, REFUSAL_SHAPE, "%s: more than %u bytes", name,
			    TUF_ROOT_MAX);
		rc = e->code == ERR_MISSING ? 0 : -1;
		goto out;
	}
	if (check_root(c, h, e) != 0) {
		err_context(e, "%s", name);
		goto out;
	}
	if (drop_revoked(c, &h->file, e) != 0 || client_keep(c, h, e) != 0)
		goto out;
	held_free(c->top[TUF_ROOT]);
	c->top[TUF_ROOT] = h;
	c->is_moved = true;
	return 1;
out:
	held_free(h);
	return rc;
}

static int
update_root(struct tuf_client *c, struct err *e)
{
	unsigned n;
	int rc = 1;

	if (load_root(c, e) != 0)
		return -1;
	for (n = 0; n < TUF_ROOTS_MAX && rc == 1; n++)
		rc = next_root(c, e);
	if (rc < 0)
		return -1;
	return client_check_expiry(c, c->top[TUF_ROOT], e);
}

/* --- timestamp --- */

static const struct tuf_meta *
snapshot_meta(const struct held *timestamp)
{
	return tuf_find_meta(&timestamp->file, SPAN_LIT("snapshot.json"));
}

/* §5.4.3. 1: newer; 0: the same; -1. */
static int
compare_timestamps(const struct tuf_client *c, const struct held *old,
    const struct held *new, struct err *e)
{
	uint64_t before = snapshot_meta(old)->version;
	uint64_t now = snapshot_meta(new)->version;

	if (new->file.version < old->file.version)
		return refuse(e, REFUSAL_ROLLBACK,
		    "version %" PRIu64 ", but %" PRIu64 " was accepted before",
		    new->file.version, old->file.version);
	if (new->file.version == old->file.version) {
		if (c->o.pass_over_fork ||
		    span_eq(new->file.signed_bytes, old->file.signed_bytes))
			return 0;
		return refuse(e, REFUSAL_FORK,
		    "version %" PRIu64
		    " is another than the one accepted before",
		    new->file.version);
	}
	if (now < before)
		return refuse(e, REFUSAL_ROLLBACK,
		    "it leads to snapshot %" PRIu64 ", but %" PRIu64
		    " was accepted before",
		    now, before);
	return 1;
}

static int
fetch_timestamp(struct tuf_client *c, struct held *h, struct err *e)
{
	const struct tuf_transport *t = &c->o.transport;

	if (t->get(t->ctx, "timestamp.json", TUF_TIMESTAMP_MAX, &h->bytes, e) ==
	    0)
		return client_prove(
		    h, TUF_TIMESTAMP, client_signers(c, TUF_TIMESTAMP), e);
	if (e->code == ERR_MISSING)
		return refuse(e, REFUSAL_INCOMPLETE, "it is missing");
	if (e->code == ERR_LIMIT)
		return refuse(
		    e, REFUSAL_SHAPE, "more than %u bytes", TUF_TIMESTAMP_MAX);
	return -1;
}

/* What there is now: newer, and kept if so, or the same as before. */
static int
take_timestamp(
    struct tuf_client *c, struct held **old, struct held **new, struct err *e)
{
	int order = 1;

	if (*old != NULL)
		order = compare_timestamps(c, *old, *new, e);
	if (order < 0)
		return err_context(e, "timestamp.json");
	if (order == 0) {
		held_free(*new);
		*new = *old;
		*old = NULL;
	}
	if (client_check_expiry(c, *new, e) != 0 ||
	    (order == 1 && client_keep(c, *new, e) != 0))
		return -1;
	c->is_moved |= order == 1;
	c->top[TUF_TIMESTAMP] = *new;
	*new = NULL;
	return 0;
}

static int
update_timestamp(struct tuf_client *c, struct err *e)
{
	struct held *old = NULL, *new = held_new(SPAN_LIT("timestamp"));
	int rc = -1;

	if (client_load(
		c, new->name, 0, client_signers(c, TUF_TIMESTAMP), &old, e) < 0)
		goto out;
	if (fetch_timestamp(c, new, e) != 0) {
		err_context(e, "timestamp.json");
		goto out;
	}
	rc = take_timestamp(c, &old, &new, e);
out:
	held_free(old);
	held_free(new);
	return rc;
}

/* --- snapshot --- */

/* §5.5.5 for one role: it stays listed, and does not go back. */
static int
compare_meta(
    const struct tuf_meta *old, const struct tuf_meta *new, struct err *e)
{
	if (new == NULL)
		return refuse(e, REFUSAL_ROLLBACK,
		    "%.*s was listed before and is not any more",
		    SPAN_ARG(span_first(old->name, TUF_FILE_NAME_MAX)));
	if (new->version < old->version)
		return refuse(e, REFUSAL_ROLLBACK,
		    "version %" PRIu64 " of %.*s is listed, but %" PRIu64
		    " was before",
		    new->version,
		    SPAN_ARG(span_first(old->name, TUF_FILE_NAME_MAX)),
		    old->version);
	if (new->version == old->version &&new->has_sha256 && old->has_sha256 &&
	    !digest_eq(&new->sha256, &old->sha256))
		return refuse(e, REFUSAL_FORK,
		    "version %" PRIu64
		    " of %.*s is another than the one listed before",
		    new->version,
		    SPAN_ARG(span_first(old->name, TUF_FILE_NAME_MAX)));
	return 0;
}

static int
compare_snapshots(const struct held *old, const struct held *new, struct err *e)
{
	size_t i;

	if (new->file.version < old->file.version)
		return refuse(e, REFUSAL_ROLLBACK,
		    "version %" PRIu64 ", but %" PRIu64 " was accepted before",
		    new->file.version, old->file.version);
	if (new->file.version == old->file.version &&
	    !span_eq(new->file.signed_bytes, old->file.signed_bytes))
		return refuse(e, REFUSAL_FORK,
		    "version %" PRIu64
		    " is another than the one accepted before",
		    new->file.version);
	for (i = 0; i < old->file.n_meta; i++)
		if (compare_meta(&old->file.meta[i],
			tuf_find_meta(&new->file, old->file.meta[i].name),
			e) != 0)
			return -1;
	return 0;
}

static int
update_snapshot(struct tuf_client *c, struct err *e)
{
	const struct tuf_meta *meta = snapshot_meta(c->top[TUF_TIMESTAMP]);
	struct signers signers = client_signers(c, TUF_SNAPSHOT);
	struct held *old = NULL, *new = NULL;
	int fetched, rc = -1;

	if (client_load(c, SPAN_LIT("snapshot"), 0, signers, &old, e) < 0)
		goto out;
	fetched =
	    client_obtain(c, SPAN_LIT("snapshot"), meta, signers, &new, e);
	if (fetched < 0)
		goto out;
	if (old != NULL && compare_snapshots(old, new, e) != 0) {
		err_context(e, "snapshot");
		goto out;
	}
	if (client_check_expiry(c, new, e) != 0 ||
	    (fetched == 1 && client_keep(c, new, e) != 0))
		goto out;
	c->is_moved |= fetched == 1;
	c->top[TUF_SNAPSHOT] = new;
	new = NULL;
	rc = 0;
out:
	held_free(old);
	held_free(new);
	return rc;
}

/* --- targets --- */

static int
update_targets(struct tuf_client *c, struct err *e)
{
	struct span name = SPAN_LIT("targets");
	struct held *h = NULL;
	int fetched = client_obtain(c, name,
	    tuf_find_meta(
		&c->top[TUF_SNAPSHOT]->file, SPAN_LIT("targets.json")),
	    client_signers(c, TUF_TARGETS), &h, e);

	if (fetched < 0)
		return -1;
	if (client_check_expiry(c, h, e) != 0 ||
	    (fetched == 1 && client_keep(c, h, e) != 0)) {
		held_free(h);
		return -1;
	}
	c->top[TUF_TARGETS] = h;
	return 0;
}

int
tuf_client_refresh(struct tuf_client *c, struct err *e)
{
	if (update_root(c, e) != 0 || update_timestamp(c, e) != 0 ||
	    update_snapshot(c, e) != 0)
		return -1;
	return update_targets(c, e);
}
