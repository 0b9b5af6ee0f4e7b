/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>

#include "base/file.h"
#include "bundle/key_impl.h"

/* One change, from its beginning to its end. */
struct rotation {
	struct key_ring *ring;
	struct key_view before;
	const struct tuf_role *role; /* NULL: only renewed */
	struct sign_key *at_hand;
	size_t n_at_hand;
	const struct digest *old; /* that are replaced */
	size_t n_old;
	struct tuf_key *made;
	size_t n_made;
	struct key_changed *out;
};

static const struct sign_key *
find_key(const struct rotation *r, const struct digest *id)
{
	size_t i;

	for (i = 0; i < r->n_at_hand; i++)
		if (digest_eq(&r->at_hand[i].key.id, id))
			return &r->at_hand[i];
	return NULL;
}

static bool
names(const struct tuf_role *role, const struct digest *id)
{
	size_t i;

	for (i = 0; i < role->n_keyids; i++)
		if (digest_eq(&role->keyids[i], id))
			return true;
	return false;
}

static bool
is_top(struct span role)
{
	size_t i;

	for (i = 0; i < N_TUF_TYPES; i++)
		if (span_is(role, tuf_type_name((enum tuf_type)i)))
			return true;
	return false;
}

static bool
is_offline_role(struct span role)
{
	return span_is(role, "root") || span_is(role, "targets");
}

/* --- before anything is done --- */

static int
begin(struct rotation *r, struct err *e)
{
	struct key_ring *k = r->ring;

	*r->out = (struct key_changed){ 0 };
	if (k->view.root_version == 0)
		return err_set(e, ERR_MISSING,
		    "there are no keys yet: `scapcache key init` makes them");
	if (!k->has_signer)
		return err_set(e, ERR_MISSING,
		    "what is here was signed elsewhere: its keys are changed "
		    "there");
	return sign_list(&k->signer, &k->arena, &r->at_hand, &r->n_at_hand, e);
}

/* Which keys go? One that is named must be the role's. */
static int
choose(struct rotation *r, struct span role, const struct digest *id,
    struct err *e)
{
	char hex[DIGEST_HEX_SIZE];

	r->role = key_view_role(&r->before, role);
	if (r->role == NULL)
		return err_set(e, ERR_MISSING,
		    "there is no role %.*s: `scapcache key list` names them",
		    SPAN_ARG(role));
	if (id != NULL && !names(r->role, id))
		return err_set(e, ERR_MISSING, "%s is no key of role %.*s",
		    digest_hex(id, hex), SPAN_ARG(role));
	r->old = id != NULL ? id : r->role->keyids;
	r->n_old = id != NULL ? 1 : r->role->n_keyids;
	if (r->role->n_keyids <= KEY_OF_ROLE_MAX)
		return 0;
	return err_set(e, ERR_LIMIT, "role %.*s has more than %u keys",
	    SPAN_ARG(role), KEY_OF_ROLE_MAX);
}

/* Whoever signs the change is asked for before a key is made. */
static int
need_signer(const struct rotation *r, enum tuf_type type, struct err *e)
{
	const struct tuf_role *role = &r->before.roles[type];
	const struct key_ring *k = r->ring;
	unsigned n = 0;
	size_t i;

	for (i = 0; i < role->n_keyids; i++)
		n += find_key(r, &role->keyids[i]) != NULL;
	/* A root may be signed in several goes. */
	if (n >= (type == TUF_ROOT ? 1 : role->threshold))
		return 0;
	return err_set(e, ERR_MISSING,
	    "this needs the key of role %s, which is not in %s%s%s%s",
	    tuf_type_name(type), k->sign.keys,
	    k->sign.offline == NULL ? "" : ", nor in ",
	    k->sign.offline == NULL ? "" : k->sign.offline,
	    k->sign.offline == NULL
		? ": name the folder that it lies in with --offline-dir"
		: "");
}

/* --- making the new keys --- */

/* An encrypted key of that folder; NULL: there is none. */
static const struct digest *
find_encrypted(const struct rotation *r, bool offline)
{
	size_t i;

	for (i = 0; i < r->n_at_hand; i++)
		if (r->at_hand[i].is_encrypted &&
		    r->at_hand[i].is_offline == offline)
			return &r->at_hand[i].key.id;
	return NULL;
}

/* It lies where the one lies that it replaces, and is encrypted as that is. */
static struct sign_new
place(const struct rotation *r, const struct digest *id)
{
	const struct sign_key *old = find_key(r, id);
	struct sign_new what = { .role = r->role->name };

	if (is_offline_role(what.role))
		what.offline = r->ring->sign.offline != NULL;
	else
		what.offline = old != NULL && old->is_offline;
	if (old != NULL && old->is_encrypted)
		what.like = &old->key.id;
	else if (old == NULL)
		what.like = find_encrypted(r, what.offline);
	what.plain = what.like == NULL && !is_offline_role(what.role);
	return what;
}

static int
make_keys(struct rotation *r, struct err *e)
{
	struct key_ring *k = r->ring;
	struct sign_new what;
	size_t i;

	r->made = arena_array(&k->arena, r->n_old, sizeof(*r->made));
	for (i = 0; i < r->n_old; i++) {
		what = place(r, &r->old[i]);
		if (sign_new_key(&k->signer, &what, &r->made[i], e) != 0)
			return -1;
		r->n_made++;
	}
	r->out->made = r->made;
	r->out->n_made = r->n_made;
	return 0;
}

/* Nothing names them. */
static void
drop_made(struct rotation *r)
{
	struct sign_key ignored;
	struct err e;
	size_t i;

	for (i = 0; i < r->n_made; i++)
		sign_retire(&r->ring->signer, &r->made[i].id, &r->ring->arena,
		    &ignored, &e);
}

/* --- the change --- */

static void
may_sign(struct key_pending *p, const struct digest *id)
{
	size_t i;

	for (i = 0; i < p->n_ids; i++)
		if (digest_eq(&p->ids[i], id))
			return;
	if (p->n_ids < KEY_SIGNERS_MAX)
		p->ids[p->n_ids++] = *id;
}

/* Old keys and new. */
static void
set_signers(const struct rotation *r, struct key_pending *p)
{
	const struct tuf_role *root = &r->before.roles[TUF_ROOT];
	size_t i;

	for (i = 0; i < root->n_keyids; i++)
		may_sign(p, &root->keyids[i]);
	for (i = 0; r->role == root && i < r->n_made; i++)
		may_sign(p, &r->made[i].id);
}

/* What a change is to be, of the file that is there. */
static struct key_change
describe(const struct rotation *r)
{
	struct key_change c = { .type = TUF_ROOT };

	if (r->role != NULL) {
		c.role = r->role->name;
		c.remove = r->old;
		c.n_remove = r->n_old;
		c.add = r->made;
		c.n_add = r->n_made;
	}
	return c;
}

static int
prepare_root(struct rotation *r, struct key_pending *p, struct err *e)
{
	struct key_ring *k = r->ring;
	struct key_change c = describe(r);
	char name[REPOSITORY_NAME_SIZE];

	c.file = span_of(
	    repository_name(r->before.root_version, SPAN_LIT("root"), name));
	c.version = p->version = r->before.root_version + 1;
	c.expires = key_expires(k->root_days);
	set_signers(r, p);
	if (key_change(&k->repository, &c, &p->bytes, e) != 0)
		return -1;
	return key_pending_write(k, p, e);
}

static int
change_root(struct rotation *r, struct err *e)
{
	struct key_pending p = { 0 };
	int rc;

	rc = prepare_root(r, &p, e);
	if (rc != 0)
		drop_made(r);
	else
		rc = key_pending_finish(r->ring, &p, r->out, e);
	key_pending_cleanup(&p);
	return rc;
}

static int
change_targets(struct rotation *r, struct err *e)
{
	struct key_change c = describe(r);

	if (key_write_targets(r->ring, &r->before, &c, r->out, e) == 0)
		return 0;
	drop_made(r);
	return -1;
}

/* --- afterwards --- */

static bool
is_named(const struct key_view *v, const struct digest *id)
{
	size_t i;

	for (i = 0; i < v->n_roles; i++)
		if (names(&v->roles[i], id))
			return true;
	return false;
}

/* Puts those aside that the old files named, and the new do not. */
static int
retire(struct rotation *r, const struct tuf_role *role, struct err *e)
{
	struct key_ring *k = r->ring;
	struct sign_key *files = arena_array(
	    &k->arena, r->out->n_retired + role->n_keyids, sizeof(*files));
	size_t n = r->out->n_retired, i;
	int rc;

	if (n > 0)
		memcpy(files, r->out->retired, n * sizeof(*files));
	for (i = 0; i < role->n_keyids; i++) {
		if (is_named(&k->view, &role->keyids[i]))
			continue;
		rc = sign_retire(
		    &k->signer, &role->keyids[i], &k->arena, &files[n], e);
		if (rc < 0)
			return -1;
		n += rc == 1;
		r->out->n_absent += rc == 0;
	}
	r->out->retired = files;
	r->out->n_retired = n;
	return 0;
}

static int
finish(struct rotation *r, struct err *e)
{
	struct key_ring *k = r->ring;
	size_t i;

	if (key_look(&k->repository, &k->arena, &k->view, e) != 0)
		return -1;
	if (!k->view.is_whole)
		return err_set(e, ERR_UNTRUSTED,
		    "the newest targets file is not signed as the newest root "
		    "demands: `scapcache key renew targets` signs it anew");
	for (i = 0; i < r->before.n_roles; i++)
		if (retire(r, &r->before.roles[i], e) != 0)
			return -1;
	return 0;
}

/* 1: an earlier change was waiting, and is done; 0: there was none; -1. */
static int
complete_pending(struct rotation *r, struct err *e)
{
	struct key_pending p;
	int rc = key_pending_read(r->ring, &p, e);

	if (rc != 1)
		return rc;
	r->out->was_pending = true;
	if (key_pending_finish(r->ring, &p, r->out, e) != 0 ||
	    finish(r, e) != 0)
		rc = -1;
	key_pending_cleanup(&p);
	return rc;
}

int
key_rotate(struct key_ring *k, struct span role, const struct digest *id,
    struct key_changed *out, struct err *e)
{
	struct rotation r = { .ring = k, .before = k->view, .out = out };
	enum tuf_type by = is_top(role) ? TUF_ROOT : TUF_TARGETS;
	int rc;

	if (begin(&r, e) != 0)
		return -1;
	rc = by == TUF_ROOT ? complete_pending(&r, e) : 0;
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	if (choose(&r, role, id, e) != 0 || need_signer(&r, by, e) != 0)
		return -1;
	if (make_keys(&r, e) != 0) {
		drop_made(&r);
		return -1;
	}
	if ((by == TUF_ROOT ? change_root(&r, e) : change_targets(&r, e)) != 0)
		return -1;
	return finish(&r, e);
}

int
key_renew(struct key_ring *k, enum tuf_type type, struct key_changed *out,
    struct err *e)
{
	struct rotation r = { .ring = k, .before = k->view, .out = out };
	int rc;

	if (begin(&r, e) != 0)
		return -1;
	rc = type == TUF_ROOT ? complete_pending(&r, e) : 0;
	if (rc != 0)
		return rc == 1 ? 0 : -1;
	if (need_signer(&r, type, e) != 0)
		return -1;
	if ((type == TUF_ROOT ? change_root(&r, e) : change_targets(&r, e)) !=
	    0)
		return -1;
	return finish(&r, e);
}
