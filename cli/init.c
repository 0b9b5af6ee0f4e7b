/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>

#include "base/catalog.h"
#include "base/store.h"
#include "cli/cli.h"
#include "scanner/results.h"

static int
prepare(const struct state *s, struct err *e)
{
	struct store store = { -1 };
	struct results *results = NULL;
	struct db *catalog = NULL;
	int rc;

	rc = store_open(&store, s->dirfd, e);
	if (rc == 0)
		rc = catalog_open(&catalog, s, DB_WRITE, e);
	if (rc == 0)
		rc = results_open(&results, s, true, e);
	results_close(results);
	db_close(catalog);
	store_close(&store);
	return rc;
}

int
cli_init(struct cli *cli, int argc, char **argv)
{
	static const struct cli_option options[] = { { 0 } };
	struct err e = { 0 };
	struct state s;
	int rc;

	if (!cli_options_only(cli, options, argc, argv, &rc))
		return rc;
	if (cli_state(cli, &s, STATE_WRITE) != 0)
		return CLI_ERROR;
	rc = prepare(&s, &e);
	if (rc == 0)
		printf("State directory %s is ready. Next: scapcache --state "
		       "%s sync\n",
		    s.path, s.path);
	state_close(&s);
	return rc == 0 ? CLI_OK : cli_error(&e);
}
