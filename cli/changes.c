/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "cli/as_of.h"
#include "indexer/generation.h"
#include "indexer/proc_lookup.h"

#define LIMIT_MAX 1000000000

static void
folder_of(const struct state *s, const struct as_of *g, struct buf *path,
    struct change_generation *out)
{
	buf_printf(path, "%s/%s", s->path, g->below);
	*out =
	    (struct change_generation){ buf_str(path), g->generation, g->made };
}

static int
open_current(const struct state *s, struct as_of *out, struct err *e)
{
	struct as_of_when when = { 0 };

	if (generation_current(s->dirfd, &when.generation, e) != 0)
		return -1;
	if (when.generation == 0)
		return err_set(e, ERR_MISSING,
		    "nothing is published yet: run `scapcache sync`");
	return as_of_open(s, &when, out, e);
}

static int
changes_of(const struct cli *cli, const struct state *s,
    const struct as_of_when *when, struct changes *c, struct err *e)
{
	const struct lookup_request r = {
		.state = s, .changes = c, .fd = STDOUT_FILENO
	};
	struct buf since_path = { 0 }, now_path = { 0 };
	struct as_of since, now;
	uint64_t n = 0;
	int rc = -1;

	if (open_current(s, &now, e) != 0 ||
	    as_of_open(s, when, &since, e) != 0)
		goto out;
	folder_of(s, &since, &since_path, &c->since);
	folder_of(s, &now, &now_path, &c->now);
	rc = proc_lookup(&r, &n, e);
	if (rc == 0 && n > c->limit && !cli->quiet)
		fprintf(stderr,
		    "%" PRIu64 " of %" PRIu64 " records: --limit shows more\n",
		    c->limit, n);
out:
	buf_cleanup(&since_path);
	buf_cleanup(&now_path);
	return rc;
}

int
cli_changes(struct cli *cli, int argc, char **argv)
{
	struct changes c = { .limit = UINT64_MAX };
	const char *since = NULL, *limit = NULL;
	const struct cli_option options[] = {
		{ "since", "WHEN", "a generation, or a date on which it was",
		    &since },
		{ "document", "NAME", "in this document only", &c.document },
		{ "limit", "N", "records that are listed at most (all)",
		    &limit },
		{ "json", NULL, "for programs", &c.as_json },
		{ 0 },
	};
	struct as_of_when when;
	struct err e = { 0 };
	struct state state;
	int n_args, rc;

	rc = cli_options(cli, options, argc, argv, &n_args);
	if (rc != 1)
		return rc == 0 ? CLI_OK : CLI_ERROR;
	if (n_args != 0 || since == NULL)
		return cli_usage(
		    cli, "say since when: --since with a generation or a date");
	if (limit != NULL && !parse_uint(span_of(limit), LIMIT_MAX, &c.limit))
		return cli_usage(cli, "--limit %s: not a number", limit);
	if (cli_as_of_parse(cli, "since", since, &when) != CLI_OK ||
	    cli_state(cli, &state, STATE_READ) != 0)
		return CLI_ERROR;
	rc = changes_of(cli, &state, &when, &c, &e);
	state_close(&state);
	return rc == 0 ? CLI_OK : cli_error(&e);
}
