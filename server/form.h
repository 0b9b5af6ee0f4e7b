/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a form of a page sends: application/x-www-form-urlencoded, or where it
 * has a file multipart/form-data (RFC 7578), which is read where it lies.
 */
#ifndef SERVER_FORM_H
#define SERVER_FORM_H

#include "server/request.h"

#define FORM_TEXT_MAX 4096u  /* bytes of one field that is no file */
#define FORM_FIELDS_MAX 32u  /* files among them */
#define FORM_HEAD_MAX 4096u  /* bytes of the head of a part */
#define FORM_BOUNDARY_MAX 70 /* RFC 2046 §5.1.1 */

struct form_field {
	struct span name;
	struct span value;    /* of what is no file */
	struct span filename; /* of a file; its bytes: */
	bool is_file;
	uint64_t offset; /* in the body */
	uint64_t size_bytes;
};

struct form {
	struct form_field fields[FORM_FIELDS_MAX];
	size_t n;
};

/* The request's body. Texts live in its arena. ERR_FORMAT, ERR_LIMIT. */
int form_read(struct request *q, struct form *out, struct err *e);
/* boundary: as the Content-Type names it. The seam for tests. */
int form_read_multipart(int fd, uint64_t size, struct span boundary,
    struct arena *a, struct form *out, struct err *e);
/* NULL if there is no such field. */
const struct form_field *form_find(const struct form *f, const char *name);
struct span form_text(const struct form *f, const char *name);

#endif
