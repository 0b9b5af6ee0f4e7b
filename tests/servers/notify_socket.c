/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A service manager's ear: notify_socket PATH LOG listens at the datagram
 * socket PATH ("@name": an abstract one), says "ready" and appends what comes,
 * a blank line behind each datagram, to LOG until it is killed.
 */
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#define TEXT_MAX 4096

int
main(int argc, char **argv)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	char text[TEXT_MAX];
	FILE *log;
	size_t len;
	ssize_t n;

	if (argc != 3 || (log = fopen(argv[2], "a")) == NULL)
		return 2;
	len = strlen(argv[1]);
	if (len >= sizeof(at.sun_path))
		return 2;
	memcpy(at.sun_path, argv[1], len);
	if (at.sun_path[0] == '@')
		at.sun_path[0] = '\0';
	if (bind(fd, (struct sockaddr *)&at,
		(socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) != 0)
		return 2;
	puts("ready");
	fflush(stdout);
	while ((n = recv(fd, text, sizeof(text), 0)) >= 0) {
		fwrite(text, 1, (size_t)n, log);
		fputs("\n\n", log);
		fflush(log);
	}
	return 1;
}
