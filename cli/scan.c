/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "cli/cli.h"
#include "cli/output.h"
#include "cli/scan_run.h"

struct scan_arguments {
	const char *format;
	const char *output;
	const char *document;
	const char *fail_on;
	const char *platform;
	const char *evaluator;
	const char *policy;
	const char *variables;
	const char *as_of;
	struct as_of_when when;
	bool timing;
};

static bool
is_coloured(int fd)
{
	const char *term = getenv("TERM");
	const char *no_colour = getenv("NO_COLOR");

	return isatty(fd) && (no_colour == NULL || no_colour[0] == '\0') &&
	    term != NULL && strcmp(term, "dumb") != 0;
}

static unsigned
terminal_width(int fd)
{
	struct winsize w;

	return isatty(fd) && ioctl(fd, TIOCGWINSZ, &w) == 0 ? w.ws_col : 0;
}

static int
open_variables(const struct scan_arguments *a, struct scan_request *r)
{
	struct err e;

	if (a->variables == NULL)
		return CLI_OK;
	r->variables_fd = open(a->variables, O_RDONLY | O_CLOEXEC);
	if (r->variables_fd == -1) {
		err_system(&e, "%s", a->variables);
		return cli_error(&e);
	}
	r->variables_name = a->variables;
	return CLI_OK;
}

/* Turns the options' words into the request. */
static int
read_words(const struct cli *cli, const struct scan_arguments *a,
    struct scan_request *r)
{
	if (a->format != NULL &&
	    !report_format_parse(span_of(a->format), &r->format))
		return cli_usage(cli, "there is no format %s", a->format);
	if (!report_is_built(r->format)) {
		fprintf(stderr,
		    "scapcache scan: the format %s is not built yet\n",
		    a->format);
		return CLI_ERROR;
	}
	if (a->evaluator != NULL && strcmp(a->evaluator, "plain") == 0)
		r->options.mode = EVALUATE_PLAIN;
	else if (a->evaluator != NULL && strcmp(a->evaluator, "fast") != 0)
		return cli_usage(
		    cli, "--evaluator is fast or plain, not %s", a->evaluator);
	return open_variables(a, r);
}

/* For the formats that have no place for it, and for files. */
static void
tell_verdict(const struct cli *cli, const struct scan_answer *answer)
{
	size_t i;

	if (cli->quiet)
		return;
	fprintf(stderr, "scapcache: %s\n", verdict_name(answer->verdict));
	for (i = 0; i < answer->n_reasons; i++)
		fprintf(stderr, "  %.*s\n", SPAN_ARG(answer->reasons[i]));
}

static int
run(const struct cli *cli, const struct scan_arguments *a,
    struct scan_request *r)
{
	struct scan_answer answer = { 0 };
	struct output output;
	struct err e = { 0 };
	int status = CLI_ERROR;

	if (output_open(&output, a->output, &e) != 0)
		return cli_error(&e);
	r->fd = output.fd;
	r->report.colour = is_coloured(output.fd);
	r->report.width = terminal_width(output.fd);
	if (cli_scan_run(cli, r, &a->when, &answer, &e) != 0 ||
	    (answer.has_report && output_commit(&output, &e) != 0))
		cli_error(&e);
	else
		status = cli_scan_status(answer.verdict);
	output_abandon(&output);
	if (status != CLI_ERROR &&
	    (a->output != NULL || !report_has_verdict(r->format)))
		tell_verdict(cli, &answer);
	scan_answer_cleanup(&answer);
	return status;
}

int
cli_scan(struct cli *cli, int argc, char **argv)
{
	struct scan_arguments a = { 0 };
	const struct cli_option options[] = {
		{ "format", "FORMAT",
		    "table (default), json, html, sarif, cyclonedx, "
		    "junit, definitions, oval-results",
		    &a.format },
		{ "output", "FILE", "write the report there", &a.output },
		{ "document", "NAME", "judge by this document only",
		    &a.document },
		{ "fail-on", "SEVERITY",
		    "fail on findings of this severity or above, and on "
		    "unrated ones",
		    &a.fail_on },
		{ "platform", "P", "which image of an index: linux/arm64",
		    &a.platform },
		{ "timing", NULL, "put the evaluation's time into json",
		    &a.timing },
		{ "evaluator", "E",
		    "fast (default) or plain, which walks everything: tests",
		    &a.evaluator },
		{ "policy", "FILE", "judge by its rules and waivers",
		    &a.policy },
		{ "variables", "FILE", "values for OVAL's external variables",
		    &a.variables },
		{ "as-of", "WHEN", CLI_AS_OF_HELP, &a.as_of },
		{ NULL, NULL, NULL, NULL },
	};
	struct scan_request r = { .policy_fd = -1 };
	int n_args, rc;

	rc = cli_options(cli, options, argc, argv, &n_args);
	if (rc != 1)
		return rc == 0 ? CLI_OK : CLI_ERROR;
	if (n_args != 1)
		return cli_usage(cli, "name one image");
	if (cli_as_of_parse(cli, "as-of", a.as_of, &a.when) != CLI_OK ||
	    read_words(cli, &a, &r) != CLI_OK ||
	    cli_scan_rules(cli, a.policy, a.fail_on, &r) != CLI_OK)
		return CLI_ERROR;
	r.target = argv[1];
	r.platform = a.platform;
	r.options.document = a.document;
	r.report.timing = a.timing;
	rc = run(cli, &a, &r);
	cli_scan_close(&r);
	return rc;
}
