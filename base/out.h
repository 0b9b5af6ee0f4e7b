/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Buffered writing to a descriptor, with an error that sticks: write freely,
 * ask once in out_flush(). Does not own the descriptor. Start with
 * out_init(), end with out_cleanup().
 */
#ifndef BASE_OUT_H
#define BASE_OUT_H

#include "base/buf.h"
#include "base/err.h"

struct out {
	int fd; /* -1: keep everything in buf */
	int saved_errno;
	struct buf buf;
};

void out_init(struct out *o, int fd);
/* Drops what was not flushed. */
void out_cleanup(struct out *o);
void out_add(struct out *o, const void *ptr, size_t len);
void out_span(struct out *o, struct span s);
void out_str(struct out *o, const char *s);
void out_char(struct out *o, char c);
void out_printf(struct out *o, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/*
 * Escaped for XML 1.0 text and attribute values; characters that XML cannot
 * hold become U+FFFD.
 */
void out_xml(struct out *o, struct span s);
/* Writes what is left; tells of any write that failed before. */
int out_flush(struct out *o, struct err *e);

#endif
