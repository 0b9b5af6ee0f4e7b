/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/log.h"
#include "base/printable.h"
#include "bundle/refusal.h"
#include "cli/cli.h"

#define LOCK_WAIT_MS 60000

const struct cli_verb cli_verbs[] = {
	{ "init", "", "make the state directory", cli_init },
	{ "sync", "[SOURCE…] [--from URL|DIR]",
	    "fetch, prove, keep, index and publish content", cli_sync },
	{ "syncd", "[--from URL|DIR]", "the same on a schedule, as a daemon",
	    cli_syncd },
	{ "status", "[--json] [--audit N]", "freshness, counts and generations",
	    cli_status },
	{ "source", "list | show NAME", "what can be synced", cli_source },
	{ "scan", "TARGET", "judge an image", cli_scan },
	{ "rescan", "", "judge stored inventories again", cli_rescan },
	{ "diff", "A [B] [--as-of-a WHEN] [--as-of-b WHEN]",
	    "compare two images or two moments", cli_diff },
	{ "verdict", "list | show DIGEST | verify [DIGEST…]",
	    "verdicts that are kept, and working them out again", cli_verdict },
	{ "explain", "TARGET ID", "why an image is, or is not, affected",
	    cli_explain },
	{ "search", "WORDS…", "find definitions, notices, advisories, CVEs",
	    cli_search },
	{ "show", "ID | DISTRIBUTION/RELEASE/PACKAGE",
	    "all that is known of a CVE, a record or a package", cli_show },
	{ "changes", "--since GENERATION|DATE", "what changed in the content",
	    cli_changes },
	{ "index", "list | verify | rollback GENERATION",
	    "published generations", cli_index },
	{ "gc", "", "remove what nothing needs", cli_gc },
	{ "key",
	    "init | list | rotate ROLE | renew [ROLE…] | export-root [FILE]",
	    "signing keys", cli_key },
	{ "bundle", "export | import | verify | list | push | pull",
	    "carry content across a gap", cli_bundle },
	{ "token", "add NAME | list | revoke NAME",
	    "who may ask the server for what", cli_token },
	{ "serve", "[--listen ADDR:PORT]", "the HTTP server", cli_serve },
	{ "gate", "status | list | show | retry | promote | waive | try",
	    "the registry gate", NULL },
	{ "tuf", "init TRUSTED_ROOT | refresh | download",
	    "a client of any TUF repository", cli_tuf },
	{ "localize", "DATASTREAM DIR",
	    "write the remote content that a data stream names", cli_localize },
	{ "config", "check", "read the configuration, name what is wrong",
	    cli_config },
	{ "version", "", "the version", cli_version },
	{ NULL, NULL, NULL, NULL },
};

int
cli_error(const struct err *e)
{
	struct buf text = { 0 };

	/* Names out of images and feeds stand in it. */
	printable_add(&text, span_of(e->msg));
	fprintf(stderr, "scapcache: %s\n", buf_str(&text));
	buf_cleanup(&text);
	return CLI_ERROR;
}

int
cli_refused(const struct err *e)
{
	enum refusal r = refusal_of(e);
	struct buf text = { 0 };

	if (r == REFUSAL_NONE)
		return cli_error(e);
	printable_add(&text, span_of(e->msg));
	fprintf(stderr, "scapcache: %s: %s\n", refusal_name(r), buf_str(&text));
	buf_cleanup(&text);
	return refusal_status(r);
}

int
cli_usage(const struct cli *cli, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "scapcache %s: ", cli->verb->name);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fprintf(stderr, ": see scapcache %s --help\n", cli->verb->name);
	return CLI_ERROR;
}

/* Whose daemon could not read, or replace, what root makes here? */
static void
warn_foreign(const struct cli *cli, const struct state *s)
{
	struct stat st;

	if (geteuid() == 0 && fstat(s->dirfd, &st) == 0 && st.st_uid != 0)
		log_warn("%s: %s belongs to user %u, and what is made here now "
			 "to root: better say it as that user, with sudo -u",
		    cli->verb->name, s->path, (unsigned)st.st_uid);
}

int
cli_state(const struct cli *cli, struct state *s, enum state_mode mode)
{
	struct err e = { 0 };

	if (state_open(s, cli->state, mode, LOCK_WAIT_MS, &e) != 0) {
		cli_error(&e);
		return -1;
	}
	if (mode == STATE_WRITE)
		warn_foreign(cli, s);
	return 0;
}

int
cli_lock_state(const struct cli *cli, struct state *s)
{
	if (cli_state(cli, s, STATE_READ) != 0)
		return -1;
	state_close(s);
	return cli_state(cli, s, STATE_WRITE);
}

#define HELP_COLUMN 27
#define HELP_WIDTH 80

/* Behind an option, broken at blanks. */
static void
print_wrapped(const char *text)
{
	struct span rest = span_of(text);
	size_t width = HELP_WIDTH - HELP_COLUMN - 1;

	while (rest.len > width) {
		struct span line = span_first(rest, width + 1);
		size_t blank = span_rfind(line, ' ');

		if (blank == line.len)
			break;
		printf("%.*s\n%*s", (int)blank, rest.ptr, HELP_COLUMN, "");
		rest = span_from(rest, blank + 1);
	}
	printf("%.*s\n", SPAN_ARG(rest));
}

static void
print_help(const struct cli *cli, const struct cli_option *options)
{
	const struct cli_option *o;

	printf("usage: scapcache %s%s%s%s\n\n%s\n", cli->verb->name,
	    cli->verb->usage[0] == '\0' ? "" : " ", cli->verb->usage,
	    options[0].name == NULL ? "" : " [OPTION…]", cli->verb->help);
	if (options[0].name != NULL)
		putchar('\n');
	for (o = options; o->name != NULL; o++) {
		char left[64];

		snprintf(left, sizeof(left), "--%s%s%s", o->name,
		    o->value == NULL ? "" : " ",
		    o->value == NULL ? "" : o->value);
		printf("  %-24s ", left);
		print_wrapped(o->help);
	}
}

static const struct cli_option *
find_option(const struct cli_option *options, struct span name)
{
	for (; options->name != NULL; options++)
		if (span_is(name, options->name))
			return options;
	return NULL;
}

/* Takes the option at argv[*i]; moves *i onto its value. */
static int
take_option(struct cli *cli, const struct cli_option *options, int argc,
    char **argv, int *i)
{
	struct span text = span_of(argv[*i] + 2);
	size_t equals = span_find(text, '=');
	const struct cli_option *o =
	    find_option(options, span_first(text, equals));

	if (o == NULL)
		return cli_usage(cli, "there is no option %s", argv[*i]);
	if (o->value == NULL) {
		if (equals != text.len)
			return cli_usage(cli, "--%s takes no value", o->name);
		*(bool *)o->target = true;
		return 0;
	}
	if (equals != text.len)
		*(const char **)o->target = text.ptr + equals + 1;
	else if (*i + 1 < argc)
		*(const char **)o->target = argv[++*i];
	else
		return cli_usage(cli, "--%s needs a value", o->name);
	return 0;
}

int
cli_options(struct cli *cli, const struct cli_option *options, int argc,
    char **argv, int *n_args)
{
	bool only_args = false;
	int i;

	*n_args = 0;
	for (i = 1; i < argc; i++) {
		if (only_args || strncmp(argv[i], "--", 2) != 0) {
			argv[++*n_args] = argv[i];
		} else if (argv[i][2] == '\0') {
			only_args = true;
		} else if (strcmp(argv[i], "--help") == 0) {
			print_help(cli, options);
			return 0;
		} else if (take_option(cli, options, argc, argv, &i) != 0) {
			return -1;
		}
	}
	return 1;
}

bool
cli_options_only(struct cli *cli, const struct cli_option *options, int argc,
    char **argv, int *status)
{
	int n_args;
	int rc = cli_options(cli, options, argc, argv, &n_args);

	*status = rc == 0 ? CLI_OK : CLI_ERROR;
	if (rc == 1 && n_args != 0)
		cli_usage(cli, "takes no arguments");
	return rc == 1 && n_args == 0;
}
