/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/json_out.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/print.h"
#include "cli/sync_mirror.h"
#include "syncd/control.h"
#include "syncd/sync.h"

#define PATHS_SHOWN 10 /* of a list that nobody has to act on */

struct arguments {
	const char *from;
	const char *root;
	const char *accept;
	bool accept_expired;
	bool dry_run;
	bool now;
	bool json;
};

/* --- what a person reads --- */

static void
print_tallies(const struct sync_result *r, struct out *o)
{
	const struct sync_tally *t;
	size_t i;

	out_printf(o, "%-20s %8s %9s %11s %7s %9s %8s\n", "SOURCE",
	    r->dry_run ? "TO FETCH" : "FETCHED", "UNCHANGED", "NOT OFFERED",
	    "REFUSED", "DOCUMENTS", "RECORDS");
	for (i = 0; i < n_sources; i++) {
		t = &r->tallies[i];
		if (!t->asked)
			continue;
		out_printf(o, "%-20s %8u %9u %11u %7u %9u %8" PRIu64 "\n",
		    t->source->name, r->dry_run ? t->n_planned : t->n_fetched,
		    t->n_unchanged, t->n_not_offered, t->n_refused,
		    t->n_documents, t->n_records);
	}
}

static void
print_path(struct out *o, struct span path, const char *why)
{
	out_str(o, "  ");
	print_safe(o, path);
	if (why != NULL) {
		out_str(o, ": ");
		print_safe(o, span_of(why));
	}
	out_char(o, '\n');
}

static void
print_more(struct out *o, size_t n)
{
	if (n > PATHS_SHOWN)
		out_printf(
		    o, "  and %zu more, listed by --json\n", n - PATHS_SHOWN);
}

static void
print_not_offered(const struct sync_result *r, struct out *o)
{
	size_t i, n = 0;

	for (i = 0; i < r->n_items; i++) {
		if (r->items[i]->state != SYNC_NOT_OFFERED)
			continue;
		if (n == 0)
			out_str(o, "\nNot offered:\n");
		if (n++ < PATHS_SHOWN)
			print_path(o, r->items[i]->path, NULL);
	}
	print_more(o, n);
}

static void
print_unreadable(const struct sync_result *r, struct out *o)
{
	size_t i;

	if (r->n_unreadable > 0)
		out_str(o, "\nCannot be read:\n");
	for (i = 0; i < r->n_unreadable; i++)
		print_path(o, r->unreadable[i], NULL);
}

static void
print_unclaimed(const struct sync_result *r, struct out *o)
{
	size_t i;

	if (r->n_unclaimed == 0)
		return;
	out_printf(o, "\n%zu file%s that no source takes:\n", r->n_unclaimed,
	    r->n_unclaimed == 1 ? "" : "s");
	for (i = 0; i < r->n_unclaimed && i < PATHS_SHOWN; i++)
		print_path(o, r->unclaimed[i], NULL);
	print_more(o, r->n_unclaimed);
}

/* All of them: somebody has to act, or asked for the list. */
static void
print_state(const struct sync_result *r, enum sync_state state,
    const char *heading, struct out *o)
{
	bool any = false;
	size_t i;

	for (i = 0; i < r->n_items; i++) {
		const struct sync_item *it = r->items[i];

		if (it->state != state)
			continue;
		if (!any)
			out_printf(o, "\n%s\n", heading);
		any = true;
		print_path(
		    o, it->path, state == SYNC_REFUSED ? it->error.msg : NULL);
	}
}

static void
print_text(const struct sync_result *r, struct out *o)
{
	print_tallies(r, o);
	print_not_offered(r, o);
	print_unclaimed(r, o);
	print_unreadable(r, o);
	print_state(r, SYNC_PLANNED, "Would be asked for:", o);
	print_state(r, SYNC_REFUSED,
	    "Refused; the last good copies stay as they were:", o);
	if (r->nothing) {
		out_str(o, "\nNothing that was asked for is offered by ");
		print_safe(o, r->origin);
		out_str(o,
		    ".\nA tree has its files as HOST/PATH: "
		    "`scapcache source show NAME` lists them.\n");
	}
	if (r->dry_run)
		out_str(o, "\nDry run: nothing was changed.\n");
	else if (r->published)
		out_printf(o, "\nGeneration %" PRIu64 " is published.\n",
		    r->generation);
	else if (r->generation != 0)
		out_printf(o,
		    "\nNothing new: generation %" PRIu64 " stays current.\n",
		    r->generation);
	else
		out_str(o, "\nNothing is indexed yet.\n");
}

/* --- what a program reads --- */

static void
json_tally(struct json_out *j, const struct sync_tally *t)
{
	json_object(j, NULL);
	json_str(j, "name", t->source->name);
	json_str(j, "family", t->source->family);
	json_str(j, "result",
	    t->failure == NULL     ? "ok"
		: t->failure->held ? "held"
				   : "failed");
	json_uint(j, "planned", t->n_planned);
	json_uint(j, "fetched", t->n_fetched);
	json_uint(j, "unchanged", t->n_unchanged);
	json_uint(j, "not_offered", t->n_not_offered);
	json_uint(j, "refused", t->n_refused);
	json_uint(j, "retired", t->n_retired);
	json_uint(j, "fetched_bytes", t->fetched_bytes);
	json_uint(j, "documents", t->n_documents);
	json_uint(j, "records", t->n_records);
	json_object_end(j);
}

static void
json_item(struct json_out *j, const struct sync_item *it)
{
	char hex[DIGEST_HEX_SIZE];
	bool accepted = it->state == SYNC_FETCHED ||
	    it->state == SYNC_UNCHANGED || it->state == SYNC_RESTORED;

	json_object(j, NULL);
	json_str(j, "source", it->file.source->name);
	json_span(j, "path", it->path);
	json_str(j, "result", sync_state_name(it->state));
	json_str(
	    j, "message", it->state == SYNC_REFUSED ? it->error.msg : NULL);
	json_str(
	    j, "sha256", accepted ? digest_hex(&it->proof.sha256, hex) : NULL);
	json_uint(j, "size_bytes", accepted ? it->proof.size_bytes : 0);
	json_uint(j, "fetched_bytes", it->fetched_bytes);
	json_bool(j, "indexed", it->indexed);
	json_bool(j, "accepted_by_hand", it->accepted);
	json_uint(j, "records_added", it->n_added);
	json_uint(j, "records_changed", it->n_changed);
	json_uint(j, "records_removed", it->n_removed);
	json_uint(j, "rows_written", it->n_written);
	json_object_end(j);
}

static void
print_json(const struct sync_result *r, struct out *o)
{
	struct json_out j;
	size_t i;

	json_out_init(&j, o);
	json_object(&j, NULL);
	json_uint(&j, "format", 1);
	json_span(&j, "origin", r->origin);
	json_time(&j, "started", r->started);
	json_time(&j, "ended", r->ended);
	json_str(&j, "result", r->failed ? "failed" : "ok");
	json_bool(&j, "dry_run", r->dry_run);
	json_uint(&j, "generation", r->generation);
	json_bool(&j, "published", r->published);
	json_array(&j, "sources");
	for (i = 0; i < n_sources; i++)
		if (r->tallies[i].asked)
			json_tally(&j, &r->tallies[i]);
	json_array_end(&j);
	json_array(&j, "files");
	for (i = 0; i < r->n_items; i++)
		json_item(&j, r->items[i]);
	json_array_end(&j);
	json_array(&j, "unclaimed");
	for (i = 0; i < r->n_unclaimed; i++)
		json_span(&j, NULL, r->unclaimed[i]);
	json_array_end(&j);
	json_array(&j, "unreadable");
	for (i = 0; i < r->n_unreadable; i++)
		json_span(&j, NULL, r->unreadable[i]);
	json_array_end(&j);
	json_object_end(&j);
	out_char(o, '\n');
}

/* --- the verb --- */

static int
sync_and_print(struct cli *cli, const struct arguments *a,
    const struct sync_options *options)
{
	struct sync *sync = NULL;
	struct err e = { 0 };
	struct state state;
	struct out o;
	int rc;

	if (cli_state(cli, &state, STATE_WRITE) != 0)
		return CLI_ERROR;
	rc = sync_run(&sync, &state, options, &e);
	state_close(&state);
	if (rc != 0)
		return cli_error(&e);
	out_init(&o, STDOUT_FILENO);
	if (a->json)
		print_json(sync_result(sync), &o);
	else
		print_text(sync_result(sync), &o);
	rc = out_flush(&o, &e) != 0     ? cli_error(&e)
	    : sync_result(sync)->failed ? CLI_ERROR
					: CLI_OK;
	out_cleanup(&o);
	sync_free(sync);
	return rc;
}

/* The sources that were named, or NULL if none was; freed by the caller. */
static int
named_sources(struct cli *cli, int n, const char *const *names,
    const struct source ***out)
{
	const struct source **named = xcalloc((size_t)n + 1, sizeof(*named));
	int i;

	for (i = 0; i < n; i++) {
		named[i] = source_find(span_of(names[i]));
		if (named[i] != NULL)
			continue;
		free(named);
		return cli_usage(cli,
		    "there is no source %s (scapcache source list)", names[i]);
	}
	*out = named;
	return CLI_OK;
}

/* Names with commas between them; freed by the caller. */
static int
accepted_sources(struct cli *cli, const char *text, const struct source ***out)
{
	const char *const *words = config_split(cli->config, text);
	const char *const *last = words;
	int n;

	while (*last != NULL)
		last++;
	n = (int)(last - words);
	if (n == 0)
		return cli_usage(cli, "--accept names no source");
	return named_sources(cli, n, words, out);
}

/* What is not asked cannot be let through. */
static int
check_accepted(struct cli *cli, const struct source *const *accepted,
    const struct source *const *named)
{
	const struct source *const *i;

	for (; named != NULL && accepted != NULL && *accepted != NULL;
	     accepted++) {
		for (i = named; *i != NULL && *i != *accepted; i++)
			;
		if (*i == NULL)
			return cli_usage(cli,
			    "--accept %s: that source is not among those that "
			    "are to be synced",
			    (*accepted)->name);
	}
	return CLI_OK;
}

static int
check_archives(struct cli *cli, const struct sync_options *o)
{
	const struct source *const *i;

	for (i = o->sources; i != NULL && *i != NULL; i++)
		if ((*i)->archive && o->from == NULL)
			return cli_usage(cli,
			    "%s is offered by no upstream any more: name a "
			    "tree that has it with --from",
			    (*i)->name);
	return CLI_OK;
}

/* What is signed is taken as it is, or not at all. */
static int
run_mirror(struct cli *cli, const struct arguments *a, const char *from, int n,
    char **argv)
{
	const char *root = config_str(cli->config, "sync.root");
	struct mirror_options o = {
		.config = cli->config,
		.from = from,
		.root = a->root != NULL ? a->root
		    : root[0] != '\0'   ? root
					: NULL,
		.accept_expired = a->accept_expired,
		.quiet = cli->quiet,
	};
	const struct source **named = NULL;
	int rc;

	if (a->accept != NULL || a->dry_run)
		return cli_usage(cli,
		    "a mirror of another scapcache is taken as it was signed: "
		    "no --accept, no --dry-run");
	rc = named_sources(
	    cli, n, (const char *const *)(void *)(argv + 1), &named);
	if (rc == CLI_OK && n == 0)
		rc = cli_check_sources(cli);
	o.sources = n == 0 ? NULL : named;
	if (rc == CLI_OK)
		rc = cli_sync_mirror(cli, &o, a->json);
	free(named);
	return rc;
}

static int
run(struct cli *cli, const struct arguments *a, int n, char **argv)
{
	const char *configured = config_str(cli->config, "sync.from");
	struct sync_options o = {
		.config = cli->config,
		.from = a->from,
		.dry_run = a->dry_run,
		.quiet = cli->quiet,
	};
	const struct source **named = NULL, **accepted = NULL;
	int rc;

	if (o.from == NULL && configured[0] != '\0')
		o.from = configured;
	if (mirror_is_url(o.from))
		return run_mirror(cli, a, o.from, n, argv);
	if (a->root != NULL || a->accept_expired)
		return cli_usage(cli,
		    "--root and --accept-expired go with --from tuf+https://… "
		    "only");
	rc = named_sources(
	    cli, n, (const char *const *)(void *)(argv + 1), &named);
	if (rc == CLI_OK && a->accept != NULL)
		rc = accepted_sources(cli, a->accept, &accepted);
	o.accept = accepted;
	o.sources = n == 0 ? NULL : named;
	if (rc == CLI_OK)
		rc = check_accepted(cli, accepted, o.sources);
	if (rc == CLI_OK)
		rc = n == 0 ? cli_check_sources(cli) : check_archives(cli, &o);
	if (rc == CLI_OK)
		rc = sync_and_print(cli, a, &o);
	free(named);
	free(accepted);
	return rc;
}

/* NULL: none. */
static void
add_words(struct buf *b, const char *before, const struct source *const *named)
{
	for (; named != NULL && *named != NULL; named++)
		buf_printf(b, "%s%s%s", b->len == 0 ? "" : " ", before,
		    (*named)->name);
}

/* The words of a request, checked here: who types them is told more. */
static int
request_words(struct cli *cli, const struct arguments *a, int n, char **argv,
    struct buf *words)
{
	const struct source **named = NULL, **accepted = NULL;
	int rc;

	rc = named_sources(
	    cli, n, (const char *const *)(void *)(argv + 1), &named);
	if (rc == CLI_OK && a->accept != NULL)
		rc = accepted_sources(cli, a->accept, &accepted);
	add_words(words, "", named);
	add_words(words, CONTROL_ACCEPT, accepted);
	free(named);
	free(accepted);
	return rc;
}

static int
ask_and_print(struct cli *cli, struct span words)
{
	uint64_t generation = 0;
	struct err e = { 0 };
	struct state state;
	int rc;

	if (cli_state(cli, &state, STATE_READ) != 0)
		return CLI_ERROR;
	rc = control_sync(state.dirfd, words, &generation, &e);
	state_close(&state);
	if (rc == -1)
		return cli_error(&e);
	printf("The daemon's run ended %s; generation %" PRIu64
	       " is current.\n",
	    rc == 1 ? "well" : "with failures: see `scapcache status`",
	    generation);
	return rc == 1 ? CLI_OK : CLI_ERROR;
}

/* A daemon has a configuration and a place to ask of its own. */
static int
ask_daemon(struct cli *cli, const struct arguments *a, int n, char **argv)
{
	struct buf words = { 0 };
	int rc;

	if (a->from != NULL || a->root != NULL || a->accept_expired ||
	    a->dry_run || a->json)
		return cli_usage(
		    cli, "--now goes with names of sources and --accept only");
	rc = request_words(cli, a, n, argv, &words);
	if (rc == CLI_OK)
		rc = ask_and_print(cli, buf_span(&words));
	buf_cleanup(&words);
	return rc;
}

int
cli_sync(struct cli *cli, int argc, char **argv)
{
	struct arguments a = { 0 };
	const struct cli_option options[] = {
		{ "from", "URL|DIR",
		    "a tree <host>/<path> in place of the upstreams, or "
		    "tuf+https://… of a scapcache",
		    &a.from },
		{ "root", "FILE", "the root to trust first, of tuf+https://…",
		    &a.root },
		{ "accept-expired", NULL, "take it all the same, as stale",
		    &a.accept_expired },
		{ "dry-run", NULL, "say what would be fetched", &a.dry_run },
		{ "accept", "SOURCE[,SOURCE…]",
		    "let through what was held back", &a.accept },
		{ "now", NULL, "ask a running daemon to sync now", &a.now },
		{ "json", NULL, "the summary as JSON", &a.json },
		{ 0 },
	};
	int n_args, rc;

	rc = cli_options(cli, options, argc, argv, &n_args);
	if (rc != 1)
		return rc == 0 ? CLI_OK : CLI_ERROR;
	if (a.now)
		return ask_daemon(cli, &a, n_args, argv);
	return run(cli, &a, n_args, argv);
}
