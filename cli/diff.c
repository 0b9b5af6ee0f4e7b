/* SPDX-License-Identifier: Apache-2.0 */
#include <unistd.h>

#include "cli/scan_run.h"
#include "cli/stored.h"
#include "scanner/proc_scan_diff.h"

struct arguments {
	const char *names[2];
	const char *as_of[2];
	struct as_of_when when[2];
	const char *policy;
	const char *fail_on;
	bool as_json;
};

struct differ {
	const struct cli *cli;
	const struct state *state;
	struct results *results;
	struct arena arena;
	struct results_image *images;
	size_t n;
	struct buf bytes[2];
	struct judge_at index[2];
};

/* By target, the newest first; else by a digest of it. NULL and *e: none. */
static const struct results_image *
find(const struct differ *d, const char *name, struct err *e)
{
	const struct results_image *found = NULL;
	struct span s = span_of(name);
	struct digest image;
	size_t i;

	for (i = 0; i < d->n; i++)
		if (span_eq(d->images[i].target, s))
			return &d->images[i];
	for (i = 0; i < d->n; i++) {
		const struct results_image *x = &d->images[i];
		bool is_image = span_has_prefix(x->digest, "sha256:") &&
		    digest_parse(span_from(x->digest, 7), &image) &&
		    stored_names(s, &image);

		if (!is_image && !stored_names(s, &x->inventory))
			continue;
		if (found != NULL &&
		    !digest_eq(&found->inventory, &x->inventory)) {
			err_set(e, ERR_FORMAT,
			    "%s names several images: give more digits", name);
			return NULL;
		}
		found = x;
	}
	if (found == NULL)
		err_set(e, ERR_MISSING,
		    "%s is no image that was scanned: `scapcache scan %s` "
		    "first, or see `scapcache verdict list`",
		    name, name);
	return found;
}

static int
open_side(struct differ *d, const struct arguments *a, size_t i,
    struct scan_side *side, struct err *e)
{
	const struct results_image *image = find(d, a->names[i], e);
	int rc;

	if (image == NULL)
		return -1;
	rc = results_inventory_get(
	    d->results, &image->inventory, &d->bytes[i], e);
	if (rc == 0)
		err_set(e, ERR_MISSING, "its inventory is gone");
	if (rc != 1 ||
	    cli_scan_index(d->cli, d->state, &a->when[i], &d->index[i], e) != 0)
		return -1;
	if (d->index[i].why.code != ERR_NONE) {
		*e = d->index[i].why;
		return -1;
	}
	side->target = arena_str(&d->arena, image->target);
	side->image = image->digest;
	side->inventory = buf_span(&d->bytes[i]);
	judge_at_side(side, &d->index[i]);
	return 0;
}

static int
compare(struct differ *d, const struct arguments *a, struct scan_diff *diff)
{
	struct scan_answer answer = { 0 };
	struct err e = { 0 };
	int status = CLI_ERROR;
	bool writes;

	if (stored_open(&d->results, d->state, &writes, &e) != 0 ||
	    results_images(d->results, &d->arena, &d->images, &d->n, &e) != 0 ||
	    open_side(d, a, 0, &diff->sides[0], &e) != 0 ||
	    open_side(d, a, 1, &diff->sides[1], &e) != 0 ||
	    proc_scan_diff(diff, &answer, &e) != 0)
		cli_error(&e);
	else
		status = answer.has_report ? CLI_FAIL : CLI_OK;
	scan_answer_cleanup(&answer);
	return status;
}

static int
run(const struct cli *cli, const struct arguments *a)
{
	struct scan_request request = { .fd = STDOUT_FILENO, .policy_fd = -1 };
	struct scan_diff diff = { .request = &request, .as_json = a->as_json };
	struct state state;
	struct differ d = { .cli = cli, .state = &state };
	int status = CLI_ERROR;
	size_t i;

	if (cli_scan_rules(cli, a->policy, a->fail_on, &request) != CLI_OK)
		return CLI_ERROR;
	if (cli_state(cli, &state, STATE_READ) == CLI_OK) {
		status = compare(&d, a, &diff);
		results_close(d.results);
		state_close(&state);
	}
	for (i = 0; i < 2; i++) {
		buf_cleanup(&d.bytes[i]);
		judge_at_cleanup(&d.index[i]);
	}
	arena_cleanup(&d.arena);
	cli_scan_close(&request);
	return status;
}

int
cli_diff(struct cli *cli, int argc, char **argv)
{
	struct arguments a = { 0 };
	const struct cli_option options[] = {
		{ "as-of-a", "WHEN", "A as that generation judges it",
		    &a.as_of[0] },
		{ "as-of-b", "WHEN", "B as that generation judges it",
		    &a.as_of[1] },
		{ "policy", "FILE", "judge both by this policy", &a.policy },
		{ "fail-on", "SEVERITY",
		    "fail on findings of this severity or above, and on "
		    "unrated ones",
		    &a.fail_on },
		{ "json", NULL, "for programs", &a.as_json },
		{ 0 },
	};
	int n_args, rc;

	rc = cli_options(cli, options, argc, argv, &n_args);
	if (rc != 1)
		return rc == 0 ? CLI_OK : CLI_ERROR;
	if (n_args < 1 || n_args > 2 ||
	    (n_args == 1 && a.as_of[0] == NULL && a.as_of[1] == NULL))
		return cli_usage(
		    cli, "name two images, or one with --as-of-a or --as-of-b");
	a.names[0] = argv[1];
	a.names[1] = argv[n_args];
	if (cli_as_of_parse(cli, "as-of-a", a.as_of[0], &a.when[0]) != CLI_OK ||
	    cli_as_of_parse(cli, "as-of-b", a.as_of[1], &a.when[1]) != CLI_OK)
		return CLI_ERROR;
	return run(cli, &a);
}
