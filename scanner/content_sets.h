/* SPDX-License-Identifier: Apache-2.0 */
/* Repositories that a Red Hat image says it was made from, FORMATS §4.5. */
#ifndef SCANNER_CONTENT_SETS_H
#define SCANNER_CONTENT_SETS_H

#include "base/map.h"
#include "scanner/facts.h"

/* Limits of outside input. */
#define CONTENT_SETS_FILE_MAX ((size_t)4 * 1024 * 1024) /* bytes */
#define CONTENT_SETS_FILES_MAX 1000u                    /* of one folder */
#define CONTENT_SETS_MAX 20000u /* repositories of one image */

/* Start with { 0 }, end with content_sets_cleanup(). */
struct content_sets {
	struct span *repositories; /* ids, in the arena they were read with */
	size_t n;
	size_t cap;
	bool hint; /* "from_dnf_hint" of any: more than were used */
	struct map seen;
};

void content_sets_cleanup(struct content_sets *c);
/* Adds those of one content manifest, each id once. */
int content_sets_read(
    struct content_sets *c, struct span text, struct arena *a, struct err *e);

#endif
