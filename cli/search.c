/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <unistd.h>

#include "cli/as_of.h"
#include "indexer/proc_lookup.h"

#define LIMIT_MAX 1000000

/* The words as one text. */
static void
join(int n_args, char **argv, struct buf *words)
{
	int i;

	for (i = 1; i <= n_args; i++) {
		if (i > 1)
			buf_add_char(words, ' ');
		buf_add_str(words, argv[i]);
	}
}

static void
say_none(const char *document)
{
	if (document == NULL)
		fprintf(stderr, "No record has all of these words.\n");
	else
		fprintf(stderr,
		    "No record of a document %s has all of these words: "
		    "`scapcache status` names the documents.\n",
		    document);
}

static int
search(struct cli *cli, const struct lookup_request *r,
    const struct as_of_when *when)
{
	uint64_t n;
	int rc = cli_lookup(cli, r, when, &n);

	if (rc != CLI_OK)
		return rc;
	if (n > r->limit && !cli->quiet)
		fprintf(stderr,
		    "%" PRIu64 " of %" PRIu64 " records: --limit shows more\n",
		    r->limit, n);
	if (n == 0 && !cli->quiet)
		say_none(r->document);
	return n == 0 ? CLI_ERROR : CLI_OK;
}

int
cli_search(struct cli *cli, int argc, char **argv)
{
	struct lookup_request r = { .limit = LOOKUP_LIMIT,
		.fd = STDOUT_FILENO };
	const char *limit = NULL, *as_of = NULL;
	const struct cli_option options[] = {
		{ "document", "NAME", "in this document only", &r.document },
		{ "limit", "N", "lines at most (50)", &limit },
		{ "as-of", "WHEN", CLI_AS_OF_HELP, &as_of },
		{ "json", NULL, "for programs", &r.as_json },
		{ 0 },
	};
	struct buf words = { 0 };
	struct as_of_when when;
	int n_args, rc;

	rc = cli_options(cli, options, argc, argv, &n_args);
	if (rc != 1)
		return rc == 0 ? CLI_OK : CLI_ERROR;
	if (n_args == 0)
		return cli_usage(cli, "say words to search for");
	if (limit != NULL && !parse_uint(span_of(limit), LIMIT_MAX, &r.limit))
		return cli_usage(cli, "--limit %s: not a number", limit);
	if (cli_as_of_parse(cli, "as-of", as_of, &when) != CLI_OK)
		return CLI_ERROR;
	join(n_args, argv, &words);
	r.what = buf_str(&words);
	rc = search(cli, &r, &when);
	buf_cleanup(&words);
	return rc;
}
