/* SPDX-License-Identifier: Apache-2.0 */
/* A saved image, from its file to its facts. */
#include <stdio.h>
#include <stdlib.h>
#include <sys/mman.h>
#include <unistd.h>

#include "scanner/facts.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct want wants[] = { { .path = SPAN_LIT("/etc/a") },
		{ .is_pattern = true, .path = SPAN_LIT("^/opt/.*") } };
	const struct want_list list = { .wants = wants, .n = 2 };
	struct target t = { .transport = TRANSPORT_DOCKER_ARCHIVE,
		.is_guess = true };
	int fd = memfd_create("image", MFD_CLOEXEC);
	struct facts f;
	struct err e;
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	t.path = t.text = path;
	if (fd == -1 || write(fd, data, size) != (ssize_t)size)
		abort();
	if (facts_gather(&f, &t, &list, &e) == 0)
		facts_cleanup(&f);
	close(fd);
	return 0;
}
