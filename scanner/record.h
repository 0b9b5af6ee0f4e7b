/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A verdict's record: canonical JSON of what was judged, by what, and what came
 * out. Keys are sorted, nothing in it depends on machine or order of arrival:
 * the same inventory, content, policy, options and time give the same bytes,
 * and their SHA-256 is the verdict's digest. Target and image stand in it
 * because waivers may name them. docs/results.md is its reference.
 */
#ifndef SCANNER_RECORD_H
#define SCANNER_RECORD_H

#include "base/out.h"
#include "scanner/results.h"
#include "scanner/scan.h"

#define RECORD_FORM "scapcache verdict 2"

/* What a generation says: of each family and of all of them. */
struct record_content {
	struct digest *families; /* as in the index */
	struct digest all;
};

/*
 * SHA-256 over the families' documents, by name, with the digests of their
 * files: what the index holds follows from them (`index verify`). In a.
 */
void record_content_of(struct record_content *out,
    const struct index_reader *index, struct arena *a);
/* Findings as they stand in a record, one package after the other. */
struct record_findings {
	const struct span *parts; /* of one or more each */
	size_t n_parts;
	uint64_t n;
	uint64_t n_failing;
};

/* How a part goes on after a finding. */
#define RECORD_FINDINGS_BETWEEN ",\n    "

/* A finding as it stands in a record. */
void record_finding(struct out *o, const struct finding *f);
/* As record_make(), of these in place of the scan's. */
void record_make_of(struct results_verdict *out, const struct scan *s,
    const struct record_findings *findings, const struct scan_options *options,
    const struct record_content *content, struct buf *bytes);
/* By package, in the inventory's order, and CVE; those of no package last. */
const struct finding **record_order(const struct scan *s);

/*
 * Fills *out in, but for the record's digest; its record lives in bytes, which
 * is emptied first. The scan has findings; options are those that it was made
 * with.
 */
void record_make(struct results_verdict *out, const struct scan *s,
    const struct scan_options *options, const struct record_content *content,
    struct buf *bytes);

#endif
