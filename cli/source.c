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

/* Is it asked when no source is named? */
static const char *
asked_text(struct cli *cli, const struct source *s)
{
	const char *const *words = config_words(cli->config, "sync.sources");

	if (s->archive)
		return "--from";
	if (s->local && source_url(s, cli->config) == NULL)
		return "no url";
	if (*words == NULL)
		return source_enabled(s, cli->config) ? "yes" : "no";
	for (; *words != NULL; words++)
		if (strcmp(*words, s->name) == 0)
			return "yes";
	return "no";
}

static int
list(struct cli *cli)
{
	size_t i;

	printf("%-20s %-8s %-8s %s\n", "SOURCE", "FAMILY", "ASKED", "WHAT");
	for (i = 0; i < n_sources; i++)
		printf("%-20s %-8s %-8s %s\n", sources[i].name,
		    sources[i].family, asked_text(cli, &sources[i]),
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
kind_text(const struct source_path *p)
{
	switch (p->role) {
	case SOURCE_DOCUMENT:
		return document_format_name(p->format);
	case SOURCE_META:
		return "SHA-256 of what a feed unpacks to";
	case SOURCE_LISTING:
		return "names other files";
	default:
		return "kept as it is";
	}
}

static void
print_files(const struct source *s)
{
	static const char *const proofs[] = {
		[SOURCE_PROOF_NONE] = "",
		[SOURCE_PROOF_META] = ", proved by .meta",
		[SOURCE_PROOF_LISTING] = ", proved by the list that names it",
	};
	const struct source_path *p;

	printf("Files:\n");
	for (p = s->paths; p->pattern != NULL; p++)
		printf("  %s (%s%s)\n", p->pattern, kind_text(p),
		    proofs[p->proof]);
}

static void
print_settings(struct cli *cli, const struct source *s)
{
	const struct config *c = cli->config;
	const char *url = source_url(s, c);

	printf("Name:      %s\nWhat:      %s\nFamily:    %s\n"
	       "Licence:   %s\nAsked:     %s\n",
	    s->name, s->title, s->family, s->licence, asked_text(cli, s));
	if (url != NULL)
		printf("Taken from: %s\n", url);
	else if (!s->local)
		printf("Upstream:  https://%s%s\n", s->host, s->base);
	printf("Schedule:  %s\nLargest:   %" PRIu64 " bytes a file\n",
	    source_schedule(s, c), source_size_max(s, c));
	if (source_interval_ms(s, c) != 0)
		printf("Interval:  %u ms between requests\n",
		    source_interval_ms(s, c));
	if (s->archive)
		printf("Archive:   upstream offers it no more; taken from "
		       "--from only\n");
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
		return cli_usage(
		    cli, "there is no source %s (scapcache source list)", name);
	parse_uint(span_first(span_of(clock_text(clock_now(), year)), 4), 9999,
	    &current);
	names = source_names_of(s, cli->config, (unsigned)current);
	print_settings(cli, s);
	print_words("Releases: ", names.words);
	print_words("Flavours: ", names.flavours);
	print_files(s);
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
