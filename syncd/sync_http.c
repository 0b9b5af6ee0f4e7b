/* SPDX-License-Identifier: Apache-2.0 */
/* The upstreams, or --from URL, through the fetch process. */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/log.h"
#include "syncd/http_options.h"
#include "syncd/sync_parts.h"

void
sync_http_open(struct sync *s)
{
	fetch_options_of(s->options.config, &s->arena, &s->fetch_options);
}

void
sync_http_close(struct sync *s)
{
	proc_kill(&s->fetch);
	ipc_message_cleanup(&s->fetch_message);
}

struct listing {
	struct sync *s;
	const struct source *source;
};

static int
list_name(void *ctx, struct span path, struct err *e)
{
	const struct listing *l = ctx;
	struct source_file file;
	struct sync_item *it;

	if (!source_match(l->source, path, &l->s->arena, &file))
		return err_set(e, ERR_FORMAT,
		    "%s: there can be no file %.*s: see source.%s in the "
		    "configuration",
		    l->source->name, SPAN_ARG(path), l->source->name);
	if (file.kind->proof == SOURCE_PROOF_META) {
		path = source_meta_path(path, &l->s->arena);
		source_match(l->source, path, &l->s->arena, &file);
	}
	return sync_add(l->s, &file, path, &it, e);
}

int
sync_http_list(struct sync *s, const struct source *source, struct err *e)
{
	struct listing l = { s, source };
	struct source_names names = sync_names(s, source);

	if (source_each_name(&names, list_name, &l, e) != 0)
		return -1;
	return sync_pages_begin(s, source, e);
}

static void
add_url(const struct sync *s, const struct sync_item *it, struct buf *url)
{
	buf_printf(url, "%s%.*s", sync_place(s, it->file.source)->url,
	    SPAN_ARG(source_relative(it->file.source, it->path)));
}

/* Goes on with what a run before left, if it can. */
static int
open_part(struct sync *s, struct sync_item *it, int *fd,
    struct fetch_part *have, struct err *e)
{
	struct buf url = { 0 };

	add_url(s, it, &url);
	part_path(buf_span(&url), it->incoming);
	buf_cleanup(&url);
	return part_open(s->state->dirfd, it->incoming, &s->arena, fd, have, e);
}

/* A CA file that cannot be read is told here: there it is one of none. */
static int
open_process(struct sync *s, struct err *e)
{
	const char *ca = s->fetch_options.ca_file;
	int fd = ca == NULL ? -1 : open(ca, O_RDONLY | O_CLOEXEC);

	if (ca != NULL && fd == -1)
		return err_system(e, "sync.ca_bundle: %s", ca);
	if (fd != -1)
		close(fd);
	return proc_fetch_open(&s->fetch, &s->fetch_options, e);
}

/* The header of the upstream's API with its key, or nothing. */
static void
add_key(const struct sync *s, const struct source *source, struct buf *header)
{
	const char *key = source_api_key(source, s->options.config);

	if (key != NULL)
		buf_printf(header, "apiKey: %s", key);
}

static int
send_request(struct sync *s, struct sync_item *it, int fd,
    const struct fetch_part *have, struct err *e)
{
	const struct source *source = it->file.source;
	struct fetch_request r = { .id = it->id,
		.group = (unsigned)(source - sources),
		.interval_ms = source_interval_ms(source, s->options.config),
		.size_max = it->size_max,
		.part = *have,
		.fd = fd };
	const struct sync_place *p = sync_place(s, source);
	struct buf url = { 0 }, header = { 0 };
	int rc = 0;

	add_url(s, it, &url);
	add_key(s, source, &header);
	r.url = buf_span(&url);
	r.header = buf_span(&header);
	/* No validators where an index has said already that it changed. */
	if (!sync_has_digest(it) && it->known &&
	    span_eq(it->before.origin, p->origin)) {
		r.etag = it->before.etag;
		r.last_modified = it->before.last_modified;
	}
	if (s->fetch.pid == 0)
		rc = open_process(s, e);
	if (rc == 0)
		rc = proc_fetch_get(&s->fetch, &r, e);
	buf_cleanup(&url);
	buf_cleanup(&header);
	return rc;
}

/* What was asked for is refused; its parts are the next run's. */
static void
lose_all(struct sync *s, const struct err *why)
{
	size_t i;

	for (i = 0; i < s->n_items; i++)
		if (s->items[i]->state == SYNC_ASKED)
			sync_refuse(s, s->items[i], why);
	s->n_asked = 0;
}

/* The process is gone, or speaks nonsense. */
static void
lose_process(struct sync *s)
{
	struct err why = { 0 };

	if (proc_wait(&s->fetch, &why) == 0)
		err_set(&why, ERR_SYSTEM, "the fetch process ended too early");
	lose_all(s, &why);
}

int
sync_http_get(struct sync *s, struct sync_item *it, struct err *e)
{
	struct err why = { 0 };
	struct fetch_part have;
	int fd, rc;

	if (s->gave_up[it->file.source - sources]) {
		err_set(
		    &why, ERR_NETWORK, "not asked for: the host failed before");
		sync_refuse(s, it, &why);
		return 0;
	}
	if (open_part(s, it, &fd, &have, e) != 0)
		return -1;
	it->state = SYNC_ASKED;
	s->n_asked++;
	rc = send_request(s, it, fd, &have, &why);
	close(fd);
	if (rc != 0 && s->fetch.pid != 0)
		lose_process(s);
	else if (rc != 0)
		lose_all(s, &why);
	return 0;
}

/* What broke is kept for the next run if that can go on with it. */
static void
keep_or_drop(struct sync *s, struct sync_item *it, bool resumable)
{
	struct err why;

	if (!resumable) {
		sync_incoming_drop(s, it);
	} else if (part_keep(s->state->dirfd, it->incoming, &why) != 0) {
		log_warn("fetch: %.*s: the next run starts again: %s",
		    SPAN_ARG(it->path), why.msg);
		sync_incoming_drop(s, it);
	}
}

static int
arrived(struct sync *s, struct sync_item *it, struct err *e)
{
	struct err why;

	if (part_settle(s->state->dirfd, it->incoming, &why) == 0)
		return sync_arrived(s, it, e);
	sync_incoming_drop(s, it);
	sync_refuse(s, it, &why);
	return 0;
}

static int
take_reply(struct sync *s, struct sync_item *it, const struct fetch_reply *r,
    struct err *e)
{
	it->state = SYNC_WAITING;
	log_info("fetch: %.*s: answered status=%u tries=%u url=%.*s",
	    SPAN_ARG(it->path), r->status, r->tries,
	    SPAN_ARG(sync_url_shown(r->url)));
	if (r->result == FETCH_BODY) {
		it->etag = arena_span(&s->arena, r->etag);
		it->last_modified = arena_span(&s->arena, r->last_modified);
		return arrived(s, it, e);
	}
	keep_or_drop(s, it, r->resumable);
	switch (r->result) {
	case FETCH_NOT_MODIFIED:
		progress_done(s->progress, it->path, 0, "not modified");
		return sync_not_modified(s, it, e);
	case FETCH_ABSENT:
		return sync_absent(s, it, e);
	default:
		if (r->error.code == ERR_NETWORK)
			s->gave_up[it->file.source - sources] = true;
		sync_refuse(s, it, &r->error);
		return 0;
	}
}

/* A body begins: what it is must stand beside it before it is there. */
static void
take_head(struct sync *s, const struct sync_item *it,
    const struct proc_fetch_event *event)
{
	struct err why;

	if (part_note(s->state->dirfd, it->incoming, &event->head, &why) != 0)
		log_warn("fetch: %.*s: %s", SPAN_ARG(it->path), why.msg);
	/* Where the process has ended the next event says so. */
	if (event->wait && proc_fetch_go(&s->fetch, event->id, &why) != 0)
		log_warn("fetch: %.*s: %s", SPAN_ARG(it->path), why.msg);
}

/* Must the upstream have it? A mirror that was named may have some only. */
static bool
sync_is_expected(const struct sync *s, const struct source *source)
{
	return sync_place(s, source)->treefd == -1 &&
	    (s->options.from == NULL || s->options.sources != NULL);
}

void
sync_http_end(struct sync *s)
{
	struct sync_item **absent =
	    arena_array(&s->arena, n_sources, sizeof(*absent));
	bool *offers = arena_array(&s->arena, n_sources, sizeof(*offers));
	struct err why;
	size_t i, k;

	for (i = 0; i < s->n_items; i++) {
		k = (size_t)(s->items[i]->file.source - sources);
		if (s->items[i]->state != SYNC_NOT_OFFERED)
			offers[k] = true;
		else if (absent[k] == NULL)
			absent[k] = s->items[i];
	}
	for (i = 0; i < n_sources; i++) {
		if (offers[i] || absent[i] == NULL ||
		    !sync_is_expected(s, &sources[i]))
			continue;
		err_set(&why, ERR_MISSING,
		    "not one file of %s is offered: has its address changed? "
		    "(source.%s.url)",
		    sources[i].name, sources[i].name);
		sync_refuse(s, absent[i], &why);
	}
}

int
sync_http_next(struct sync *s, struct err *e)
{
	struct proc_fetch_event event;
	struct sync_item *it;
	struct err why;

	if (proc_fetch_next(&s->fetch, &s->fetch_message, &event, &why) != 1 ||
	    event.id >= s->n_items) {
		lose_process(s);
		return 0;
	}
	it = s->items[event.id];
	switch (event.kind) {
	case PROC_FETCH_HEAD:
		take_head(s, it, &event);
		return 0;
	case PROC_FETCH_REPLY:
		s->n_asked--;
		return take_reply(s, it, &event.reply, e);
	default:
		progress_show(
		    s->progress, it->path, event.done, event.total, "bytes");
		return 0;
	}
}
