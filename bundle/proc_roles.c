/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/pack.h"
#include "base/proc.h"
#include "bundle/refusal.h"
#include "bundle/refusal_pack.h"
#include "bundle/repository.h"
#include "bundle/roles.h"

enum message {
	MESSAGE_NEED = 1, /* bundle to main: the name of a file */
	MESSAGE_FILE,     /* main to bundle: it, or no descriptor */
	MESSAGE_ROW,      /* bundle to main, one a role */
	MESSAGE_DONE,
	MESSAGE_REFUSED,
};

/* --- the process' own side --- */

struct reading {
	struct ipc *ipc;
	struct ipc_message message;
	struct arena arena;
	struct tuf_file root;
	struct tuf_file targets;
};

static int
ask(struct reading *r, const char *name, struct err *e)
{
	if (ipc_send(r->ipc, MESSAGE_NEED, span_of(name), -1, e) != 0)
		return -1;
	if (ipc_recv(r->ipc, &r->message, e) != 1 ||
	    r->message.type != MESSAGE_FILE)
		return err_set(e, ERR_SYSTEM, "main makes no sense");
	if (r->message.fd == -1)
		return err_set(e, ERR_MISSING, "%s is not there", name);
	return 0;
}

static int
get(struct reading *r, const char *name, enum tuf_type type,
    struct tuf_file *out, struct err *e)
{
	struct buf bytes = { 0 };
	struct span kept;
	int rc;

	if (ask(r, name, e) != 0)
		return -1;
	rc = file_read_fd(r->message.fd, tuf_size_max(type), &bytes, e);
	close(r->message.fd);
	r->message.fd = -1;
	if (rc == 0) {
		kept = arena_span(&r->arena, buf_span(&bytes));
		rc = tuf_parse(kept, type, &r->arena, out, e);
	}
	buf_cleanup(&bytes);
	return rc == 0 ? 0 : err_context(e, "%s", name);
}

/* Matched by take_row(). */
static int
send_row(struct reading *r, struct span name, const struct tuf_file *f,
    const struct tuf_role *role, struct err *e)
{
	char hex[DIGEST_HEX_SIZE];
	struct buf b = { 0 }, keyids = { 0 };
	struct digest sha256;
	size_t i;
	int rc;

	for (i = 0; i < role->n_keyids; i++)
		buf_printf(&keyids, "%s%s", i == 0 ? "" : " ",
		    digest_hex(&role->keyids[i], hex));
	digest_of(f->bytes, &sha256);
	pack_span(&b, name);
	pack_uint(&b, f->version);
	pack_int(&b, f->expires);
	pack_uint(&b, role->threshold);
	pack_span(&b, buf_span(&keyids));
	pack_span(&b, span_make(sha256.bytes, DIGEST_SIZE));
	pack_uint(&b, f->bytes.len);
	rc = ipc_send(r->ipc, MESSAGE_ROW, buf_span(&b), -1, e);
	buf_cleanup(&b);
	buf_cleanup(&keyids);
	return rc;
}

static int
top_row(struct reading *r, enum tuf_type type, const struct tuf_file *f,
    struct err *e)
{
	return send_row(
	    r, span_of(tuf_type_name(type)), f, &r->root.roles[type], e);
}

static int
delegated_row(struct reading *r, const struct tuf_delegation *d,
    const struct tuf_file *snapshot, struct err *e)
{
	char name[REPOSITORY_NAME_SIZE];
	struct buf listed = { 0 };
	const struct tuf_meta *meta;
	struct tuf_file f = { 0 };

	buf_printf(&listed, "%.*s.json", SPAN_ARG(d->role.name));
	meta = tuf_find_meta(snapshot, buf_span(&listed));
	buf_cleanup(&listed);
	if (meta == NULL || !tuf_is_role_name(d->role.name))
		return 0;
	repository_name(meta->version, d->role.name, name);
	if (get(r, name, TUF_TARGETS, &f, e) != 0)
		return -1;
	return send_row(r, d->role.name, &f, &d->role, e);
}

static int
read_targets(struct reading *r, const struct tuf_file *snapshot, struct err *e)
{
	const struct tuf_meta *meta =
	    tuf_find_meta(snapshot, SPAN_LIT("targets.json"));
	char name[REPOSITORY_NAME_SIZE];
	size_t i;

	if (meta == NULL)
		return refuse(e, REFUSAL_SHAPE,
		    "the snapshot does not list targets.json");
	repository_name(meta->version, SPAN_LIT("targets"), name);
	if (get(r, name, TUF_TARGETS, &r->targets, e) != 0 ||
	    top_row(r, TUF_TARGETS, &r->targets, e) != 0)
		return -1;
	for (i = 0; i < r->targets.n_delegations; i++)
		if (delegated_row(r, &r->targets.delegations[i], snapshot, e) !=
		    0)
			return -1;
	return 0;
}

static int
read_all(struct reading *r, uint64_t root_version, struct err *e)
{
	struct tuf_file timestamp = { 0 }, snapshot = { 0 };
	char name[REPOSITORY_NAME_SIZE];

	repository_name(root_version, SPAN_LIT("root"), name);
	if (get(r, name, TUF_ROOT, &r->root, e) != 0 ||
	    top_row(r, TUF_ROOT, &r->root, e) != 0 ||
	    get(r, "timestamp.json", TUF_TIMESTAMP, &timestamp, e) != 0 ||
	    top_row(r, TUF_TIMESTAMP, &timestamp, e) != 0)
		return -1;
	if (timestamp.n_meta != 1)
		return refuse(
		    e, REFUSAL_SHAPE, "the timestamp lists no snapshot");
	repository_name(timestamp.meta[0].version, SPAN_LIT("snapshot"), name);
	if (get(r, name, TUF_SNAPSHOT, &snapshot, e) != 0 ||
	    top_row(r, TUF_SNAPSHOT, &snapshot, e) != 0)
		return -1;
	return read_targets(r, &snapshot, e);
}

static int
run(struct ipc *ipc, void *ctx)
{
	struct reading r = { .ipc = ipc, .message = { .fd = -1 } };
	struct err why = { 0 }, e;
	int rc;

	if (read_all(&r, *(const uint64_t *)ctx, &why) == 0)
		rc = ipc_send(ipc, MESSAGE_DONE, SPAN_NONE, -1, &e);
	else
		rc = refusal_send(ipc, MESSAGE_REFUSED, &why);
	ipc_message_cleanup(&r.message);
	arena_cleanup(&r.arena);
	return rc == 0 ? 0 : 1;
}

/* --- the main process' side --- */

struct rows {
	struct arena *arena;
	struct role_row *items;
	size_t n;
	size_t cap;
};

static int
makes_no_sense(struct err *e)
{
	return err_set(e, ERR_SYSTEM, "the bundle process makes no sense");
}

static int
take_row(struct rows *rows, struct span payload, struct err *e)
{
	struct unpack u = unpack_of(payload);
	struct role_row *row;
	struct span sha256;

	if (rows->n == TUF_ROLES_MAX + N_TUF_TYPES)
		return makes_no_sense(e);
	rows->items =
	    xgrow(rows->items, &rows->cap, rows->n + 1, sizeof(*rows->items));
	row = &rows->items[rows->n];
	row->name = arena_span(rows->arena, unpack_span(&u));
	row->version = unpack_uint(&u);
	row->expires = unpack_int(&u);
	row->threshold = unpack_uint(&u);
	row->keyids = arena_span(rows->arena, unpack_span(&u));
	sha256 = unpack_span(&u);
	row->size_bytes = unpack_uint(&u);
	if (!unpack_done(&u) || sha256.len != DIGEST_SIZE ||
	    row->version > INT64_MAX || row->threshold > INT64_MAX)
		return makes_no_sense(e);
	memcpy(row->sha256.bytes, sha256.ptr, DIGEST_SIZE);
	rows->n++;
	return 0;
}

static int
hand_over(struct ipc *ipc, const struct roles_files *files, struct span payload,
    struct err *e)
{
	char name[REPOSITORY_NAME_SIZE];
	int fd = -1, rc;

	if (payload.len >= sizeof(name) ||
	    span_find(payload, '/') < payload.len)
		return makes_no_sense(e);
	memcpy(name, payload.ptr, payload.len);
	name[payload.len] = '\0';
	if (files->open(files->ctx, name, &fd, e) != 0)
		return -1;
	rc = ipc_send(ipc, MESSAGE_FILE, SPAN_NONE, fd, e);
	close(fd);
	return rc;
}

/* 1: more to come; 0: that was all; -1. */
static int
handle(struct ipc *ipc, const struct roles_files *files, struct rows *rows,
    const struct ipc_message *m, struct err *e)
{
	switch (m->type) {
	case MESSAGE_NEED:
		return hand_over(ipc, files, m->payload, e) == 0 ? 1 : -1;
	case MESSAGE_ROW:
		return take_row(rows, m->payload, e) == 0 ? 1 : -1;
	case MESSAGE_DONE:
		return 0;
	case MESSAGE_REFUSED:
		return refusal_take(m->payload, e);
	default:
		return makes_no_sense(e);
	}
}

static int
listen_to(struct proc *p, const struct roles_files *files, struct rows *rows,
    struct err *e)
{
	struct ipc_message m = { .fd = -1 };
	int rc;

	do {
		rc = ipc_recv(&p->ipc, &m, e);
		if (rc == 1) {
			rc = handle(&p->ipc, files, rows, &m, e);
		} else {
			if (proc_wait(p, e) == 0)
				err_set(e, ERR_SYSTEM,
				    "the bundle process ended too early");
			rc = -1;
		}
	} while (rc == 1);
	ipc_message_cleanup(&m);
	return rc;
}

static int
cmp_rows(const void *a, const void *b)
{
	const struct role_row *x = a, *y = b;

	return span_cmp(x->name, y->name);
}

int
roles_run(const struct roles_files *files, uint64_t root_version,
    struct arena *a, struct role_row **out, size_t *n, struct err *e)
{
	const struct proc_start start = {
		.role = ROLE_BUNDLE,
		.run = run,
		.ctx = &root_version,
		.bare = true,
	};
	struct proc p = { .ipc = { -1 } };
	struct rows rows = { .arena = a };
	int rc;

	if (proc_spawn(&p, &start, e) != 0)
		return -1;
	rc = listen_to(&p, files, &rows, e);
	if (rc == 0)
		rc = proc_wait(&p, e);
	proc_kill(&p);
	*out = arena_array(a, rows.n, sizeof(*rows.items));
	*n = rows.n;
	if (rows.n > 0) {
		memcpy(*out, rows.items, rows.n * sizeof(*rows.items));
		qsort(*out, rows.n, sizeof(**out), cmp_rows);
	}
	free(rows.items);
	return rc;
}
