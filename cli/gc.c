/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json_out.h"
#include "bundle/export_ledger.h"
#include "bundle/folder.h"
#include "cli/cli.h"
#include "indexer/gc.h"
#include "scanner/results.h"

static const char *const kinds[N_GC_KINDS] = {
	[GC_GENERATION] = "generation",
	[GC_LEFTOVER] = "leftover",
	[GC_FORGOTTEN] = "forgotten",
	[GC_BLOB] = "file",
	[GC_BUNDLE] = "bundle",
};

struct listing {
	bool as_json;
	struct out out;
	struct json_out json;
};

static int
print_item(void *ctx, const struct gc_item *item, struct err *e)
{
	struct listing *l = ctx;

	(void)e;
	if (l->as_json) {
		json_object(&l->json, NULL);
		json_str(&l->json, "kind", kinds[item->kind]);
		json_str(&l->json, "name", item->name);
		json_uint(&l->json, "freed_bytes", item->freed_bytes);
		json_object_end(&l->json);
		return 0;
	}
	out_printf(&l->out, "%-10s  %12" PRIu64 "  %s\n", kinds[item->kind],
	    item->freed_bytes, item->name);
	return 0;
}

static void
print_begin(struct listing *l, bool dry_run)
{
	if (!l->as_json)
		return;
	json_object(&l->json, NULL);
	json_uint(&l->json, "format", 1);
	json_bool(&l->json, "dry_run", dry_run);
	json_array(&l->json, "removed");
}

static void
print_results(struct listing *l, const struct results_removed *gone)
{
	if (l->as_json) {
		json_object(&l->json, "results");
		json_uint(&l->json, "layers", gone->n_layers);
		json_uint(&l->json, "inventories", gone->n_inventories);
		json_uint(&l->json, "verdicts", gone->n_verdicts);
		json_uint(&l->json, "freed_bytes", gone->size);
		json_object_end(&l->json);
	} else if (gone->n_layers + gone->n_inventories + gone->n_verdicts >
	    0) {
		out_printf(&l->out,
		    "Of results.sqlite: %" PRIu64 " inventories, %" PRIu64
		    " verdicts, %" PRIu64 " layers: %" PRIu64 " bytes\n",
		    gone->n_inventories, gone->n_verdicts, gone->n_layers,
		    gone->size);
	}
}

static void
print_end(struct listing *l, const struct gc_result *r,
    const struct results_removed *gone, bool dry_run)
{
	if (l->as_json) {
		json_array_end(&l->json);
		json_uint(&l->json, "generations", r->n[GC_GENERATION]);
		json_uint(&l->json, "files", r->n[GC_BLOB]);
		json_uint(&l->json, "leftovers", r->n[GC_LEFTOVER]);
		json_uint(&l->json, "bundles", r->n[GC_BUNDLE]);
		json_uint(&l->json, "freed_bytes", r->freed_bytes);
		print_results(l, gone);
		json_object_end(&l->json);
		out_char(&l->out, '\n');
		return;
	}
	out_printf(&l->out,
	    "%s%" PRIu64 " generation%s, %" PRIu64 " file%s, %" PRIu64
	    " leftover%s",
	    dry_run ? "Would remove " : "Removed ", r->n[GC_GENERATION],
	    r->n[GC_GENERATION] == 1 ? "" : "s", r->n[GC_BLOB],
	    r->n[GC_BLOB] == 1 ? "" : "s", r->n[GC_LEFTOVER],
	    r->n[GC_LEFTOVER] == 1 ? "" : "s");
	if (r->n[GC_BUNDLE] > 0)
		out_printf(&l->out, ", %" PRIu64 " bundle%s", r->n[GC_BUNDLE],
		    r->n[GC_BUNDLE] == 1 ? "" : "s");
	out_printf(&l->out, ": %" PRIu64 " bytes\n", r->freed_bytes);
	print_results(l, gone);
}

/* results.sqlite, where there is one; its file keeps the room for others. */
static int
collect_results(const struct cli *cli, const struct state *s, bool dry_run,
    struct results_removed *gone, struct err *e)
{
	struct results *r = NULL;
	int rc;

	*gone = (struct results_removed){ 0 };
	if (!file_exists(s->dirfd, "results.sqlite"))
		return 0;
	if (results_open(&r, s, true, e) != 0)
		return -1;
	rc = results_gc(
	    r, config_uint(cli->config, "scan.keep"), dry_run, gone, e);
	results_close(r);
	return rc;
}

struct bundle_count {
	struct listing *list;
	struct gc_result *result;
};

static int
count_bundle(void *ctx, const char *name, uint64_t freed_bytes, struct err *e)
{
	const struct gc_item item = { GC_BUNDLE, name, freed_bytes };
	const struct bundle_count *b = ctx;

	b->result->n[GC_BUNDLE]++;
	b->result->freed_bytes += freed_bytes;
	return print_item(b->list, &item, e);
}

/* Those of bundles/ that bundle.keep does not. */
static int
collect_bundles(const struct cli *cli, const struct state *s,
    struct db *catalog, struct bundle_count *b, bool dry_run, struct err *e)
{
	const struct folder_report report = { b, count_bundle };
	struct folder_prune prune = {
		.keep = config_uint(cli->config, "bundle.keep"),
		.dry_run = dry_run,
		.report = &report,
	};
	struct export_current current;
	struct arena arena = { 0 };
	int rc = export_current(catalog, &arena, &current, e);

	prune.generation = current.generation;
	arena_cleanup(&arena);
	return rc == 0 ? folder_prune(s, &prune, e) : -1;
}

static int
collect(const struct cli *cli, const struct state *s,
    const struct gc_options *o, struct listing *l, struct err *e)
{
	struct results_removed gone = { 0 };
	const struct gc_report report = { l, print_item };
	struct db *catalog = NULL;
	struct gc_result result;
	struct bundle_count bundles = { l, &result };
	int rc;

	if (catalog_open(&catalog, s, DB_WRITE, e) != 0)
		return -1;
	print_begin(l, o->dry_run);
	rc = gc_run(s, catalog, o, &report, &result, e);
	if (rc == 0)
		rc = collect_bundles(cli, s, catalog, &bundles, o->dry_run, e);
	if (rc == 0)
		rc = collect_results(cli, s, o->dry_run, &gone, e);
	print_end(l, &result, &gone, o->dry_run);
	db_close(catalog);
	if (out_flush(&l->out, rc == 0 ? e : &(struct err){ 0 }) != 0)
		rc = -1;
	return rc;
}

static int
gc(struct cli *cli, bool dry_run, bool as_json)
{
	const struct gc_options o = {
		.generations =
		    config_uint(cli->config, "retention.generations"),
		.days = config_uint(cli->config, "retention.days"),
		.blob_days = config_uint(cli->config, "retention.blob_days"),
		.dry_run = dry_run,
	};
	struct listing l = { .as_json = as_json };
	struct err e = { 0 };
	struct state state;
	int rc;

	if (cli_lock_state(cli, &state) != 0)
		return CLI_ERROR;
	out_init(&l.out, STDOUT_FILENO);
	json_out_init(&l.json, &l.out);
	rc = collect(cli, &state, &o, &l, &e);
	out_cleanup(&l.out);
	state_close(&state);
	return rc == 0 ? CLI_OK : cli_error(&e);
}

int
cli_gc(struct cli *cli, int argc, char **argv)
{
	bool dry_run = false, as_json = false;
	const struct cli_option options[] = {
		{ "dry-run", NULL, "say what would be removed", &dry_run },
		{ "json", NULL, "for programs", &as_json },
		{ 0 },
	};
	int rc;

	if (!cli_options_only(cli, options, argc, argv, &rc))
		return rc;
	return gc(cli, dry_run, as_json);
}
