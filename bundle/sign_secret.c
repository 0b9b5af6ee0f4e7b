/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <openssl/crypto.h>
#include <string.h>
#include <unistd.h>

#include "base/file.h"
#include "base/memfd.h"
#include "bundle/sign_impl.h"

#define TRIES 3u

/* A byte at a time: what stands behind the line is the caller's. */
static int
read_line(struct sign_secret *s, int fd, bool from_start, struct err *e)
{
	char c;
	ssize_t n;

	s->len = 0;
	for (;;) {
		n = from_start ? pread(fd, &c, 1, (off_t)s->len)
			       : read(fd, &c, 1);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return err_system(e, "cannot read the passphrase");
		if (n == 0 || c == '\n')
			break;
		if (s->len == SIGN_PASSPHRASE_MAX)
			return err_set(e, ERR_LIMIT,
			    "the passphrase is longer than %u bytes",
			    SIGN_PASSPHRASE_MAX);
		s->bytes[s->len++] = c;
	}
	if (s->len > 0 && s->bytes[s->len - 1] == '\r')
		s->len--;
	return 0;
}

/* A file is read from its start each time; a pipe only once. */
static int
read_given(struct sign_child *c, struct err *e)
{
	int fd = c->options->passphrase_fd;
	bool is_file = lseek(fd, 0, SEEK_CUR) != -1;

	if (read_line(&c->secret, fd, is_file, e) != 0)
		return -1;
	if (c->secret.len == 0)
		return err_set(e, ERR_FORMAT,
		    "the passphrase that was given is empty: its first line "
		    "counts");
	c->secret.state = SECRET_HELD;
	return 0;
}

/* 1: something was typed, or nothing; 0: there is no terminal; -1. */
static int
ask(struct sign_child *c, enum sign_question q, const char *file,
    struct sign_secret *out, struct err *e)
{
	struct ipc_message m = { .fd = -1 };
	struct buf b = { 0 };
	int rc;

	pack_uint(&b, q);
	pack_span(&b, span_of(file));
	rc = ipc_send(c->ipc, SIGN_ASK, buf_span(&b), -1, e);
	buf_cleanup(&b);
	if (rc != 0)
		return -1;
	rc = ipc_recv(c->ipc, &m, e);
	if (rc == 0 || (rc == 1 && m.type != SIGN_TERMINAL))
		rc = err_set(e, ERR_SYSTEM, "the main process is gone");
	else if (rc == 1 && m.fd == -1)
		rc = 0;
	else if (rc == 1)
		rc = read_line(out, m.fd, false, e) == 0 ? 1 : -1;
	if (m.fd != -1)
		close(m.fd);
	m.fd = -1;
	ipc_message_cleanup(&m);
	return rc;
}

static bool
is_same(const struct sign_secret *a, const struct sign_secret *b)
{
	return a->len == b->len && memcmp(a->bytes, b->bytes, a->len) == 0;
}

static int
ask_twice(struct sign_child *c, struct err *e)
{
	struct sign_secret again = { 0 };
	enum sign_question q = SIGN_ASK_NEW;
	int rc;

	for (;;) {
		rc = ask(c, q, "", &c->secret, e);
		if (rc != 1 || c->secret.len == 0)
			break;
		rc = ask(c, SIGN_ASK_AGAIN, "", &again, e);
		if (rc != 1 || is_same(&c->secret, &again))
			break;
		q = SIGN_ASK_DIFFERS;
	}
	OPENSSL_cleanse(&again, sizeof(again));
	if (rc < 0)
		return -1;
	c->secret.state =
	    rc == 1 && c->secret.len > 0 ? SECRET_HELD : SECRET_NONE;
	return 0;
}

int
secret_for_new(struct sign_child *c, struct err *e)
{
	if (c->secret.state != SECRET_UNREAD)
		return 0;
	if (c->options->passphrase_fd != -1)
		return read_given(c, e);
	if (c->options->may_ask)
		return ask_twice(c, e);
	c->secret.state = SECRET_NONE;
	return 0;
}

int
secret_to_unlock(
    struct sign_child *c, const char *file, unsigned attempt, struct err *e)
{
	bool given = c->options->passphrase_fd != -1;
	int rc;

	if (attempt == 0 && c->secret.state == SECRET_HELD)
		return 0;
	if (attempt == 0 && given)
		return read_given(c, e);
	if (given || attempt > TRIES)
		return err_set(
		    e, ERR_UNTRUSTED, "%s: the passphrase is wrong", file);
	rc = c->options->may_ask
	    ? ask(c, c->asked ? SIGN_ASK_WRONG : SIGN_ASK_UNLOCK, file,
		  &c->secret, e)
	    : 0;
	c->asked = true;
	if (rc < 0)
		return -1;
	if (rc == 0)
		return err_set(e, ERR_UNTRUSTED,
		    "%s is encrypted, and there is no passphrase: name its "
		    "file in the configuration as keys.passphrase_file, or "
		    "`scapcache key` with --passphrase-file",
		    file);
	c->secret.state = SECRET_HELD;
	return 0;
}

int
secret_export(const struct sign_child *c, int *fd, struct err *e)
{
	*fd = -1;
	if (c->secret.state != SECRET_HELD)
		return 0;
	if (memfd_of(span_make(c->secret.bytes, c->secret.len), fd, e) != 0)
		return -1;
	return 0;
}
