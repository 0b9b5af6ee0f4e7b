/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The bundle process that makes patches, and how the main process asks it: it
 * reads and writes the descriptors that it is handed, one patch at a time. One
 * that ends early is an error; the next question starts another.
 */
#ifndef BUNDLE_PROC_PATCH_H
#define BUNDLE_PROC_PATCH_H

#include "base/proc.h"
#include "bundle/patch.h"

struct proc_patch {
	struct proc proc;
	struct ipc_message message;
};

void proc_patch_init(struct proc_patch *p);
void proc_patch_close(struct proc_patch *p);
/* As patch_make(); the descriptors stay the caller's. */
int proc_patch_make(struct proc_patch *p, int base, int target, int out,
    uint64_t *size_bytes, struct err *e);

#endif
