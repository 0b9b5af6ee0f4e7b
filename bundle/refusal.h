/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why a bundle or a TUF repository is refused, by name (DISTRIBUTION.md §2).
 * A refusal is an error like any other, whose code says which one it is; the
 * message does not repeat the name. Whoever prints it puts the name first.
 */
#ifndef BUNDLE_REFUSAL_H
#define BUNDLE_REFUSAL_H

#include "base/err.h"

enum refusal {
	REFUSAL_NONE = 0,
	REFUSAL_ROLLBACK,   /* older than what was accepted before */
	REFUSAL_FORK,       /* the same version, other bytes */
	REFUSAL_EXPIRED,    /* and --accept-expired was not given */
	REFUSAL_CLOCK,      /* made later than this clock has it */
	REFUSAL_INCOMPLETE, /* something is missing, or is not reproduced */
	REFUSAL_UNTRUSTED,  /* signatures or digests do not hold */
	REFUSAL_SHAPE,      /* not a bundle, or not shaped as one */
};

/* Sets the error; always returns -1. */
int refuse(struct err *e, enum refusal r, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* The error at hand is that refusal, with its message. Returns -1. */
int refuse_as(struct err *e, enum refusal r);
/* REFUSAL_NONE: the error is of another kind. */
enum refusal refusal_of(const struct err *e);
const char *refusal_name(enum refusal r); /* "ROLLBACK" */
int refusal_status(enum refusal r);       /* exit status: 10 … 16 */

#endif
