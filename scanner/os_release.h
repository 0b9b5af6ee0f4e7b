/* SPDX-License-Identifier: Apache-2.0 */
/*
 * os-release(5): assignments as a shell reads them, without expansion
 * (FORMATS §11.6). Where the release has a codename and does not say it, it
 * comes from a table.
 */
#ifndef SCANNER_OS_RELEASE_H
#define SCANNER_OS_RELEASE_H

#include "base/arena.h"

/* Empty: not said. Values live in the arena they were read with. */
struct os_release {
	struct span id; /* "linux" where the file says none */
	struct span version_id;
	struct span codename;
	struct span name; /* PRETTY_NAME, or NAME */
	struct span cpe;
};

/* Lines that are no assignment are passed over, as a shell's users do. */
void os_release_read(struct os_release *o, struct span text, struct arena *a);

#endif
