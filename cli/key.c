/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/log.h"
#include "cli/key.h"
#include "cli/output.h"
#include "syncd/publish.h"

/* --- opening --- */

static int
open_offline(struct key_run *r, struct err *e)
{
	if (r->offline_dir == NULL)
		return 0;
	r->offline = realpath(r->offline_dir, NULL);
	if (r->offline != NULL)
		return 0;
	if (errno == ENOENT)
		return err_set(e, ERR_MISSING,
		    "%s, for the offline keys, is not there: is it mounted?",
		    r->offline_dir);
	return err_system(e, "%s", r->offline_dir);
}

/* The sign process reads it; here it is opened only. */
static int
open_passphrase(struct key_run *r, struct err *e)
{
	const char *path = r->passphrase_file;
	uint64_t fd;

	if (r->passphrase_fd != NULL) {
		if (!parse_uint(span_of(r->passphrase_fd), INT32_MAX, &fd) ||
		    fcntl((int)fd, F_GETFD) == -1)
			return err_set(e, ERR_MISSING,
			    "--passphrase-fd %s is no open descriptor",
			    r->passphrase_fd);
		r->fd = (int)fd;
		return 0;
	}
	if (path == NULL)
		path = config_str(r->cli->config, "keys.passphrase_file");
	if (*path == '\0')
		return 0;
	r->fd = r->own_fd = open(path, O_RDONLY | O_CLOEXEC);
	return r->fd != -1 ? 0 : err_system(e, "%s", path);
}

static unsigned
days(const struct config *c, const char *key)
{
	unsigned n = (unsigned)config_uint(c, key);

	return n > 0 ? n : 1;
}

static int
open_ring(struct key_run *r, bool make, struct err *e)
{
	const struct config *c = r->cli->config;
	struct sign_options o;

	if (open_offline(r, e) != 0 || open_passphrase(r, e) != 0)
		return -1;
	o = (struct sign_options){ .offline = r->offline,
		.passphrase_fd = r->fd,
		.may_ask = isatty(STDIN_FILENO) && isatty(STDERR_FILENO) };
	r->has_ring = true;
	if (key_open(&r->ring, &r->state, &o, make, e) != 0)
		return -1;
	r->ring.root_days = days(c, "keys.root_days");
	r->ring.targets_days = days(c, "keys.targets_days");
	return 0;
}

int
key_run_open(struct key_run *r, enum state_mode mode, bool make)
{
	struct err e = { 0 };
	int rc;

	r->fd = r->own_fd = -1;
	rc = mode == STATE_WRITE && !make ? cli_lock_state(r->cli, &r->state)
					  : cli_state(r->cli, &r->state, mode);
	if (rc != 0)
		return CLI_ERROR;
	r->has_state = true;
	return open_ring(r, make, &e) == 0 ? CLI_OK : cli_refused(&e);
}

static void
close_run(struct key_run *r)
{
	if (r->has_ring)
		key_close(&r->ring);
	if (r->has_state)
		state_close(&r->state);
	if (r->own_fd != -1)
		close(r->own_fd);
	free(r->offline);
}

/* --- afterwards --- */

/* What was typed, or came through a pipe, is needed once more. */
static int
hand_on(struct key_run *r, int *fd, struct err *e)
{
	*fd = -1;
	if (!r->ring.has_signer)
		return 0;
	return sign_passphrase(&r->ring.signer, fd, e);
}

int
key_publish(struct key_run *r, const char *const *renew)
{
	struct publish_options o = { .config = r->cli->config,
		.passphrase_fd = r->fd,
		.may_ask = r->ring.sign.may_ask,
		.offline = r->offline,
		.renew = renew };
	struct db *catalog = NULL;
	struct err e = { 0 };
	int fd, rc;

	rc = hand_on(r, &fd, &e);
	key_close(&r->ring);
	if (fd != -1)
		o.passphrase_fd = fd;
	if (rc == 0)
		rc = catalog_open(&catalog, &r->state, DB_WRITE, &e);
	if (rc == 0)
		rc = publish_generation(&r->state, catalog, &o, &e);
	db_close(catalog);
	if (fd != -1)
		close(fd);
	if (rc < 0) {
		err_context(&e, "the current generation is not signed");
		return cli_refused(&e);
	}
	if (rc == 1 && !r->cli->quiet)
		printf("The current generation is signed.\n");
	return CLI_OK;
}

int
key_audit(struct key_run *r, const char *role, const char *event, struct err *e)
{
	struct db *catalog = NULL;
	struct buf subject = { 0 };
	int rc = catalog_open(&catalog, &r->state, DB_WRITE, e);

	buf_printf(&subject, "key %s", role);
	if (rc == 0)
		rc = catalog_audit(
		    catalog, buf_span(&subject), event, SPAN_NONE, e);
	buf_cleanup(&subject);
	db_close(catalog);
	return rc;
}

/* --- init --- */

static int
init_options(const struct key_run *r, struct key_init *o)
{
	uint64_t n_root = 3, snapshot = 1;

	if (r->root_keys != NULL &&
	    (!parse_uint(span_of(r->root_keys), KEY_OF_ROLE_MAX, &n_root) ||
		n_root == 0))
		return cli_usage(r->cli, "--root-keys is a number from 1 to %u",
		    KEY_OF_ROLE_MAX);
	if (r->snapshot_threshold != NULL &&
	    (!parse_uint(
		 span_of(r->snapshot_threshold), KEY_OF_ROLE_MAX, &snapshot) ||
		snapshot == 0))
		return cli_usage(r->cli,
		    "--snapshot-threshold is a number from 1 to %u",
		    KEY_OF_ROLE_MAX);
	if (snapshot > 1 && r->offline_dir == NULL)
		return cli_usage(r->cli,
		    "--snapshot-threshold above 1 is for keys that others "
		    "have: say --offline-dir, too");
	*o = (struct key_init){ (unsigned)n_root, (unsigned)snapshot };
	return CLI_OK;
}

static void
warn_plain(const struct key_run *r)
{
	log_warn("key: the keys are not encrypted: whoever reads %s signs in "
		 "your name; --passphrase-file has them encrypted",
	    r->offline != NULL ? r->offline : r->ring.sign.keys);
}

static void
say_made(const struct key_run *r, const struct key_init *o)
{
	const char *keys = r->ring.sign.keys;

	printf("Keys are made: %u of %u root keys sign a change of keys.\n",
	    o->n_root / 2 + 1, o->n_root);
	if (r->offline != NULL)
		printf("Offline: %s holds the root keys and the targets key. "
		       "Copy it to a second medium,\n  lock both away in "
		       "different places; they are needed to replace keys, and "
		       "once a year\n  for `scapcache key renew`.\n",
		    r->offline);
	else
		printf("The root keys and the targets key lie in %s with the "
		       "others: move\n  root-*.pem and targets-*.pem to a "
		       "medium that you lock away, and name it with\n  "
		       "--offline-dir where they are needed.\n",
		    keys);
	printf("Online: %s holds the others, which sign what every sync "
	       "publishes.\n",
	    keys);
	printf("Next: scapcache key export-root root.json, and carry that file "
	       "to the other side\n  by a way that you trust: it begins with "
	       "`bundle import --root root.json`.\n");
}

/* Is any of them as it is not to be? */
static int
check_plain(struct key_run *r, bool *plain, struct err *e)
{
	struct sign_key *keys;
	size_t n, i;

	*plain = false;
	if (sign_list(&r->ring.signer, &r->ring.arena, &keys, &n, e) != 0)
		return -1;
	for (i = 0; i < n; i++)
		*plain |= !keys[i].is_encrypted;
	return 0;
}

static int
init(struct key_run *r)
{
	struct key_init o = { 0 };
	struct err e = { 0 };
	bool plain;
	int status = init_options(r, &o);

	if (status == CLI_OK)
		status = key_run_open(r, STATE_WRITE, true);
	if (status != CLI_OK)
		return status;
	if (key_init(&r->ring, &o, &e) != 0 ||
	    check_plain(r, &plain, &e) != 0 ||
	    key_audit(r, "all", "made", &e) != 0)
		return cli_refused(&e);
	if (plain)
		warn_plain(r);
	else if (r->fd == -1 ||
	    *config_str(r->cli->config, "keys.passphrase_file") == '\0')
		log_warn("key: set keys.passphrase_file in the configuration, "
			 "or no sync that nobody watches can sign");
	if (!r->cli->quiet)
		say_made(r, &o);
	return key_publish(r, NULL);
}

/* --- export-root --- */

static int
export_root(struct key_run *r, const char *path)
{
	char name[REPOSITORY_NAME_SIZE];
	struct output out = { .fd = -1 };
	struct buf bytes = { 0 };
	struct err e = { 0 };
	uint64_t version = r->ring.view.root_version;
	int rc;

	if (version == 0) {
		err_set(&e, ERR_MISSING,
		    "there is no root yet: `scapcache key init` makes one");
		return cli_refused(&e);
	}
	rc = repository_read(&r->ring.repository,
	    repository_name(version, SPAN_LIT("root"), name), TUF_ROOT_MAX,
	    &bytes, &e);
	if (rc == 0)
		rc = output_open(&out, path, &e);
	if (rc == 0)
		rc = file_write_all(out.fd, buf_span(&bytes), &e);
	if (rc == 0)
		rc = output_commit(&out, &e);
	output_abandon(&out);
	buf_cleanup(&bytes);
	if (rc == 0 && path != NULL && !r->cli->quiet)
		fprintf(stderr, "Version %" PRIu64 " of root.json is in %s.\n",
		    version, path);
	return rc == 0 ? CLI_OK : cli_refused(&e);
}

/* --- the verb --- */

static int
dispatch(struct key_run *r, char **argv, int n)
{
	const char *what = n > 0 ? argv[1] : "";
	int status;

	if (n == 1 && strcmp(what, "init") == 0)
		return init(r);
	if ((n == 1 && strcmp(what, "list") == 0) ||
	    (n <= 2 && strcmp(what, "export-root") == 0)) {
		status = key_run_open(r, STATE_READ, false);
		if (status != CLI_OK)
			return status;
		return what[0] == 'l' ? key_list(r)
				      : export_root(r, n == 2 ? argv[2] : NULL);
	}
	if (n == 2 && strcmp(what, "rotate") == 0)
		return key_rotate_role(r, argv[2]);
	if (n >= 1 && strcmp(what, "renew") == 0)
		return key_renew_roles(r, argv + 2, n - 1);
	return cli_usage(
	    r->cli, "say init, list, rotate and a role, renew, or export-root");
}

int
cli_key(struct cli *cli, int argc, char **argv)
{
	struct key_run r = { .cli = cli, .fd = -1, .own_fd = -1 };
	const struct cli_option options[] = {
		{ "offline-dir", "DIR",
		    "folder of the root keys and the targets key, on a medium "
		    "of its own",
		    &r.offline_dir },
		{ "passphrase-file", "FILE",
		    "its first line is the keys' passphrase",
		    &r.passphrase_file },
		{ "passphrase-fd", "N", "the same, of an open descriptor",
		    &r.passphrase_fd },
		{ "root-keys", "N", "init: so many root keys (default 3)",
		    &r.root_keys },
		{ "snapshot-threshold", "N",
		    "init: so many people release what crosses the gap "
		    "(default 1)",
		    &r.snapshot_threshold },
		{ "key", "ID", "rotate: replace this key of the role only",
		    &r.key },
		{ "json", NULL, "list: for programs", &r.as_json },
		{ 0 },
	};
	int n, status;

	status = cli_options(cli, options, argc, argv, &n);
	if (status != 1)
		return status == 0 ? CLI_OK : CLI_ERROR;
	status = dispatch(&r, argv, n);
	close_run(&r);
	return status;
}
