/* SPDX-License-Identifier: Apache-2.0 */
#include <stdarg.h>
#include <stdio.h>

#include "bundle/refusal.h"

#define FIRST_STATUS 10

static const char *const names[] = {
	[REFUSAL_NONE] = "",
	[REFUSAL_ROLLBACK] = "ROLLBACK",
	[REFUSAL_FORK] = "FORK",
	[REFUSAL_EXPIRED] = "EXPIRED",
	[REFUSAL_CLOCK] = "CLOCK",
	[REFUSAL_INCOMPLETE] = "INCOMPLETE",
	[REFUSAL_UNTRUSTED] = "UNTRUSTED",
	[REFUSAL_SHAPE] = "SHAPE",
};

int
refuse(struct err *e, enum refusal r, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	va_end(ap);
	return refuse_as(e, r);
}

int
refuse_as(struct err *e, enum refusal r)
{
	e->code = (enum err_code)(ERR_REFUSED + (int)r);
	return -1;
}

enum refusal
refusal_of(const struct err *e)
{
	int r = (int)e->code - ERR_REFUSED;

	return r > REFUSAL_NONE && r <= REFUSAL_SHAPE ? (enum refusal)r
						      : REFUSAL_NONE;
}

const char *
refusal_name(enum refusal r)
{
	return names[r];
}

int
refusal_status(enum refusal r)
{
	return FIRST_STATUS + (int)r - REFUSAL_ROLLBACK;
}
