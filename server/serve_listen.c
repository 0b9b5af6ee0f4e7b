/* SPDX-License-Identifier: Apache-2.0 */
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/log.h"
#include "base/mem.h"
#include "server/serve_parts.h"

#define WAITING_MAX 4096  /* connections that nobody accepted yet */
#define INHERITED_FIRST 3 /* SD_LISTEN_FDS_START */
#define UNIX_PREFIX "unix:"

/* --- addresses --- */

union socket_address {
	struct sockaddr any;
	struct sockaddr_in v4;
	struct sockaddr_in6 v6;
	struct sockaddr_un local;
};

static int
bad_word(const char *word, struct err *e)
{
	return err_set(e, ERR_FORMAT,
	    "cannot listen on \"%s\": say ADDRESS:PORT, [ADDRESS]:PORT, :PORT "
	    "for all addresses, or unix:/PATH",
	    word);
}

/* Its length; 0: it is none. Names are not asked for. */
static socklen_t
ip_address(struct span host, uint16_t port, union socket_address *out)
{
	char text[INET6_ADDRSTRLEN];
	bool brackets = host.len >= 2 && host.ptr[0] == '[' &&
	    host.ptr[host.len - 1] == ']';

	memset(out, 0, sizeof(*out));
	if (brackets)
		host = span_make(host.ptr + 1, host.len - 2);
	if (span_is(host, "localhost"))
		host = SPAN_LIT("127.0.0.1");
	if (host.len == 0 || span_is(host, "*")) {
		out->v6.sin6_family = AF_INET6;
		out->v6.sin6_port = htons(port);
		return sizeof(out->v6);
	}
	if (host.len >= sizeof(text))
		return 0;
	memcpy(text, host.ptr, host.len);
	text[host.len] = '\0';
	if (!brackets && inet_pton(AF_INET, text, &out->v4.sin_addr) == 1) {
		out->v4.sin_family = AF_INET;
		out->v4.sin_port = htons(port);
		return sizeof(out->v4);
	}
	if (!brackets || inet_pton(AF_INET6, text, &out->v6.sin6_addr) != 1)
		return 0;
	out->v6.sin6_family = AF_INET6;
	out->v6.sin6_port = htons(port);
	return sizeof(out->v6);
}

/* Where the kernel has no IPv6, all addresses are those of IPv4. */
static int
make_socket(union socket_address *at, socklen_t *len)
{
	const int type = SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK;
	int fd = socket(at->any.sa_family, type, 0);
	uint16_t port = at->v6.sin6_port;

	if (fd != -1 || errno != EAFNOSUPPORT ||
	    at->any.sa_family != AF_INET6 ||
	    !IN6_IS_ADDR_UNSPECIFIED(&at->v6.sin6_addr))
		return fd;
	memset(at, 0, sizeof(*at));
	at->v4.sin_family = AF_INET;
	at->v4.sin_port = port;
	*len = sizeof(at->v4);
	return socket(AF_INET, type, 0);
}

static socklen_t
word_address(const char *word, union socket_address *out)
{
	struct span s = span_of(word);
	size_t colon = span_rfind(s, ':');
	uint64_t port;

	if (colon == s.len ||
	    !parse_uint(span_from(s, colon + 1), UINT16_MAX, &port))
		return 0;
	return ip_address(span_first(s, colon), (uint16_t)port, out);
}

int
serve_listen_check(const char *word, struct err *e)
{
	union socket_address at;

	if (span_has_prefix(span_of(word), UNIX_PREFIX))
		return word[strlen(UNIX_PREFIX)] == '/' ? 0 : bad_word(word, e);
	return word_address(word, &at) != 0 ? 0 : bad_word(word, e);
}

/* --- sockets --- */

static int
set_nonblocking(int fd, struct err *e)
{
	int flags = fcntl(fd, F_GETFL);

	/* Two processes may accept on it: who comes late must not wait. */
	if (flags == -1 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0)
		return err_system(e, "a socket");
	return 0;
}

static int
open_tcp(const char *word, struct serve_listener *l, struct err *e)
{
	const int on = 1, off = 0;
	union socket_address at;
	socklen_t len = word_address(word, &at);
	int fd;

	if (len == 0)
		return bad_word(word, e);
	fd = make_socket(&at, &len);
	if (fd == -1)
		return err_system(e, "cannot listen on %s", word);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	/* An address of all families is of both; ::1 is of one anyway. */
	if (at.any.sa_family == AF_INET6)
		setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY,
		    word[0] == '[' ? &on : &off, sizeof(on));
	if (bind(fd, &at.any, len) != 0 || listen(fd, WAITING_MAX) != 0) {
		if (errno == EACCES)
			err_set(e, ERR_SYSTEM,
			    "cannot listen on %s: ports below 1024 are root's: "
			    "take another, or scapcache-serve.socket",
			    word);
		else
			err_system(e, "cannot listen on %s", word);
		close(fd);
		return -1;
	}
	l->fd = fd;
	return 0;
}

/* A file that a killed server left goes; one that is answered stays. */
static int
clear_path(const char *path, const union socket_address *at, struct err *e)
{
	struct stat st;
	int fd, rc;

	if (lstat(path, &st) != 0)
		return errno == ENOENT ? 0 : err_system(e, "%s", path);
	if (!S_ISSOCK(st.st_mode))
		return err_set(e, ERR_SYSTEM,
		    "%s: there is a file that is no socket", path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return err_system(e, "%s", path);
	rc = connect(fd, &at->any, sizeof(at->local));
	close(fd);
	if (rc == 0 || errno != ECONNREFUSED)
		return err_set(
		    e, ERR_SYSTEM, "%s: another process listens there", path);
	return unlink(path) == 0 ? 0 : err_system(e, "%s", path);
}

static int
bind_unix(int fd, const union socket_address *at, unsigned mode)
{
	/* Until it has its mode nobody else comes in. */
	mode_t before = umask(0177);
	int rc = bind(fd, &at->any, sizeof(at->local));

	umask(before);
	if (rc != 0 || chmod(at->local.sun_path, mode) != 0)
		return -1;
	return listen(fd, WAITING_MAX);
}

static int
open_unix(
    const char *word, unsigned mode, struct serve_listener *l, struct err *e)
{
	const char *path = word + strlen(UNIX_PREFIX);
	union socket_address at = { 0 };
	struct stat st;
	int fd;

	if (path[0] != '/')
		return bad_word(word, e);
	if (strlen(path) >= sizeof(at.local.sun_path))
		return err_set(e, ERR_LIMIT,
		    "%s: a socket's path has at most %zu bytes", word,
		    sizeof(at.local.sun_path) - 1);
	at.local.sun_family = AF_UNIX;
	memcpy(at.local.sun_path, path, strlen(path));
	if (clear_path(path, &at, e) != 0)
		return err_context(e, "cannot listen on %s", word);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (fd == -1)
		return err_system(e, "cannot listen on %s", word);
	if (bind_unix(fd, &at, mode) != 0 || stat(path, &st) != 0) {
		err_system(e, "cannot listen on %s", word);
		close(fd);
		return -1;
	}
	l->unix_at = xstrdup(path);
	l->device = st.st_dev;
	l->inode = st.st_ino;
	l->fd = fd;
	return 0;
}

/* --- the list --- */

/* Somebody else's may stand there by now. */
static bool
has_file(const struct serve_listener *l)
{
	struct stat st;

	return l->unix_at != NULL && lstat(l->unix_at, &st) == 0 &&
	    st.st_ino == l->inode && st.st_dev == l->device;
}

static void
close_listener(struct serve_listener *l)
{
	if (has_file(l))
		unlink(l->unix_at);
	close(l->fd);
	free(l->word);
	free(l->unix_at);
}

static struct serve_listener *
find(struct serve_listeners *l, const char *word)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (l->at[i].word != NULL && strcmp(l->at[i].word, word) == 0)
			return &l->at[i];
	return NULL;
}

static int
open_word(struct serve_listeners *l, const char *word, unsigned unix_mode,
    struct err *e)
{
	struct serve_listener *new = &l->at[l->n];
	int rc;

	if (l->n == SERVE_LISTENERS_MAX)
		return err_set(e, ERR_LIMIT,
		    "more than %u addresses to listen "
		    "on",
		    SERVE_LISTENERS_MAX);
	*new = (struct serve_listener){ .fd = -1 };
	if (span_has_prefix(span_of(word), UNIX_PREFIX))
		rc = open_unix(word, unix_mode, new, e);
	else
		rc = open_tcp(word, new, e);
	if (rc != 0)
		return -1;
	new->word = xstrdup(word);
	l->n++;
	return 0;
}

/* One that was open before may have had another mode. */
static void
want(struct serve_listener *l, unsigned unix_mode)
{
	l->wanted = true;
	if (has_file(l) && chmod(l->unix_at, unix_mode) != 0)
		log_error("serve: %s: cannot give it the mode %04o", l->unix_at,
		    unix_mode);
}

int
serve_listeners_open(struct serve_listeners *l, const char *const *words,
    unsigned unix_mode, struct err *e)
{
	size_t before = l->n, i;
	const char *const *w;

	for (w = words; *w != NULL; w++)
		if (find(l, *w) == NULL && open_word(l, *w, unix_mode, e) != 0)
			break;
	if (*w != NULL) {
		while (l->n > before)
			close_listener(&l->at[--l->n]);
		return -1;
	}
	for (i = 0; i < l->n; i++)
		l->at[i].wanted = l->at[i].word == NULL;
	for (w = words; *w != NULL; w++)
		want(find(l, *w), unix_mode);
	return 0;
}

void
serve_listeners_prune(struct serve_listeners *l)
{
	size_t n = 0, i;

	for (i = 0; i < l->n; i++) {
		if (l->at[i].wanted)
			l->at[n++] = l->at[i];
		else
			close_listener(&l->at[i]);
	}
	l->n = n;
}

void
serve_listeners_close(struct serve_listeners *l)
{
	while (l->n > 0)
		close_listener(&l->at[--l->n]);
}

/* --- socket activation --- */

static int
inherit(struct serve_listeners *l, int fd, struct err *e)
{
	int listens = 0, type = 0;
	socklen_t len = sizeof(int);

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listens, &len) != 0 ||
	    getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) != 0 || !listens ||
	    type != SOCK_STREAM)
		return err_set(e, ERR_FORMAT,
		    "descriptor %d, handed in by the service manager, is no "
		    "socket that listens for streams",
		    fd);
	if (l->n == SERVE_LISTENERS_MAX)
		return err_set(e, ERR_LIMIT,
		    "more than %u sockets are handed in", SERVE_LISTENERS_MAX);
	fcntl(fd, F_SETFD, FD_CLOEXEC);
	l->at[l->n++] = (struct serve_listener){ .fd = fd, .wanted = true };
	return set_nonblocking(fd, e);
}

int
serve_listeners_inherit(struct serve_listeners *l, struct err *e)
{
	const char *who = getenv("LISTEN_PID");
	const char *count = getenv("LISTEN_FDS");
	uint64_t pid = 0, n = 0, i;

	if (who == NULL || count == NULL ||
	    !parse_uint(span_of(who), INT32_MAX, &pid) ||
	    pid != (uint64_t)getpid() || !parse_uint(span_of(count), 1024, &n))
		n = 0;
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	for (i = 0; i < n; i++)
		if (inherit(l, INHERITED_FIRST + (int)i, e) != 0)
			return -1;
	return 0;
}

/* --- for people --- */

void
serve_listener_text(const struct serve_listener *l, bool tls, struct buf *out)
{
	char text[INET6_ADDRSTRLEN] = "";
	union socket_address at = { 0 };
	socklen_t len = sizeof(at);
	const char *scheme = tls ? "https" : "http";

	if (getsockname(l->fd, &at.any, &len) != 0)
		return;
	switch (at.any.sa_family) {
	case AF_INET:
		inet_ntop(AF_INET, &at.v4.sin_addr, text, sizeof(text));
		buf_printf(
		    out, "%s://%s:%u/", scheme, text, ntohs(at.v4.sin_port));
		break;
	case AF_INET6:
		inet_ntop(AF_INET6, &at.v6.sin6_addr, text, sizeof(text));
		buf_printf(
		    out, "%s://[%s]:%u/", scheme, text, ntohs(at.v6.sin6_port));
		break;
	default:
		buf_printf(out, UNIX_PREFIX "%.*s",
		    (int)sizeof(at.local.sun_path), at.local.sun_path);
	}
}
