/* SPDX-License-Identifier: Apache-2.0 */
/*
 * changes.csv and deletions.csv (FORMATS §4.1) for those who remember when they
 * asked last, by their own clock, and pass over older rows: what came here
 * later than that would be lost to them. So a row has the time at which it was
 * first published here, if that is later than upstream's; the newest stand
 * first, as they are to.
 */
#ifndef SERVER_CHANGES_CSV_H
#define SERVER_CHANGES_CSV_H

#include "base/map.h"
#include "base/out.h"

struct changes_row;

/* Start with { 0 }. */
struct changes_csv {
	struct changes_row *rows;
	size_t n;
	size_t cap;
	struct map by_line;
};

/* The list as it is now; text must live as long as the list. */
void changes_csv_read(struct changes_csv *c, struct span text);
/* Rows that stand in this form of it, of that time, too: oldest form first. */
void changes_csv_mark(struct changes_csv *c, struct span text, int64_t since);
/* What is no row with a time stays as upstream wrote it. */
void changes_csv_write(struct changes_csv *c, struct out *o);
void changes_csv_cleanup(struct changes_csv *c);

#endif
