/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Real content, where there is any: SCAPCACHE_CORPUS, else ../shared/corpus.
 * A test without it is skipped.
 */
#ifndef TESTS_UNIT_CORPUS_H
#define TESTS_UNIT_CORPUS_H

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/stream.h"
#include "tests/unit/table.h"

#define CORPUS_UBUNTU "security-metadata.canonical.com/oval/"
#define CORPUS_REDHAT "security.access.redhat.com/data/oval/v2/"
#define CORPUS_SUSE "ftp.suse.com/pub/projects/security/oval/"
#define CORPUS_NVD "nvd.nist.gov/feeds/json/cve/"

/* A file of the published tree, unpacked; skips the test if it is not there. */
static inline struct stream *
corpus_open(const char *path)
{
	const char *root = getenv("SCAPCACHE_CORPUS");
	struct stream *in = NULL;
	struct err e = { 0 };
	char full[512];
	int fd;

	snprintf(full, sizeof(full), "%s/upstream/%s",
	    root == NULL ? "../shared/corpus" : root, path);
	fd = open(full, O_RDONLY | O_CLOEXEC);
	if (fd == -1) {
		print_message("skipped: no corpus\n");
		skip();
	}
	if (stream_open_fd(&in, fd, NULL, &e) != 0)
		fail_msg("%s: %s", path, e.msg);
	return in; /* fd stays open, as the stream needs it */
}

#endif
