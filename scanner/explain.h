/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Why an image is, or is not, affected by a CVE, a notice or one definition:
 * every definition that names it, with its criteria, each test's result, the
 * packages and the comparisons that decided it, and where the definition
 * stands in the document.
 */
#ifndef SCANNER_EXPLAIN_H
#define SCANNER_EXPLAIN_H

#include "base/out.h"
#include "scanner/scan.h"

/*
 * *answer: VERDICT_FAIL affected, VERDICT_PASS not affected, VERDICT_UNKNOWN
 * where the definitions or the image leave it open, or none names the id.
 */
int explain_write(const struct scan *s, struct span id, struct out *out,
    enum verdict *answer, struct err *e);

/* A definition that names what was asked for; part of explain_write(). */
struct explained {
	const struct scan_document *document;
	const struct oval_definition *definition; /* compiled */
	struct oval_definition text;              /* as people read it */
	uint32_t ord;
	enum result result; /* scan_result() */
	bool is_kernel;
	bool by_packages; /* literally the result is another */
};

int explain_tree(
    const struct explained *x, struct arena *a, struct out *out, struct err *e);

#endif
