/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CPE names that are asked for against the match criteria of NVD's records
 * (NISTIR 7696 §6, FORMATS §5.2 and §5.6). A question may leave components
 * out; what it does not say may be anything. When in doubt a record matches:
 * who asks for a product's CVEs gets one too many, never one too few.
 */
#ifndef INDEXER_NVD_MATCH_H
#define INDEXER_NVD_MATCH_H

#include "content/cpe.h"
#include "content/nvd.h"

struct nvd_bound {
	struct span version; /* empty: none */
	bool excluding;
};

struct nvd_pattern {
	struct span fields[CPE_FIELDS]; /* nvd_match.c's own form */
	struct nvd_bound start;         /* of the version that is asked for */
	struct nvd_bound end;
	bool vulnerable_only; /* environments do not count */
	/*
	 * It is a match string, not a name: what it says of edition, language,
	 * software and hardware the criteria have to say, too. A name's are
	 * covered by criteria that leave them open.
	 */
	bool is_match_string;
};

/*
 * "cpe:2.3:o:linux:linux_kernel", up to eleven components; the fields live in
 * a. False if it is no such name. Bounds are the caller's to fill in.
 */
bool
nvd_pattern_parse(struct nvd_pattern *p, struct span name, struct arena *a);
/* Does the component say a certain value, or "-"? */
bool nvd_pattern_has(const struct nvd_pattern *p, enum cpe_field field);
/* May it be anything? */
bool nvd_pattern_is_any(const struct nvd_pattern *p, enum cpe_field field);
/* The component as it was meant, without escapes; empty if it may be several.
 */
struct span nvd_pattern_text(
    const struct nvd_pattern *p, enum cpe_field field, struct arena *a);
bool
nvd_pattern_matches(const struct nvd_pattern *p, const struct nvd_match *m);

/*
 * Order of upstream versions: NVD defines none. Numbers as numbers, words
 * below numbers, "1.0-rc1" before "1.0", "1.0" as "1.0.0".
 */
int nvd_version_cmp(struct span a, struct span b);

#endif
