/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Records printed for people or for programs: the same calls give lines of
 * "name  text", filled at blanks and safe for a terminal, or JSON objects.
 * Empty texts, and an item like the one before it, are left out of the lines.
 */
#ifndef INDEXER_SHEET_H
#define INDEXER_SHEET_H

#include "base/json_out.h"

struct sheet {
	struct out *out;
	bool as_json;
	bool wide; /* lines are not filled; after sheet_begin() */
	struct json_out json;
	struct buf last;  /* item printed last: a list may say things twice */
	struct buf line;  /* of a list's row, in text */
	const char *list; /* its name, until it was printed */
	unsigned n_records;
};

void sheet_begin(struct sheet *s, struct out *out, bool as_json);
void sheet_end(struct sheet *s);

/* "definition", "CVE", "notice" */
void sheet_record(struct sheet *s, const char *kind, struct span id);
void sheet_record_end(struct sheet *s);
void sheet_text(struct sheet *s, const char *name, struct span text);
void sheet_uint(struct sheet *s, const char *name, uint64_t v);
/* Seconds since 1970; 0 is left out, null in JSON. */
void sheet_time(struct sheet *s, const char *name, int64_t t);
/* JSON only: bytes that are JSON already. */
void sheet_json(struct sheet *s, const char *name, struct span json);

/* A list of texts, or of rows of named texts. */
void sheet_list(struct sheet *s, const char *name);
void sheet_item(struct sheet *s, struct span text);
void sheet_row(struct sheet *s);
void sheet_cell(struct sheet *s, const char *name, struct span text);
void sheet_row_end(struct sheet *s);
void sheet_list_end(struct sheet *s);

#endif
