/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line: one file a verb. main.c reads the global options, finds
 * the verb in its table and calls it once. Results go to standard output,
 * talk to standard error.
 */
#ifndef CLI_CLI_H
#define CLI_CLI_H

#include "base/config.h"
#include "base/state.h"

/* Exit status, ARCHITECTURE §6. */
enum cli_status {
	CLI_OK = 0,
	CLI_ERROR = 1,
	CLI_FAIL = 2,
	CLI_UNKNOWN = 3,
};

/* What the global options say. */
struct cli {
	struct config *config;
	const char *state;       /* path of the state directory */
	const char *config_path; /* --config; NULL: the default file */
	bool quiet;
	const struct cli_verb *verb;
};

/* A long option of a verb; the table ends with a NULL name. */
struct cli_option {
	const char *name;  /* "format", without dashes */
	const char *value; /* "FORMAT" in the help; NULL for a flag */
	const char *help;  /* one line */
	void *target;      /* bool * for a flag, else const char ** */
};

/*
 * Reads argv[1…] of a verb: options anywhere, "--" ends them, the rest is
 * moved to the front of argv and counted in *n_args (argv[0] stays). Handles
 * --help itself. Returns 1: go on; 0: help was printed; -1: a usage error was
 * told on standard error.
 */
int cli_options(struct cli *cli, const struct cli_option *options, int argc,
    char **argv, int *n_args);

/*
 * The same of a verb that takes no arguments. False: the verb is done, and
 * *status is how it ends.
 */
bool cli_options_only(struct cli *cli, const struct cli_option *options,
    int argc, char **argv, int *status);

/* Prints "scapcache: <message>" and returns CLI_ERROR. */
int cli_error(const struct err *e);
/*
 * What of bundles and TUF may be refused by name: "scapcache: FORK: <message>",
 * and returns that refusal's exit status; other errors as cli_error().
 */
int cli_refused(const struct err *e);
/* Prints usage trouble and where help is; returns CLI_ERROR. */
int cli_usage(const struct cli *cli, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The configuration cannot know which sources there are. CLI_OK or usage. */
int cli_check_sources(const struct cli *cli);
/*
 * Opens the state directory; on failure the message is printed. Warns root who
 * is to write into that of somebody else.
 */
int cli_state(const struct cli *cli, struct state *s, enum state_mode mode);
/* As cli_state() with STATE_WRITE, but only where there is one. */
int cli_lock_state(const struct cli *cli, struct state *s);

struct cli_verb {
	const char *name;
	const char *usage; /* behind the name: "[SOURCE…] [--from URL|DIR]" */
	const char *help;  /* one line */
	int (*run)(struct cli *cli, int argc, char **argv); /* NULL: not built
							       yet */
};

/* All verbs, in the order of the help; ends with a NULL name. */
extern const struct cli_verb cli_verbs[];

int cli_bundle(struct cli *cli, int argc, char **argv);
int cli_changes(struct cli *cli, int argc, char **argv);
int cli_config(struct cli *cli, int argc, char **argv);
int cli_diff(struct cli *cli, int argc, char **argv);
int cli_explain(struct cli *cli, int argc, char **argv);
int cli_gc(struct cli *cli, int argc, char **argv);
int cli_index(struct cli *cli, int argc, char **argv);
int cli_init(struct cli *cli, int argc, char **argv);
int cli_key(struct cli *cli, int argc, char **argv);
int cli_localize(struct cli *cli, int argc, char **argv);
int cli_rescan(struct cli *cli, int argc, char **argv);
int cli_scan(struct cli *cli, int argc, char **argv);
int cli_search(struct cli *cli, int argc, char **argv);
int cli_serve(struct cli *cli, int argc, char **argv);
int cli_show(struct cli *cli, int argc, char **argv);
int cli_source(struct cli *cli, int argc, char **argv);
int cli_status(struct cli *cli, int argc, char **argv);
int cli_sync(struct cli *cli, int argc, char **argv);
int cli_syncd(struct cli *cli, int argc, char **argv);
int cli_token(struct cli *cli, int argc, char **argv);
int cli_tuf(struct cli *cli, int argc, char **argv);
int cli_verdict(struct cli *cli, int argc, char **argv);
int cli_version(struct cli *cli, int argc, char **argv);

#endif
