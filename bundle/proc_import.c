/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/mem.h"
#include "base/proc.h"
#include "bundle/import_input.h"
#include "bundle/import_pack.h"
#include "bundle/import_stream.h"
#include "bundle/refusal.h"

#define RESULT_MAX ((size_t)512 * 1024 * 1024) /* bytes, packed */

enum message {
	MESSAGE_PART = 1, /* from the bundle process, with an answer: which */
	MESSAGE_TRUSTED,  /* a name */
	MESSAGE_HAS,      /* a digest */
	MESSAGE_WANT,     /* a blob */
	MESSAGE_DONE,
	MESSAGE_STORED, /* a digest */
	MESSAGE_SCRATCH,
	MESSAGE_MISSING,  /* without an answer: a name */
	MESSAGE_PROGRESS, /* bytes */
	MESSAGE_RESULT,   /* a piece of it */
	MESSAGE_END,      /* of all pieces */
	MESSAGE_REFUSED,  /* in their place */
	MESSAGE_ANSWER,   /* from main: a number, perhaps a descriptor */
	MESSAGE_FAILED,   /* an error */
};

struct import {
	struct arena arena;
	struct buf packed;
	struct import_result result;
};

static int
makes_no_sense(struct err *e)
{
	return err_set(e, ERR_SYSTEM, "the bundle process makes no sense");
}

/* --- the process' own side --- */

struct asker {
	struct ipc *ipc;
	struct ipc_message message;
	const struct import_options *options;
};

/* Matched by get_blob(). */
static void
put_blob(struct buf *b, const struct import_blob *blob)
{
	pack_digest(b, &blob->bundle);
	pack_digest(b, &blob->sha256);
	pack_uint(b, blob->size_bytes);
}

/* Matched by put_blob(). */
static void
get_blob(struct unpack *u, struct import_blob *blob)
{
	unpack_digest(u, &blob->bundle);
	unpack_digest(u, &blob->sha256);
	blob->size_bytes = unpack_uint(u);
}

/* The number that main answers with, or -1; a descriptor to *fd. */
static int
ask(struct asker *a, enum message type, struct span payload, int *fd,
    struct err *e)
{
	struct ipc_message *m = &a->message;
	struct unpack u;
	uint32_t number;

	if (ipc_send(a->ipc, (uint32_t)type, payload, -1, e) != 0)
		return -1;
	/* The parent is gone: then so will we be. */
	if (ipc_recv(a->ipc, m, e) != 1)
		exit(1);
	u = unpack_of(m->payload);
	if (m->type == MESSAGE_FAILED)
		return import_unpack_err(&u, e);
	number = unpack_max(&u, IMPORT_KEPT);
	if (fd != NULL)
		*fd = m->fd;
	return (int)number;
}

static int
ask_digest(struct asker *a, enum message type, const struct digest *d, int *fd,
    struct err *e)
{
	struct buf b = { 0 };
	int rc;

	pack_digest(&b, d);
	rc = ask(a, type, buf_span(&b), fd, e);
	buf_cleanup(&b);
	return rc;
}

static int
ask_blob(struct asker *a, enum message type, const struct import_blob *blob,
    int *fd, struct err *e)
{
	struct buf b = { 0 };
	int rc;

	put_blob(&b, blob);
	rc = ask(a, type, buf_span(&b), fd, e);
	buf_cleanup(&b);
	return rc;
}

static int
ask_part(void *ctx, unsigned i, int *fd, struct err *e)
{
	struct buf b = { 0 };
	int rc;

	pack_uint(&b, i);
	rc = ask(ctx, MESSAGE_PART, buf_span(&b), fd, e);
	buf_cleanup(&b);
	return rc;
}

static int
ask_trusted(void *ctx, const char *name, size_t size_max, struct buf *out,
    struct err *e)
{
	int fd = -1, rc;

	rc = ask(ctx, MESSAGE_TRUSTED, span_of(name), &fd, e);
	if (rc == 0)
		return err_set(e, ERR_MISSING, "%s is not there", name);
	if (rc == 1) {
		rc = file_read_fd(fd, size_max, out, e);
		if (rc != 0)
			err_context(e, "%s", name);
		close(fd);
	}
	return rc;
}

static bool
ask_has(void *ctx, const struct digest *d)
{
	struct err ignored;

	return ask_digest(ctx, MESSAGE_HAS, d, NULL, &ignored) == 1;
}

static int
ask_want(void *ctx, const struct import_blob *b, int *fd, struct err *e)
{
	return ask_blob(ctx, MESSAGE_WANT, b, fd, e);
}

static int
ask_done(void *ctx, const struct import_blob *b, struct err *e)
{
	return ask_blob(ctx, MESSAGE_DONE, b, NULL, e) == -1 ? -1 : 0;
}

static int
ask_stored(void *ctx, const struct digest *d, int *fd, struct err *e)
{
	return ask_digest(ctx, MESSAGE_STORED, d, fd, e) == -1 ? -1 : 0;
}

static int
ask_scratch(void *ctx, int *fd, struct err *e)
{
	return ask(ctx, MESSAGE_SCRATCH, SPAN_NONE, fd, e) == -1 ? -1 : 0;
}

static void
tell_missing(void *ctx, struct span what)
{
	struct asker *a = ctx;
	struct err ignored;

	ipc_send(a->ipc, MESSAGE_MISSING, what, -1, &ignored);
}

static void
tell_progress(void *ctx, uint64_t bytes)
{
	struct asker *a = ctx;
	struct buf b = { 0 };
	struct err ignored;

	pack_uint(&b, bytes);
	ipc_send(a->ipc, MESSAGE_PROGRESS, buf_span(&b), -1, &ignored);
	buf_cleanup(&b);
}

/* In pieces. Twin: take_piece(). */
static int
send_result(struct asker *a, const struct import_result *result, struct err *e)
{
	struct buf b = { 0 };
	struct span rest;
	int rc = 0;

	import_pack_result(&b, result);
	for (rest = buf_span(&b); rc == 0 && rest.len > 0;
	     rest = span_from(rest, IPC_PAYLOAD_MAX))
		rc = ipc_send(a->ipc, MESSAGE_RESULT,
		    span_first(rest, IPC_PAYLOAD_MAX), -1, e);
	buf_cleanup(&b);
	return rc != 0 ? -1 : ipc_send(a->ipc, MESSAGE_END, SPAN_NONE, -1, e);
}

static int
send_refusal(struct asker *a, const struct err *why)
{
	struct buf b = { 0 };
	struct err e;
	int rc;

	import_pack_err(&b, why);
	rc = ipc_send(a->ipc, MESSAGE_REFUSED, buf_span(&b), -1, &e);
	buf_cleanup(&b);
	return rc;
}

static int
run(struct ipc *ipc, void *ctx)
{
	struct asker a = { ipc, { .fd = -1 }, ctx };
	const struct import_sink sink = { &a, ask_has, ask_want, ask_done,
		ask_stored, ask_scratch, tell_missing, tell_progress };
	struct import_input in;
	struct import_stream s = {
		.pull = { &in, import_input_read },
		.skip = import_input_skip,
		.trusted = ask_trusted,
		.trusted_ctx = &a,
		.options = a.options,
		.sink = &sink,
	};
	struct import_result result;
	struct arena arena = { 0 };
	struct err e = { 0 };
	int rc;

	import_input_init(&in, &a, ask_part);
	if (import_stream(&s, &arena, &result, &e) == 0)
		rc = send_result(&a, &result, &e);
	else
		rc = send_refusal(&a, &e);
	import_input_cleanup(&in);
	ipc_message_cleanup(&a.message);
	arena_cleanup(&arena);
	return rc == 0 ? 0 : 1;
}

/* --- the main process' side --- */

struct server {
	const struct import_options *options;
	const struct repository *trust;
	const struct import_sink *sink;
	struct proc proc;
	struct import *import;
};

static int
answer(struct server *s, int number, int fd, struct err *e)
{
	struct buf b = { 0 };
	int rc;

	pack_uint(&b, (uint64_t)number);
	rc = ipc_send(&s->proc.ipc, MESSAGE_ANSWER, buf_span(&b), fd, e);
	buf_cleanup(&b);
	if (fd != -1)
		close(fd);
	return rc == 0 ? 1 : -1;
}

/* What could not be done is its error, too, and comes back from it. */
static int
answer_failed(struct server *s, const struct err *why, struct err *e)
{
	struct buf b = { 0 };
	int rc;

	import_pack_err(&b, why);
	rc = ipc_send(&s->proc.ipc, MESSAGE_FAILED, buf_span(&b), -1, e);
	buf_cleanup(&b);
	return rc == 0 ? 1 : -1;
}

static int
open_part(struct server *s, struct unpack *u, struct err *e)
{
	const char *const *parts = s->options->parts;
	uint64_t want = unpack_uint(u), i;
	struct err why;
	int fd;

	for (i = 0; i < want && parts[i] != NULL; i++)
		;
	if (!unpack_done(u))
		return makes_no_sense(e);
	if (parts[i] == NULL)
		return answer(s, 0, -1, e);
	fd = strcmp(parts[i], "-") == 0
	    ? fcntl(STDIN_FILENO, F_DUPFD_CLOEXEC, 3)
	    : open(parts[i], O_RDONLY | O_CLOEXEC);
	if (fd != -1)
		return answer(s, 1, fd, e);
	err_system(&why, "%s", parts[i]);
	return answer_failed(s, &why, e);
}

/* Nothing but a name in the one folder. */
static bool
is_plain_name(struct span name)
{
	size_t i;

	for (i = 0; i < name.len; i++)
		if (!span_is_lower(name.ptr[i]) &&
		    !span_is_digit(name.ptr[i]) && name.ptr[i] != '-' &&
		    (name.ptr[i] != '.' || i == 0))
			return false;
	return name.len > 0 && name.len < REPOSITORY_NAME_SIZE;
}

static int
open_metadata(
    const struct repository *r, struct span name, int *fd, struct err *e)
{
	char file[REPOSITORY_NAME_SIZE];
	uint64_t version = 0;

	snprintf(file, sizeof(file), "%.*s", SPAN_ARG(name));
	if (span_is(name, IMPORT_NEWEST_ROOT)) {
		if (repository_root(r, &version, e) != 0)
			return -1;
		repository_name(version, SPAN_LIT("root"), file);
	}
	*fd = openat(r->dirfd, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	if (*fd == -1 && errno != ENOENT)
		return err_system(e, REPOSITORY_FOLDER "/%s", file);
	return 0;
}

static int
open_trusted(struct server *s, struct span name, struct err *e)
{
	struct err why;
	int fd = -1, rc = 0;

	if (span_is(name, IMPORT_OF_ROOT)) {
		if (s->options->root != NULL)
			fd = open(s->options->root, O_RDONLY | O_CLOEXEC);
		if (s->options->root != NULL && fd == -1)
			rc = err_system(&why, "%s", s->options->root);
	} else if (!is_plain_name(name)) {
		return makes_no_sense(e);
	} else if (s->trust->dirfd != -1) {
		rc = open_metadata(s->trust, name, &fd, &why);
	}
	if (rc != 0)
		return answer_failed(s, &why, e);
	return answer(s, fd != -1, fd, e);
}

static int
answer_digest(
    struct server *s, enum message type, struct unpack *u, struct err *e)
{
	const struct import_sink *sink = s->sink;
	struct digest d;
	struct err why;
	int fd = -1;

	unpack_digest(u, &d);
	if (!unpack_done(u))
		return makes_no_sense(e);
	if (type == MESSAGE_HAS)
		return answer(s, sink->has(sink->ctx, &d), -1, e);
	if (sink->stored(sink->ctx, &d, &fd, &why) != 0)
		return answer_failed(s, &why, e);
	return answer(s, 0, fd, e);
}

static int
answer_blob(
    struct server *s, enum message type, struct unpack *u, struct err *e)
{
	const struct import_sink *sink = s->sink;
	struct import_blob b;
	struct err why;
	int fd = -1, rc;

	get_blob(u, &b);
	if (!unpack_done(u) || s->options->verify_only)
		return makes_no_sense(e);
	if (type == MESSAGE_WANT)
		rc = sink->want(sink->ctx, &b, &fd, &why);
	else
		rc = sink->done(sink->ctx, &b, &why);
	return rc == -1 ? answer_failed(s, &why, e) : answer(s, rc, fd, e);
}

static int
answer_scratch(struct server *s, struct err *e)
{
	struct err why;
	int fd = -1;

	if (s->sink->scratch(s->sink->ctx, &fd, &why) != 0)
		return answer_failed(s, &why, e);
	return answer(s, 0, fd, e);
}

static int
take_progress(struct server *s, struct unpack *u)
{
	uint64_t bytes = unpack_uint(u);

	if (s->sink->progress != NULL)
		s->sink->progress(s->sink->ctx, bytes);
	return 1;
}

/* Twin: send_result(). */
static int
take_piece(struct server *s, struct span piece, struct err *e)
{
	if (s->import->packed.len + piece.len > RESULT_MAX)
		return makes_no_sense(e);
	buf_add_span(&s->import->packed, piece);
	return 1;
}

static int
take_result(struct server *s, struct err *e)
{
	struct import *i = s->import;

	return import_unpack_result(buf_span(&i->packed), &i->arena, &i->result)
	    ? 0
	    : makes_no_sense(e);
}

/* 1: more to come; 0: all is there; -1: refused. */
static int
handle(struct server *s, const struct ipc_message *m, struct err *e)
{
	struct unpack u = unpack_of(m->payload);

	switch ((enum message)m->type) {
	case MESSAGE_PART:
		return open_part(s, &u, e);
	case MESSAGE_TRUSTED:
		return open_trusted(s, m->payload, e);
	case MESSAGE_HAS:
	case MESSAGE_STORED:
		return answer_digest(s, (enum message)m->type, &u, e);
	case MESSAGE_WANT:
	case MESSAGE_DONE:
		return answer_blob(s, (enum message)m->type, &u, e);
	case MESSAGE_SCRATCH:
		return answer_scratch(s, e);
	case MESSAGE_MISSING:
		s->sink->missing(s->sink->ctx, m->payload);
		return 1;
	case MESSAGE_PROGRESS:
		return take_progress(s, &u);
	case MESSAGE_RESULT:
		return take_piece(s, m->payload, e);
	case MESSAGE_END:
		return take_result(s, e);
	case MESSAGE_REFUSED:
		return import_unpack_err(&u, e);
	default:
		return makes_no_sense(e);
	}
}

static int
serve(struct server *s, struct err *e)
{
	struct ipc_message m = { .fd = -1 };
	int rc = 1;

	while (rc == 1) {
		rc = ipc_recv(&s->proc.ipc, &m, e);
		if (rc == 1) {
			rc = handle(s, &m, e);
		} else if (rc == 0) { /* why it died is its status */
			if (proc_wait(&s->proc, e) == 0)
				err_set(e, ERR_SYSTEM,
				    "the bundle process ended too early");
			rc = -1;
		}
	}
	ipc_message_cleanup(&m);
	return rc;
}

int
import_read(struct import **out, const struct import_options *o,
    const struct repository *trust, const struct import_sink *sink,
    struct err *e)
{
	struct import_options copy = *o;
	struct server s = { o, trust, sink, { .ipc = { -1 } }, NULL };
	const struct proc_start start = {
		.role = ROLE_BUNDLE, .run = run, .ctx = &copy, .bare = true
	};
	int rc;

	if (proc_spawn(&s.proc, &start, e) != 0)
		return -1;
	s.import = xcalloc(1, sizeof(*s.import));
	rc = serve(&s, e);
	if (rc == 0)
		rc = proc_wait(&s.proc, e);
	proc_kill(&s.proc);
	if (rc == 0) {
		*out = s.import;
		return 0;
	}
	import_free(s.import);
	/* What cannot be opened was named already. */
	if (strncmp(e->msg, o->parts[0], strlen(o->parts[0])) == 0)
		return -1;
	return err_context(e, "%s",
	    strcmp(o->parts[0], "-") == 0 ? "standard input" : o->parts[0]);
}

const struct import_result *
import_result(const struct import *i)
{
	return &i->result;
}

void
import_free(struct import *i)
{
	if (i == NULL)
		return;
	arena_cleanup(&i->arena);
	buf_cleanup(&i->packed);
	free(i);
}
