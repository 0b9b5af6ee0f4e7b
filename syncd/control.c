/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "syncd/control.h"

#define CLIENTS_WAITING 16
#define REFUSED "refused "
#define START_WAIT_MS 1000

/* Through the folder's descriptor: a state directory may have a long name. */
static int
address_of(int statefd, int flags, struct sockaddr_un *at)
{
	*at = (struct sockaddr_un){ .sun_family = AF_UNIX };
	snprintf(at->sun_path, sizeof(at->sun_path), "/proc/self/fd/%d/%s",
	    statefd, CONTROL_PATH);
	return socket(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC | flags, 0);
}

int
control_listen(int statefd, int *fd, struct err *e)
{
	struct sockaddr_un at;
	mode_t before;
	int s = address_of(statefd, SOCK_NONBLOCK, &at), rc;

	if (s == -1)
		return err_system(e, CONTROL_PATH);
	if (unlinkat(statefd, CONTROL_PATH, 0) != 0 && errno != ENOENT) {
		err_system(e, CONTROL_PATH);
		close(s);
		return -1;
	}
	/* Who may change the state directory may ask for a sync. */
	before = umask(0177);
	rc = bind(s, (struct sockaddr *)&at, sizeof(at));
	umask(before);
	if (rc != 0 || listen(s, CLIENTS_WAITING) != 0) {
		err_system(e, CONTROL_PATH);
		close(s);
		return -1;
	}
	*fd = s;
	return 0;
}

bool
control_send(int fd, const char *fmt, ...)
{
	char text[CONTROL_TEXT_MAX];
	va_list ap;
	int n;

	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	/* Half a message would say something else. */
	return n >= 0 && (size_t)n < sizeof(text) &&
	    send(fd, text, strlen(text), MSG_NOSIGNAL | MSG_DONTWAIT) >= 0;
}

int
control_receive(int fd, char text[CONTROL_TEXT_MAX + 1])
{
	ssize_t n;

	do
		n = recv(fd, text, CONTROL_TEXT_MAX, MSG_TRUNC);
	while (n < 0 && errno == EINTR);
	if (n <= 0 || n > CONTROL_TEXT_MAX)
		return 0;
	text[n] = '\0';
	return 1;
}

/* "ended ok 7" */
static int
read_end(const char *text, uint64_t *generation)
{
	struct span s = span_of(text);
	bool ok = span_has_prefix(s, "ended ok ");

	if (!ok && !span_has_prefix(s, "ended failed "))
		return -1;
	s = span_from(s, span_rfind(s, ' ') + 1);
	return parse_uint(s, INT64_MAX, generation) ? ok : -1;
}

/* Connected, in *fd, which is the caller's to close either way. */
static int
reach(int statefd, int *fd, struct err *e)
{
	struct sockaddr_un at;

	*fd = address_of(statefd, 0, &at);
	if (*fd == -1)
		return err_system(e, CONTROL_PATH);
	if (connect(*fd, (struct sockaddr *)&at, sizeof(at)) == 0)
		return 0;
	if (errno != ENOENT && errno != ECONNREFUSED)
		return err_system(e, CONTROL_PATH);
	return err_set(e, ERR_MISSING,
	    "no daemon is running for this state directory: start `scapcache "
	    "syncd`, or sync without --now");
}

/* Who is refused at the door may not get to say it: read on. */
static int
say(int fd, struct span words, struct err *e)
{
	if (words.len > CONTROL_TEXT_MAX / 2)
		return err_set(e, ERR_LIMIT,
		    "too many names for one request to the daemon");
	control_send(
	    fd, "sync%s%.*s", words.len > 0 ? " " : "", SPAN_ARG(words));
	return 0;
}

static int
refused(const char *text, struct err *e)
{
	if (!span_has_prefix(span_of(text), REFUSED))
		return 0;
	return err_set(
	    e, ERR_FORMAT, "the daemon refuses: %s", text + strlen(REFUSED));
}

static int
wait_for_end(int fd, uint64_t *generation, struct err *e)
{
	char text[CONTROL_TEXT_MAX + 1];
	int rc;

	while (control_receive(fd, text) == 1) {
		rc = read_end(text, generation);
		if (rc != -1)
			return rc;
		if (refused(text, e) != 0)
			return -1;
	}
	return err_set(e, ERR_SYSTEM,
	    "the daemon ended before the run had: see `scapcache status`");
}

int
control_sync(
    int statefd, struct span words, uint64_t *generation, struct err *e)
{
	int fd = -1, rc = -1;

	if (reach(statefd, &fd, e) == 0 && say(fd, words, e) == 0)
		rc = wait_for_end(fd, generation, e);
	if (fd != -1)
		close(fd);
	return rc;
}

/* What is taken is not answered while another run goes on. */
static int
wait_for_start(int fd, struct err *e)
{
	struct pollfd p = { .fd = fd, .events = POLLIN };
	char text[CONTROL_TEXT_MAX + 1];

	if (poll(&p, 1, START_WAIT_MS) != 1)
		return 0;
	if (control_receive(fd, text) != 1)
		return err_set(e, ERR_NETWORK, "the daemon ended meanwhile");
	return refused(text, e) != 0 ? -1 : 1;
}

int
control_ask(int statefd, struct span words, struct err *e)
{
	int fd = -1, rc = -1;

	if (reach(statefd, &fd, e) == 0 && say(fd, words, e) == 0)
		rc = wait_for_start(fd, e);
	if (fd != -1)
		close(fd);
	return rc;
}
