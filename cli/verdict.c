/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json_out.h"
#include "base/printable.h"
#include "cli/stored.h"
#include "server/verdict_verify.h"

struct verdicts {
	struct results *results;
	struct arena arena;
	struct results_verdict *v;
	size_t n;
	struct out out;
};

/* --- list --- */

static void
list_text(struct verdicts *l, const struct results_verdict *v)
{
	char text[STORED_DIGEST_SIZE], time[CLOCK_TEXT_SIZE];
	struct buf target = { 0 };

	printable_add(&target, v->target);
	out_printf(&l->out,
	    "%s  %s  %-7s  generation %" PRIu64 "  %" PRIu64 " finding%s  %s\n",
	    stored_digest(&v->digest, text), clock_text(v->judged_at, time),
	    verdict_name((enum verdict)v->verdict), v->generation,
	    v->n_findings, v->n_findings == 1 ? "" : "s", buf_str(&target));
	buf_cleanup(&target);
}

static void
list_json(struct json_out *j, const struct results_verdict *v)
{
	char text[STORED_DIGEST_SIZE];

	json_object(j, NULL);
	json_str(j, "digest", stored_digest(&v->digest, text));
	json_span(j, "target", v->target);
	json_span(j, "image_digest", v->image);
	json_str(j, "inventory", stored_digest(&v->inventory, text));
	json_str(j, "policy",
	    v->has_policy ? stored_digest(&v->policy, text) : NULL);
	json_str(j, "fail_on",
	    v->fail_on_set ? severity_name((enum severity)v->fail_on) : NULL);
	json_uint(j, "generation", v->generation);
	json_str(j, "content", stored_digest(&v->content, text));
	json_time(j, "judged", v->judged_at);
	json_str(j, "verdict", verdict_name((enum verdict)v->verdict));
	json_uint(j, "findings", v->n_findings);
	json_span(j, "os", v->os);
	json_object_end(j);
}

static int
list(struct verdicts *l, bool as_json, struct err *e)
{
	struct json_out j;
	size_t i;

	json_out_init(&j, &l->out);
	if (as_json)
		json_array(&j, NULL);
	for (i = 0; i < l->n; i++) {
		if (as_json)
			list_json(&j, &l->v[i]);
		else
			list_text(l, &l->v[i]);
	}
	if (as_json) {
		json_array_end(&j);
		out_char(&l->out, '\n');
	}
	return out_flush(&l->out, e);
}

/* --- one of them --- */

/* NULL and *e: none, or several. */
static const struct results_verdict *
find(const struct verdicts *l, const char *name, struct err *e)
{
	const struct results_verdict *found = NULL;
	size_t i;

	for (i = 0; i < l->n; i++) {
		if (!stored_names(span_of(name), &l->v[i].digest))
			continue;
		if (found != NULL) {
			err_set(e, ERR_FORMAT,
			    "%s names several verdicts: give more digits",
			    name);
			return NULL;
		}
		found = &l->v[i];
	}
	if (found == NULL)
		err_set(e, ERR_MISSING,
		    "there is no verdict %s: see `scapcache verdict list`",
		    name);
	return found;
}

static int
show(struct verdicts *l, const char *name, struct err *e)
{
	const struct results_verdict *v = find(l, name, e);
	struct buf bytes = { 0 };
	int rc;

	if (v == NULL)
		return -1;
	rc = results_record_get(l->results, &v->digest, &bytes, e);
	if (rc == 1) {
		out_span(&l->out, buf_span(&bytes));
		rc = out_flush(&l->out, e);
	}
	buf_cleanup(&bytes);
	return rc;
}

/* The verdicts that are named, or all. */
static int
pick(struct verdicts *l, char *const *names, int n, struct err *e)
{
	struct results_verdict *picked;
	const struct results_verdict *v;
	int i;

	if (n == 0)
		return 0;
	picked = arena_array(&l->arena, (size_t)n, sizeof(*picked));
	for (i = 0; i < n; i++) {
		v = find(l, names[i], e);
		if (v == NULL)
			return -1;
		picked[i] = *v;
	}
	l->v = picked;
	l->n = (size_t)n;
	return 0;
}

/* --- the whole --- */

enum action {
	ACTION_LIST = 0,
	ACTION_SHOW,
	ACTION_VERIFY,
};

struct arguments {
	enum action action;
	char *const *names;
	int n_names;
	bool as_json;
};

static int
act(const struct state *state, struct verdicts *l, const struct arguments *a,
    struct err *e)
{
	struct verification v = { .state = state,
		.results = l->results,
		.out = &l->out,
		.as_json = a->as_json,
		.may_make = true };

	switch (a->action) {
	case ACTION_LIST:
		return list(l, a->as_json, e) == 0 ? CLI_OK : CLI_ERROR;
	case ACTION_SHOW:
		return show(l, a->names[0], e) == 0 ? CLI_OK : CLI_ERROR;
	case ACTION_VERIFY:
		break;
	}
	if (pick(l, a->names, a->n_names, e) != 0)
		return CLI_ERROR;
	v.verdicts = l->v;
	v.n = l->n;
	if (verdict_verify(&v, e) != 0)
		return CLI_ERROR;
	if (v.n_differs > 0)
		return CLI_FAIL;
	return v.n_unknown > 0 ? CLI_UNKNOWN : CLI_OK;
}

static int
run(const struct cli *cli, const struct arguments *a)
{
	struct verdicts l = { 0 };
	struct err e = { 0 };
	struct state state;
	bool writes;
	int status = CLI_ERROR;

	if (cli_state(cli, &state, STATE_READ) != 0)
		return CLI_ERROR;
	out_init(&l.out, STDOUT_FILENO);
	if (stored_open(&l.results, &state, &writes, &e) == 0 &&
	    results_verdicts(l.results, &l.arena, &l.v, &l.n, &e) == 0)
		status = act(&state, &l, a, &e);
	if (status == CLI_ERROR)
		cli_error(&e);
	results_close(l.results);
	out_cleanup(&l.out);
	arena_cleanup(&l.arena);
	state_close(&state);
	return status;
}

int
cli_verdict(struct cli *cli, int argc, char **argv)
{
	struct arguments a = { 0 };
	const struct cli_option options[] = {
		{ "json", NULL, "list and verify: for programs", &a.as_json },
		{ 0 },
	};
	int n_args, rc;

	rc = cli_options(cli, options, argc, argv, &n_args);
	if (rc != 1)
		return rc == 0 ? CLI_OK : CLI_ERROR;
	a.names = argv + 2;
	a.n_names = n_args - 1;
	if (n_args == 1 && strcmp(argv[1], "list") == 0)
		a.action = ACTION_LIST;
	else if (n_args == 2 && strcmp(argv[1], "show") == 0)
		a.action = ACTION_SHOW;
	else if (n_args >= 1 && strcmp(argv[1], "verify") == 0)
		a.action = ACTION_VERIFY;
	else
		return cli_usage(
		    cli, "say list, show DIGEST, or verify [DIGEST…]");
	return run(cli, &a);
}
