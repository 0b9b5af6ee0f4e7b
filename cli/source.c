/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/clock.h"
#include "cli/cli.h"
#include "syncd/sources.h"

int
cli_check_sources(const struct cli *cli)
{
	const char *const *words = config_words(cli->config, "sync.sources");

	for (; *words != NULL; words++)
		if (source_find(span_of(*words)) == NULL)
			return cli_usage(cli,
			    "sync.sources in the configuration names %s, and "
			    "there is no such source (scapcache source list)",
			    *words);
	return CLI_OK;
}

static bool
is_configured(struct cli *cli, const struct source *s)
{
	const char *const *words = config_words(cli->config, "sync.sources");

	for (; *words != NULL; words++)
		if (strcmp(*words, s->name) == 0)
			return true;
	return false;
}

static int
list(struct cli *cli)
{
	size_t i;

	printf("%-12s %-8s %-8s %s\n", "SOURCE", "FAMILY", "ASKED", "WHAT");
	for (i = 0; i < n_sources; i++)
		printf("%-12s %-8s %-8s %s\n", sources[i].name,
		    sources[i].family,
		    sources[i].archive                    ? "--from"
			: is_configured(cli, &sources[i]) ? "yes"
							  : "no",
		    sources[i].title);
	return CLI_OK;
}

static int
print_name(void *ctx, struct span path, struct err *e)
{
	unsigned *n = ctx;

	(void)e;
	if ((*n)++ == 0)
		printf("\nAsked for:\n");
	printf("  %.*s\n", SPAN_ARG(path));
	return 0;
}

static void
print_words(const char *heading, const char *const *words)
{
	if (words == NULL)
		return;
	printf("%s", heading);
	for (; *words != NULL; words++)
		printf(" %s", *words);
	putchar('\n');
}

static const char *
proof_of(const struct source *s)
{
	switch (s->index) {
	case SOURCE_INDEX_META:
		return "the .meta beside each file, SHA-256 of what it unpacks "
		       "to";
	case SOURCE_INDEX_MANIFEST:
		return "PULP_MANIFEST, SHA-256 of each file";
	default:
		return "nothing but the TLS connection";
	}
}

static int
show(struct cli *cli, const char *name)
{
	const struct source *s = source_find(span_of(name));
	char year[CLOCK_TEXT_SIZE];
	struct source_names names;
	struct err e = { 0 };
	uint64_t current = 0;
	unsigned n = 0;

	if (s == NULL)
		return cli_usage(cli, "there is no source %s", name);
	parse_uint(span_first(span_of(clock_text(clock_now(), year)), 4), 9999,
	    &current);
	names = source_names_of(s, cli->config, (unsigned)current);
	printf("Name:      %s\nWhat:      %s\nFamily:    %s\n"
	       "Upstream:  https://%s%s\nFiles:     %s\nProof:     %s\n"
	       "Largest:   %" PRIu64 " bytes a file\n",
	    s->name, s->title, s->family, s->host, s->base, s->pattern,
	    proof_of(s), s->size_max);
	if (s->fallback != NULL)
		printf("Or else:   %s\n", s->fallback);
	if (s->archive)
		printf("Archive:   upstream offers it no more; taken from "
		       "--from only\n");
	print_words(
	    s->index == SOURCE_INDEX_MANIFEST ? "Streams:  " : "Releases: ",
	    names.words);
	print_words("Flavours: ", names.flavours);
	return source_each_name(&names, print_name, &n, &e) == 0
	    ? CLI_OK
	    : cli_error(&e);
}

int
cli_source(struct cli *cli, int argc, char **argv)
{
	static const struct cli_option options[] = { { 0 } };
	int n_args, rc;

	rc = cli_options(cli, options, argc, argv, &n_args);
	if (rc != 1)
		return rc == 0 ? CLI_OK : CLI_ERROR;
	if (n_args == 1 && strcmp(argv[1], "list") == 0)
		return list(cli);
	if (n_args == 2 && strcmp(argv[1], "show") == 0)
		return show(cli, argv[2]);
	return cli_usage(cli, "say list, or show and a source's name");
}
