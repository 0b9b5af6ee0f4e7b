/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Turns a row of the role table into rlimits, Landlock (by system call) and
 * seccomp. There is no way back. Where the kernel lacks a mechanism the
 * others still hold, and the status says which are in force.
 */
#ifndef BASE_SANDBOX_H
#define BASE_SANDBOX_H

#include "base/err.h"
#include "base/role.h"

struct sandbox_status {
	bool landlock;
	bool seccomp;
};

/*
 * extra_reads: further absolute paths, NULL-terminated, or NULL. state: the
 * state directory that "@state" stands for.
 */
int sandbox_enter(const struct role_rights *rights, const char *state,
    const char *const *extra_reads, const char *const *extra_writes,
    struct err *e);
/* What this kernel offers, asked without entering anything. */
struct sandbox_status sandbox_probe(void);

#endif
