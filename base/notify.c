/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/time.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/notify.h"

#define TEXT_SIZE 1024

static void
send_text(const char *path, const char *text, size_t len)
{
	struct sockaddr_un to = { .sun_family = AF_UNIX };
	const struct timeval patience = { .tv_sec = 1 };
	size_t n = strlen(path);
	int fd;

	if (n < 2 || n >= sizeof(to.sun_path) ||
	    (path[0] != '/' && path[0] != '@'))
		return;
	memcpy(to.sun_path, path, n);
	/* An abstract socket's name starts with a zero byte. */
	if (path[0] == '@')
		to.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd == -1)
		return;
	/* A manager that does not read must not stop the daemon. */
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &patience, sizeof(patience));
	/* Nobody listens: that is the service manager's affair. */
	(void)!sendto(fd, text, len, MSG_NOSIGNAL, (struct sockaddr *)&to,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n));
	close(fd);
}

void
notify(const char *fmt, ...)
{
	const char *path = getenv("NOTIFY_SOCKET");
	char text[TEXT_SIZE];
	va_list ap;
	int n;

	if (path == NULL)
		return;
	va_start(ap, fmt);
	n = vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (n > 0)
		send_text(path, text, strlen(text));
}

int64_t
notify_watchdog_ms(void)
{
	const char *us = getenv("WATCHDOG_USEC");
	const char *pid = getenv("WATCHDOG_PID");
	uint64_t limit, who;

	if (us == NULL || !parse_uint(span_of(us), INT64_MAX, &limit))
		return 0;
	if (pid != NULL &&
	    (!parse_uint(span_of(pid), INT32_MAX, &who) ||
		who != (uint64_t)getpid()))
		return 0;
	/* Twice within the limit. */
	return limit / 2000 == 0 ? 1 : (int64_t)(limit / 2000);
}
