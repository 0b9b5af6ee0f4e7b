/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/json_out.h"
#include "cli/key.h"
#include "schema_catalog.h"

/* Of each role: what the catalog knows of what was signed last. */
struct known {
	uint64_t version; /* 0: it was not signed yet */
	int64_t expires;
};

struct listing {
	struct key_run *run;
	struct sign_key *keys; /* at hand */
	size_t n_keys;
	bool *used;
	struct known *known; /* by role, as in the view */
	struct out out;
	struct json_out json;
};

static int
read_keys(struct listing *l, struct err *e)
{
	struct key_ring *k = &l->run->ring;

	if (k->has_signer &&
	    sign_list(&k->signer, &k->arena, &l->keys, &l->n_keys, e) != 0)
		return -1;
	l->used = arena_array(&k->arena, l->n_keys, sizeof(*l->used));
	return 0;
}

static void
take_row(struct listing *l, struct db_stmt *q)
{
	const struct key_view *v = &l->run->ring.view;
	size_t i;

	for (i = 0; i < v->n_roles; i++)
		if (span_eq(v->roles[i].name, db_text(q, 0))) {
			l->known[i].version = (uint64_t)db_int(q, 1);
			l->known[i].expires = db_int(q, 2);
		}
}

/* Root and targets are signed by `key` and known at once. */
static int
read_catalog(struct listing *l, struct err *e)
{
	const struct key_view *v = &l->run->ring.view;
	struct db *catalog = NULL;
	struct db_stmt *q;
	int rc;

	l->known =
	    arena_array(&l->run->ring.arena, v->n_roles, sizeof(*l->known));
	rc = catalog_open(&catalog, &l->run->state, DB_READ, e);
	if (rc != 0 && e->code == ERR_MISSING)
		return 0;
	if (rc != 0)
		return -1;
	q = db_query(catalog, QUERY_CATALOG_TUF_ROLE_LIST);
	while ((rc = db_step(q, e)) == 1)
		take_row(l, q);
	db_reset(q);
	db_close(catalog);
	l->known[TUF_ROOT] = (struct known){ v->root_version, v->root_expires };
	l->known[TUF_TARGETS] =
	    (struct known){ v->targets_version, v->targets_expires };
	return rc;
}

static const struct sign_key *
find(struct listing *l, const struct digest *id)
{
	size_t i;

	for (i = 0; i < l->n_keys; i++)
		if (digest_eq(&l->keys[i].key.id, id)) {
			l->used[i] = true;
			return &l->keys[i];
		}
	return NULL;
}

static const char *
path_of(const struct listing *l, const struct sign_key *k, struct buf *out)
{
	buf_reset(out);
	buf_printf(out, "%s/%.*s",
	    k->is_offline ? l->run->offline : l->run->ring.sign.keys,
	    SPAN_ARG(k->file));
	return buf_str(out);
}

/* --- for people --- */

static void
print_role(
    struct listing *l, const struct tuf_role *role, const struct known *known)
{
	char text[CLOCK_TEXT_SIZE];

	out_printf(&l->out, "%-10.*s %u of %zu", SPAN_ARG(role->name),
	    role->threshold, role->n_keyids);
	if (known->version == 0)
		out_str(&l->out, "  not signed yet\n");
	else
		out_printf(&l->out, "  version %" PRIu64 "  expires %s%s\n",
		    known->version, clock_text(known->expires, text),
		    known->expires <= clock_now() ? "  EXPIRED" : "");
}

static void
print_key(struct listing *l, const struct digest *id, const struct sign_key *k)
{
	char hex[DIGEST_HEX_SIZE];
	struct buf path = { 0 };

	out_printf(&l->out, "  %s  ", digest_hex(id, hex));
	if (k == NULL)
		out_str(&l->out, "not at hand\n");
	else
		out_printf(&l->out, "%s%s\n", path_of(l, k, &path),
		    k->is_encrypted ? "" : "  not encrypted");
	buf_cleanup(&path);
}

static void
print_unused(struct listing *l)
{
	struct buf path = { 0 };
	bool any = false;
	size_t i;

	for (i = 0; i < l->n_keys; i++) {
		if (l->used[i])
			continue;
		if (!any)
			out_str(&l->out, "Keys that no role names:\n");
		any = true;
		out_printf(&l->out, "  %s\n", path_of(l, &l->keys[i], &path));
	}
	buf_cleanup(&path);
}

static void
print_all(struct listing *l)
{
	const struct key_ring *k = &l->run->ring;
	const struct key_view *v = &k->view;
	size_t i, n;

	if (v->root_version == 0)
		out_str(&l->out,
		    "There are no keys yet: `scapcache key init` makes "
		    "them.\n");
	for (i = 0; i < v->n_roles; i++) {
		const struct tuf_role *r = &v->roles[i];

		print_role(l, r, &l->known[i]);
		for (n = 0; n < r->n_keyids; n++)
			print_key(l, &r->keyids[n], find(l, &r->keyids[n]));
	}
	print_unused(l);
	if (v->root_version > 0 && !k->has_signer)
		out_str(&l->out,
		    "This side holds no keys: it proves what others sign.\n");
	if (k->keysfd != -1 && file_exists(k->keysfd, "root.pending"))
		out_str(&l->out,
		    "A new root waits for more signatures: say `key rotate "
		    "root` with the --offline-dir of another key.\n");
}

/* --- for programs --- */

static void
json_key(struct listing *l, const struct digest *id, const struct sign_key *k)
{
	char hex[DIGEST_HEX_SIZE];
	struct buf path = { 0 };

	json_object(&l->json, NULL);
	json_str(&l->json, "id", digest_hex(id, hex));
	if (k == NULL) {
		json_null(&l->json, "file");
	} else {
		json_str(&l->json, "file", path_of(l, k, &path));
		json_bool(&l->json, "encrypted", k->is_encrypted);
		json_bool(&l->json, "offline", k->is_offline);
	}
	json_object_end(&l->json);
	buf_cleanup(&path);
}

static void
json_role(
    struct listing *l, const struct tuf_role *role, const struct known *known)
{
	size_t i;

	json_object(&l->json, NULL);
	json_span(&l->json, "name", role->name);
	json_uint(&l->json, "threshold", role->threshold);
	if (known->version == 0)
		json_null(&l->json, "version");
	else
		json_uint(&l->json, "version", known->version);
	json_time(&l->json, "expires", known->expires);
	json_array(&l->json, "keys");
	for (i = 0; i < role->n_keyids; i++)
		json_key(l, &role->keyids[i], find(l, &role->keyids[i]));
	json_array_end(&l->json);
	json_object_end(&l->json);
}

static void
json_all(struct listing *l)
{
	const struct key_view *v = &l->run->ring.view;
	size_t i;

	json_object(&l->json, NULL);
	json_uint(&l->json, "format", 1);
	json_bool(&l->json, "signs", l->run->ring.has_signer);
	json_array(&l->json, "roles");
	for (i = 0; i < v->n_roles; i++)
		json_role(l, &v->roles[i], &l->known[i]);
	json_array_end(&l->json);
	json_array(&l->json, "unused");
	for (i = 0; i < l->n_keys; i++)
		if (!l->used[i])
			json_key(l, &l->keys[i].key.id, &l->keys[i]);
	json_array_end(&l->json);
	json_object_end(&l->json);
	out_char(&l->out, '\n');
}

int
key_list(struct key_run *r)
{
	struct listing l = { .run = r };
	struct err e = { 0 };
	int rc;

	out_init(&l.out, STDOUT_FILENO);
	json_out_init(&l.json, &l.out);
	rc = read_keys(&l, &e) == 0 && read_catalog(&l, &e) == 0 ? 0 : -1;
	if (rc == 0 && r->as_json)
		json_all(&l);
	else if (rc == 0)
		print_all(&l);
	if (rc == 0)
		rc = out_flush(&l.out, &e);
	out_cleanup(&l.out);
	return rc == 0 ? CLI_OK : cli_refused(&e);
}
