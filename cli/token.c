/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>
#include <sys/random.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/json_out.h"
#include "base/mem.h"
#include "cli/cli.h"
#include "cli/print.h"
#include "schema_catalog.h"
#include "server/access.h"

#define DAYS_DEFAULT 365u
#define DAYS_MAX 36500u
#define DAY 86400

struct arguments {
	const char *scope;
	const char *days;
	bool certificate;
	bool json;
};

/* --- add --- */

/* Chance for the salt and the secret itself, which is said in hex. */
static int
draw(struct access_token *t, char secret[ACCESS_SECRET_SIZE], struct err *e)
{
	unsigned char chance[ACCESS_SALT_SIZE + DIGEST_SIZE];
	struct digest text;
	char hex[DIGEST_HEX_SIZE];

	if (getrandom(chance, sizeof(chance), 0) != (ssize_t)sizeof(chance))
		return err_system(e, "the kernel has no random numbers");
	memcpy(t->salt, chance, ACCESS_SALT_SIZE);
	memcpy(text.bytes, chance + ACCESS_SALT_SIZE, DIGEST_SIZE);
	snprintf(secret, ACCESS_SECRET_SIZE, ACCESS_PREFIX "%s",
	    digest_hex(&text, hex));
	access_hash(t, span_of(secret), &t->hash);
	explicit_bzero(chance, sizeof(chance));
	explicit_bzero(hex, sizeof(hex));
	explicit_bzero(&text, sizeof(text));
	return 0;
}

static int
insert(struct db *catalog, const struct access_token *t, struct err *e)
{
	struct db_stmt *q = db_query(catalog, QUERY_CATALOG_TOKEN_ADD);
	struct buf scopes = { 0 };
	bool secret = !t->is_certificate;
	int rc;

	scope_add(&scopes, t->scopes);
	db_bind_text(q, ":name", t->name);
	db_bind_blob(
	    q, ":salt", span_make(t->salt, secret ? sizeof(t->salt) : 0));
	db_bind_blob(
	    q, ":hash", span_make(t->hash.bytes, secret ? DIGEST_SIZE : 0));
	db_bind_text(q, ":scopes", buf_span(&scopes));
	db_bind_int(q, ":made", t->made);
	db_bind_int(q, ":expires", t->expires);
	db_bind_int(q, ":certificate", t->is_certificate);
	rc = db_run(q, e);
	buf_cleanup(&scopes);
	return rc;
}

/* Each a line: "token ci made read,scan until 2027-01-02T03:04:05Z". */
static int
audit(struct db *catalog, const struct access_token *t, const char *event,
    struct err *e)
{
	struct buf subject = { 0 }, detail = { 0 };
	char time[CLOCK_TEXT_SIZE];
	int rc;

	buf_printf(&subject, "token %.*s", SPAN_ARG(t->name));
	scope_add(&detail, t->scopes);
	if (t->expires != 0)
		buf_printf(&detail, " until %s", clock_text(t->expires, time));
	if (t->is_certificate)
		buf_add_str(&detail, " of a certificate");
	rc = catalog_audit(
	    catalog, buf_span(&subject), event, buf_span(&detail), e);
	buf_cleanup(&subject);
	buf_cleanup(&detail);
	return rc;
}

static const struct access_token *
find(const struct access_list *l, struct span name)
{
	size_t i;

	for (i = 0; i < l->n_tokens; i++)
		if (span_eq(l->tokens[i].name, name))
			return &l->tokens[i];
	return NULL;
}

static int
check_room(struct db *catalog, struct span name, struct err *e)
{
	struct access_list list;
	int rc = access_read(&list, catalog, false, e);

	if (rc == 0 && find(&list, name) != NULL)
		rc = err_set(e, ERR_FORMAT,
		    "there is a token %.*s already: `scapcache token revoke` "
		    "removes it, or choose another name",
		    SPAN_ARG(name));
	else if (rc == 0 && list.n_tokens == ACCESS_TOKENS_MAX)
		rc = err_set(e, ERR_LIMIT,
		    "there are %u tokens already: revoke some",
		    ACCESS_TOKENS_MAX);
	access_cleanup(&list);
	return rc;
}

/* What cannot be shown was not made. */
static int
show_secret(const char *secret, struct err *e)
{
	struct out o;
	int rc;

	out_init(&o, STDOUT_FILENO);
	out_printf(&o, "%s\n", secret);
	rc = out_flush(&o, e);
	explicit_bzero(o.buf.ptr, o.buf.cap);
	out_cleanup(&o);
	return rc;
}

static int
add_to(struct db *catalog, struct access_token *t, struct err *e)
{
	char secret[ACCESS_SECRET_SIZE] = "";
	int rc = -1;

	if (db_begin(catalog, e) == 0 && check_room(catalog, t->name, e) == 0 &&
	    (t->is_certificate || draw(t, secret, e) == 0) &&
	    insert(catalog, t, e) == 0 && audit(catalog, t, "made", e) == 0 &&
	    (t->is_certificate || show_secret(secret, e) == 0))
		rc = db_commit(catalog, e);
	db_rollback(catalog);
	explicit_bzero(secret, sizeof(secret));
	return rc;
}

static void
say_added(const struct access_token *t)
{
	char time[CLOCK_TEXT_SIZE];
	struct buf scopes = { 0 };

	scope_add(&scopes, t->scopes);
	fprintf(stderr, "%.*s: %s, %s%s; %s\n", SPAN_ARG(t->name),
	    buf_str(&scopes), t->expires == 0 ? "for good" : "until ",
	    t->expires == 0 ? "" : clock_text(t->expires, time),
	    t->is_certificate
		? "a certificate of that common name shows it"
		: "the token is shown this once and is kept nowhere");
	buf_cleanup(&scopes);
}

/* --- the catalog --- */

/*
 * A sync that runs for hours keeps nobody from revoking a token: rows need the
 * database's own lock alone. What is to be made or brought up to date first
 * waits for the state's.
 */
static int
open_catalog(const struct cli *cli, struct state *s, struct db **out,
    enum db_mode mode, struct err *e)
{
	if (cli_state(cli, s, STATE_READ) != 0)
		return CLI_ERROR;
	if (mode == DB_WRITE) {
		if (catalog_open(out, s, DB_READ, e) == 0) {
			db_close(*out);
			*out = NULL;
		} else {
			state_close(s);
			if (cli_state(cli, s, STATE_WRITE) != 0)
				return CLI_ERROR;
		}
	}
	if (catalog_open(out, s, mode, e) == 0)
		return CLI_OK;
	state_close(s);
	return cli_error(e);
}

static int
read_scopes(const struct cli *cli, const struct arguments *a, unsigned *out)
{
	const char *text = a->scope != NULL ? a->scope : "read";

	if (scope_parse(span_of(text), out))
		return CLI_OK;
	return cli_usage(cli,
	    "--scope is read, scan, sync or admin, or some with commas "
	    "between, not %s",
	    text);
}

static int
read_days(const struct cli *cli, const struct arguments *a, uint64_t *days)
{
	*days = DAYS_DEFAULT;
	if (a->days == NULL || parse_uint(span_of(a->days), DAYS_MAX, days))
		return CLI_OK;
	return cli_usage(
	    cli, "--days is a number up to %u, not %s", DAYS_MAX, a->days);
}

static int
add(const struct cli *cli, const struct arguments *a, const char *name)
{
	struct access_token t = { .name = span_of(name),
		.is_certificate = a->certificate,
		.made = clock_now() };
	struct db *catalog = NULL;
	struct err e = { 0 };
	struct state state;
	uint64_t days;
	int rc;

	if (!access_valid_name(t.name))
		return cli_usage(cli,
		    "a name has 1 to %u bytes of UTF-8, no blank at its ends "
		    "and no control characters",
		    ACCESS_NAME_MAX);
	if (read_scopes(cli, a, &t.scopes) != CLI_OK ||
	    read_days(cli, a, &days) != CLI_OK ||
	    open_catalog(cli, &state, &catalog, DB_WRITE, &e) != CLI_OK)
		return CLI_ERROR;
	t.expires = days == 0 ? 0 : t.made + (int64_t)days * DAY;
	rc = add_to(catalog, &t, &e);
	if (rc == 0 && !cli->quiet)
		say_added(&t);
	db_close(catalog);
	state_close(&state);
	return rc == 0 ? CLI_OK : cli_error(&e);
}

/* --- revoke --- */

static int
drop_from(struct db *catalog, struct span name, struct err *e)
{
	struct db_stmt *q = db_query(catalog, QUERY_CATALOG_TOKEN_DROP);
	const struct access_token *t;
	struct access_list list;
	int rc = -1;

	if (db_begin(catalog, e) != 0)
		return -1;
	if (access_read(&list, catalog, false, e) == 0) {
		t = find(&list, name);
		db_bind_text(q, ":name", name);
		if (t == NULL)
			err_set(e, ERR_MISSING,
			    "there is no token %.*s: see `scapcache token "
			    "list`",
			    SPAN_ARG(name));
		else if (audit(catalog, t, "revoked", e) == 0 &&
		    db_run(q, e) == 0)
			rc = db_commit(catalog, e);
	}
	db_rollback(catalog);
	access_cleanup(&list);
	return rc;
}

static int
drop(const struct cli *cli, const char *name)
{
	struct db *catalog = NULL;
	struct err e = { 0 };
	struct state state;
	int rc;

	if (open_catalog(cli, &state, &catalog, DB_WRITE, &e) != CLI_OK)
		return CLI_ERROR;
	rc = drop_from(catalog, span_of(name), &e);
	if (rc == 0 && !cli->quiet)
		fprintf(stderr,
		    "A running server refuses it within "
		    "seconds.\n");
	db_close(catalog);
	state_close(&state);
	return rc == 0 ? CLI_OK : cli_error(&e);
}

/* --- list --- */

static bool
has_expired(const struct access_token *t)
{
	return t->expires != 0 && t->expires <= clock_now();
}

static void
print_text(struct out *o, const struct access_token *t)
{
	char time[CLOCK_TEXT_SIZE];
	struct buf scopes = { 0 };

	scope_add(&scopes, t->scopes);
	out_printf(o, "%-20s  ", buf_str(&scopes));
	out_printf(o, "%-20s  ",
	    t->expires == 0 ? "never expires" : clock_text(t->expires, time));
	print_safe(o, t->name);
	if (t->is_certificate)
		out_str(o, "  (certificate)");
	if (has_expired(t))
		out_str(o, "  EXPIRED");
	out_char(o, '\n');
	buf_cleanup(&scopes);
}

static void
print_json(struct json_out *j, const struct access_token *t)
{
	unsigned i;

	json_object(j, NULL);
	json_span(j, "name", t->name);
	json_array(j, "scopes");
	for (i = SCOPE_READ; i < N_SCOPES; i++)
		if ((t->scopes & (1u << i)) != 0)
			json_str(j, NULL, scope_name((enum scope)i));
	json_array_end(j);
	json_time(j, "made", t->made);
	json_time(j, "expires", t->expires);
	json_bool(j, "expired", has_expired(t));
	json_bool(j, "certificate", t->is_certificate);
	json_object_end(j);
}

static void
print_list(struct out *o, const struct access_list *l, bool as_json)
{
	struct json_out j;
	size_t i;

	json_out_init(&j, o);
	if (as_json)
		json_array(&j, NULL);
	for (i = 0; i < l->n_tokens; i++) {
		if (as_json)
			print_json(&j, &l->tokens[i]);
		else
			print_text(o, &l->tokens[i]);
	}
	if (as_json) {
		json_array_end(&j);
		out_char(o, '\n');
	} else if (l->n_tokens == 0) {
		out_str(o,
		    "There are no tokens: `scapcache token add` makes "
		    "one.\n");
	}
}

static int
list(const struct cli *cli, bool as_json)
{
	struct access_list tokens = { 0 };
	struct db *catalog = NULL;
	struct err e = { 0 };
	struct state state;
	struct out o;
	int rc;

	if (open_catalog(cli, &state, &catalog, DB_READ, &e) != CLI_OK)
		return CLI_ERROR;
	out_init(&o, STDOUT_FILENO);
	rc = access_read(&tokens, catalog, false, &e);
	if (rc == 0) {
		print_list(&o, &tokens, as_json);
		rc = out_flush(&o, &e);
	}
	out_cleanup(&o);
	access_cleanup(&tokens);
	db_close(catalog);
	state_close(&state);
	return rc == 0 ? CLI_OK : cli_error(&e);
}

/* --- the verb --- */

int
cli_token(struct cli *cli, int argc, char **argv)
{
	struct arguments a = { 0 };
	const struct cli_option options[] = {
		{ "scope", "SCOPE[,SCOPE…]",
		    "add: read, scan, sync, admin (default read)", &a.scope },
		{ "days", "N",
		    "add: so long it holds (default 365; 0: for good)",
		    &a.days },
		{ "certificate", NULL,
		    "add: no token; a client certificate of that common name",
		    &a.certificate },
		{ "json", NULL, "list: for programs", &a.json },
		{ 0 },
	};
	int n, rc = cli_options(cli, options, argc, argv, &n);

	if (rc != 1)
		return rc == 0 ? CLI_OK : CLI_ERROR;
	if (n == 2 && strcmp(argv[1], "add") == 0)
		return add(cli, &a, argv[2]);
	if (n == 2 && strcmp(argv[1], "revoke") == 0)
		return drop(cli, argv[2]);
	if (n == 1 && strcmp(argv[1], "list") == 0)
		return list(cli, a.json);
	return cli_usage(cli, "say add or revoke and a NAME, or list");
}
