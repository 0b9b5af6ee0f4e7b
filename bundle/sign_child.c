/* SPDX-License-Identifier: Apache-2.0 */
/* The process: one request after the other, until main closes. */
#include <fcntl.h>
#include <openssl/crypto.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/json.h"
#include "base/log.h"
#include "bundle/sign_impl.h"

#define SIGNED_MAX TUF_TARGETS_MAX /* bytes */

static void
sign_pack_err(struct buf *b, const struct err *e)
{
	pack_uint(b, e->code);
	pack_span(b, span_of(e->msg));
}

void
sign_unpack_err(struct unpack *u, struct err *e)
{
	enum err_code code = (enum err_code)unpack_max(u, UINT8_MAX);
	struct span msg = unpack_span(u);

	*e = (struct err){ 0 };
	if (code != ERR_NONE)
		err_set(e, code, "%.*s", SPAN_ARG(msg));
}

/* --- each request --- */

static void
pack_key(struct buf *b, const struct sign_key *k)
{
	pack_span(b, k->role);
	pack_span(b, k->file);
	pack_span(b, span_make(k->key.public, TUF_PUBLIC_SIZE));
	pack_uint(b, k->is_offline);
	pack_uint(b, k->is_encrypted);
}

/* Twin: sign_list(). */
static int
answer_list(struct sign_child *c, struct buf *b, struct err *e)
{
	struct sign_file *files;
	size_t n, i;

	if (sign_files(c, &files, &n, e) != 0)
		return -1;
	pack_uint(b, n);
	for (i = 0; i < n; i++)
		pack_key(b, &files[i].key);
	return 0;
}

/* Twin: sign_new_key(). */
static int
answer_new(struct sign_child *c, struct unpack *u, struct buf *b, struct err *e)
{
	struct sign_new what = { .role = unpack_span(u) };
	struct digest like;
	struct tuf_key key;
	struct span id;

	what.offline = unpack_max(u, 1) == 1;
	what.plain = unpack_max(u, 1) == 1;
	id = unpack_span(u);
	if (!unpack_done(u) || (id.len != 0 && id.len != DIGEST_SIZE))
		return err_set(e, ERR_FORMAT, "a request without sense");
	if (id.len > 0) {
		memcpy(like.bytes, id.ptr, id.len);
		what.like = &like;
	}
	if (sign_file_make(c, &what, &key, e) != 0)
		return -1;
	pack_span(b, span_make(key.public, TUF_PUBLIC_SIZE));
	return 0;
}

/* Twin: sign_retire(). */
static int
answer_retire(
    struct sign_child *c, struct unpack *u, struct buf *b, struct err *e)
{
	struct span id = unpack_span(u);
	const struct sign_file *f;
	struct digest d;

	if (!unpack_done(u) || id.len != DIGEST_SIZE)
		return err_set(e, ERR_FORMAT, "a request without sense");
	memcpy(d.bytes, id.ptr, id.len);
	if (sign_file_find(c, &d, &f, e) != 0)
		return -1;
	pack_uint(b, f != NULL);
	if (f == NULL)
		return 0;
	if (sign_file_retire(c, f, e) != 0)
		return -1;
	pack_key(b, &f->key);
	return 0;
}

/* Twin: sign_last(). */
static int
answer_last(
    struct sign_child *c, struct unpack *u, struct buf *b, struct err *e)
{
	struct span role = unpack_span(u);
	uint64_t version;

	if (!unpack_done(u) || !sign_is_role(role))
		return err_set(e, ERR_FORMAT, "a request without sense");
	if (memory_read(c, role, &version, NULL, e) != 0)
		return -1;
	pack_uint(b, version);
	return 0;
}

/* --- signing --- */

struct to_sign {
	struct span role;
	struct span keyids; /* one behind the other */
	struct buf bytes;
	uint64_t version;
};

/* The one member of that name; NULL: there is none, or more than one. */
static const struct json_node *
only(const struct json_node *object, const char *name)
{
	const struct json_node *found = NULL, *n;

	for (n = object->child; n != NULL; n = n->next) {
		if (!span_is(n->name, name))
			continue;
		if (found != NULL)
			return NULL;
		found = n;
	}
	return found;
}

static const char *
type_of_role(struct span role)
{
	static const char *const top[] = { "root", "snapshot", "timestamp" };
	size_t i;

	for (i = 0; i < sizeof(top) / sizeof(*top); i++)
		if (span_is(role, top[i]))
			return top[i];
	return "targets";
}

/* The version that is remembered is the one that the bytes say. */
static int
find_version(struct sign_child *c, struct to_sign *t, struct err *e)
{
	const struct json_node *root, *type, *version;

	if (json_parse(buf_span(&t->bytes), &c->arena, &root, e) != 0)
		return err_context(e, "what is to be signed");
	type = only(root, "_type");
	version = only(root, "version");
	if (root->type == JSON_OBJECT && type != NULL &&
	    type->type == JSON_STRING &&
	    span_is(type->text, type_of_role(t->role)) && version != NULL &&
	    version->type == JSON_NUMBER &&
	    parse_uint(version->text, INT64_MAX, &t->version) && t->version > 0)
		return 0;
	return err_set(e, ERR_FORMAT,
	    "what is to be signed is no metadata of role %.*s",
	    SPAN_ARG(t->role));
}

/* Those that are named and at hand, in their order; at most n_max. */
static int
find_keys(struct sign_child *c, const struct to_sign *t,
    const struct sign_file **out, size_t *n_out, struct err *e)
{
	struct sign_file *files;
	size_t n, i, k;

	*n_out = 0;
	if (sign_files(c, &files, &n, e) != 0)
		return -1;
	for (k = 0; k < t->keyids.len; k += DIGEST_SIZE)
		for (i = 0; i < n; i++)
			if (span_eq(files[i].key.role, t->role) &&
			    memcmp(files[i].key.key.id.bytes, t->keyids.ptr + k,
				DIGEST_SIZE) == 0) {
				out[(*n_out)++] = &files[i];
				break;
			}
	if (*n_out > 0)
		return 0;
	return err_set(e, ERR_MISSING,
	    "no private key of role %.*s is at hand, neither in %s%s%s",
	    SPAN_ARG(t->role), c->options->keys,
	    c->options->offline != NULL ? " nor in "
					: ": name the folder of "
					  "the offline ones with "
					  "--offline-dir",
	    c->options->offline != NULL ? c->options->offline : "");
}

static int
sign_with(EVP_PKEY *key, struct span bytes, uint8_t *out, struct err *e)
{
	EVP_MD_CTX *md = EVP_MD_CTX_new();
	size_t len = TUF_SIGNATURE_SIZE;
	int rc = -1;

	if (md != NULL && EVP_DigestSignInit(md, NULL, NULL, NULL, key) == 1 &&
	    EVP_DigestSign(
		md, out, &len, (const uint8_t *)bytes.ptr, bytes.len) == 1 &&
	    len == TUF_SIGNATURE_SIZE)
		rc = 0;
	else
		err_set(e, ERR_SYSTEM, "OpenSSL does not sign");
	EVP_MD_CTX_free(md);
	return rc;
}

/* Unlocked first, remembered then: a wrong passphrase leaves no trace. */
static int
sign_all(struct sign_child *c, const struct to_sign *t,
    const struct sign_file *const *files, size_t n, struct buf *b,
    struct err *e)
{
	EVP_PKEY **keys = arena_array(&c->arena, n, sizeof(EVP_PKEY *));
	uint8_t signature[TUF_SIGNATURE_SIZE];
	struct digest d;
	size_t i;
	int rc = 0;

	for (i = 0; rc == 0 && i < n; i++)
		rc = sign_file_unlock(c, files[i], &keys[i], e);
	if (rc == 0) {
		digest_of(buf_span(&t->bytes), &d);
		rc = memory_raise(c, t->role, t->version, &d, e);
	}
	pack_uint(b, n);
	for (i = 0; rc == 0 && i < n; i++) {
		rc = sign_with(keys[i], buf_span(&t->bytes), signature, e);
		pack_span(
		    b, span_make(files[i]->key.key.id.bytes, DIGEST_SIZE));
		pack_span(b, span_make(signature, sizeof(signature)));
	}
	for (i = 0; i < n; i++)
		EVP_PKEY_free(keys[i]);
	return rc;
}

/* Twin: sign_bytes(). */
static int
answer_bytes(struct sign_child *c, const struct ipc_message *m, struct buf *b,
    struct err *e)
{
	struct unpack u = unpack_of(m->payload);
	struct to_sign t = { .role = unpack_span(&u) };
	const struct sign_file **files;
	size_t n;
	int rc = -1;

	t.keyids = unpack_span(&u);
	if (!unpack_done(&u) || !sign_is_role(t.role) || m->fd == -1 ||
	    t.keyids.len % DIGEST_SIZE != 0 ||
	    t.keyids.len > TUF_KEYS_MAX * DIGEST_SIZE)
		return err_set(e, ERR_FORMAT, "a request without sense");
	files = arena_array(&c->arena, TUF_KEYS_MAX, sizeof(*files));
	if (file_read_fd(m->fd, SIGNED_MAX, &t.bytes, e) == 0 &&
	    find_version(c, &t, e) == 0 && find_keys(c, &t, files, &n, e) == 0)
		rc = sign_all(c, &t, files, n, b, e);
	buf_cleanup(&t.bytes);
	return rc;
}

/* --- the loop --- */

static int
answer(struct sign_child *c, const struct ipc_message *m, struct buf *b,
    int *fd, struct err *e)
{
	struct unpack u = unpack_of(m->payload);

	switch (m->type) {
	case SIGN_LIST:
		return answer_list(c, b, e);
	case SIGN_NEW:
		return answer_new(c, &u, b, e);
	case SIGN_RETIRE:
		return answer_retire(c, &u, b, e);
	case SIGN_LAST:
		return answer_last(c, &u, b, e);
	case SIGN_BYTES:
		return answer_bytes(c, m, b, e);
	case SIGN_SECRET:
		return secret_export(c, fd, e);
	default:
		return err_set(e, ERR_FORMAT, "a request without sense");
	}
}

/* Twin: ask() in sign.c. */
static int
serve(struct sign_child *c, struct ipc_message *m, struct err *e)
{
	struct err result = { 0 };
	struct buf said = { 0 };
	struct buf b = { 0 };
	int fd = -1;
	int rc;

	/* An error that was put right on the way stands in it, too. */
	if (answer(c, m, &said, &fd, &result) == 0)
		result = (struct err){ 0 };
	else
		buf_reset(&said);
	sign_pack_err(&b, &result);
	buf_add_span(&b, buf_span(&said));
	rc = ipc_send(c->ipc, SIGN_ANSWER, buf_span(&b), fd, e);
	if (fd != -1)
		close(fd);
	if (m->fd != -1)
		close(m->fd);
	m->fd = -1;
	buf_cleanup(&said);
	buf_cleanup(&b);
	arena_reset(&c->arena);
	return rc;
}

static int
open_folder(const char *path)
{
	return path == NULL ? -1
			    : open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
}

int
sign_process(struct ipc *ipc, void *options)
{
	struct sign_child c = { .ipc = ipc, .options = options };
	struct ipc_message m = { .fd = -1 };
	struct err e = { 0 };
	int rc;

	c.folders[0] = open_folder(c.options->keys);
	c.folders[1] = open_folder(c.options->offline);
	while ((rc = ipc_recv(ipc, &m, &e)) == 1)
		if (serve(&c, &m, &e) != 0)
			break;
	if (rc != 0)
		log_error("sign: %s", e.msg);
	OPENSSL_cleanse(&c.secret, sizeof(c.secret));
	ipc_message_cleanup(&m);
	arena_cleanup(&c.arena);
	return rc == 0 ? 0 : 1;
}
