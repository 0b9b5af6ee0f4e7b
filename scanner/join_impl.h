/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What findings are made of, while they are: rows by package and CVE, and
 * which evidence goes with which row. Only for scanner/join*.c.
 */
#ifndef SCANNER_JOIN_IMPL_H
#define SCANNER_JOIN_IMPL_H

#include "base/buf.h"
#include "base/map.h"
#include "scanner/join.h"

/* A finding to be: a package and a CVE, or a notice of its own. */
struct join_row {
	struct span id;                /* CVE, notice or record */
	const struct evidence *first;  /* that made it */
	const struct evidence *joined; /* last: none goes in twice */
	enum severity severity;        /* of the words about this CVE alone */
};

struct join_link {
	uint32_t row;
	uint32_t evidence;
};

struct joiner {
	struct scan *scan;
	struct map ids;     /* CVEs, notices, packages without an index */
	struct map rows;    /* package, id → row */
	struct map grouped; /* package, CVE → row of the notice */
	struct join_row *v;
	size_t n;
	size_t cap;
	struct join_link *links;
	size_t n_links;
	size_t cap_links;
	struct buf key;
};

/* Rows into s->findings: links are by row, then document and record. */
void join_conclude(struct joiner *j);
/* NVD's severity for findings that no vendor rates. */
int join_rate(struct scan *s, struct err *e);

#endif
