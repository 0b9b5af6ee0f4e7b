/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json_out.h"
#include "base/log.h"
#include "bundle/export_ledger.h"
#include "bundle/folder.h"
#include "bundle/refusal.h"
#include "cli/bundle.h"
#include "cli/bundle_input.h"
#include "cli/print.h"
#include "schema_catalog.h"
#include "syncd/progress.h"
#include "syncd/publish.h"

#define SPLIT_MIN ((uint64_t)4096)

struct arguments {
	const char *path; /* NULL: into bundles/ */
	const char *since;
	const char *sources;
	const char *split;
	bool json;
};

struct exporting {
	const struct cli *cli;
	struct arguments a;
	struct export_options options;
	struct export_result result;
	struct export_current current;
	uint64_t since;   /* the generation that --since names; 0: none */
	struct span name; /* in the ledger */
	int64_t expires;  /* of what expires first */
	struct arena arena;
	struct progress *progress;
	int64_t shown_ms;
};

/* --- options --- */

/* "700M": units of 1024. */
static bool
parse_size(struct span text, uint64_t *out)
{
	const struct span units = SPAN_LIT("KMGT");
	unsigned shift = 0;
	uint64_t n;
	size_t i;

	if (text.len > 0 && !span_is_digit(text.ptr[text.len - 1])) {
		i = span_find(units, text.ptr[text.len - 1]);
		if (i == units.len)
			return false;
		shift = 10 * ((unsigned)i + 1);
		text.len--;
	}
	if (!parse_uint(text, UINT64_MAX >> shift, &n))
		return false;
	*out = n << shift;
	return true;
}

static int
choose_split(const struct cli *cli, struct exporting *x)
{
	if (x->a.split == NULL)
		return CLI_OK;
	if (!parse_size(span_of(x->a.split), &x->options.split) ||
	    x->options.split < SPLIT_MIN)
		return cli_usage(cli,
		    "--split is a size such as 4095M or 650M, at least 4K, "
		    "not %s",
		    x->a.split);
	return CLI_OK;
}

/* A number is a generation of this side; all else is a file. */
static int
choose_base(struct exporting *x, struct db *catalog, struct err *e)
{
	struct span since = span_of(x->a.since);
	int fd, rc;

	if (x->a.since == NULL)
		return 0;
	if (parse_uint(since, INT64_MAX, &x->since))
		return export_since_generation(
		    catalog, x->since, &x->arena, &x->options, e);
	fd = open(x->a.since, O_RDONLY | O_CLOEXEC);
	if (fd == -1)
		return err_system(e, "%s", x->a.since);
	rc = export_since_receipt(fd, &x->arena, &x->options, e);
	if (rc != 0 && refusal_of(e) == REFUSAL_SHAPE)
		err_context(e, "it is no receipt.json");
	if (rc != 0)
		err_context(e, "%s", x->a.since);
	close(fd);
	return rc;
}

static int
read_expires(struct exporting *x, struct db *catalog, struct err *e)
{
	struct db_stmt *st = db_query(catalog, QUERY_CATALOG_TUF_ROLE_LIST);
	int rc;

	x->expires = INT64_MAX;
	while ((rc = db_step(st, e)) == 1)
		if (db_int(st, 2) < x->expires)
			x->expires = db_int(st, 2);
	db_reset(st);
	return rc;
}

/* --- what is said --- */

static void
show_progress(void *ctx, uint64_t bytes, uint64_t of_bytes)
{
	struct exporting *x = ctx;
	int64_t now = clock_monotonic_ms();

	if (bytes < of_bytes && now - x->shown_ms < 100)
		return;
	x->shown_ms = now;
	progress_show(
	    x->progress, span_of(x->a.path), bytes, of_bytes, "bytes");
}

static void
show_patching(void *ctx, size_t done, size_t of)
{
	struct exporting *x = ctx;

	progress_show(
	    x->progress, span_of(x->a.path), done, of, "patches made");
}

static void
print_files(struct out *o, const struct exporting *x)
{
	const struct export_result *r = &x->result;

	out_printf(o, "%" PRIu64 " file%s: %" PRIu64 " whole", r->n_targets,
	    r->n_targets == 1 ? "" : "s", r->n_whole);
	if (x->a.since != NULL)
		out_printf(o,
		    ", %" PRIu64 " as patches, %" PRIu64
		    " that the other side has",
		    r->n_patches, r->n_targets - r->n_whole - r->n_patches);
	out_char(o, '\n');
}

static void
print_expires(struct out *o, const struct exporting *x)
{
	char time[CLOCK_TEXT_SIZE];

	clock_text(x->expires, time);
	if (x->expires > clock_now())
		out_printf(o, "To be imported before %s\n", time);
	else
		out_printf(o,
		    "EXPIRED at %s: an import needs --accept-expired\n", time);
}

/* The words of the command that takes it over. */
static void
print_next(struct out *o, struct exporting *x)
{
	const char *slash = strrchr(x->a.path, '/');
	struct span name = span_of(slash == NULL ? x->a.path : slash + 1);
	size_t i;

	out_str(o, "On the other side: scapcache bundle import ");
	print_safe(o, name);
	for (i = 0; i < x->options.n_sources; i++) {
		out_str(o, i == 0 ? " --source " : ",");
		out_span(o, x->options.sources[i]);
	}
	out_char(o, '\n');
}

static void
print_text(struct out *o, struct exporting *x)
{
	char hex[DIGEST_HEX_SIZE], time[CLOCK_TEXT_SIZE];
	const struct export_result *r = &x->result;

	print_safe(o, span_of(x->a.path));
	out_printf(o, ": %" PRIu64 " bytes", r->size_bytes);
	if (x->options.split > 0)
		out_printf(
		    o, " in %u parts, and their digests", r->n_files - 1);
	out_printf(o, "\nsha256:%s\n", digest_hex(&r->manifest, hex));
	out_printf(o, "generation %" PRIu64 " of %s", x->current.generation,
	    clock_text(x->current.made, time));
	if (x->options.base_snapshot.len > 0)
		out_printf(o, ", on top of snapshot %.12s",
		    x->options.base_snapshot.ptr);
	out_char(o, '\n');
	print_files(o, x);
	print_expires(o, x);
	if (strcmp(x->a.path, "-") != 0)
		print_next(o, x);
}

static void
print_json(struct out *o, struct exporting *x)
{
	char digest[DIGEST_HEX_SIZE + 7] = "sha256:";
	const struct export_result *r = &x->result;
	struct json_out j;
	size_t i;

	digest_hex(&r->manifest, digest + 7);
	json_out_init(&j, o);
	json_object(&j, NULL);
	json_uint(&j, "format", 1);
	json_str(&j, "file", x->a.path);
	json_uint(&j, "size_bytes", r->size_bytes);
	json_str(&j, "digest", digest);
	json_uint(&j, "generation", x->current.generation);
	json_time(&j, "made", x->current.made);
	json_time(&j, "expires", x->expires);
	json_uint(&j, "timestamp_version", x->current.timestamp);
	json_uint(&j, "snapshot_version", x->current.snapshot);
	json_uint(&j, "targets", r->n_targets);
	json_uint(&j, "whole", r->n_whole);
	json_uint(&j, "patches", r->n_patches);
	json_uint(&j, "files", r->n_files);
	if (x->options.base_snapshot.len > 0)
		json_span(&j, "base_snapshot", x->options.base_snapshot);
	json_array(&j, "sources");
	for (i = 0; i < x->options.n_sources; i++)
		json_span(&j, NULL, x->options.sources[i]);
	json_array_end(&j);
	json_object_end(&j);
	out_char(o, '\n');
}

/* Where the bundle itself goes to standard output, the talk does not. */
static int
print_result(struct exporting *x, struct err *e)
{
	bool to_stdout = strcmp(x->a.path, "-") == 0;
	struct out o;
	int rc;

	if (to_stdout && x->cli->quiet && !x->a.json)
		return 0;
	out_init(&o, to_stdout ? STDERR_FILENO : STDOUT_FILENO);
	if (x->a.json)
		print_json(&o, x);
	else
		print_text(&o, x);
	rc = out_flush(&o, e);
	out_cleanup(&o);
	return rc;
}

/* --- the verb --- */

static int
sign_newest(
    struct exporting *x, struct state *s, struct db *catalog, struct err *e)
{
	const struct publish_options o = { .config = x->cli->config,
		.passphrase_fd = -1,
		.may_ask = isatty(STDIN_FILENO) == 1,
		.refresh = true };

	return publish_generation(s, catalog, &o, e) == -1 ? -1 : 0;
}

/* Where it goes, if no file was named: that follows from what is current. */
static int
choose_path(struct exporting *x, const struct state *s, struct err *e)
{
	const struct folder_file f = { x->since, x->current.generation };
	char name[FOLDER_NAME_SIZE];
	struct buf b = { 0 };
	int rc = 0;

	if (x->a.path == NULL && x->current.generation == 0)
		return err_set(e, ERR_MISSING,
		    "nothing is signed here yet: `scapcache key init` and "
		    "`scapcache sync`");
	x->name = span_of(x->a.path);
	if (x->a.path == NULL) {
		buf_printf(
		    &b, FOLDER_BUNDLES "/%s", folder_file_name(&f, name));
		x->name = arena_span(&x->arena, buf_span(&b));
		buf_reset(&b);
		rc = folder_file_path(s, &f, &b, e);
		x->a.path = arena_str(&x->arena, buf_span(&b));
	}
	x->options.path = x->a.path;
	buf_cleanup(&b);
	return rc;
}

static int
export_state(struct exporting *x, struct state *s, struct err *e)
{
	struct store store = { -1 };
	struct db *catalog = NULL;
	int rc = -1;

	if (catalog_open(&catalog, s, DB_WRITE, e) == 0 &&
	    store_open(&store, s->dirfd, e) == 0 &&
	    sign_newest(x, s, catalog, e) == 0 &&
	    choose_base(x, catalog, e) == 0 &&
	    export_current(catalog, &x->arena, &x->current, e) == 0 &&
	    export_limit_sources(&x->current, &x->arena, &x->options, e) == 0 &&
	    read_expires(x, catalog, e) == 0 && choose_path(x, s, e) == 0 &&
	    export_run(s, catalog, &store, &x->options, &x->result, e) == 0)
		rc = export_record(
		    catalog, &x->current, &x->options, &x->result, x->name, e);
	store_close(&store);
	db_close(catalog);
	return rc;
}

static int
run(struct cli *cli, struct exporting *x)
{
	struct err e = { 0 };
	struct state state;
	int rc;

	if (cli_lock_state(cli, &state) != 0)
		return CLI_ERROR;
	x->progress = progress_open(cli->quiet);
	x->options.ctx = x;
	x->options.progress = show_progress;
	x->options.patching = show_patching;
	rc = export_state(x, &state, &e);
	progress_close(x->progress);
	state_close(&state);
	if (rc == 0)
		rc = print_result(x, &e);
	return rc == 0 ? CLI_OK : cli_refused(&e);
}

/* May it go into bundles/, where the name says all? */
static bool
fits_folder(const struct arguments *a)
{
	uint64_t ignored;

	return a->split == NULL && a->sources == NULL &&
	    (a->since == NULL ||
		parse_uint(span_of(a->since), UINT32_MAX, &ignored));
}

int
bundle_export(struct cli *cli, int argc, char **argv)
{
	struct exporting x = { .cli = cli };
	const struct cli_option options[] = {
		{ "since", "GENERATION|FILE",
		    "leave out what a generation of this side, or the other "
		    "side's receipt.json, has",
		    &x.a.since },
		{ "source", "SOURCE[,SOURCE…]", "only files of these sources",
		    &x.a.sources },
		{ "split", "SIZE",
		    "FILE.000, FILE.001, … of at most SIZE bytes (4095M, 650M) "
		    "and FILE.sha256",
		    &x.a.split },
		{ "json", NULL, "the summary as JSON", &x.a.json },
		{ 0 },
	};
	int n_args, rc;

	rc = cli_options(cli, options, argc, argv, &n_args);
	if (rc != 1)
		return rc == 0 ? CLI_OK : CLI_ERROR;
	if (n_args > 1)
		return cli_usage(cli, "name one file to write, or -");
	if (n_args == 1)
		x.a.path = argv[1];
	else if (!fits_folder(&x.a))
		return cli_usage(cli,
		    "name a FILE: what the server offers is whole, of all "
		    "sources, or since a GENERATION");
	rc = bundle_sources(cli, x.a.sources, &x.arena, &x.options.sources,
	    &x.options.n_sources);
	if (rc == CLI_OK)
		rc = choose_split(cli, &x);
	if (rc == CLI_OK)
		rc = run(cli, &x);
	arena_cleanup(&x.arena);
	return rc;
}
