/* SPDX-License-Identifier: Apache-2.0 */
/* The two mechanisms behind base/sandbox.h; nobody else includes this. */
#ifndef BASE_SANDBOX_PARTS_H
#define BASE_SANDBOX_PARTS_H

#include "base/sandbox.h"

struct sandbox_paths {
	const struct role_rights *rights;
	const char *state;
	const char *const *extra_reads;  /* NULL-terminated, or NULL */
	const char *const *extra_writes; /* likewise */
};

bool landlock_available(void);
/* After this only the paths named can be opened. A missing path is fine. */
int landlock_enter(const struct sandbox_paths *paths, struct err *e);

bool seccomp_available(void);
/*
 * After this only the system calls that the role needs work: sockets for a
 * role with network only, opening to write for one that writes only. A call
 * that no role has any business with ends the process.
 */
int seccomp_enter(const struct sandbox_paths *paths, struct err *e);

#endif
