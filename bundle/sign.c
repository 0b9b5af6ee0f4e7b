/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memfd.h"
#include "bundle/sign_impl.h"

/* --- starting and ending --- */

/* Versions are remembered in it; the process makes no folders. */
static int
make_memory(const char *keys, struct err *e)
{
	struct buf path = { 0 };
	int rc = 0;

	buf_printf(&path, "%s/signed", keys);
	if (mkdir(buf_str(&path), S_IRWXU) != 0 && errno != EEXIST)
		rc = err_system(e, "%s", buf_str(&path));
	buf_cleanup(&path);
	return rc;
}

static int
check_folders(const struct sign_options *o, struct err *e)
{
	struct stat st;

	if (stat(o->keys, &st) != 0 && errno == ENOENT)
		return err_set(e, ERR_MISSING,
		    "there are no keys in %s: `scapcache key init` makes them",
		    o->keys);
	if (o->offline != NULL &&
	    (stat(o->offline, &st) != 0 || !S_ISDIR(st.st_mode)))
		return err_set(e, ERR_MISSING,
		    "%s, for the offline keys, is no folder: is it mounted?",
		    o->offline);
	return make_memory(o->keys, e);
}

int
sign_open(struct signer *s, const struct sign_options *o, struct err *e)
{
	const char *paths[] = { o->keys, o->offline, NULL };
	struct sign_options copy = *o;
	struct proc_start start = { .role = ROLE_SIGN,
		.run = sign_process,
		.ctx = &copy,
		.reads = paths,
		.writes = paths,
		.bare = true,
		.keep = &copy.passphrase_fd,
		.n_keep = o->passphrase_fd == -1 ? 0 : 1 };

	*s = (struct signer){ .message = { .fd = -1 }, .may_ask = o->may_ask };
	s->proc.ipc.fd = -1;
	if (check_folders(o, e) != 0)
		return -1;
	return proc_spawn(&s->proc, &start, e);
}

void
sign_close(struct signer *s)
{
	struct err ignored;

	if (s->proc.pid != 0)
		proc_wait(&s->proc, &ignored);
	ipc_message_cleanup(&s->message);
}

/* --- asking --- */

/* It wants a passphrase typed. Twin: ask() in sign_secret.c. */
static int
lend_terminal(struct signer *s, struct sign_terminal **t, struct err *e)
{
	struct unpack u = unpack_of(s->message.payload);
	enum sign_question q = (enum sign_question)unpack_max(&u, UINT8_MAX);
	struct span file = unpack_span(&u);

	terminal_close(*t);
	*t = s->may_ask && unpack_done(&u) ? terminal_open(q, file) : NULL;
	return ipc_send(&s->proc.ipc, SIGN_TERMINAL, SPAN_NONE,
	    *t == NULL ? -1 : terminal_fd(*t), e);
}

static void
drop_fd(struct signer *s)
{
	if (s->message.fd != -1)
		close(s->message.fd);
	s->message.fd = -1;
}

/* 1: it answers, *u is behind the error; -1: that, or another. */
static int
read_answer(struct signer *s, struct unpack *u, struct err *e)
{
	if (s->message.type != SIGN_ANSWER)
		return err_set(e, ERR_FORMAT,
		    "the sign process gave an answer without sense");
	*u = unpack_of(s->message.payload);
	sign_unpack_err(u, e);
	return e->code == ERR_NONE ? 1 : -1;
}

/* Sends a request, lends the terminal meanwhile. 1 or -1. Twin: serve(). */
static int
ask(struct signer *s, uint32_t type, struct span payload, int fd,
    struct unpack *u, struct err *e)
{
	struct sign_terminal *t = NULL;
	int rc;

	drop_fd(s);
	rc = ipc_send(&s->proc.ipc, type, payload, fd, e) == 0 ? 1 : -1;
	while (rc == 1) {
		rc = ipc_recv(&s->proc.ipc, &s->message, e);
		if (rc != 1 || s->message.type != SIGN_ASK)
			break;
		rc = lend_terminal(s, &t, e) == 0 ? 1 : -1;
	}
	terminal_close(t);
	if (rc == 1)
		return read_answer(s, u, e);
	if (rc == 0 && proc_wait(&s->proc, e) == 0)
		err_set(e, ERR_SYSTEM, "the sign process is gone");
	return -1;
}

/* 0 if all was read and made sense. */
static int
done(const struct unpack *u, struct err *e)
{
	if (unpack_done(u))
		return 0;
	return err_set(
	    e, ERR_FORMAT, "the sign process gave an answer without sense");
}

static bool
unpack_public(struct unpack *u, struct tuf_key *out)
{
	struct span public = unpack_span(u);

	if (public.len != TUF_PUBLIC_SIZE) {
		u->failed = true;
		return false;
	}
	memcpy(out->public, public.ptr, public.len);
	tuf_key_id(out->public, &out->id);
	return true;
}

/* Twin: pack_key(). */
static void
unpack_key(struct unpack *u, struct arena *a, struct sign_key *out)
{
	out->role = arena_span(a, unpack_span(u));
	out->file = arena_span(a, unpack_span(u));
	unpack_public(u, &out->key);
	out->is_offline = unpack_max(u, 1) == 1;
	out->is_encrypted = unpack_max(u, 1) == 1;
}

int
sign_list(struct signer *s, struct arena *a, struct sign_key **out, size_t *n,
    struct err *e)
{
	struct unpack u;
	size_t i;

	if (ask(s, SIGN_LIST, SPAN_NONE, -1, &u, e) != 1)
		return -1;
	*n = unpack_count(&u);
	*out = arena_array(a, *n, sizeof(**out));
	for (i = 0; i < *n; i++)
		unpack_key(&u, a, &(*out)[i]);
	return done(&u, e);
}

int
sign_new_key(struct signer *s, const struct sign_new *what, struct tuf_key *out,
    struct err *e)
{
	struct buf b = { 0 };
	struct unpack u;
	int rc;

	pack_span(&b, what->role);
	pack_uint(&b, what->offline);
	pack_uint(&b, what->plain);
	pack_span(&b,
	    what->like == NULL ? SPAN_NONE
			       : span_make(what->like->bytes, DIGEST_SIZE));
	rc = ask(s, SIGN_NEW, buf_span(&b), -1, &u, e);
	buf_cleanup(&b);
	if (rc != 1)
		return -1;
	unpack_public(&u, out);
	return done(&u, e);
}

int
sign_retire(struct signer *s, const struct digest *keyid, struct arena *a,
    struct sign_key *out, struct err *e)
{
	struct buf b = { 0 };
	struct unpack u;
	bool found;
	int rc;

	pack_digest(&b, keyid);
	rc = ask(s, SIGN_RETIRE, buf_span(&b), -1, &u, e);
	buf_cleanup(&b);
	if (rc != 1)
		return -1;
	found = unpack_max(&u, 1) == 1;
	if (found)
		unpack_key(&u, a, out);
	return done(&u, e) == 0 ? found : -1;
}

int
sign_last(struct signer *s, struct span role, uint64_t *version, struct err *e)
{
	struct buf b = { 0 };
	struct unpack u;
	int rc;

	pack_span(&b, role);
	rc = ask(s, SIGN_LAST, buf_span(&b), -1, &u, e);
	buf_cleanup(&b);
	if (rc != 1)
		return -1;
	*version = unpack_uint(&u);
	return done(&u, e);
}

/* Twin: sign_all(). */
static int
read_signatures(struct unpack *u, size_t n_max, struct tuf_signature *out,
    size_t *n, struct err *e)
{
	size_t i;

	*n = unpack_count(u);
	if (*n == 0 || *n > n_max)
		u->failed = true;
	for (i = 0; i < *n && !u->failed; i++) {
		struct span id = unpack_span(u), bytes = unpack_span(u);

		if (id.len != DIGEST_SIZE || bytes.len != TUF_SIGNATURE_SIZE) {
			u->failed = true;
			break;
		}
		memcpy(out[i].keyid.bytes, id.ptr, id.len);
		memcpy(out[i].bytes, bytes.ptr, bytes.len);
	}
	return done(u, e);
}

int
sign_bytes(struct signer *s, const struct tuf_role *role,
    struct span signed_bytes, struct tuf_signature *out, size_t *n,
    struct err *e)
{
	struct buf b = { 0 }, ids = { 0 };
	struct unpack u;
	int fd = -1, rc = -1;
	size_t i;

	*n = 0;
	for (i = 0; i < role->n_keyids; i++)
		buf_add(&ids, role->keyids[i].bytes, DIGEST_SIZE);
	pack_span(&b, role->name);
	pack_span(&b, buf_span(&ids));
	if (memfd_of(signed_bytes, &fd, e) == 0)
		rc = ask(s, SIGN_BYTES, buf_span(&b), fd, &u, e);
	if (fd != -1)
		close(fd);
	buf_cleanup(&ids);
	buf_cleanup(&b);
	return rc == 1 ? read_signatures(&u, role->n_keyids, out, n, e) : -1;
}

int
sign_passphrase(struct signer *s, int *fd, struct err *e)
{
	struct unpack u;

	*fd = -1;
	if (ask(s, SIGN_SECRET, SPAN_NONE, -1, &u, e) != 1)
		return -1;
	*fd = s->message.fd;
	s->message.fd = -1;
	return done(&u, e);
}
