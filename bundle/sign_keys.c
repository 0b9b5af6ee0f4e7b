/* SPDX-License-Identifier: Apache-2.0 */
/* The key files of both folders: <role>-<16 hex digits>.pem. */
#include <errno.h>
#include <fcntl.h>
#include <openssl/crypto.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/file.h"
#include "bundle/sign_impl.h"

#define ID_DIGITS 16u
#define SUFFIX ".pem"
#define RETIRED ".retired"

bool
sign_is_role(struct span name)
{
	size_t i;

	for (i = 0; i < name.len; i++)
		if (!span_is_lower(name.ptr[i]) &&
		    !span_is_digit(name.ptr[i]) && name.ptr[i] != '-')
			return false;
	return name.len > 0 && name.len <= TUF_ROLE_NAME_MAX;
}

static const char *
folder_path(const struct sign_child *c, bool offline)
{
	return offline ? c->options->offline : c->options->keys;
}

static void
file_name(struct buf *out, struct span role, const struct digest *id)
{
	char hex[DIGEST_HEX_SIZE];

	digest_hex(id, hex);
	buf_printf(
	    out, "%.*s-%.*s" SUFFIX, SPAN_ARG(role), (int)ID_DIGITS, hex);
}

/* "redhat-0123456789abcdef.pem": the role; empty: another file. */
static struct span
role_of_name(struct span name)
{
	size_t tail = 1 + ID_DIGITS + sizeof(SUFFIX) - 1, i;

	if (name.len <= tail || !span_has_suffix(name, SUFFIX) ||
	    name.ptr[name.len - tail] != '-' ||
	    !sign_is_role(span_first(name, name.len - tail)))
		return SPAN_NONE;
	for (i = name.len - tail + 1; i < name.len - sizeof(SUFFIX) + 1; i++)
		if (strchr("0123456789abcdef", name.ptr[i]) == NULL)
			return SPAN_NONE;
	return span_first(name, name.len - tail);
}

/* --- reading --- */

/* In keys/ a key is nobody else's; a stick may know no owners. */
static int
check_mode(int fd, bool offline, struct err *e)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return err_system(e, "cannot see its mode");
	if (!offline && (st.st_mode & (S_IRWXG | S_IRWXO)) != 0)
		return err_set(e, ERR_UNTRUSTED,
		    "others may read it (mode %03o): make sure that none has, "
		    "then chmod 600",
		    (unsigned)(st.st_mode & 0777));
	return 0;
}

static int
read_file(int dirfd, const char *name, bool offline, struct sign_pem *p,
    struct err *e)
{
	char text[SIGN_KEY_FILE_MAX + 1];
	ssize_t n = -1;
	int rc = -1;
	int fd = openat(dirfd, name, O_RDONLY | O_CLOEXEC | O_NONBLOCK);

	*p = (struct sign_pem){ 0 };
	if (fd == -1)
		return err_system(e, "cannot read");
	if (check_mode(fd, offline, e) != 0)
		goto out;
	n = pread(fd, text, sizeof(text), 0);
	if (n < 0)
		err_system(e, "cannot read");
	else if ((size_t)n > SIGN_KEY_FILE_MAX)
		err_set(e, ERR_LIMIT, "is larger than any key");
	else
		rc = pem_read(p, span_make(text, (size_t)n), e);
out:
	OPENSSL_cleanse(text, sizeof(text));
	close(fd);
	return rc;
}

/* All of one folder, into room for SIGN_KEYS_MAX of them. */
struct collect {
	struct sign_child *child;
	bool offline;
	struct sign_file *files;
	size_t n;
};

static int
collect_file(
    struct collect *l, const char *name, struct span role, struct err *e)
{
	struct arena *a = &l->child->arena;
	struct sign_file *f = &l->files[l->n];
	struct buf want = { 0 };
	struct sign_pem p;
	int rc;

	rc = read_file(l->child->folders[l->offline], name, l->offline, &p, e);
	if (rc == 0) {
		*f = (struct sign_file){ .name = arena_str(a, span_of(name)) };
		memcpy(f->key.key.public, p.public, sizeof(p.public));
		tuf_key_id(p.public, &f->key.key.id);
		f->key.role = arena_span(a, role);
		f->key.file = span_of(f->name);
		f->key.is_offline = l->offline;
		f->key.is_encrypted = p.is_encrypted;
		file_name(&want, role, &f->key.key.id);
		if (strcmp(buf_str(&want), name) != 0)
			rc = err_set(e, ERR_UNTRUSTED,
			    "holds another key than its name says, which is "
			    "%s",
			    buf_str(&want));
	}
	if (rc == 0)
		l->n++;
	buf_cleanup(&want);
	pem_cleanup(&p);
	return rc;
}

static int
collect_name(void *ctx, const char *name, struct err *e)
{
	struct collect *l = ctx;
	struct span role = role_of_name(span_of(name));
	int rc;

	if (role.len == 0)
		return 0;
	if (l->n == SIGN_KEYS_MAX)
		rc = err_set(e, ERR_LIMIT, "more than %u keys", SIGN_KEYS_MAX);
	else
		rc = collect_file(l, name, role, e);
	if (rc != 0)
		err_context(
		    e, "%s/%s", folder_path(l->child, l->offline), name);
	return rc;
}

static int
by_role(const void *a, const void *b)
{
	const struct sign_file *x = a, *y = b;
	int rc = span_cmp(x->key.role, y->key.role);

	return rc != 0
	    ? rc
	    : memcmp(x->key.key.id.bytes, y->key.key.id.bytes, DIGEST_SIZE);
}

int
sign_files(
    struct sign_child *c, struct sign_file **out, size_t *n, struct err *e)
{
	struct collect l = { .child = c };
	int i;

	l.files = arena_array(&c->arena, SIGN_KEYS_MAX, sizeof(*l.files));
	for (i = 0; i < 2; i++) {
		l.offline = i == 1;
		if (c->folders[i] != -1 &&
		    file_list(c->folders[i], ".", collect_name, &l, e) != 0)
			return -1;
	}
	if (l.n > 0)
		qsort(l.files, l.n, sizeof(*l.files), by_role);
	*out = l.files;
	*n = l.n;
	return 0;
}

int
sign_file_find(struct sign_child *c, const struct digest *id,
    const struct sign_file **out, struct err *e)
{
	struct sign_file *files;
	size_t n, i;

	*out = NULL;
	if (sign_files(c, &files, &n, e) != 0)
		return -1;
	for (i = 0; i < n; i++)
		if (digest_eq(&files[i].key.key.id, id))
			*out = &files[i];
	return 0;
}

/* --- a private key --- */

int
sign_file_unlock(struct sign_child *c, const struct sign_file *f,
    EVP_PKEY **out, struct err *e)
{
	bool offline = f->key.is_offline;
	struct sign_pem p;
	unsigned attempt = 0;
	int rc = read_file(c->folders[offline], f->name, offline, &p, e);

	if (rc != 0)
		err_context(e, "%s/%s", folder_path(c, offline), f->name);
	c->asked = false;
	while (rc == 0) {
		if (p.is_encrypted &&
		    secret_to_unlock(c, f->name, attempt++, e) != 0)
			rc = -1;
		else
			rc = pem_unlock(&p, &c->secret, out, e);
	}
	/* Of what was listed, and nothing that took its place since. */
	if (rc == 1 &&
	    (pem_public(*out, p.public, e) != 0 ||
		memcmp(p.public, f->key.key.public, sizeof(p.public)) != 0)) {
		EVP_PKEY_free(*out);
		*out = NULL;
		rc = err_set(e, ERR_UNTRUSTED,
		    "%s: its private key is not that of its public key",
		    f->name);
	}
	pem_cleanup(&p);
	return rc == 1 ? 0 : -1;
}

/* --- making and retiring --- */

static int
write_new(int dirfd, const char *name, struct span text, struct err *e)
{
	int fd = openat(dirfd, name, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC,
	    S_IRUSR | S_IWUSR);
	int rc = -1;

	if (fd == -1)
		return err_system(e, "cannot make the key's file");
	if (file_write_all(fd, text, e) == 0) {
		rc = fsync(fd) == 0 ? file_sync_dir(dirfd, ".", e)
				    : err_system(e, "cannot sync");
	}
	close(fd);
	if (rc != 0)
		unlinkat(dirfd, name, 0);
	return rc;
}

static int
write_key(struct sign_child *c, const struct sign_new *what, EVP_PKEY *key,
    struct tuf_key *out, struct err *e)
{
	const struct sign_secret *secret = NULL;
	struct buf text = { 0 };
	struct buf name = { 0 };
	int rc;

	if (!what->plain && c->secret.state == SECRET_HELD)
		secret = &c->secret;
	rc = pem_public(key, out->public, e);
	if (rc == 0)
		rc = pem_write(&text, key, secret, e);
	if (rc == 0) {
		tuf_key_id(out->public, &out->id);
		file_name(&name, what->role, &out->id);
		rc = write_new(c->folders[what->offline], buf_str(&name),
		    buf_span(&text), e);
		if (rc != 0)
			err_context(e, "%s/%s", folder_path(c, what->offline),
			    buf_str(&name));
	}
	if (text.ptr != NULL)
		OPENSSL_cleanse(text.ptr, text.cap);
	buf_cleanup(&text);
	buf_cleanup(&name);
	return rc;
}

/* The passphrase that was used to unlock a key is at hand then. */
static int
prepare_secret(struct sign_child *c, const struct sign_new *what, struct err *e)
{
	const struct sign_file *like = NULL;
	EVP_PKEY *key = NULL;

	if (what->plain)
		return 0;
	if (what->like != NULL && sign_file_find(c, what->like, &like, e) != 0)
		return -1;
	if (like == NULL || !like->key.is_encrypted)
		return secret_for_new(c, e);
	if (sign_file_unlock(c, like, &key, e) != 0)
		return -1;
	EVP_PKEY_free(key);
	return 0;
}

int
sign_file_make(struct sign_child *c, const struct sign_new *what,
    struct tuf_key *out, struct err *e)
{
	EVP_PKEY *key = NULL;
	int rc;

	if (!sign_is_role(what->role) || c->folders[what->offline] == -1)
		return err_set(e, ERR_FORMAT, "no such role, or no folder");
	if (prepare_secret(c, what, e) != 0)
		return -1;
	key = EVP_PKEY_Q_keygen(NULL, NULL, "ED25519");
	if (key == NULL)
		return err_set(e, ERR_SYSTEM, "OpenSSL makes no ed25519 key");
	rc = write_key(c, what, key, out, e);
	EVP_PKEY_free(key);
	return rc;
}

int
sign_file_retire(struct sign_child *c, const struct sign_file *f, struct err *e)
{
	int dirfd = c->folders[f->key.is_offline];
	struct buf to = { 0 };
	int rc;

	buf_printf(&to, "%s" RETIRED, f->name);
	rc = renameat(dirfd, f->name, dirfd, buf_str(&to)) == 0
	    ? file_sync_dir(dirfd, ".", e)
	    : err_system(
		  e, "%s/%s", folder_path(c, f->key.is_offline), f->name);
	buf_cleanup(&to);
	return rc;
}
