/* SPDX-License-Identifier: Apache-2.0 */
/* A temporary folder for one test, removed with all that is in it. */
#ifndef TESTS_UNIT_TMP_H
#define TESTS_UNIT_TMP_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/file.h"

struct tmp {
	char path[64];
	int dirfd;
};

static inline void
tmp_init(struct tmp *t)
{
	snprintf(t->path, sizeof(t->path), "/tmp/scapcache-test-XXXXXX");
	if (mkdtemp(t->path) == NULL)
		abort();
	t->dirfd = open(t->path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (t->dirfd == -1)
		abort();
}

static inline void
tmp_cleanup(struct tmp *t)
{
	struct err e;

	close(t->dirfd);
	if (file_remove_tree(AT_FDCWD, t->path, &e) != 0)
		abort();
}

#endif
