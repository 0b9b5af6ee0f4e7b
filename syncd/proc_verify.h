/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The verify process and how the main process asks it. It has no network and
 * no files but the descriptors that it is handed to read. One question at a
 * time. A file that makes the process end is refused, and the next question
 * starts another.
 */
#ifndef SYNCD_PROC_VERIFY_H
#define SYNCD_PROC_VERIFY_H

#include "base/proc.h"
#include "syncd/verify.h"

/* { .proc.pid = 0 } at first; ended by proc_verify_close(). */
struct proc_verify {
	struct proc proc;
	struct ipc_message message;
};

void proc_verify_init(struct proc_verify *v);
void proc_verify_close(struct proc_verify *v);

/* Each as its namesake in verify.h. The descriptor stays the caller's. */
int proc_verify_file(struct proc_verify *v, int fd,
    const struct verify_expect *expect, struct proof *out, struct err *e);
/* Without the text of the date. */
int proc_verify_meta(
    struct proc_verify *v, int fd, struct meta *out, struct err *e);
int proc_verify_listing(struct proc_verify *v, int fd, enum listing_kind kind,
    const struct listing_sink *sink, struct err *e);

#endif
