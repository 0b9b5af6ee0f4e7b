/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/catalog.h"
#include "base/clock.h"
#include "base/file.h"
#include "base/printable.h"
#include "bundle/import_keep.h"
#include "bundle/refusal.h"
#include "cli/bundle_input.h"
#include "cli/print.h"
#include "schema_catalog.h"
#include "syncd/adopt.h"
#include "syncd/progress.h"

#define MISSING_SHOWN 20u

/* Columns of ledger_list. */
#define LEDGER_EVENT 2
#define LEDGER_SOURCES 13

struct session {
	struct cli *cli;
	const struct bundle_arguments *arguments;
	struct import_options options;
	struct arena arena;
	uint64_t size_bytes; /* of the bundle; 0: not known */
	struct state state;  /* dirfd -1: there is none */
	bool is_new;         /* made by this run, and so is its folder: */
	bool is_new_folder;
	struct repository trust;
	struct import_report report;
	struct import_keep *keep;
	struct import *import;
	struct progress *progress;
	size_t n_missing;
	struct buf missing; /* a line each */
	struct adopt_result adopted;
};

/* --- what is told on the way --- */

static void
on_missing(void *ctx, struct span what)
{
	struct session *s = ctx;

	if (s->n_missing++ >= MISSING_SHOWN)
		return;
	buf_add_str(&s->missing, "  ");
	printable_add(&s->missing, what);
	buf_add_char(&s->missing, '\n');
}

static void
on_progress(void *ctx, uint64_t bytes)
{
	struct session *s = ctx;

	progress_show(s->progress, span_of(s->options.parts[0]), bytes,
	    s->size_bytes, "bytes");
}

/* Leaves the exit status. */
static int
tell_refusal(const struct session *s, const struct err *e)
{
	int status = cli_refused(e);

	if (s->n_missing > 0)
		fprintf(stderr, "Missing:\n%s", buf_str(&s->missing));
	if (s->n_missing > MISSING_SHOWN)
		fprintf(
		    stderr, "  and %zu more\n", s->n_missing - MISSING_SHOWN);
	return status;
}

/* --- before --- */

/* Of a run that was killed in the middle only a writer can make it whole. */
static int
open_catalog(const struct session *s, struct db **out, struct err *e)
{
	if (catalog_open(out, &s->state, DB_READ, e) == 0)
		return 0;
	if (s->state.lockfd == -1 || e->code == ERR_MISSING ||
	    e->code == ERR_FORMAT)
		return -1;
	return catalog_open(out, &s->state, DB_WRITE, e);
}

/* Never before what was made already: a clock may be set back. */
static int
read_clock(struct session *s, struct err *e)
{
	struct db *catalog = NULL;
	struct db_stmt *row;
	int rc = 0;

	s->options.now = clock_now();
	if (s->state.dirfd == -1)
		return 0;
	if (open_catalog(s, &catalog, e) != 0)
		/* One of before has accepted nothing. */
		return e->code == ERR_MISSING || e->code == ERR_FORMAT ? 0 : -1;
	row = db_query(catalog, QUERY_CATALOG_LEDGER_NEWEST_MADE);
	rc = db_step(row, e);
	if (rc == 1 && db_int(row, 0) > s->options.now)
		s->options.now = db_int(row, 0);
	db_reset(row);
	db_close(catalog);
	return rc == -1 ? -1 : 0;
}

static int
prepare(struct session *s, struct err *e)
{
	s->trust.dirfd = -1;
	if (s->state.dirfd != -1 &&
	    repository_open(&s->trust, s->state.dirfd, false, e) != 0 &&
	    e->code != ERR_MISSING)
		return -1;
	if (read_clock(s, e) != 0)
		return -1;
	s->report = (struct import_report){ s, on_missing, on_progress };
	s->keep = import_keep_new(s->state.dirfd, &s->report);
	s->progress = progress_open(s->cli->quiet);
	return 0;
}

static int
read_bundle(struct session *s, struct err *e)
{
	struct import_sink sink = import_keep_sink(s->keep);
	int rc = import_read(&s->import, &s->options, &s->trust, &sink, e);

	progress_clear(s->progress, span_of(s->options.parts[0]));
	if (rc == 0)
		progress_say(s->progress, "verify: %s: %" PRIu64 " bytes",
		    s->options.parts[0], import_result(s->import)->size_bytes);
	return rc;
}

static int
begin(struct session *s, struct cli *cli, const struct bundle_arguments *a,
    const char *action)
{
	*s = (struct session){ .cli = cli,
		.arguments = a,
		.options = { .root = a->root,
		    .accept_expired = a->accept_expired },
		.state = { .dirfd = -1, .lockfd = -1 },
		.trust = { -1 } };
	if (a->n_names == 0)
		return cli_usage(cli, "%s needs a file", action);
	s->options.parts = bundle_parts(a, &s->arena, &s->size_bytes);
	return bundle_sources(cli, a->sources, &s->arena, &s->options.sources,
	    &s->options.n_sources);
}

static void
end(struct session *s)
{
	progress_close(s->progress);
	import_free(s->import);
	import_keep_free(s->keep);
	repository_close(&s->trust);
	state_close(&s->state);
	buf_cleanup(&s->missing);
	arena_cleanup(&s->arena);
}

/* --- what came of it --- */

static void
print_bundle(const struct session *s, struct out *o)
{
	const struct import_result *r = import_result(s->import);
	char hex[DIGEST_HEX_SIZE], time[CLOCK_TEXT_SIZE];

	out_printf(o,
	    "Generation %" PRIu64 ", made %s: %zu documents.\n"
	    "Bundle %s, %" PRIu64 " bytes, %s.\n"
	    "Versions: root %" PRIu64 ", timestamp %" PRIu64
	    ", snapshot %" PRIu64 ".\n",
	    r->manifest.generation, clock_text(r->manifest.made, time),
	    r->manifest.n_documents, digest_hex(&r->bundle, hex), r->size_bytes,
	    r->base.len > 0 ? "a delta" : "full", r->root_version,
	    r->timestamp_version, r->snapshot_version);
	if (r->sources.len > 0) {
		out_str(o, "It has these sources only: ");
		print_safe(o, r->sources);
		out_str(o, ".\n");
	}
	if (r->is_expired)
		out_str(o,
		    "Its signatures have expired: its content counts as "
		    "stale.\n");
	if (r->is_gap)
		out_printf(o,
		    "GAP: snapshots %" PRIu64 " to %" PRIu64 " were skipped.\n",
		    r->snapshot_before + 1, r->snapshot_version - 1);
}

static void
print_verified(const struct session *s, struct out *o)
{
	const struct import_result *r = import_result(s->import);

	print_bundle(s, o);
	if (r->is_replay)
		out_str(o, "REPLAY: all of it was imported before.\n");
	else
		out_printf(o,
		    "All of it is proved; an import would bring %" PRIu64
		    " new files, %" PRIu64 " bytes.\n",
		    r->n_new, r->new_bytes);
}

static void
print_imported(const struct session *s, struct out *o)
{
	const struct import_result *r = import_result(s->import);
	const struct adopt_result *a = &s->adopted;

	print_bundle(s, o);
	out_printf(o,
	    "%" PRIu64 " new files, %" PRIu64 " bytes; %" PRIu64 " of %" PRIu64
	    " documents are new or changed.\n",
	    r->n_new, r->new_bytes, a->n_new, a->n_documents);
	if (a->published)
		out_printf(o,
		    "Generation %" PRIu64 " is published. Next: scapcache "
		    "status\n",
		    a->generation);
	else
		out_printf(o,
		    "Nothing new: generation %" PRIu64 " stays current.\n",
		    a->generation);
}

static int
print(const struct session *s,
    void (*how)(const struct session *s, struct out *o))
{
	struct err e = { 0 };
	struct out o;
	int rc;

	out_init(&o, STDOUT_FILENO);
	how(s, &o);
	rc = out_flush(&o, &e);
	out_cleanup(&o);
	return rc == 0 ? CLI_OK : cli_error(&e);
}

/* --- verify --- */

int
bundle_verify(struct cli *cli, const struct bundle_arguments *a)
{
	struct err e = { 0 };
	struct session s;
	int status = begin(&s, cli, a, "verify");

	s.options.verify_only = true;
	if (status != CLI_OK)
		goto out;
	if ((state_open(&s.state, cli->state, STATE_READ, 0, &e) != 0 &&
		e.code != ERR_MISSING) ||
	    prepare(&s, &e) != 0)
		status = cli_error(&e);
	else if (read_bundle(&s, &e) != 0)
		status = tell_refusal(&s, &e);
	else
		status = print(&s, print_verified);
out:
	end(&s);
	return status;
}

/* --- import --- */

static const char *const made[] = { "store", "index", "incoming", "run",
	"bundles", "version", "catalog.sqlite", "catalog.sqlite-wal",
	"catalog.sqlite-shm" };

static int
open_state(struct session *s)
{
	const char *path = s->cli->state;
	struct err ignored;
	int fd = -1;

	s->is_new_folder = access(path, F_OK) != 0 && errno == ENOENT;
	s->is_new = s->is_new_folder;
	if (!s->is_new &&
	    file_open_dir(AT_FDCWD, path, false, &fd, &ignored) == 0) {
		s->is_new = !file_exists(fd, "store") &&
		    !file_exists(fd, "version") &&
		    !file_exists(fd, "catalog.sqlite");
		close(fd);
	}
	return cli_state(s->cli, &s->state, STATE_WRITE);
}

/* A refusal leaves all as it was, also if there was nothing. */
static void
take_back(struct session *s)
{
	struct err ignored;
	size_t i;

	import_keep_undo(s->keep);
	if (!s->is_new)
		return;
	for (i = 0; i < sizeof(made) / sizeof(*made); i++)
		file_remove_tree(s->state.dirfd, made[i], &ignored);
	if (s->is_new_folder)
		rmdir(s->state.path);
}

static struct adopt
adoption(struct session *s, char hex[DIGEST_HEX_SIZE])
{
	const struct import_result *r = import_result(s->import);
	struct adopt_metadata *metadata =
	    arena_array(&s->arena, r->n_metadata, sizeof(*metadata));
	struct adopt_target *targets =
	    arena_array(&s->arena, r->n_targets, sizeof(*targets));
	size_t i;

	for (i = 0; i < r->n_metadata; i++)
		metadata[i] = (struct adopt_metadata){ r->metadata[i].name,
			r->metadata[i].bytes };
	for (i = 0; i < r->n_targets; i++)
		targets[i] = (struct adopt_target){ r->targets[i].path,
			r->targets[i].role, r->targets[i].sha256,
			r->targets[i].size_bytes, r->targets[i].custom };
	return (struct adopt){
		.manifest = &r->manifest,
		.metadata = metadata,
		.n_metadata = r->n_metadata,
		.targets = targets,
		.n_targets = r->n_targets,
		.sources = s->options.sources,
		.n_sources = s->options.n_sources,
		.root_version = r->root_version,
		.timestamp_version = r->timestamp_version,
		.snapshot_version = r->snapshot_version,
		.snapshot = r->snapshot,
		.is_expired = r->is_expired,
		.name = span_of(s->options.parts[0]),
		.bundle = span_of(digest_hex(&r->bundle, hex)),
		.size_bytes = r->size_bytes,
		.base = r->base,
		.progress = s->progress,
		.config = s->cli->config,
	};
}

static int
audit_gap(struct session *s, struct db *catalog, struct err *e)
{
	const struct import_result *r = import_result(s->import);
	struct buf subject = { 0 }, detail = { 0 };
	int rc;

	if (!r->is_gap)
		return 0;
	buf_printf(&subject, "generation %" PRIu64, s->adopted.generation);
	buf_printf(&detail, "snapshots %" PRIu64 " to %" PRIu64,
	    r->snapshot_before + 1, r->snapshot_version - 1);
	rc = catalog_audit(
	    catalog, buf_span(&subject), "gap", buf_span(&detail), e);
	buf_cleanup(&subject);
	buf_cleanup(&detail);
	return rc;
}

static int
take_over(struct session *s, struct db *catalog, struct err *e)
{
	struct store store = { -1 };
	char hex[DIGEST_HEX_SIZE];
	struct adopt adopt;
	int rc;

	rc = store_open(&store, s->state.dirfd, e);
	if (rc == 0)
		rc = import_keep_commit(s->keep, &store, e);
	if (rc == 0) {
		adopt = adoption(s, hex);
		rc = adopt_run(
		    &s->state, catalog, &store, &adopt, &s->adopted, e);
	}
	if (rc == 0)
		rc = audit_gap(s, catalog, e);
	store_close(&store);
	return rc;
}

/* Were the sources of the last import the ones that are asked for now? */
static int
has_same_sources(
    const struct session *s, struct db *catalog, bool *same, struct err *e)
{
	struct db_stmt *row = db_query(catalog, QUERY_CATALOG_LEDGER_LIST);
	struct buf words = { 0 };
	size_t i;
	int rc;

	for (i = 0; i < s->options.n_sources; i++)
		buf_printf(&words, "%s%.*s", i == 0 ? "" : " ",
		    SPAN_ARG(s->options.sources[i]));
	while ((rc = db_step(row, e)) == 1)
		if (span_is(db_text(row, LEDGER_EVENT), "imported"))
			*same = span_eq(
			    db_text(row, LEDGER_SOURCES), buf_span(&words));
	db_reset(row);
	buf_cleanup(&words);
	return rc;
}

/* 1: there is nothing to do; 0: there is; -1. */
static int
is_replay(const struct session *s, struct err *e)
{
	struct db *catalog = NULL;
	bool same = false;
	int rc;

	if (!import_result(s->import)->is_replay)
		return 0;
	/* One of an older scapcache is brought up to date. */
	if (catalog_open(&catalog, &s->state, DB_READ, e) != 0 &&
	    (e->code != ERR_FORMAT ||
		catalog_open(&catalog, &s->state, DB_WRITE, e) != 0))
		return -1;
	rc = has_same_sources(s, catalog, &same, e);
	db_close(catalog);
	return rc == 0 ? same : -1;
}

static int
import(struct session *s, struct err *e)
{
	struct db *catalog = NULL;
	int rc;

	/* Before anything is kept of it. */
	if (adopt_check(&s->state, e) != 0 || read_bundle(s, e) != 0)
		return -1;
	rc = is_replay(s, e);
	if (rc == 0) {
		rc = catalog_open(&catalog, &s->state, DB_WRITE, e);
		if (rc == 0)
			rc = take_over(s, catalog, e);
		db_close(catalog);
	}
	if (rc != -1 &&
	    import_keep_sweep(s->keep, &import_result(s->import)->bundle, e) !=
		0)
		return -1;
	return rc;
}

static void
print_replay(const struct session *s, struct out *o)
{
	print_bundle(s, o);
	out_str(
	    o, "REPLAY: all of it was imported before; nothing was changed.\n");
}

int
bundle_import(struct cli *cli, const struct bundle_arguments *a)
{
	struct err e = { 0 };
	struct session s;
	int status = begin(&s, cli, a, "import");
	int rc;

	if (status != CLI_OK)
		goto out;
	if (open_state(&s) != 0) {
		status = CLI_ERROR;
	} else if (prepare(&s, &e) != 0) {
		status = cli_error(&e);
	} else {
		rc = import(&s, &e);
		if (rc == -1 && refusal_of(&e) != REFUSAL_NONE)
			take_back(&s);
		status = rc == -1
		    ? tell_refusal(&s, &e)
		    : print(&s, rc == 1 ? print_replay : print_imported);
	}
out:
	end(&s);
	return status;
}
