/* SPDX-License-Identifier: Apache-2.0 */
/* What the readers of advisories in JSON have in common. */
#ifndef CONTENT_ADVISORY_JSON_H
#define CONTENT_ADVISORY_JSON_H

#include "base/json.h"
#include "content/advisory.h"

/* Limit of outside input: the words of one statement's arch. */
#define ADVISORY_ARCH_MAX 256u /* bytes, together */

/*
 * The named member's first element; *out NULL if the member is missing, null
 * or empty.
 */
int advisory_elements(const struct json_node *n, const char *name,
    const struct json_node **out, struct err *e);
/* The same by json_path(), NULL if it is no array. */
const struct json_node *
advisory_first(const struct json_node *n, const char *path);
/* RFC 3339, or seconds since 1970; 0 where it is neither. */
int64_t advisory_time(const struct json_node *n);
/* The document without the white space around it; *offset moves along. */
struct span advisory_raw(struct span bytes, uint64_t *offset);
/*
 * The CVE in a publisher's name of it: "UBUNTU-CVE-2024-1" is
 * "CVE-2024-1"; empty if there is none.
 */
struct span advisory_cve_of(struct span id);
/*
 * Adds a word to the statement's arch, if it is not there. False: that would
 * be longer than ADVISORY_ARCH_MAX, and a statement of its own is needed.
 */
bool advisory_add_arch(
    struct advisory_package *p, struct span arch, struct arena *a);

#endif
