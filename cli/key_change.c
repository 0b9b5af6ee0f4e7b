/* SPDX-License-Identifier: Apache-2.0 */
/* key rotate, key renew. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/log.h"
#include "base/mem.h"
#include "cli/key.h"

static const char *
folder_of(const struct key_run *r, bool offline)
{
	return offline ? r->offline : r->ring.sign.keys;
}

static void
say_versions(const struct key_changed *c)
{
	if (c->was_pending)
		printf("A new root that was begun before is complete.\n");
	if (c->root > 0)
		printf("Signed: version %" PRIu64 " of root.json.\n", c->root);
	if (c->targets > 0)
		printf("Signed: version %" PRIu64 " of targets.json.\n",
		    c->targets);
}

static void
say_keys(const struct key_run *r, const struct key_changed *c)
{
	char hex[DIGEST_HEX_SIZE];
	size_t i;

	for (i = 0; i < c->n_made; i++)
		printf("New key:    %s\n", digest_hex(&c->made[i].id, hex));
	for (i = 0; i < c->n_retired; i++)
		printf("Not used any more: %s/%.*s.retired\n",
		    folder_of(r, c->retired[i].is_offline),
		    SPAN_ARG(c->retired[i].file));
	if (c->n_retired > 0)
		printf("Destroy these files and their copies: whoever has one "
		       "could still deceive a side\nthat has not heard of the "
		       "new keys.\n");
	if (c->n_absent > 0)
		printf("%zu of the keys that were replaced %s not at hand: "
		       "destroy %s where %s.\n",
		    c->n_absent, c->n_absent == 1 ? "was" : "were",
		    c->n_absent == 1 ? "it" : "them",
		    c->n_absent == 1 ? "it lies" : "they lie");
}

static void
say_changed(const struct key_run *r, const struct key_changed *c)
{
	if (r->cli->quiet)
		return;
	say_versions(c);
	say_keys(r, c);
	if (c->root > 0)
		printf("The other side learns of it with the next bundle; its "
		       "`--root` need not be given again.\n");
}

static int
read_id(const struct key_run *r, struct digest *id)
{
	if (r->key == NULL || digest_parse(span_of(r->key), id))
		return CLI_OK;
	return cli_usage(r->cli,
	    "--key is one of the ids that `scapcache key list` has, "
	    "64 hex digits");
}

int
key_rotate_role(struct key_run *r, const char *role)
{
	struct key_changed c;
	struct digest id;
	struct err e = { 0 };
	int status = read_id(r, &id);

	if (status == CLI_OK)
		status = key_run_open(r, STATE_WRITE, false);
	if (status != CLI_OK)
		return status;
	if (key_rotate(&r->ring, span_of(role), r->key == NULL ? NULL : &id, &c,
		&e) != 0 ||
	    key_audit(r, role, "rotated", &e) != 0)
		return cli_refused(&e);
	say_changed(r, &c);
	return key_publish(r, NULL);
}

/* --- renew --- */

static bool
is_offline_role(const char *role, enum tuf_type *type)
{
	if (strcmp(role, "root") != 0 && strcmp(role, "targets") != 0)
		return false;
	*type = strcmp(role, "root") == 0 ? TUF_ROOT : TUF_TARGETS;
	return true;
}

static bool
is_at_hand(const struct tuf_role *role, const struct sign_key *keys, size_t n)
{
	unsigned found = 0;
	size_t i, k;

	for (i = 0; i < role->n_keyids; i++)
		for (k = 0; k < n; k++)
			found += digest_eq(&role->keyids[i], &keys[k].key.id);
	return found >= role->threshold;
}

/* All roles that there are, but those that are offline and not here. */
static int
all_roles(struct key_run *r, const char **out, struct err *e)
{
	const struct key_view *v = &r->ring.view;
	struct sign_key *keys;
	enum tuf_type type;
	size_t n, i;

	if (sign_list(&r->ring.signer, &r->ring.arena, &keys, &n, e) != 0)
		return -1;
	for (i = 0; i < v->n_roles; i++) {
		const char *name = arena_str(&r->ring.arena, v->roles[i].name);

		if (!is_offline_role(name, &type) ||
		    is_at_hand(&v->roles[i], keys, n))
			*out++ = name;
		else
			log_warn("key: %s is not renewed: its keys are not "
				 "here, --offline-dir names their folder",
			    name);
	}
	*out = NULL;
	return 0;
}

static int
choose_roles(struct key_run *r, char *const *roles, int n, const char **out,
    struct err *e)
{
	int i;

	if (n == 0)
		return all_roles(r, out, e);
	for (i = 0; i < n; i++) {
		if (key_view_role(&r->ring.view, span_of(roles[i])) == NULL)
			return err_set(e, ERR_MISSING,
			    "there is no role %s: `scapcache key list` names "
			    "them",
			    roles[i]);
		out[i] = roles[i];
	}
	out[n] = NULL;
	return 0;
}

static int
renew_offline(struct key_run *r, const char *const *roles, struct err *e)
{
	struct key_changed c;
	enum tuf_type type;

	for (; *roles != NULL; roles++) {
		if (!is_offline_role(*roles, &type))
			continue;
		if (key_renew(&r->ring, type, &c, e) != 0 ||
		    key_audit(r, *roles, "renewed", e) != 0)
			return -1;
		say_changed(r, &c);
	}
	return 0;
}

/* The names live no longer than the ring: publishing needs copies. */
static int
renew(struct key_run *r, const char **roles)
{
	char **copies;
	struct err e = { 0 };
	size_t n = 0, i;
	int status;

	if (renew_offline(r, roles, &e) != 0)
		return cli_refused(&e);
	while (roles[n] != NULL)
		n++;
	copies = xcalloc(n + 1, sizeof(*copies));
	for (i = 0; i < n; i++)
		copies[i] = xstrdup(roles[i]);
	status = key_publish(r, (const char *const *)copies);
	for (i = 0; i < n; i++)
		free(copies[i]);
	free(copies);
	return status;
}

int
key_renew_roles(struct key_run *r, char *const *roles, int n)
{
	const char **chosen;
	struct err e = { 0 };
	int status = key_run_open(r, STATE_WRITE, false);

	if (status != CLI_OK)
		return status;
	if (!r->ring.has_signer || r->ring.view.root_version == 0) {
		err_set(&e, ERR_MISSING,
		    "there are no keys here: `scapcache key init` makes them");
		return cli_refused(&e);
	}
	chosen = xcalloc((size_t)n + r->ring.view.n_roles + 1, sizeof(*chosen));
	if (choose_roles(r, roles, n, chosen, &e) != 0)
		status = cli_refused(&e);
	else
		status = renew(r, chosen);
	free(chosen);
	return status;
}
