/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Clients of run/syncd.sock that behave badly: control_client PATH N [TEXT]
 * connects N times, sends TEXT each time (without it: nothing), prints what is
 * answered, and ends when the daemon has closed all connections.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define CLIENTS_MAX 64
#define TEXT_MAX 8192

static int
connect_to(const char *path)
{
	struct sockaddr_un at = { .sun_family = AF_UNIX };
	int fd = socket(AF_UNIX, SOCK_SEQPACKET, 0);

	snprintf(at.sun_path, sizeof(at.sun_path), "%s", path);
	if (connect(fd, (struct sockaddr *)&at, sizeof(at)) != 0)
		exit(2);
	return fd;
}

int
main(int argc, char **argv)
{
	int fds[CLIENTS_MAX], n, i;
	char text[TEXT_MAX];

	n = argc < 3 ? 0 : atoi(argv[2]);
	if (n < 1 || n > CLIENTS_MAX)
		return 2;
	for (i = 0; i < n; i++) {
		fds[i] = connect_to(argv[1]);
		/* Who is refused at once cannot be sent to. */
		if (argc > 3)
			(void)!send(
			    fds[i], argv[3], strlen(argv[3]), MSG_NOSIGNAL);
	}
	for (i = 0; i < n; i++) {
		ssize_t len;

		while ((len = recv(fds[i], text, sizeof(text), 0)) > 0) {
			printf("%.*s\n", (int)len, text);
			fflush(stdout);
		}
		close(fds[i]);
	}
	return 0;
}
