/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the OSV reader. */
#ifndef CONTENT_OSV_IMPL_H
#define CONTENT_OSV_IMPL_H

#include "content/advisory_build.h"
#include "content/advisory_json.h"
#include "content/purl.h"

/* What an ecosystem and a package URL say of where a package belongs. */
struct osv_place {
	bool is_source; /* the ecosystem's names are of source packages */
	struct span distribution;
	struct span release;
	struct span pocket;
};

/* purl may be NULL. Texts borrow from both, from a, or are static. */
void osv_place_of(struct span ecosystem, const struct purl *purl,
    struct arena *a, struct osv_place *out);

/* Limit of outside input: fixed versions of one package. */
#define OSV_FIXES_MAX 16u

struct osv_fixes {
	enum advisory_state state; /* ADVISORY_FIXED or ADVISORY_AFFECTED */
	struct span versions[OSV_FIXES_MAX]; /* of ADVISORY_FIXED */
	size_t n_versions;
	struct span detail; /* why it is not ADVISORY_FIXED; may be empty */
};

/* What the ranges of an element of affected[] say. */
void osv_fixes_of(
    const struct json_node *affected, struct arena *a, struct osv_fixes *out);

/* The statements of an element of affected[], texts in a. */
int osv_affected(struct advisory_build *b, struct arena *a,
    const struct json_node *affected, struct err *e);
/* The score of a severity[] entry of type "Ubuntu", as "medium". */
struct span osv_ubuntu_severity(const struct json_node *n);

#endif
