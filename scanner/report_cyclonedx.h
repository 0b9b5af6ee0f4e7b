/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the CycloneDX report share. */
#ifndef SCANNER_REPORT_CYCLONEDX_H
#define SCANNER_REPORT_CYCLONEDX_H

#include "base/json_out.h"
#include "scanner/report.h"

#define BOM_IMAGE_REF "image"

struct bom {
	const struct scan *scan;
	struct json_out json;
	struct arena arena;
	struct span *purls; /* by package */
	struct span *refs;  /* by package: unique in the document */
	struct buf text;    /* scratch */
};

/* One of an array of properties; an empty value is left out. */
void bom_property(struct bom *b, const char *name, struct span value);
/* One CVE: its findings, worst first; n > 0. */
void bom_vulnerability(struct bom *b, const struct finding *const *v, size_t n);

#endif
