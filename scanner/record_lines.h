/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The findings of a stored record, line by line: record.c writes one a line
 * with its keys in order, so that nobody needs to parse the whole. Whoever
 * reads it is not narrowed: bytes are only compared and cut.
 */
#ifndef SCANNER_RECORD_LINES_H
#define SCANNER_RECORD_LINES_H

#include "base/buf.h"
#include "scanner/scan.h"

/* A finding; spans borrow from the record, as JSON has them. */
struct record_line {
	struct span json; /* the object */
	struct span cve;
	struct span package;
	struct span waiver; /* empty: none */
	bool fails;
	enum severity severity;
};

/* Where the lines begin; empty if there are none. */
struct span record_lines(struct span record);
/* Cuts the next one off; false: there are no more. */
bool record_line(struct span *lines, struct record_line *out);

/* Another of its texts: "arch", "fixed", "installed", "rule". */
struct span record_line_text(const struct record_line *l, const char *key);

/* The reasons, as a JSON array; "[]" where they are not found. */
struct span record_reasons(struct span record);

/* What a list of images says of a record. */
struct record_tally {
	uint64_t severities[N_SEVERITIES];
	uint64_t n_waived;
	bool has_reasons;
	struct buf cves; /* record_cve_find() */
};

void record_tally(struct record_tally *out, struct span record);
void record_tally_cleanup(struct record_tally *t);
/*
 * Whether a finding of such a list has that CVE; *fails: one of these does. Of
 * a CVE it is certain; of another id, which is hashed, almost.
 */
bool record_cve_find(struct span cves, struct span cve, bool *fails);

#endif
