/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "cli/as_of.h"
#include "indexer/proc_lookup.h"

#define PACKAGE_HINT                                               \
	"of that package (releases are named as in ubuntu/noble, " \
	"debian/bookworm, rhel/9 and alpine/3.20)"

static int
show(struct cli *cli, const struct lookup_request *r,
    const struct as_of_when *when)
{
	uint64_t n;
	struct err e = { 0 };
	int rc = cli_lookup(cli, r, when, &n);

	if (rc != CLI_OK)
		return rc;
	if (n > 0)
		return CLI_OK;
	err_set(&e, ERR_MISSING, "%s: nothing here is known %s", r->what,
	    strchr(r->what, '/') != NULL ? PACKAGE_HINT : "by that id");
	if (r->document != NULL)
		err_context(&e,
		    "a document %s (scapcache status names the documents)",
		    r->document);
	return cli_error(&e);
}

int
cli_show(struct cli *cli, int argc, char **argv)
{
	struct lookup_request r = { .show = true, .fd = STDOUT_FILENO };
	const char *as_of = NULL;
	const struct cli_option options[] = {
		{ "document", "NAME", "from this document only", &r.document },
		{ "as-of", "WHEN", CLI_AS_OF_HELP, &as_of },
		{ "json", NULL, "for programs", &r.as_json },
		{ "raw", NULL, "the record's source bytes, unchanged", &r.raw },
		{ 0 },
	};
	struct as_of_when when;
	int n_args, rc;

	rc = cli_options(cli, options, argc, argv, &n_args);
	if (rc != 1)
		return rc == 0 ? CLI_OK : CLI_ERROR;
	if (n_args != 1)
		return cli_usage(cli,
		    "say one id: of a CVE, a notice, an advisory or a "
		    "definition; or DISTRIBUTION/RELEASE/PACKAGE");
	r.what = argv[1];
	if (cli_as_of_parse(cli, "as-of", as_of, &when) != CLI_OK)
		return CLI_ERROR;
	return show(cli, &r, &when);
}
