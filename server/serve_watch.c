/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/catalog.h"
#include "base/log.h"
#include "base/mem.h"
#include "bundle/repository.h"
#include "schema_catalog.h"
#include "server/serve_parts.h"

void
serve_watch_close(struct serve_watch *w)
{
	db_close(w->catalog);
	w->catalog = NULL;
}

void
serve_watch_cleanup(struct serve_watch *w)
{
	serve_watch_close(w);
	buf_cleanup(&w->view);
	buf_cleanup(&w->access);
}

/* It leads elsewhere than before. */
static bool
link_changed(struct serve_watch *w)
{
	char now[sizeof(w->current)] = "";
	ssize_t n =
	    readlinkat(w->state->dirfd, "index/current", now, sizeof(now) - 1);

	if (n < 0)
		now[0] = '\0';
	if (strcmp(now, w->current) == 0)
		return false;
	memcpy(w->current, now, sizeof(now));
	return true;
}

/* Something else was signed, with or without another generation. */
static bool
signing_changed(struct serve_watch *w)
{
	struct stat st = { 0 };

	if (fstatat(w->state->dirfd, REPOSITORY_FOLDER "/timestamp.json", &st,
		0) != 0)
		st = (struct stat){ 0 };
	if (st.st_ino == w->signed_inode &&
	    st.st_mtim.tv_sec == w->signed_at.tv_sec &&
	    st.st_mtim.tv_nsec == w->signed_at.tv_nsec)
		return false;
	w->signed_inode = st.st_ino;
	w->signed_at = st.st_mtim;
	return true;
}

/* One that was lost is made anew: what is open then is read by nobody else. */
static void
close_replaced(struct serve_watch *w)
{
	struct stat st = { 0 };

	if (fstatat(w->state->dirfd, "catalog.sqlite", &st, 0) != 0)
		st.st_ino = 0;
	if (st.st_ino != w->catalog_inode)
		serve_watch_close(w);
	w->catalog_inode = st.st_ino;
}

/* 1: somebody wrote to it; 0: nobody did; -1. */
static int
catalog_changed(struct serve_watch *w, struct err *e)
{
	struct db_stmt *q;
	int64_t version = 0;
	bool is_new;
	int rc;

	close_replaced(w);
	is_new = w->catalog == NULL;
	if (is_new && catalog_open(&w->catalog, w->state, DB_READ, e) != 0)
		return e->code == ERR_MISSING ? 0 : -1;
	q = db_query(w->catalog, QUERY_CATALOG_DATA_VERSION);
	rc = db_step(q, e);
	if (rc == 1)
		version = db_int(q, 0);
	db_reset(q);
	if (rc == -1)
		return -1;
	if (!is_new && version == w->data_version)
		return 0;
	w->data_version = version;
	return 1;
}

/* What is the same as before goes nowhere. */
static bool
replace(struct buf *old, struct buf *fresh)
{
	bool same = old->len > 0 && span_eq(buf_span(old), buf_span(fresh));

	if (same) {
		buf_cleanup(fresh);
		return false;
	}
	buf_cleanup(old);
	*old = *fresh;
	return true;
}

static int
read_view(struct serve_watch *w, unsigned *changed, struct err *e)
{
	struct view *view = NULL;
	struct buf fresh = { 0 };

	if (view_read(&view, w->catalog, w->state, e) != 0)
		return -1;
	view_pack(&fresh, view);
	w->generation = view->generation;
	view_drop(view);
	if (replace(&w->view, &fresh))
		*changed |= 1U << SERVE_VIEW;
	return 0;
}

static int
read_access(
    struct serve_watch *w, bool anonymous, unsigned *changed, struct err *e)
{
	struct access_list list = { 0 };
	struct buf fresh = { 0 };

	if (access_read(&list, w->catalog, anonymous, e) != 0)
		return -1;
	access_pack(&fresh, &list);
	access_cleanup(&list);
	w->access_anonymous = anonymous;
	if (replace(&w->access, &fresh))
		*changed |= 1U << SERVE_ACCESS;
	return 0;
}

static void
tell_once(struct serve_watch *w, const struct err *e)
{
	if (strcmp(w->said, e->msg) != 0)
		log_error("serve: %s; what was served before still is", e->msg);
	memcpy(w->said, e->msg, sizeof(w->said));
}

unsigned
serve_watch_look(struct serve_watch *w, bool anonymous)
{
	bool link = link_changed(w), signature = signing_changed(w);
	unsigned changed = 0;
	struct err e = { 0 };
	int rc = catalog_changed(w, &e);

	if (rc == 0 && !link && !signature && w->read &&
	    w->access_anonymous == anonymous)
		return 0;
	/* A token is revoked also while the files cannot be read. */
	if (rc == -1 || read_access(w, anonymous, &changed, &e) != 0 ||
	    read_view(w, &changed, &e) != 0) {
		tell_once(w, &e);
		/* So that it is tried again. */
		serve_watch_close(w);
		return changed;
	}
	w->said[0] = '\0';
	w->read = true;
	return changed;
}
