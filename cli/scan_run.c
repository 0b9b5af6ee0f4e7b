/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "base/catalog.h"
#include "base/clock.h"
#include "base/log.h"
#include "cli/registry.h"
#include "cli/scan_run.h"
#include "indexer/generation.h"

/*
 * The folder of the generation that is to judge. None: out->generation is 0,
 * and *e says why if a certain one was asked for.
 */
static int
find_index(const struct cli *cli, const struct state *s,
    const struct as_of_when *when, struct as_of *out, struct err *e)
{
	char path[GENERATION_PATH_SIZE];

	if (cli_as_of_open(cli, s, when, out, e) != 0) {
		out->generation = 0;
		return e->code == ERR_MISSING ? 0 : -1;
	}
	if (as_of_is_asked(when))
		return 0;
	if (generation_current(s->dirfd, &out->generation, e) != 0)
		return -1;
	if (out->generation > 0)
		snprintf(out->below, sizeof(out->below), "%s",
		    generation_path(out->generation, path));
	return 0;
}

/* Ages count to the moment that is asked about: a generation's own is when it
 * was published. */
static int64_t
judged_at(const struct as_of_when *when, const struct as_of *g)
{
	if (!as_of_is_asked(when))
		return clock_now();
	if (when->is_time)
		return when->time;
	return g->generation > 0 ? g->made : clock_now();
}

/* Without a catalog what has no date has none: a policy may ask for one. */
static void
find_seen(const struct state *s, struct cli_index *out)
{
	struct db *catalog = NULL;
	struct err e = { 0 };

	if (catalog_open(&catalog, s, DB_READ, &e) != 0 ||
	    catalog_seen(catalog, out->generation, &out->arena, &out->seen,
		&out->n_seen, &e) != 0 ||
	    catalog_is_stale(catalog, out->generation, &out->is_stale, &e) != 0)
		log_info("scan: dates of documents are not known: %s", e.msg);
	db_close(catalog);
}

int
cli_scan_index(const struct cli *cli, const struct state *s,
    const struct as_of_when *when, struct cli_index *out, struct err *e)
{
	struct as_of g;

	*out = (struct cli_index){ 0 };
	if (find_index(cli, s, when, &g, &out->why) != 0) {
		*e = out->why;
		return -1;
	}
	out->generation = g.generation;
	out->judged_at = judged_at(when, &g);
	if (g.generation > 0) {
		buf_printf(&out->path, "%s/%s", s->path, g.below);
		find_seen(s, out);
	}
	return 0;
}

void
cli_scan_index_cleanup(struct cli_index *index)
{
	buf_cleanup(&index->path);
	arena_cleanup(&index->arena);
	*index = (struct cli_index){ 0 };
}

void
cli_scan_use(struct scan_request *r, const struct cli_index *index)
{
	if (index->why.code != ERR_NONE)
		r->options.no_content = index->why.msg;
	r->index = index->generation > 0 ? buf_str(&index->path) : NULL;
	r->options.judged_at = index->judged_at;
	r->options.seen = index->seen;
	r->options.n_seen = index->n_seen;
	r->options.is_stale = index->is_stale;
}

int
cli_scan_run(const struct cli *cli, struct scan_request *r,
    const struct as_of_when *when, struct scan_answer *answer, struct err *e)
{
	struct registry_options registry;
	struct cli_index index = { 0 };
	struct state state;
	int rc = -1;

	if (state_open(&state, cli->state, STATE_READ, 0, e) != 0)
		return -1;
	if (cli_scan_index(cli, &state, when, &index, e) != 0)
		goto out;
	cli_scan_use(r, &index);
	r->statefd = state.dirfd;
	if (r->explain == NULL)
		r->state = &state;
	cli_registry_options(cli, &registry);
	r->registry = &registry;
	rc = proc_scan(r, answer, e);
out:
	r->state = NULL;
	r->registry = NULL;
	state_close(&state);
	cli_scan_index_cleanup(&index);
	return rc;
}

int
cli_scan_status(enum verdict v)
{
	switch (v) {
	case VERDICT_PASS:
		return CLI_OK;
	case VERDICT_FAIL:
		return CLI_FAIL;
	default:
		return CLI_UNKNOWN;
	}
}

int
cli_scan_rules(const struct cli *cli, const char *policy, const char *fail_on,
    struct scan_request *r)
{
	const char *severity =
	    fail_on != NULL ? fail_on : config_str(cli->config, "scan.fail_on");
	struct err e = { 0 };

	r->policy_fd = -1;
	r->options.fail_on_set = severity[0] != '\0';
	if (r->options.fail_on_set &&
	    (!severity_parse(span_of(severity), &r->options.fail_on) ||
		r->options.fail_on == SEVERITY_NONE))
		return cli_usage(cli,
		    "%s is no severity: negligible, low, medium, high, "
		    "critical",
		    severity);
	r->policy_name =
	    policy != NULL ? policy : config_str(cli->config, "scan.policy");
	if (r->policy_name[0] == '\0')
		return CLI_OK;
	r->policy_fd = open(r->policy_name, O_RDONLY | O_CLOEXEC);
	if (r->policy_fd == -1) {
		err_system(&e, "%s", r->policy_name);
		return cli_error(&e);
	}
	return CLI_OK;
}

void
cli_scan_close(struct scan_request *r)
{
	if (r->policy_fd != -1)
		close(r->policy_fd);
	r->policy_fd = -1;
	if (r->variables_name != NULL)
		close(r->variables_fd);
	r->variables_name = NULL;
}
