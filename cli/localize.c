/* SPDX-License-Identifier: Apache-2.0 */
/*
 * `scapcache localize`: what a data stream refers to on the web, from the
 * mirror, under the names by which `oscap --local-files` looks for it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/catalog.h"
#include "base/file.h"
#include "base/store.h"
#include "cli/cli.h"
#include "indexer/proc_remotes.h"
#include "indexer/upstream.h"
#include "server/view.h"

struct localizing {
	const struct cli *cli;
	struct arena arena;
	struct state state;
	struct store store;
	struct db *catalog;
	struct view *view;
	struct remote *remotes;
	size_t n_remotes;
	const struct view_file **files; /* of each */
	int dirfd;
};

/* Written below the folder, and nowhere else. */
static bool
is_name(struct span name)
{
	struct span part;

	while (span_next(&name, '/', &part))
		if (part.len == 0 || span_is(part, ".") ||
		    span_is(part, "..") ||
		    memchr(part.ptr, '\0', part.len) != NULL)
			return false;
	return true;
}

/* oscap unpacks bzip2 by itself, whatever the file is called. */
static const struct view_file *
find(struct localizing *l, struct span url)
{
	struct span path = upstream_of_url(url, &l->arena);
	const struct view_file *f = view_find(l->view, path);
	struct buf packed = { 0 };

	if (f == NULL && path.len > 0) {
		buf_printf(&packed, "%.*s.bz2", SPAN_ARG(path));
		f = view_find(l->view, buf_span(&packed));
		buf_cleanup(&packed);
	}
	return f;
}

static int
open_mirror(struct localizing *l, struct err *e)
{
	if (catalog_open(&l->catalog, &l->state, DB_READ, e) != 0)
		return -1;
	if (view_read(&l->view, l->catalog, &l->state, e) != 0)
		return -1;
	if (l->view->generation == 0)
		return err_set(e, ERR_MISSING,
		    "nothing is published yet: `scapcache sync` does that");
	return store_open(&l->store, l->state.dirfd, e);
}

static int
read_remotes(struct localizing *l, const char *path, struct err *e)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	int rc;

	if (fd == -1)
		return err_system(e, "%s", path);
	rc = remotes_read(fd, &l->arena, &l->remotes, &l->n_remotes, e);
	close(fd);
	if (rc != 0)
		return err_context(e, "%s", path);
	return 0;
}

/* All of them, or none: what oscap does not find it passes over. */
static int
find_all(struct localizing *l, struct err *e)
{
	size_t i, n = 0;

	l->files = arena_array(&l->arena, l->n_remotes, sizeof(*l->files));
	for (i = 0; i < l->n_remotes; i++) {
		const struct remote *r = &l->remotes[i];

		if (!is_name(r->name))
			return err_set(e, ERR_FORMAT,
			    "\"%.*s\": no name of a file below a folder",
			    SPAN_ARG(span_first(r->name, 128)));
		l->files[i] = find(l, r->url);
		if (l->files[i] != NULL)
			continue;
		n++;
		err_set(e, ERR_MISSING, "%.*s: %.*s is not mirrored",
		    SPAN_ARG(span_first(r->name, 80)),
		    SPAN_ARG(span_first(r->url, 160)));
		cli_error(e);
	}
	if (n == 0)
		return 0;
	return err_set(e, ERR_MISSING,
	    "nothing is written: sync the sources of these first");
}

/* Written beside, synced, renamed: what stands there is whole. */
static int
copy_to(struct localizing *l, const char *path, int from, struct err *e)
{
	struct buf half = { 0 };
	int fd, rc = -1;

	buf_printf(&half, "%s.new", path);
	unlinkat(l->dirfd, buf_str(&half), 0);
	fd = openat(l->dirfd, buf_str(&half),
	    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd == -1) {
		err_system(e, "%s", buf_str(&half));
		goto out;
	}
	if (file_copy_fd(from, fd, e) == 0) {
		if (fsync(fd) == 0 &&
		    renameat(l->dirfd, buf_str(&half), l->dirfd, path) == 0)
			rc = 0;
		else
			err_system(e, "%s", path);
	}
	close(fd);
	if (rc != 0)
		unlinkat(l->dirfd, buf_str(&half), 0);
out:
	buf_cleanup(&half);
	return rc;
}

static int
write_file(struct localizing *l, const struct remote *r,
    const struct view_file *f, struct err *e)
{
	const char *path = arena_str(&l->arena, r->name);
	struct span folder = span_first(r->name, span_rfind(r->name, '/'));
	struct verified_file *kept = NULL;
	int rc;

	if (folder.len < r->name.len &&
	    file_make_dirs(l->dirfd, arena_str(&l->arena, folder), e) != 0)
		return -1;
	if (store_get(&l->store, &f->sha256, &kept, e) != 0)
		return -1;
	rc = copy_to(l, path, verified_fd(kept), e);
	verified_close(kept);
	return rc;
}

static int
write_all(struct localizing *l, const char *folder, struct err *e)
{
	size_t i;

	if (file_open_dir(AT_FDCWD, folder, true, &l->dirfd, e) != 0)
		return -1;
	for (i = 0; i < l->n_remotes; i++) {
		if (write_file(l, &l->remotes[i], l->files[i], e) != 0)
			return err_context(e, "%s", folder);
		if (!l->cli->quiet)
			printf("%.*s  %.*s\n", SPAN_ARG(l->remotes[i].name),
			    SPAN_ARG(l->files[i]->path));
	}
	return file_sync_dir(l->dirfd, ".", e);
}

static void
cleanup(struct localizing *l)
{
	if (l->dirfd != -1)
		close(l->dirfd);
	store_close(&l->store);
	view_drop(l->view);
	db_close(l->catalog);
	state_close(&l->state);
	arena_cleanup(&l->arena);
}

int
cli_localize(struct cli *cli, int argc, char **argv)
{
	static const struct cli_option options[] = { { 0 } };
	struct localizing l = { .cli = cli, .store = { -1 }, .dirfd = -1 };
	struct err e = { 0 };
	int n_args, rc;

	rc = cli_options(cli, options, argc, argv, &n_args);
	if (rc != 1)
		return rc == 0 ? CLI_OK : CLI_ERROR;
	if (n_args != 2)
		return cli_usage(cli, "takes a data stream and a folder");
	if (cli_state(cli, &l.state, STATE_READ) != 0)
		return CLI_ERROR;
	rc = CLI_OK;
	if (open_mirror(&l, &e) != 0 || read_remotes(&l, argv[1], &e) != 0 ||
	    find_all(&l, &e) != 0 || write_all(&l, argv[2], &e) != 0)
		rc = cli_error(&e);
	else if (l.n_remotes == 0 && !cli->quiet)
		fprintf(stderr,
		    "scapcache: %s refers to nothing that lies elsewhere\n",
		    argv[1]);
	cleanup(&l);
	return rc;
}
