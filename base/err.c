/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"

int
err_set(struct err *e, enum err_code code, const char *fmt, ...)
{
	va_list ap;

	e->code = code;
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	return -1;
}

/* What the user can do about it, where that is always the same. */
static const char *
remedy(int number)
{
	switch (number) {
	case ENOSPC:
	case EDQUOT:
		return ": make room and start again";
	case EFBIG:
		return ": raise the limit on a file's size (ulimit -f) and "
		       "start again";
	case EROFS:
		return ": mount it so that it can be written";
	default:
		return "";
	}
}

int
err_system(struct err *e, const char *fmt, ...)
{
	int saved = errno;
	size_t len;
	va_list ap;

	e->code = ERR_SYSTEM;
	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	len = strlen(e->msg);
	snprintf(e->msg + len, sizeof(e->msg) - len, ": %s%s", strerror(saved),
	    remedy(saved));
	return -1;
}

int
err_context(struct err *e, const char *fmt, ...)
{
	/* The message matters more than where it came from: cut the prefix. */
	char joined[ERR_MSG_SIZE / 2 + ERR_MSG_SIZE + 2];
	size_t len;
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(joined, ERR_MSG_SIZE / 2, fmt, ap);
	va_end(ap);
	len = strlen(joined);
	snprintf(joined + len, sizeof(joined) - len, ": %s", e->msg);
	joined[ERR_MSG_SIZE - 1] = '\0';
	memcpy(e->msg, joined, ERR_MSG_SIZE);
	return -1;
}
