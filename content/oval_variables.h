/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An OVAL variables document (oval-variables-schema 5.11): values from outside
 * for the external variables of definitions documents. Bytes in, a list out.
 */
#ifndef CONTENT_OVAL_VARIABLES_H
#define CONTENT_OVAL_VARIABLES_H

#include "base/arena.h"
#include "content/oval.h"

/* Limits of outside input. */
#define OVAL_GIVEN_SIZE_MAX ((size_t)16 * 1024 * 1024) /* bytes */
#define OVAL_GIVEN_MAX 65536u                          /* variables */

struct oval_given {
	struct span id;
	enum oval_datatype datatype;
	struct span *values; /* white space around them kept */
	size_t n_values;     /* at least 1 */
};

struct oval_given_list {
	struct oval_given *given; /* by id, each once */
	size_t n;
};

/* *out lives in a. Errors start with "line N: ". */
int oval_variables_read(struct span bytes, struct arena *a,
    struct oval_given_list *out, struct err *e);
/* NULL: nobody gave it a value; list may be NULL. */
const struct oval_given *
oval_given_find(const struct oval_given_list *list, struct span id);

#endif
