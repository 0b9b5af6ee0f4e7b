/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Red Hat's repository-to-cpe.json (FORMATS §4.5): the CPEs that each
 * repository stands for. A repository and all it points to live during the
 * sink's call.
 */
#ifndef CONTENT_REPOSITORY_CPE_H
#define CONTENT_REPOSITORY_CPE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/stream.h"

/* Limits of outside input; JSON_* of base/json.h hold as well. */
#define REPOSITORIES_MAX 1000000u
#define REPOSITORY_LINES_MAX 4096u /* CPEs of one repository; and URLs */
#define REPOSITORY_TEXT_MAX 1024u  /* bytes of an id, a CPE or a URL */

struct repository_cpe {
	struct span id; /* "rhel-9-for-x86_64-baseos-rpms" */
	struct span
	    cpes; /* lines: "cpe:/o:redhat:enterprise_linux:9::baseos" */
	struct span urls; /* lines, relative: "content/dist/rhel9/…/os" */
	uint64_t offset;  /* of the member's value in the unpacked document */
};

struct repository_sink {
	void *ctx;
	/* -1 with *e set ends the reading. */
	int (*repository)(
	    void *ctx, const struct repository_cpe *r, struct err *e);
};

/*
 * *updated, in a, is the time that the document states, as written; it may be
 * empty. Refuses a document without a repository. Errors name the repository.
 */
int repository_cpe_read(struct stream *in, const struct repository_sink *sink,
    struct arena *a, struct span *updated, struct err *e);

#endif
