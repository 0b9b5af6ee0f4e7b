/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "bundle/key_impl.h"

#define DAY_S 86400

int64_t
key_expires(unsigned days)
{
	return clock_now() + (int64_t)days * DAY_S;
}

static int
open_keys(struct key_ring *k, const struct state *s, bool make, struct err *e)
{
	struct buf path = { 0 };

	buf_printf(&path, "%s/" KEY_FOLDER, s->path);
	k->sign.keys = arena_str(&k->arena, buf_span(&path));
	buf_cleanup(&path);
	if (make && mkdirat(s->dirfd, KEY_FOLDER, S_IRWXU) != 0 &&
	    errno != EEXIST)
		return err_system(e, "%s", k->sign.keys);
	if (make && file_sync_dir(s->dirfd, ".", e) != 0)
		return -1;
	if (!file_exists(s->dirfd, KEY_FOLDER))
		return 0;
	if (file_open_dir(s->dirfd, KEY_FOLDER, false, &k->keysfd, e) != 0)
		return err_context(e, "%s", s->path);
	k->has_signer = sign_open(&k->signer, &k->sign, e) == 0;
	return k->has_signer ? 0 : -1;
}

int
key_open(struct key_ring *k, const struct state *s,
    const struct sign_options *sign, bool make, struct err *e)
{
	*k = (struct key_ring){ .sign = *sign,
		.keysfd = -1,
		.signer = { .message = { .fd = -1 } } };
	if (repository_open(&k->repository, s->dirfd, make, e) != 0) {
		if (e->code != ERR_MISSING)
			return -1;
		*e = (struct err){ 0 };
	}
	if (key_look(&k->repository, &k->arena, &k->view, e) != 0)
		return -1;
	/* What others have signed gets no keys here, nor a folder of them. */
	return open_keys(k, s, make && k->view.root_version == 0, e);
}

void
key_close(struct key_ring *k)
{
	if (k->has_signer)
		sign_close(&k->signer);
	k->has_signer = false;
	if (k->keysfd != -1)
		close(k->keysfd);
	k->keysfd = -1;
	repository_close(&k->repository);
	arena_cleanup(&k->arena);
}

int
key_write(struct key_ring *k, const struct tuf_role *role, uint64_t version,
    struct span signed_bytes, struct err *e)
{
	struct tuf_signature *signatures =
	    arena_array(&k->arena, role->n_keyids, sizeof(*signatures));
	char name[REPOSITORY_NAME_SIZE];
	struct buf file = { 0 };
	size_t n;
	int rc;

	if (sign_bytes(&k->signer, role, signed_bytes, signatures, &n, e) != 0)
		return -1;
	if (n < role->threshold)
		return err_set(e, ERR_MISSING,
		    "role %.*s needs %u signatures, and %zu of its keys %s at "
		    "hand",
		    SPAN_ARG(role->name), role->threshold, n,
		    n == 1 ? "is" : "are");
	tuf_write_file(&file, signed_bytes, signatures, n);
	rc = repository_write(&k->repository,
	    repository_name(version, role->name, name), buf_span(&file), e);
	buf_cleanup(&file);
	return rc;
}

int
key_write_targets(struct key_ring *k, const struct key_view *view,
    struct key_change *c, struct key_changed *out, struct err *e)
{
	const struct span name = SPAN_LIT("targets");
	char text[REPOSITORY_NAME_SIZE];
	struct buf bytes = { 0 };
	uint64_t last, before;
	int rc = -1;

	if (repository_last(&k->repository, name, &before, e) != 0 ||
	    sign_last(&k->signer, name, &last, e) != 0)
		return -1;
	c->type = TUF_TARGETS;
	c->file = span_of(repository_name(before, name, text));
	c->version = (before > last ? before : last) + 1;
	c->expires = key_expires(k->targets_days);
	if (key_change(&k->repository, c, &bytes, e) == 0)
		rc = key_write(k, &view->roles[TUF_TARGETS], c->version,
		    buf_span(&bytes), e);
	if (rc == 0)
		out->targets = c->version;
	buf_cleanup(&bytes);
	return rc;
}
