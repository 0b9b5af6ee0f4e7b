/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Package URLs: pkg:TYPE/NAMESPACE/NAME@VERSION?KEY=VALUE&…#SUBPATH, as
 * ECMA-427 has them, each part with its percent signs decoded.
 */
#ifndef CONTENT_PURL_H
#define CONTENT_PURL_H

#include "base/arena.h"
#include "base/err.h"

/* Limits of outside input. */
#define PURL_SIZE_MAX 8192u /* bytes, as written */
#define PURL_QUALIFIERS_MAX 32u

struct purl_qualifier {
	struct span key; /* in lower case */
	struct span value;
};

/* All texts are valid UTF-8 without control characters; "" where missing. */
struct purl {
	struct span type;      /* in lower case: "deb" "rpm" "oci" */
	struct span namespace; /* may hold slashes: "ubuntu" */
	struct span name;
	struct span version;
	struct span subpath;
	struct purl_qualifier qualifiers[PURL_QUALIFIERS_MAX];
	size_t n_qualifiers;
};

/* *out borrows from text and a. On failure *out is void. */
int
purl_parse(struct span text, struct arena *a, struct purl *out, struct err *e);
/* The value of a qualifier: purl_get(&p, "distro"); "" where missing. */
struct span purl_get(const struct purl *p, const char *key);

#endif
