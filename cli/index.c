/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json_out.h"
#include "base/log.h"
#include "cli/cli.h"
#include "eval/index.h"
#include "indexer/generation.h"
#include "indexer/history.h"
#include "indexer/verify.h"
#include "syncd/publish.h"

#define NOTHING_PUBLISHED \
	"Nothing is published yet: `scapcache sync` does it.\n"

/* --- list --- */

struct list {
	const struct state *state;
	struct out out;
	struct json_out json;
	bool as_json;
	unsigned n;
};

static uint64_t
family_size(int dirfd, struct span family)
{
	struct buf name = { 0 };
	struct stat st;
	uint64_t size = 0;

	buf_printf(&name, "%.*s.sqlite", SPAN_ARG(family));
	if (fstatat(dirfd, buf_str(&name), &st, 0) == 0)
		size = (uint64_t)st.st_size;
	buf_cleanup(&name);
	return size;
}

static uint64_t
family_records(const struct index_family *f)
{
	uint64_t n = 0;
	size_t i;

	for (i = 0; i < f->n_documents; i++)
		n += f->documents[i].n_records;
	return n;
}

static void
list_family(struct list *l, const struct index_family *f, uint64_t size)
{
	if (!l->as_json) {
		out_printf(&l->out,
		    "  %-8.*s %4zu %-9s %9" PRIu64 " %-7s %8.1f MB\n",
		    SPAN_ARG(f->name), f->n_documents,
		    f->n_documents == 1 ? "document" : "documents",
		    family_records(f),
		    family_records(f) == 1 ? "record" : "records",
		    (double)size / 1e6);
		return;
	}
	json_object(&l->json, NULL);
	json_span(&l->json, "name", f->name);
	json_uint(&l->json, "documents", f->n_documents);
	json_uint(&l->json, "records", family_records(f));
	json_uint(&l->json, "size_bytes", size);
	json_object_end(&l->json);
}

static int
tell_unreadable(struct list *l, const struct err *why)
{
	if (why->code != ERR_FORMAT)
		return -1;
	if (!l->as_json)
		out_printf(&l->out, "  %s\n", why->msg);
	else
		log_warn("%s", why->msg);
	return 0;
}

static int
list_families(struct list *l, uint64_t number, struct err *e)
{
	char below[GENERATION_PATH_SIZE];
	struct index_reader r = { 0 };
	struct buf path = { 0 };
	int dirfd = -1, rc = -1;
	size_t i;

	generation_path(number, below);
	if (file_open_dir(l->state->dirfd, below, false, &dirfd, e) != 0)
		goto out;
	buf_printf(&path, "%s/%s", l->state->path, below);
	if (index_open(&r, dirfd, buf_str(&path), e) != 0) {
		/* The others are to be seen all the same. */
		rc = tell_unreadable(l, e);
		goto out;
	}
	for (i = 0; i < r.n_families; i++)
		list_family(
		    l, &r.families[i], family_size(dirfd, r.families[i].name));
	rc = 0;
out:
	if (dirfd != -1)
		close(dirfd);
	index_close(&r);
	buf_cleanup(&path);
	return rc;
}

static int
list_generation(
    void *ctx, uint64_t number, int64_t made, bool is_current, struct err *e)
{
	struct list *l = ctx;
	char text[CLOCK_TEXT_SIZE];
	int rc;

	l->n++;
	if (!l->as_json) {
		out_printf(&l->out, "%" PRIu64 "  %s%s\n", number,
		    clock_text(made, text), is_current ? "  current" : "");
		return list_families(l, number, e);
	}
	json_object(&l->json, NULL);
	json_uint(&l->json, "generation", number);
	json_time(&l->json, "made", made);
	json_bool(&l->json, "current", is_current);
	json_array(&l->json, "families");
	rc = list_families(l, number, e);
	json_array_end(&l->json);
	json_object_end(&l->json);
	return rc;
}

static int
list(struct cli *cli, bool as_json)
{
	struct list l = { .as_json = as_json };
	struct err e = { 0 };
	struct state state;
	int rc;

	if (cli_state(cli, &state, STATE_READ) != 0)
		return CLI_ERROR;
	l.state = &state;
	out_init(&l.out, STDOUT_FILENO);
	json_out_init(&l.json, &l.out);
	if (as_json)
		json_array(&l.json, NULL);
	rc = generation_each(state.dirfd, list_generation, &l, &e);
	if (as_json) {
		json_array_end(&l.json);
		out_char(&l.out, '\n');
	} else if (rc == 0 && l.n == 0) {
		out_str(&l.out, NOTHING_PUBLISHED);
	}
	if (rc == 0)
		rc = out_flush(&l.out, &e);
	out_cleanup(&l.out);
	state_close(&state);
	return rc == 0 ? CLI_OK : cli_error(&e);
}

/* --- verify --- */

struct verification {
	bool as_json;
	bool all_same;
	struct out out;
	struct json_out json;
};

static void
json_digests(
    struct json_out *j, const char *name, const struct family_digests *d)
{
	char hex[DIGEST_HEX_SIZE];

	json_object(j, name);
	json_str(j, "content", digest_hex(&d->content, hex));
	json_str(j, "plan", digest_hex(&d->plan, hex));
	json_object_end(j);
}

static void
json_result(struct json_out *j, const struct verify_result *r)
{
	json_object(j, NULL);
	json_span(j, "family", r->family);
	json_bool(j, "same", r->same);
	if (r->reason.len > 0) {
		json_span(j, "reason", r->reason);
	} else {
		json_digests(j, "current", &r->current);
		json_digests(j, "rebuilt", &r->rebuilt);
	}
	json_object_end(j);
}

static void
print_result(struct out *o, const struct verify_result *r)
{
	char current[DIGEST_HEX_SIZE], rebuilt[DIGEST_HEX_SIZE];

	digest_hex(&r->current.content, current);
	if (r->same)
		out_printf(
		    o, "%-8.*s same     %s\n", SPAN_ARG(r->family), current);
	else if (r->reason.len > 0)
		out_printf(o, "%-8.*s differs  %.*s\n", SPAN_ARG(r->family),
		    SPAN_ARG(r->reason));
	else if (digest_eq(&r->current.content, &r->rebuilt.content))
		out_printf(o, "%-8.*s differs  %s: its plans\n",
		    SPAN_ARG(r->family), current);
	else
		out_printf(o, "%-8.*s differs  %s, rebuilt %s\n",
		    SPAN_ARG(r->family), current,
		    digest_hex(&r->rebuilt.content, rebuilt));
}

/* Each as it comes: a large family takes minutes. */
static int
take_result(void *ctx, const struct verify_result *r, struct err *e)
{
	struct verification *v = ctx;

	v->all_same &= r->same;
	if (v->as_json) {
		json_result(&v->json, r);
		return 0;
	}
	print_result(&v->out, r);
	return out_flush(&v->out, e);
}

static int
verify_state(const struct state *s, struct verification *v, struct err *e)
{
	uint64_t number;
	int rc;

	if (generation_current(s->dirfd, &number, e) != 0)
		return -1;
	if (v->as_json) {
		json_object(&v->json, NULL);
		json_uint(&v->json, "format", 1);
		json_uint(&v->json, "generation", number);
		json_array(&v->json, "families");
	}
	rc = verify_run(s, take_result, v, e);
	if (number == 0 && !v->as_json)
		out_str(&v->out, NOTHING_PUBLISHED);
	if (v->as_json) {
		json_array_end(&v->json);
		json_object_end(&v->json);
		out_char(&v->out, '\n');
	}
	return rc == 0 ? out_flush(&v->out, e) : -1;
}

static int
verify(struct cli *cli, bool as_json)
{
	struct verification v = { .as_json = as_json, .all_same = true };
	struct err e = { 0 };
	struct state state;
	int rc;

	if (cli_lock_state(cli, &state) != 0)
		return CLI_ERROR;
	out_init(&v.out, STDOUT_FILENO);
	json_out_init(&v.json, &v.out);
	rc = verify_state(&state, &v, &e);
	out_cleanup(&v.out);
	state_close(&state);
	if (rc != 0)
		return cli_error(&e);
	return v.all_same ? CLI_OK : CLI_ERROR;
}

/* --- rollback --- */

/* What is current then is what is signed: the next sync makes it good. */
static void
sign(struct cli *cli, struct state *s, struct db *catalog)
{
	const struct publish_options o = {
		.config = cli->config,
		.passphrase_fd = -1,
		.may_ask = !cli->quiet && isatty(STDIN_FILENO),
	};
	struct err e = { 0 };

	if (publish_generation(s, catalog, &o, &e) == -1)
		log_warn("publish: not signed: %s", e.msg);
}

/*
 * What a killed run left unwritten goes first; a link that names nothing does
 * not stand in the way.
 */
static int
roll_back(struct cli *cli, struct state *s, uint64_t number, struct err *e)
{
	struct db *catalog = NULL;
	uint64_t current;
	int rc = -1;

	if (catalog_open(&catalog, s, DB_WRITE, e) != 0)
		return -1;
	if (generation_current(s->dirfd, &current, e) != 0 ||
	    history_record(catalog, s, e) == 0)
		rc = generation_rollback(s->dirfd, number, e);
	if (rc == 0)
		rc = history_record(catalog, s, e);
	if (rc == 0)
		sign(cli, s, catalog);
	db_close(catalog);
	return rc;
}

static int
rollback(struct cli *cli, uint64_t number)
{
	struct err e = { 0 };
	struct state state;
	int rc;

	if (cli_lock_state(cli, &state) != 0)
		return CLI_ERROR;
	rc = roll_back(cli, &state, number, &e);
	state_close(&state);
	if (rc != 0)
		return cli_error(&e);
	if (!cli->quiet)
		fprintf(stderr,
		    "Generation %" PRIu64
		    " is current. The next sync goes forward again.\n",
		    number);
	return CLI_OK;
}

int
cli_index(struct cli *cli, int argc, char **argv)
{
	bool as_json = false;
	const struct cli_option options[] = {
		{ "json", NULL, "list and verify: for programs", &as_json },
		{ 0 },
	};
	uint64_t number;
	int n_args, rc;

	rc = cli_options(cli, options, argc, argv, &n_args);
	if (rc != 1)
		return rc == 0 ? CLI_OK : CLI_ERROR;
	if (n_args == 1 && strcmp(argv[1], "list") == 0)
		return list(cli, as_json);
	if (n_args == 1 && strcmp(argv[1], "verify") == 0)
		return verify(cli, as_json);
	if (n_args == 2 && strcmp(argv[1], "rollback") == 0 &&
	    parse_uint(span_of(argv[2]), INT64_MAX - 1, &number))
		return rollback(cli, number);
	return cli_usage(
	    cli, "say list, verify, or rollback and a generation's number");
}
