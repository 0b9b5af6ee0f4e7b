/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>

#include "cli/bundle.h"

static int
read_options(struct cli *cli, const struct cli_option *options, int argc,
    char **argv, struct bundle_arguments *a,
    int (*run)(struct cli *cli, const struct bundle_arguments *a))
{
	int rc = cli_options(cli, options, argc, argv, &a->n_names);

	if (rc != 1)
		return rc == 0 ? CLI_OK : CLI_ERROR;
	a->names = argv + 1;
	return run(cli, a);
}

static int
read_bundle(struct cli *cli, int argc, char **argv,
    int (*run)(struct cli *cli, const struct bundle_arguments *a))
{
	struct bundle_arguments a = { 0 };
	const struct cli_option options[] = {
		{ "root", "ROOT.json", "the root to trust, the first time",
		    &a.root },
		{ "accept-expired", NULL, "take what has expired, as stale",
		    &a.accept_expired },
		{ "source", "SOURCE[,SOURCE…]", "these sources only",
		    &a.sources },
		{ 0 },
	};

	return read_options(cli, options, argc, argv, &a, run);
}

static int
import(struct cli *cli, int argc, char **argv)
{
	return read_bundle(cli, argc, argv, bundle_import);
}

static int
verify(struct cli *cli, int argc, char **argv)
{
	return read_bundle(cli, argc, argv, bundle_verify);
}

static int
list(struct cli *cli, int argc, char **argv)
{
	struct bundle_arguments a = { 0 };
	const struct cli_option options[] = {
		{ "json", NULL, "for programs", &a.as_json },
		{ 0 },
	};

	return read_options(cli, options, argc, argv, &a, bundle_list);
}

static int
push(struct cli *cli, int argc, char **argv)
{
	struct bundle_arguments a = { 0 };
	const struct cli_option options[] = { { 0 } };

	return read_options(cli, options, argc, argv, &a, bundle_push);
}

static int
pull(struct cli *cli, int argc, char **argv)
{
	struct bundle_arguments a = { 0 };
	const struct cli_option options[] = { { 0 } };

	return read_options(cli, options, argc, argv, &a, bundle_pull);
}

/* In the order of the help. */
static const struct cli_verb verbs[] = {
	{ "bundle export", "[FILE|-]",
	    "write what is signed as one file, or into bundles/",
	    bundle_export },
	{ "bundle import", "FILE…|-", "prove a bundle and take it over",
	    import },
	{ "bundle verify", "FILE…|-", "all of that but writing", verify },
	{ "bundle list", "", "what was signed, exported and imported", list },
	{ "bundle push", "FILE… docker://HOST/NAME[:TAG]",
	    "put a bundle into a registry", push },
	{ "bundle pull", "docker://HOST/NAME[:TAG|@DIGEST] FILE|-",
	    "get one from there, the same file", pull },
	{ NULL, NULL, NULL, NULL },
};

static const struct cli_verb *
find(const char *name)
{
	const struct cli_verb *v;

	for (v = verbs; v->name != NULL; v++)
		if (strcmp(v->name + strlen("bundle "), name) == 0)
			return v;
	return NULL;
}

static int
run(struct cli *cli, const struct cli_verb *v, int argc, char **argv)
{
	const struct cli_verb *whole = cli->verb;
	int status;

	cli->verb = v;
	status = v->run(cli, argc, argv);
	cli->verb = whole;
	return status;
}

/* The help of all. */
static int
help(struct cli *cli)
{
	char option[] = "--help";
	char name[] = "bundle";
	const struct cli_verb *v;

	printf("usage: scapcache bundle %s\n\n%s\n", cli->verb->usage,
	    cli->verb->help);
	for (v = verbs; v->name != NULL; v++) {
		char *argv[] = { name, option, NULL };

		putchar('\n');
		run(cli, v, 2, argv);
	}
	return CLI_OK;
}

int
cli_bundle(struct cli *cli, int argc, char **argv)
{
	const struct cli_verb *v;

	if (argc >= 2 && strcmp(argv[1], "--help") == 0)
		return help(cli);
	v = argc < 2 ? NULL : find(argv[1]);
	if (v == NULL)
		return cli_usage(cli, "say %s", cli->verb->usage);
	return run(cli, v, argc - 1, argv + 1);
}
