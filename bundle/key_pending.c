/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <unistd.h>

#include "base/file.h"
#include "base/pack.h"
#include "bundle/key_impl.h"
#include "bundle/refusal.h"

#define FILE_NAME "root.pending"
#define FILE_MAX ((size_t)2 * TUF_ROOT_MAX) /* bytes */

void
key_pending_cleanup(struct key_pending *p)
{
	buf_cleanup(&p->bytes);
}

/* --- the file --- */

/* Twin: key_pending_write(). */
static int
parse(struct span text, struct key_pending *p, struct err *e)
{
	struct unpack u = unpack_of(text);
	size_t i;

	p->version = unpack_uint(&u);
	buf_add_span(&p->bytes, unpack_span(&u));
	p->n_ids = unpack_max(&u, KEY_SIGNERS_MAX);
	for (i = 0; i < p->n_ids; i++)
		unpack_digest(&u, &p->ids[i]);
	p->n_signatures = unpack_max(&u, KEY_SIGNERS_MAX);
	for (i = 0; i < p->n_signatures; i++) {
		unpack_digest(&u, &p->signatures[i].keyid);
		unpack_fixed(&u, p->signatures[i].bytes, TUF_SIGNATURE_SIZE);
	}
	if (unpack_done(&u))
		return 0;
	return err_set(e, ERR_FORMAT,
	    KEY_FOLDER "/" FILE_NAME ": is not what was written there");
}

static int
pending_remove(struct key_ring *k, struct err *e)
{
	if (unlinkat(k->keysfd, FILE_NAME, 0) != 0 && errno != ENOENT)
		return err_system(e, KEY_FOLDER "/" FILE_NAME);
	return file_sync_dir(k->keysfd, ".", e);
}

int
key_pending_read(struct key_ring *k, struct key_pending *p, struct err *e)
{
	struct buf text = { 0 };
	int rc;

	*p = (struct key_pending){ 0 };
	rc = file_read(k->keysfd, FILE_NAME, FILE_MAX, &text, e);
	if (rc != 0 && e->code == ERR_MISSING)
		rc = 0;
	else if (rc == 0)
		rc = parse(buf_span(&text), p, e) == 0 ? 1 : -1;
	buf_cleanup(&text);
	if (rc == 1 && p->version <= k->view.root_version)
		rc = pending_remove(k, e);
	if (rc != 1)
		key_pending_cleanup(p);
	return rc;
}

int
key_pending_write(
    struct key_ring *k, const struct key_pending *p, struct err *e)
{
	struct buf b = { 0 };
	size_t i;
	int rc;

	pack_uint(&b, p->version);
	pack_span(&b, buf_span(&p->bytes));
	pack_uint(&b, p->n_ids);
	for (i = 0; i < p->n_ids; i++)
		pack_digest(&b, &p->ids[i]);
	pack_uint(&b, p->n_signatures);
	for (i = 0; i < p->n_signatures; i++) {
		const struct tuf_signature *s = &p->signatures[i];

		pack_digest(&b, &s->keyid);
		pack_span(&b, span_make(s->bytes, TUF_SIGNATURE_SIZE));
	}
	rc = file_replace_mode(k->keysfd, FILE_NAME, buf_span(&b), 0600, e);
	buf_cleanup(&b);
	return rc == 0 ? 0 : err_context(e, KEY_FOLDER);
}

/* --- signing it --- */

static void
add_signature(struct key_pending *p, const struct tuf_signature *s)
{
	size_t i;

	for (i = 0; i < p->n_signatures; i++)
		if (digest_eq(&p->signatures[i].keyid, &s->keyid))
			break;
	if (i == KEY_SIGNERS_MAX)
		return;
	p->signatures[i] = *s;
	if (i == p->n_signatures)
		p->n_signatures++;
}

static int
sign_more(struct key_ring *k, struct key_pending *p, struct err *e)
{
	const struct tuf_role role = { SPAN_LIT("root"), p->ids, p->n_ids, 1 };
	struct tuf_signature more[KEY_SIGNERS_MAX];
	size_t n, i;

	if (sign_bytes(&k->signer, &role, buf_span(&p->bytes), more, &n, e) !=
	    0)
		return -1;
	for (i = 0; i < n; i++)
		add_signature(p, &more[i]);
	return key_pending_write(k, p, e);
}

static int
write_out(struct key_ring *k, const struct key_pending *p, struct span file,
    struct key_changed *out, struct err *e)
{
	char name[REPOSITORY_NAME_SIZE];
	struct key_change none = { 0 };
	struct key_view view;

	if (key_check_root(&k->repository, file, &k->arena, &view, e) != 0) {
		if (refusal_of(e) != REFUSAL_UNTRUSTED)
			return -1;
		return err_set(e, ERR_MISSING,
		    "the new root is not yet signed by enough keys, and waits "
		    "in " KEY_FOLDER "/" FILE_NAME
		    " with %zu signature%s: say the same with the "
		    "--offline-dir of another key",
		    p->n_signatures, p->n_signatures == 1 ? "" : "s");
	}
	if (view.targets_version > 0 && !view.is_whole &&
	    key_write_targets(k, &view, &none, out, e) != 0)
		return -1;
	if (repository_write(&k->repository,
		repository_name(p->version, SPAN_LIT("root"), name), file,
		e) != 0)
		return -1;
	out->root = p->version;
	return pending_remove(k, e);
}

int
key_pending_finish(struct key_ring *k, struct key_pending *p,
    struct key_changed *out, struct err *e)
{
	struct buf file = { 0 };
	int rc;

	if (sign_more(k, p, e) != 0)
		return -1;
	tuf_write_file(
	    &file, buf_span(&p->bytes), p->signatures, p->n_signatures);
	rc = write_out(k, p, buf_span(&file), out, e);
	buf_cleanup(&file);
	return rc;
}
