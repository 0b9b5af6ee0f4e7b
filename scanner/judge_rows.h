/* SPDX-License-Identifier: Apache-2.0 */
/* Words about packages, as statement after statement gives them. */
#ifndef SCANNER_JUDGE_ROWS_H
#define SCANNER_JUDGE_ROWS_H

#include "base/map.h"
#include "scanner/judge.h"

struct judge_row {
	struct evidence evidence;
	int64_t record;  /* its key, in a family of its own */
	struct span cve; /* that the statement names, or empty */
	unsigned rank;   /* judge_rank() */
	bool suffices;
};

struct judge_rows {
	struct judge_row *v;
	size_t n;
	size_t cap;
	size_t max;
	bool is_full;
};

/* Past max it is full, and says so. */
void judge_rows_add(struct judge_rows *r, const struct judge_row *row);
/*
 * What one record says of one package is one row: the worst of the lowest
 * rank.
 */
void judge_rows_merge(struct judge_rows *r);
/* Those that no row decides, and the first of them. */
void judge_rows_undecided(
    const struct judge_rows *r, struct scan *s, struct arena *a);

/* Pairs of a package and a CVE, by their names. */
void judge_pairs_add(struct map *pairs, const struct evidence *f);
/* Whether one of the CVEs is a pair with the package. */
bool judge_pairs_have(const struct map *pairs, struct span package,
    const struct span *cves, size_t n);

#endif
