/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Rows of a long list that is shown a page at a time, each with what it can be
 * chosen by and the JSON that is shown. The scan process makes a roll; who
 * hands out pages of it only compares and cuts bytes. Made with base/pack.h:
 *
 *	"scapcache roll 1", the digest of the record that it belongs to
 *	for each row: severity + 1, flags, words in lower case, JSON
 */
#ifndef SCANNER_ROLL_H
#define SCANNER_ROLL_H

#include "base/buf.h"
#include "base/err.h"
#include "scanner/scan.h"

#define ROLL_FORM "scapcache roll 1"

/* Flags; the first five are 1 << enum fix. */
#define ROLL_FAILS (1u << 5)
#define ROLL_WAIVED (1u << 6)
#define ROLL_EXPLOITED (1u << 7)
#define ROLL_DISPUTED (1u << 8)
#define ROLL_KERNEL (1u << 9)
#define ROLL_FLAGS_MAX ((1u << 10) - 1)

struct roll_row {
	unsigned severity; /* enum severity */
	unsigned flags;
	struct span words;
	struct span json;
};

void roll_begin(struct buf *out, struct span record);
void roll_add(struct buf *out, const struct roll_row *row);

struct roll {
	struct span record;
	struct span rest;
};

/* Borrows from bytes. ERR_FORMAT: it is no roll. */
int roll_open(struct roll *s, struct span bytes, struct err *e);
/* 1: *row; 0: that was all; -1. */
int roll_next(struct roll *s, struct roll_row *row, struct err *e);

/* What of a roll is wanted. */
struct roll_filter {
	unsigned severities; /* bits; 0: any */
	unsigned flags;      /* one of these at least; 0: any */
	struct span words;   /* all of them, in lower case; or empty */
};

/* A severity or a flag as people write it. False: there is none like that. */
bool roll_severity(struct span word, unsigned *bits);
bool roll_flag(struct span word, unsigned *bits);
bool roll_fits(const struct roll_filter *f, const struct roll_row *row);

/* --- in the scan process --- */

/* Findings in the order of the reports. */
void roll_findings(struct buf *out, const struct scan *s, struct span record);
/* Packages in the order of the inventory. */
void roll_packages(struct buf *out, const struct facts *f);
/* What an inventory and its origin say but for packages, as JSON; and of that
 * the layers alone. */
void roll_about(struct buf *out, const struct facts *f);
void roll_layers(struct buf *out, const struct facts *f);

#endif
