/* SPDX-License-Identifier: Apache-2.0 */
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "base/proc.h"
#include "cli/cli.h"
#include "syncd/sources.h"

#define MIB ((uint64_t)1024 * 1024)

/*
 * What each process may do; base/sandbox.h turns a row into Landlock, seccomp
 * and limits. The main process is not narrowed: it opens the trees and images
 * that the user names, and parses nothing that comes from outside.
 */
static const struct role_rights roles[N_ROLES] = {
	[ROLE_MAIN] = { .name = "main" },
	[ROLE_FETCH] = { .name = "fetch",
	    .reads = { "/etc/resolv.conf", "/etc/hosts", "/etc/nsswitch.conf",
		"/etc/gai.conf", "/etc/ssl", "/usr/lib/ssl",
		"/usr/share/ca-certificates", NULL },
	    .network = true,
	    .memory_max = 1024 * MIB,
	    .files_max = 256 },
	[ROLE_VERIFY] = { .name = "verify",
	    .memory_max = 1024 * MIB,
	    .files_max = 64 },
	[ROLE_INDEX] = { .name = "index",
	    .reads = { "@state/store", NULL },
	    .memory_max = 4096 * MIB,
	    .files_max = 256 },
	[ROLE_SCAN] = { .name = "scan",
	    .reads = { "@state/index", NULL },
	    .memory_max = 16384 * MIB,
	    .files_max = 256 },
	[ROLE_BUNDLE] = { .name = "bundle",
	    .memory_max = 2048 * MIB,
	    .files_max = 64 },
	[ROLE_SIGN] = { .name = "sign",
	    .reads = { "@state/keys", NULL },
	    .writes = { "@state/keys", NULL },
	    .memory_max = 1024 * MIB,
	    .files_max = 64 },
	[ROLE_SERVE] = { .name = "serve",
	    .reads = { "@state/store", "@state/index", "@state/tuf",
		"@state/bundles", NULL },
	    .accepts = true,
	    .memory_max = 16384 * MIB,
	    .files_max = 16384 },
};

static void
usage(FILE *to)
{
	const struct cli_verb *v;

	fprintf(to,
	    "usage: scapcache [--config FILE] [--state DIR] [--log-level L] "
	    "[--quiet] VERB …\n\n");
	for (v = cli_verbs; v->name != NULL; v++)
		fprintf(to, "  %-9s %s%s\n", v->name, v->help,
		    v->run == NULL ? " (not built yet)" : "");
	fprintf(to,
	    "\n  --config FILE   configuration file\n"
	    "  --state DIR     state directory\n"
	    "  --log-level L   error, warn, info or debug\n"
	    "  --quiet         no progress and no talk\n"
	    "  --help          this text; after a verb, that verb's options\n"
	    "\nEach verb: scapcache VERB --help. Manual: man scapcache\n");
}

struct globals {
	const char *config;
	const char *state;
	const char *level;
	bool quiet;
};

/* "--name value" or "--name=value"; NULL if argv[*i] is not that option. */
static const char *
option_value(const char *name, char **argv, int *i)
{
	size_t len = strlen(name);

	if (strncmp(argv[*i], name, len) != 0)
		return NULL;
	if (argv[*i][len] == '=')
		return argv[*i] + len + 1;
	if (argv[*i][len] != '\0' || argv[*i + 1] == NULL)
		return NULL;
	return argv[++*i];
}

/* Index of the verb; 0: help was asked for; -1: usage error. */
static int
read_globals(struct globals *g, int argc, char **argv)
{
	int i;

	for (i = 1; i < argc && argv[i][0] == '-'; i++) {
		const char *v;

		if (strcmp(argv[i], "--help") == 0)
			return 0;
		if (strcmp(argv[i], "--quiet") == 0)
			g->quiet = true;
		else if ((v = option_value("--config", argv, &i)))
			g->config = v;
		else if ((v = option_value("--state", argv, &i)))
			g->state = v;
		else if ((v = option_value("--log-level", argv, &i)))
			g->level = v;
		else
			break;
	}
	if (i < argc && argv[i][0] != '-')
		return i;
	if (i < argc)
		fprintf(stderr,
		    "scapcache: %s is no option here, or its value is "
		    "missing\n",
		    argv[i]);
	usage(stderr);
	return -1;
}

static const struct cli_verb *
find_verb(const char *name)
{
	const struct cli_verb *v;

	for (v = cli_verbs; v->name != NULL; v++)
		if (strcmp(v->name, name) == 0)
			return v;
	return NULL;
}

/* `config check` must be able to tell of a configuration that is wrong. */
static int
open_config(struct cli *cli, const struct globals *g)
{
	struct err e = { 0 };

	if (config_open(&cli->config, g->config, source_names_all(), &e) == 0)
		return CLI_OK;
	return cli_error(&e);
}

static int
set_level(const struct cli *cli, const struct globals *g)
{
	enum log_level level;
	const char *name = g->level != NULL
	    ? g->level
	    : config_str(cli->config, "scapcache.log_level");

	if (!log_level_parse(span_of(name), &level)) {
		fprintf(stderr,
		    "scapcache: log level is error, warn, info or debug, not "
		    "\"%s\"\n",
		    name);
		return CLI_ERROR;
	}
	log_set_level(cli->quiet && g->level == NULL ? LOG_ERROR : level);
	return CLI_OK;
}

static char *
state_path(const struct cli *cli, const struct globals *g)
{
	const char *configured = config_str(cli->config, "scapcache.state");

	if (g->state != NULL)
		return xstrdup(g->state);
	return configured[0] != '\0' ? xstrdup(configured)
				     : state_default_path();
}

static int
run_verb(
    const struct cli_verb *verb, const struct globals *g, int argc, char **argv)
{
	struct cli cli = {
		.quiet = g->quiet,
		.config_path = g->config,
		.verb = verb,
	};
	char *state = NULL;
	int status;

	status = open_config(&cli, g);
	if (status != CLI_OK)
		return status;
	status = set_level(&cli, g);
	if (status == CLI_OK) {
		state = state_path(&cli, g);
		cli.state = state;
		proc_init(roles, state);
		status = verb->run(&cli, argc, argv);
	}
	config_close(cli.config);
	free(state);
	return status;
}

int
main(int argc, char **argv)
{
	struct globals g = { 0 };
	const struct cli_verb *verb;
	int i, status;

	signal(SIGPIPE, SIG_IGN);
	/* A file that may not grow any more is an error like any other. */
	signal(SIGXFSZ, SIG_IGN);
	i = read_globals(&g, argc, argv);
	if (i == 0)
		usage(stdout);
	if (i <= 0)
		return i == 0 ? CLI_OK : CLI_ERROR;
	verb = find_verb(argv[i]);
	if (verb == NULL) {
		fprintf(stderr,
		    "scapcache: there is no verb %s: see scapcache --help\n",
		    argv[i]);
		return CLI_ERROR;
	}
	if (verb->run == NULL) {
		fprintf(stderr, "scapcache: %s is not built yet\n", argv[i]);
		return CLI_ERROR;
	}
	status = run_verb(verb, &g, argc - i, argv + i);
	if (fflush(stdout) != 0 && status == CLI_OK) {
		fprintf(stderr, "scapcache: cannot write the output\n");
		status = CLI_ERROR;
	}
	return status;
}
