/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A buffer owns its bytes and grows. Always NUL-terminated behind its length
 * once it holds anything. Start with { 0 }, end with buf_cleanup().
 */
#ifndef BASE_BUF_H
#define BASE_BUF_H

#include <stdarg.h>
#include <stddef.h>

#include "base/span.h"

struct buf {
	char *ptr;
	size_t len;
	size_t cap;
};

void buf_cleanup(struct buf *b);
void buf_reset(struct buf *b); /* empty, memory kept */
void buf_reserve(struct buf *b, size_t more);
void buf_add(struct buf *b, const void *ptr, size_t len);
void buf_add_span(struct buf *b, struct span s);
void buf_add_str(struct buf *b, const char *s);
void buf_add_char(struct buf *b, char c);
void buf_vprintf(struct buf *b, const char *fmt, va_list ap)
    __attribute__((format(printf, 2, 0)));
void buf_printf(struct buf *b, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
/* The bytes, until the buffer changes. */
struct span buf_span(const struct buf *b);
/* As a C string, "" when empty, until the buffer changes. */
const char *buf_str(const struct buf *b);

#endif
