/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "bundle/key_impl.h"

#define KEYS_MAX ((size_t)8 * KEY_OF_ROLE_MAX)

/* All keys that are made, and who has which. */
struct making {
	struct key_ring *ring;
	struct tuf_key keys[KEYS_MAX];
	size_t n;
};

/* Makes n keys of a role; the first n_online of them in keys/. */
static int
make_role(struct making *m, struct tuf_role *out, const char *name, unsigned n,
    unsigned n_online, struct err *e)
{
	struct key_ring *k = m->ring;
	struct digest *ids = arena_array(&k->arena, n, sizeof(*ids));
	struct sign_new what = { .role = span_of(name) };
	unsigned i;

	for (i = 0; i < n; i++) {
		what.offline = i >= n_online && k->sign.offline != NULL;
		if (sign_new_key(&k->signer, &what, &m->keys[m->n], e) != 0)
			return -1;
		ids[i] = m->keys[m->n++].id;
	}
	*out = (struct tuf_role){ span_of(name), ids, n, n };
	return 0;
}

static int
make_root(struct making *m, const struct key_init *o, struct tuf_file *f,
    struct err *e)
{
	struct tuf_role *roles = f->roles;
	unsigned n = o->snapshot_threshold;

	if (make_role(m, &roles[TUF_ROOT], "root", o->n_root, 0, e) != 0 ||
	    make_role(m, &roles[TUF_TARGETS], "targets", 1, 0, e) != 0 ||
	    make_role(m, &roles[TUF_SNAPSHOT], "snapshot", n, 1, e) != 0 ||
	    make_role(m, &roles[TUF_TIMESTAMP], "timestamp", 1, 1, e) != 0)
		return -1;
	roles[TUF_ROOT].threshold = o->n_root / 2 + 1;
	f->type = TUF_ROOT;
	f->version = 1;
	f->expires = key_expires(m->ring->root_days);
	f->keys = m->keys;
	f->n_keys = m->n;
	return 0;
}

/* One pattern a depth, since '*' does not cross '/': "ubuntu/STAR/STAR". */
static void
make_paths(struct arena *a, const char *role, struct tuf_delegation *d)
{
	struct span *paths = arena_array(a, KEY_DEPTH_MAX - 1, sizeof(*paths));
	struct buf b = { 0 };

	buf_add_str(&b, role);
	for (d->n_paths = 0; d->n_paths < KEY_DEPTH_MAX - 1; d->n_paths++) {
		buf_add_str(&b, "/*");
		paths[d->n_paths] = arena_span(a, buf_span(&b));
	}
	d->paths = paths;
	buf_cleanup(&b);
}

static int
make_targets(struct making *m, struct tuf_file *f, struct err *e)
{
	struct arena *a = &m->ring->arena;
	struct tuf_delegation *d;
	size_t first = m->n, n = 0;

	while (repository_roles[n] != NULL)
		n++;
	d = arena_array(a, n, sizeof(*d));
	for (n = 0; repository_roles[n] != NULL; n++) {
		const char *role = repository_roles[n];

		if (make_role(m, &d[n].role, role, 1, 1, e) != 0)
			return -1;
		make_paths(a, role, &d[n]);
		d[n].terminating = true;
	}
	*f = (struct tuf_file){ .type = TUF_TARGETS,
		.version = 1,
		.expires = key_expires(m->ring->targets_days),
		.keys = m->keys + first,
		.n_keys = m->n - first,
		.delegations = d,
		.n_delegations = n };
	return 0;
}

static int
write_first(struct key_ring *k, const struct tuf_role *role,
    const struct tuf_file *f, struct err *e)
{
	struct buf bytes = { 0 };
	int rc;

	tuf_write_signed(&bytes, f);
	rc = key_write(k, role, 1, buf_span(&bytes), e);
	buf_cleanup(&bytes);
	return rc;
}

/* Keys that are there are never lost by a slip of the hand. */
static int
refuse_again(struct key_ring *k, struct err *e)
{
	struct sign_key *keys;
	size_t n = 0;

	if (k->has_signer &&
	    sign_list(&k->signer, &k->arena, &keys, &n, e) != 0)
		return -1;
	if (k->view.root_version > 0 && n == 0)
		return err_set(e, ERR_FORMAT,
		    "what is here was signed elsewhere and imported: this side "
		    "proves it and needs no keys. To sign, begin with a state "
		    "directory of its own");
	if (k->view.root_version > 0)
		return err_set(e, ERR_FORMAT,
		    "there are keys already: `scapcache key list` shows them, "
		    "`scapcache key rotate` replaces one");
	if (n == 0)
		return 0;
	if (keys[0].is_offline)
		return err_set(e, ERR_FORMAT,
		    "%s holds keys already (%.*s): name an empty folder",
		    k->sign.offline, SPAN_ARG(keys[0].file));
	return err_set(e, ERR_FORMAT,
	    "%s holds keys of a `key init` that did not come to its end, and "
	    "nothing was signed with them: remove them, those in the offline "
	    "folder too, and say it again",
	    k->sign.keys);
}

int
key_init(struct key_ring *k, const struct key_init *o, struct err *e)
{
	struct making m = { .ring = k };
	struct tuf_file root = { 0 }, targets;
	char name[REPOSITORY_NAME_SIZE];

	if (refuse_again(k, e) != 0)
		return -1;
	/* Of a run that ended before it wrote the root. */
	repository_name(1, SPAN_LIT("targets"), name);
	if (unlinkat(k->repository.dirfd, name, 0) != 0 && errno != ENOENT)
		return err_system(e, REPOSITORY_FOLDER "/%s", name);
	if (make_root(&m, o, &root, e) != 0 ||
	    make_targets(&m, &targets, e) != 0)
		return -1;
	/* The root last: with it everything is there. */
	if (write_first(k, &root.roles[TUF_TARGETS], &targets, e) != 0 ||
	    write_first(k, &root.roles[TUF_ROOT], &root, e) != 0)
		return -1;
	return key_look(&k->repository, &k->arena, &k->view, e);
}
