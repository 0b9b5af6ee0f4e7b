/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/pack.h"
#include "base/proc.h"
#include "bundle/refusal_pack.h"
#include "bundle/trust.h"

#define TRUST_ROLES_MAX (N_TUF_TYPES + TUF_ROLES_MAX)

enum message {
	MESSAGE_TRUST = 1, /* files, then roles */
	MESSAGE_REFUSED,   /* in its place: why */
};

/* Of the process: the files, and whose they are for its messages. */
struct reading {
	int fds[2]; /* root, targets */
	char names[2][REPOSITORY_NAME_SIZE];
};

/* --- the process' own side --- */

static int
read_one(const struct reading *r, enum tuf_type type, struct arena *a,
    struct tuf_file *out, struct err *e)
{
	struct buf bytes = { 0 };
	int rc;

	rc = file_read_fd(r->fds[type], tuf_size_max(type), &bytes, e);
	if (rc == 0)
		rc =
		    tuf_parse(arena_span(a, buf_span(&bytes)), type, a, out, e);
	buf_cleanup(&bytes);
	return rc == 0
	    ? 0
	    : err_context(e, REPOSITORY_FOLDER "/%s", r->names[type]);
}

static int
read_both(const struct reading *r, struct arena *a, struct tuf_file *root,
    struct tuf_file *targets, struct err *e)
{
	if (read_one(r, TUF_ROOT, a, root, e) != 0 ||
	    read_one(r, TUF_TARGETS, a, targets, e) != 0)
		return -1;
	if (tuf_verify(
		root, root->keys, root->n_keys, &root->roles[TUF_ROOT], e) != 0)
		return err_context(
		    e, REPOSITORY_FOLDER "/%s", r->names[TUF_ROOT]);
	if (tuf_verify(targets, root->keys, root->n_keys,
		&root->roles[TUF_TARGETS], e) != 0)
		return err_context(
		    e, REPOSITORY_FOLDER "/%s", r->names[TUF_TARGETS]);
	return 0;
}

/* Twin: take_role(). */
static void
put_role(struct buf *b, const struct tuf_delegation *d)
{
	const struct tuf_role *role = &d->role;
	size_t i;

	pack_span(b, role->name);
	pack_uint(b, role->threshold);
	pack_span(
	    b, span_make(role->keyids, role->n_keyids * sizeof(*role->keyids)));
	pack_uint(b, d->n_paths);
	for (i = 0; i < d->n_paths; i++)
		pack_span(b, d->paths[i]);
}

/* Twin: take_trust(). */
static void
put_trust(
    struct buf *b, const struct tuf_file *root, const struct tuf_file *targets)
{
	size_t i;

	pack_uint(b, root->version);
	pack_int(b, root->expires);
	pack_uint(b, targets->version);
	pack_int(b, targets->expires);
	pack_uint(b, N_TUF_TYPES + targets->n_delegations);
	for (i = 0; i < N_TUF_TYPES; i++) {
		struct tuf_delegation top = { .role = root->roles[i] };

		top.role.name = span_of(tuf_type_name((enum tuf_type)i));
		put_role(b, &top);
	}
	for (i = 0; i < targets->n_delegations; i++)
		put_role(b, &targets->delegations[i]);
}

static int
run(struct ipc *ipc, void *ctx)
{
	struct tuf_file root = { 0 }, targets = { 0 };
	struct arena a = { 0 };
	struct buf b = { 0 };
	struct err why = { 0 }, e;
	int rc;

	if (read_both(ctx, &a, &root, &targets, &why) == 0) {
		put_trust(&b, &root, &targets);
		rc = ipc_send(ipc, MESSAGE_TRUST, buf_span(&b), -1, &e);
	} else {
		rc = refusal_send(ipc, MESSAGE_REFUSED, &why);
	}
	buf_cleanup(&b);
	arena_cleanup(&a);
	return rc == 0 ? 0 : 1;
}

/* --- the main process' side --- */

static int
makes_no_sense(struct err *e)
{
	return err_set(e, ERR_SYSTEM, "the bundle process makes no sense");
}

static void
take_role(struct unpack *u, struct arena *a, struct trust_role *out)
{
	struct span keyids, *paths;
	size_t i;

	out->role.name = arena_span(a, unpack_span(u));
	out->role.threshold = unpack_max(u, UINT32_MAX);
	keyids = unpack_span(u);
	out->role.n_keyids = keyids.len / sizeof(*out->role.keyids);
	out->role.keyids = (const void *)arena_span(a, keyids).ptr;
	out->n_paths = unpack_max(u, TUF_PATHS_MAX);
	out->paths = paths = arena_array(a, out->n_paths, sizeof(*paths));
	for (i = 0; i < out->n_paths; i++)
		paths[i] = arena_span(a, unpack_span(u));
}

static int
take_trust(
    struct span payload, struct arena *a, struct trust *out, struct err *e)
{
	struct unpack u = unpack_of(payload);
	struct trust_role *roles;
	size_t i;

	out->root.version = unpack_uint(&u);
	out->root.expires = unpack_int(&u);
	out->targets.version = unpack_uint(&u);
	out->targets.expires = unpack_int(&u);
	out->n_roles = unpack_max(&u, TRUST_ROLES_MAX);
	roles = arena_array(a, out->n_roles, sizeof(*roles));
	for (i = 0; i < out->n_roles; i++)
		take_role(&u, a, &roles[i]);
	out->roles = roles;
	return unpack_done(&u) ? 0 : makes_no_sense(e);
}

static int
take(const struct ipc_message *m, struct arena *a, struct trust *out,
    struct err *e)
{
	if (m->type == MESSAGE_REFUSED)
		return refusal_take(m->payload, e);
	if (m->type != MESSAGE_TRUST)
		return makes_no_sense(e);
	return take_trust(m->payload, a, out, e);
}

static int
run_reading(
    struct reading *r, struct arena *a, struct trust *out, struct err *e)
{
	struct proc_start start = {
		.role = ROLE_BUNDLE,
		.run = run,
		.ctx = r,
		.bare = true,
		.keep = r->fds,
		.n_keep = 2,
	};
	struct ipc_message m = { .fd = -1 };
	struct proc p = { .ipc = { -1 } };
	int rc;

	if (proc_spawn(&p, &start, e) != 0)
		return -1;
	rc = ipc_recv(&p.ipc, &m, e);
	if (rc == 0 && proc_wait(&p, e) == 0)
		makes_no_sense(e);
	rc = rc == 1 ? take(&m, a, out, e) : -1;
	if (rc == 0)
		rc = proc_wait(&p, e);
	proc_kill(&p);
	ipc_message_cleanup(&m);
	return rc;
}

static int
open_file(const struct repository *r, struct reading *reading,
    enum tuf_type type, struct trust_file *f, struct err *e)
{
	const char *name = reading->names[type];

	reading->fds[type] = openat(r->dirfd, name, O_RDONLY | O_CLOEXEC);
	if (reading->fds[type] == -1)
		return err_system(e, REPOSITORY_FOLDER "/%s", name);
	return digest_of_fd(reading->fds[type], &f->sha256, &f->size_bytes, e);
}

int
trust_read(const struct repository *r, struct arena *a, struct trust *out,
    struct err *e)
{
	struct reading reading = { .fds = { -1, -1 } };
	uint64_t root, targets;
	int rc = -1;

	*out = (struct trust){ 0 };
	if (repository_last(r, SPAN_LIT("root"), &root, e) != 0 ||
	    repository_last(r, SPAN_LIT("targets"), &targets, e) != 0)
		return -1;
	if (root == 0 || targets == 0)
		return 0;
	repository_name(root, SPAN_LIT("root"), reading.names[TUF_ROOT]);
	repository_name(
	    targets, SPAN_LIT("targets"), reading.names[TUF_TARGETS]);
	if (open_file(r, &reading, TUF_ROOT, &out->root, e) == 0 &&
	    open_file(r, &reading, TUF_TARGETS, &out->targets, e) == 0 &&
	    run_reading(&reading, a, out, e) == 0)
		rc = 1;
	if (reading.fds[TUF_ROOT] != -1)
		close(reading.fds[TUF_ROOT]);
	if (reading.fds[TUF_TARGETS] != -1)
		close(reading.fds[TUF_TARGETS]);
	return rc;
}
