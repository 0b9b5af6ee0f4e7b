/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memfd.h"
#include "base/pack.h"
#include "base/proc.h"
#include "bundle/key_change.h"
#include "bundle/refusal.h"

#define MESSAGE_DONE 1u /* the error, if any; what was asked for */
#define ROLES_MAX (N_TUF_TYPES + TUF_ROLES_MAX)

enum part {
	PART_OLD = 0, /* the root that is there, or what is changed */
	PART_TARGETS,
	PART_NEW, /* a root that is to be */
	N_PARTS,
};

/* One errand of a bundle process; it is forked with all of this. */
struct errand {
	int (*run)(const struct errand *w, struct buf *b, struct err *e);
	int fds[N_PARTS]; /* -1: there is no such file */
	char names[N_PARTS][REPOSITORY_NAME_SIZE];
	const struct key_change *change;
	struct arena *arena; /* the process' own */
};

/* --- in the process --- */

static int
read_part(const struct errand *w, enum part p, enum tuf_type type,
    struct tuf_file *out, struct err *e)
{
	struct buf bytes = { 0 };
	int rc;

	rc = file_read_fd(w->fds[p], tuf_size_max(type), &bytes, e);
	if (rc == 0)
		rc = tuf_parse(arena_span(w->arena, buf_span(&bytes)), type,
		    w->arena, out, e);
	buf_cleanup(&bytes);
	if (rc != 0)
		err_context(e, REPOSITORY_FOLDER "/%s", w->names[p]);
	return rc;
}

static int
verify_root(const struct tuf_file *f, const struct tuf_file *by, struct err *e)
{
	return tuf_verify(f, by->keys, by->n_keys, &by->roles[TUF_ROOT], e);
}

/* Twin: take_role(). */
static void
put_role(struct buf *b, struct span name, const struct tuf_role *role)
{
	pack_span(b, name);
	pack_uint(b, role->threshold);
	pack_span(
	    b, span_make(role->keyids, role->n_keyids * sizeof(*role->keyids)));
}

/* Twin: take_view(). */
static int
put_view(const struct errand *w, const struct tuf_file *root, struct buf *b,
    struct err *e)
{
	struct tuf_file targets = { 0 };
	bool whole = false;
	struct err ignored;
	size_t i;

	if (w->fds[PART_TARGETS] != -1) {
		if (read_part(w, PART_TARGETS, TUF_TARGETS, &targets, e) != 0)
			return -1;
		whole = tuf_verify(&targets, root->keys, root->n_keys,
			    &root->roles[TUF_TARGETS], &ignored) == 0;
	}
	pack_uint(b, root->version);
	pack_int(b, root->expires);
	pack_uint(b, targets.version);
	pack_int(b, targets.expires);
	pack_uint(b, whole);
	pack_uint(b, N_TUF_TYPES + targets.n_delegations);
	for (i = 0; i < N_TUF_TYPES; i++)
		put_role(b, span_of(tuf_type_name((enum tuf_type)i)),
		    &root->roles[i]);
	for (i = 0; i < targets.n_delegations; i++)
		put_role(b, targets.delegations[i].role.name,
		    &targets.delegations[i].role);
	return 0;
}

static int
look(const struct errand *w, struct buf *b, struct err *e)
{
	struct tuf_file root;

	if (read_part(w, PART_OLD, TUF_ROOT, &root, e) != 0)
		return -1;
	if (verify_root(&root, &root, e) != 0)
		return err_context(
		    e, REPOSITORY_FOLDER "/%s", w->names[PART_OLD]);
	return put_view(w, &root, b, e);
}

static int
check_root(const struct errand *w, struct buf *b, struct err *e)
{
	struct tuf_file old, new;

	if (read_part(w, PART_NEW, TUF_ROOT, &new, e) != 0)
		return -1;
	if (w->fds[PART_OLD] != -1) {
		if (read_part(w, PART_OLD, TUF_ROOT, &old, e) != 0 ||
		    verify_root(&new, &old, e) != 0)
			return -1;
		if (new.version != old.version + 1)
			return err_set(e, ERR_FORMAT,
			    "%s is not the next after %s", w->names[PART_NEW],
			    w->names[PART_OLD]);
	}
	if (verify_root(&new, &new, e) != 0)
		return -1;
	return put_view(w, &new, b, e);
}

static bool
has_id(const struct digest *ids, size_t n, const struct digest *id)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (digest_eq(&ids[i], id))
			return true;
	return false;
}

/* The role's keys, without and with those that change. */
static int
change_role(const struct errand *w, struct tuf_role *role, struct err *e)
{
	const struct key_change *c = w->change;
	struct digest *ids =
	    arena_array(w->arena, role->n_keyids + c->n_add, sizeof(*ids));
	size_t n = 0, i;

	for (i = 0; i < role->n_keyids; i++)
		if (!has_id(c->remove, c->n_remove, &role->keyids[i]))
			ids[n++] = role->keyids[i];
	for (i = 0; i < c->n_add; i++)
		ids[n++] = c->add[i].id;
	if (n < role->threshold)
		return err_set(e, ERR_FORMAT,
		    "role %.*s needs %u keys, and would have %zu",
		    SPAN_ARG(c->role), role->threshold, n);
	role->keyids = ids;
	role->n_keyids = n;
	return 0;
}

static bool
is_used(const struct tuf_file *f, const struct digest *id)
{
	size_t i;

	if (f->type == TUF_ROOT) {
		for (i = 0; i < N_TUF_TYPES; i++)
			if (has_id(
				f->roles[i].keyids, f->roles[i].n_keyids, id))
				return true;
		return false;
	}
	for (i = 0; i < f->n_delegations; i++)
		if (has_id(f->delegations[i].role.keyids,
			f->delegations[i].role.n_keyids, id))
			return true;
	return false;
}

/* Those that some role names, and the new ones. */
static void
change_keys(const struct errand *w, struct tuf_file *f)
{
	const struct key_change *c = w->change;
	struct tuf_key *keys =
	    arena_array(w->arena, f->n_keys + c->n_add, sizeof(*keys));
	size_t n = 0, i;

	for (i = 0; i < f->n_keys; i++)
		if (is_used(f, &f->keys[i].id))
			keys[n++] = f->keys[i];
	for (i = 0; i < c->n_add; i++)
		keys[n++] = c->add[i];
	f->keys = keys;
	f->n_keys = n;
}

static int
change_delegation(const struct errand *w, struct tuf_file *f, struct err *e)
{
	struct tuf_delegation *d =
	    arena_array(w->arena, f->n_delegations, sizeof(*d));
	size_t i;

	if (f->n_delegations > 0)
		memcpy(d, f->delegations, f->n_delegations * sizeof(*d));
	f->delegations = d;
	for (i = 0; i < f->n_delegations; i++)
		if (span_eq(d[i].role.name, w->change->role))
			return change_role(w, &d[i].role, e);
	return err_set(
	    e, ERR_MISSING, "there is no role %.*s", SPAN_ARG(w->change->role));
}

static int
change_top(const struct errand *w, struct tuf_file *f, struct err *e)
{
	size_t i;

	for (i = 0; i < N_TUF_TYPES; i++)
		if (span_is(w->change->role, tuf_type_name((enum tuf_type)i)))
			return change_role(w, &f->roles[i], e);
	return err_set(
	    e, ERR_MISSING, "there is no role %.*s", SPAN_ARG(w->change->role));
}

static int
change(const struct errand *w, struct buf *b, struct err *e)
{
	const struct key_change *c = w->change;
	struct buf signed_part = { 0 };
	struct tuf_file f;

	if (read_part(w, PART_OLD, c->type, &f, e) != 0)
		return -1;
	if (c->role.len > 0 &&
	    (c->type == TUF_ROOT ? change_top(w, &f, e)
				 : change_delegation(w, &f, e)) != 0)
		return -1;
	change_keys(w, &f);
	f.version = c->version;
	f.expires = c->expires;
	tuf_write_signed(&signed_part, &f);
	pack_span(b, buf_span(&signed_part));
	buf_cleanup(&signed_part);
	return 0;
}

static int
run(struct ipc *ipc, void *ctx)
{
	struct errand *w = ctx;
	struct arena arena = { 0 };
	struct buf said = { 0 }, b = { 0 };
	struct err result = { 0 }, e;
	int rc;

	w->arena = &arena;
	if (w->run(w, &said, &result) == 0)
		result = (struct err){ 0 };
	else
		buf_reset(&said);
	pack_uint(&b, result.code);
	pack_span(&b, span_of(result.msg));
	buf_add_span(&b, buf_span(&said));
	rc = ipc_send(ipc, MESSAGE_DONE, buf_span(&b), -1, &e);
	buf_cleanup(&said);
	buf_cleanup(&b);
	arena_cleanup(&arena);
	return rc == 0 ? 0 : 1;
}

/* --- in main --- */

static int
makes_no_sense(struct err *e)
{
	return err_set(
	    e, ERR_SYSTEM, "the bundle process gave an answer without sense");
}

/* What it says lives in a; *u is behind the error. */
static int
take_answer(const struct ipc_message *m, struct arena *a, struct unpack *u,
    struct err *e)
{
	enum err_code code;
	struct span msg;

	if (m->type != MESSAGE_DONE)
		return makes_no_sense(e);
	*u = unpack_of(arena_span(a, m->payload));
	code = (enum err_code)unpack_max(u, UINT8_MAX);
	msg = unpack_span(u);
	if (code != ERR_NONE)
		return err_set(e, code, "%.*s", SPAN_ARG(msg));
	return 0;
}

static int
send_out(struct errand *w, struct arena *a, struct unpack *u, struct err *e)
{
	struct proc_start start = {
		.role = ROLE_BUNDLE, .run = run, .ctx = w, .bare = true
	};
	struct ipc_message m = { .fd = -1 };
	int kept[N_PARTS];
	struct proc p;
	size_t i;
	int rc;

	start.keep = kept;
	for (i = 0; i < N_PARTS; i++)
		if (w->fds[i] != -1)
			kept[start.n_keep++] = w->fds[i];
	if (proc_spawn(&p, &start, e) != 0)
		return -1;
	rc = ipc_recv(&p.ipc, &m, e);
	if (rc == 0 && proc_wait(&p, e) == 0)
		makes_no_sense(e);
	rc = rc == 1 ? take_answer(&m, a, u, e) : -1;
	if (rc == 0)
		rc = proc_wait(&p, e);
	proc_kill(&p);
	ipc_message_cleanup(&m);
	return rc;
}

static int
open_part(const struct repository *r, struct errand *w, enum part p,
    struct span name, struct err *e)
{
	if (name.len == 0)
		return 0;
	snprintf(w->names[p], sizeof(w->names[p]), "%.*s", SPAN_ARG(name));
	w->fds[p] = openat(r->dirfd, w->names[p], O_RDONLY | O_CLOEXEC);
	if (w->fds[p] != -1)
		return 0;
	return err_system(e, REPOSITORY_FOLDER "/%s", w->names[p]);
}

static void
errand_cleanup(struct errand *w)
{
	size_t i;

	for (i = 0; i < N_PARTS; i++)
		if (w->fds[i] != -1)
			close(w->fds[i]);
}

/* Twin: put_role(). */
static void
take_role(struct unpack *u, struct tuf_role *out)
{
	struct span ids;

	out->name = unpack_span(u);
	out->threshold = unpack_max(u, UINT32_MAX);
	ids = unpack_span(u);
	/* A digest is its bytes, and stands anywhere. */
	out->keyids = (const struct digest *)(const void *)ids.ptr;
	out->n_keyids = ids.len / sizeof(*out->keyids);
}

/* Twin: put_view(). */
static int
take_view(
    struct unpack *u, struct arena *a, struct key_view *out, struct err *e)
{
	struct tuf_role *roles;
	size_t i;

	out->root_version = unpack_uint(u);
	out->root_expires = unpack_int(u);
	out->targets_version = unpack_uint(u);
	out->targets_expires = unpack_int(u);
	out->is_whole = unpack_max(u, 1) == 1;
	out->n_roles = unpack_max(u, ROLES_MAX);
	roles = arena_array(a, out->n_roles, sizeof(*roles));
	for (i = 0; i < out->n_roles; i++)
		take_role(u, &roles[i]);
	out->roles = roles;
	return unpack_done(u) && out->n_roles >= N_TUF_TYPES
	    ? 0
	    : makes_no_sense(e);
}

/* The name of the highest version, in a; empty: there is none. */
static int
newest(const struct repository *r, const char *role, struct arena *a,
    struct span *name, struct err *e)
{
	char text[REPOSITORY_NAME_SIZE];
	uint64_t version;

	*name = SPAN_NONE;
	if (repository_last(r, span_of(role), &version, e) != 0)
		return -1;
	if (version > 0)
		*name = arena_span(
		    a, span_of(repository_name(version, span_of(role), text)));
	return 0;
}

int
key_look(const struct repository *r, struct arena *a, struct key_view *out,
    struct err *e)
{
	struct errand w = { .run = look, .fds = { -1, -1, -1 } };
	struct span root, targets;
	struct unpack u;
	int rc = -1;

	*out = (struct key_view){ 0 };
	if (newest(r, "root", a, &root, e) != 0 ||
	    newest(r, "targets", a, &targets, e) != 0)
		return -1;
	if (root.len == 0)
		return 0;
	if (open_part(r, &w, PART_OLD, root, e) == 0 &&
	    open_part(r, &w, PART_TARGETS, targets, e) == 0 &&
	    send_out(&w, a, &u, e) == 0)
		rc = take_view(&u, a, out, e);
	errand_cleanup(&w);
	return rc;
}

const struct tuf_role *
key_view_role(const struct key_view *v, struct span role)
{
	size_t i;

	for (i = 0; i < v->n_roles; i++)
		if (span_eq(v->roles[i].name, role))
			return &v->roles[i];
	return NULL;
}

int
key_change(const struct repository *r, const struct key_change *c,
    struct buf *out, struct err *e)
{
	struct errand w = { .run = change, .fds = { -1, -1, -1 }, .change = c };
	struct arena a = { 0 };
	struct unpack u;
	int rc = -1;

	if (open_part(r, &w, PART_OLD, c->file, e) == 0 &&
	    send_out(&w, &a, &u, e) == 0) {
		buf_add_span(out, unpack_span(&u));
		rc = unpack_done(&u) ? 0 : makes_no_sense(e);
	}
	errand_cleanup(&w);
	arena_cleanup(&a);
	return rc;
}

int
key_check_root(const struct repository *r, struct span bytes, struct arena *a,
    struct key_view *view, struct err *e)
{
	struct errand w = { .run = check_root,
		.fds = { -1, -1, -1 },
		.names[PART_NEW] = "the new root" };
	struct span old, targets;
	struct unpack u;
	int rc = -1;

	if (newest(r, "root", a, &old, e) != 0 ||
	    newest(r, "targets", a, &targets, e) != 0)
		return -1;
	if (memfd_of(bytes, &w.fds[PART_NEW], e) == 0 &&
	    open_part(r, &w, PART_OLD, old, e) == 0 &&
	    open_part(r, &w, PART_TARGETS, targets, e) == 0 &&
	    send_out(&w, a, &u, e) == 0)
		rc = take_view(&u, a, view, e);
	errand_cleanup(&w);
	return rc;
}
