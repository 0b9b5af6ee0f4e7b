/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a person sees of a running sync, on standard error: on a terminal a
 * bar a file, redrawn; elsewhere a plain line when a file is done. NULL, and
 * nothing is shown.
 */
#ifndef SYNCD_PROGRESS_H
#define SYNCD_PROGRESS_H

#include "base/span.h"

struct progress;

/* NULL when quiet. */
struct progress *progress_open(bool quiet);
void progress_close(struct progress *p);

/*
 * A file is under way; total 0: not known. path must live until it is done,
 * unit ("bytes") for ever.
 */
void progress_show(struct progress *p, struct span path, uint64_t done,
    uint64_t total, const char *unit);
/* Takes the bar of a file away. */
void progress_clear(struct progress *p, struct span path);
/* It is done: "fetch: <path>: 2 547 644 bytes". */
void progress_done(
    struct progress *p, struct span path, uint64_t bytes, const char *how);
/* A stage's own line: "index: nvd: 8 documents". */
void progress_say(struct progress *p, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));

#endif
