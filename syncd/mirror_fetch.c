/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Targets that the store lacks, through the fetch process of a sync: what
 * broke goes on where it was, in this run or the next.
 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "bundle/refusal.h"
#include "syncd/mirror_parts.h"
#include "syncd/part.h"
#include "syncd/proc_fetch.h"

#define MIB ((uint64_t)1024 * 1024)
#define MISSING_SHOWN 3u

struct fetching {
	struct mirror *mirror;
	struct fetch_options options;
	struct proc proc;
	struct ipc_message message;
	const struct adopt_target **wanted; /* each digest once */
	char (*incoming)[PART_PATH_SIZE];
	size_t n;
	size_t n_asked; /* requests sent */
	size_t n_open;  /* … without a reply */
	unsigned n_missing;
	struct buf missing;
};

static int
find_wanted(struct fetching *f, const struct adopt_target *targets, size_t n,
    struct err *e)
{
	const struct mirror *m = f->mirror;
	uint64_t max =
	    config_uint(m->options->config, "sync.size_max_mib") * MIB;
	struct map seen = { 0 };
	int rc = 0;
	size_t i;

	f->wanted = xcalloc(n + 1, sizeof(struct adopt_target *));
	for (i = 0; i < n && rc == 0; i++) {
		const struct adopt_target *t = &targets[i];

		if (store_has(&m->store, &t->sha256) ||
		    !map_add(&seen, span_make(t->sha256.bytes, DIGEST_SIZE), 0,
			NULL))
			continue;
		if (t->size_bytes > max)
			rc = err_set(e, ERR_LIMIT,
			    "%.*s: its %" PRIu64
			    " bytes are more than sync.size_max_mib allows",
			    SPAN_ARG(t->path), t->size_bytes);
		f->wanted[f->n++] = t;
	}
	f->incoming = xcalloc(f->n + 1, sizeof(*f->incoming));
	map_cleanup(&seen);
	return rc;
}

static void
add_url(const struct mirror *m, const struct adopt_target *t, struct buf *url)
{
	struct buf base = { 0 };

	buf_printf(&base, "%s/targets", m->base);
	tuf_fetch_target_url(url, buf_span(&base), t->path,
	    m->trusted.is_consistent ? &t->sha256 : NULL);
	buf_cleanup(&base);
}

static int
ask(struct fetching *f, size_t i, struct err *e)
{
	struct mirror *m = f->mirror;
	const struct adopt_target *t = f->wanted[i];
	struct fetch_request r = { .id = i, .size_max = t->size_bytes };
	struct buf url = { 0 };
	int rc;

	add_url(m, t, &url);
	r.url = buf_span(&url);
	part_path(r.url, f->incoming[i]);
	rc = part_open(
	    m->state->dirfd, f->incoming[i], &m->arena, &r.fd, &r.part, e);
	if (rc == 0) {
		rc = proc_fetch_get(&f->proc, &r, e);
		close(r.fd);
		f->n_open++;
	}
	buf_cleanup(&url);
	return rc;
}

/* --- what became of it --- */

/* Proved by the digest that its role has signed, and kept. */
static int
take_file(struct fetching *f, size_t i, struct err *e)
{
	struct mirror *m = f->mirror;
	const struct adopt_target *t = f->wanted[i];
	const struct proof proof = { PROOF_STORE, t->sha256, t->size_bytes };
	struct verified_file *file = NULL;
	int fd, rc;

	fd = openat(m->state->dirfd, f->incoming[i], O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return err_system(e, "%s", f->incoming[i]);
	if (verified_open(&file, fd, &proof, e) != 0) {
		close(fd);
		if (e->code == ERR_UNTRUSTED)
			refuse(e, REFUSAL_UNTRUSTED,
			    "%.*s: not the bytes that its role has signed",
			    SPAN_ARG(t->path));
		return -1;
	}
	rc = store_add(&m->store, file, e);
	verified_close(file);
	return rc;
}

static int
take_body(
    struct fetching *f, size_t i, const struct fetch_reply *r, struct err *e)
{
	struct mirror *m = f->mirror;
	const struct adopt_target *t = f->wanted[i];
	int rc = part_settle(m->state->dirfd, f->incoming[i], e);

	if (rc == 0)
		rc = take_file(f, i, e);
	part_drop(m->state->dirfd, f->incoming[i]);
	if (rc != 0)
		return -1;
	m->result->n_fetched++;
	m->result->fetched_bytes += r->received_bytes;
	progress_done(m->progress, t->path, t->size_bytes, "new");
	return 0;
}

static void
note_missing(struct fetching *f, const struct adopt_target *t)
{
	progress_clear(f->mirror->progress, t->path);
	if (f->n_missing++ < MISSING_SHOWN)
		buf_printf(&f->missing, "%s%.*s", f->n_missing == 1 ? "" : ", ",
		    SPAN_ARG(t->path));
}

static int
take_reply(
    struct fetching *f, size_t i, const struct fetch_reply *r, struct err *e)
{
	struct mirror *m = f->mirror;
	struct err why;

	f->n_open--;
	log_info("fetch: %.*s: answered status=%u tries=%u",
	    SPAN_ARG(f->wanted[i]->path), r->status, r->tries);
	if (r->result == FETCH_BODY)
		return take_body(f, i, r, e);
	if (!r->resumable ||
	    part_keep(m->state->dirfd, f->incoming[i], &why) != 0)
		part_drop(m->state->dirfd, f->incoming[i]);
	if (r->result == FETCH_ABSENT) {
		note_missing(f, f->wanted[i]);
		return 0;
	}
	*e = r->error;
	if (e->code == ERR_LIMIT)
		return refuse(e, REFUSAL_UNTRUSTED,
		    "%.*s: more than the %" PRIu64
		    " bytes that its role has signed",
		    SPAN_ARG(f->wanted[i]->path), f->wanted[i]->size_bytes);
	return err_context(e, "%.*s", SPAN_ARG(f->wanted[i]->path));
}

static void
take_head(struct fetching *f, size_t i, const struct proc_fetch_event *event)
{
	struct err why;

	if (part_note(f->mirror->state->dirfd, f->incoming[i], &event->head,
		&why) != 0)
		log_warn(
		    "fetch: %.*s: %s", SPAN_ARG(f->wanted[i]->path), why.msg);
	if (event->wait && proc_fetch_go(&f->proc, event->id, &why) != 0)
		log_warn(
		    "fetch: %.*s: %s", SPAN_ARG(f->wanted[i]->path), why.msg);
}

static int
next(struct fetching *f, struct err *e)
{
	struct proc_fetch_event event;
	int rc = proc_fetch_next(&f->proc, &f->message, &event, e);

	if (rc == 0 && proc_wait(&f->proc, e) == 0)
		err_set(e, ERR_SYSTEM, "the fetch process ended too early");
	if (rc != 1)
		return -1;
	if (event.id >= f->n_asked)
		return err_set(
		    e, ERR_SYSTEM, "the fetch process makes no sense");
	switch (event.kind) {
	case PROC_FETCH_HEAD:
		take_head(f, (size_t)event.id, &event);
		return 0;
	case PROC_FETCH_REPLY:
		return take_reply(f, (size_t)event.id, &event.reply, e);
	default:
		progress_show(f->mirror->progress, f->wanted[event.id]->path,
		    event.done, event.total, "bytes");
		return 0;
	}
}

static int
fetch_all(struct fetching *f, struct err *e)
{
	struct mirror *m = f->mirror;
	int rc;

	fetch_options_of(m->options->config, &m->arena, &f->options);
	rc = proc_fetch_open(&f->proc, &f->options, e);
	while (rc == 0 && (f->n_asked < f->n || f->n_open > 0)) {
		if (f->n_asked == f->n || f->n_open == PROC_FETCH_OPEN_MAX)
			rc = next(f, e);
		else
			rc = ask(f, f->n_asked++, e);
	}
	if (rc != 0 || f->n_missing == 0)
		return rc;
	return refuse(e, REFUSAL_INCOMPLETE,
	    "%u target%s not offered there: %.300s%s", f->n_missing,
	    f->n_missing == 1 ? " is" : "s are", buf_str(&f->missing),
	    f->n_missing > MISSING_SHOWN ? ", …" : "");
}

int
mirror_fetch(struct mirror *m, const struct adopt_target *targets, size_t n,
    struct err *e)
{
	struct fetching f = {
		.mirror = m, .proc = { .ipc = { -1 } }, .message = { .fd = -1 }
	};
	int rc = find_wanted(&f, targets, n, e);

	if (rc == 0 && f.n > 0)
		rc = fetch_all(&f, e);
	proc_kill(&f.proc);
	ipc_message_cleanup(&f.message);
	buf_cleanup(&f.missing);
	free(f.wanted);
	free(f.incoming);
	return rc;
}
