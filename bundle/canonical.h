/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Canonical JSON, the OLPC dialect that TUF signs (TUF 1.0.34 §4.2.2): keys
 * sorted by their bytes, no white space, only '\\' and '"' escaped, integers
 * without fraction or exponent, everything else raw. Not RFC 8785.
 */
#ifndef BUNDLE_CANONICAL_H
#define BUNDLE_CANONICAL_H

#include "base/buf.h"
#include "base/json.h"

/*
 * Appends the canonical form of a tree. ERR_FORMAT: a number that is no
 * integer, or a name that stands twice in one object.
 */
int canonical_add(struct buf *out, const struct json_node *n, struct err *e);
/* Appends a string with its quotes; s is valid UTF-8. */
void canonical_string(struct buf *out, struct span s);

#endif
