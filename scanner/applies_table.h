/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each distribution's releases are judged by, a row a document. A pass
 * rests on all documents of at least one set: the others say what is
 * affected, and nothing of what they leave out.
 */
#ifndef SCANNER_APPLIES_TABLE_H
#define SCANNER_APPLIES_TABLE_H

#include "eval/index.h"

#define APPLIES_ROWS_MAX 12

/*
 * Records that a whole publication has at least, by far: what is cut short
 * upstream or on the way must not look clean.
 */
#define RECORDS_ARCHIVE 10000u     /* all CVEs or notices of a vendor */
#define RECORDS_DISTRIBUTION 1000u /* all releases of a distribution */
#define RECORDS_RELEASE 50u        /* of one release */

/* What a release is called in the documents. */
enum release_by {
	RELEASE_CODENAME = 0, /* "focal" */
	RELEASE_MAJOR,        /* "9" of 9.4 */
	RELEASE_MINOR,        /* "3.20" of 3.20.3, or "edge" */
	RELEASE_VERSION,      /* as VERSION_ID has it */
	RELEASE_NONE,         /* it has no releases: rolling */
};

struct applies_row {
	/*
	 * The document's name. %s: the release; %m its major version; %p
	 * SUSE's service pack, "15-sp4"; %v Alpine's branch, "v3.20" or
	 * "edge"; %a the architecture. One that ends in / names all below.
	 */
	const char *name;
	const char *source; /* row of the sources that has it */
	/* Documents of a set judge together; 0: they do not suffice. */
	unsigned set;
	/* With fewer it is a part or a sample of itself: nothing rests on it.
	 */
	unsigned records_min;
	/* It judges many releases: whether also this one is asked of it. */
	bool is_of_many;
};

struct distribution {
	const char *id;
	const char *content; /* its ID in documents; NULL: id */
	enum package_kind kind;
	enum release_by by;
	/* Its OVAL documents of any other stream or service can be named. */
	bool any_oval;
	/* Sets up to this one are missed where no other suffices. */
	unsigned n_wanted;
	struct applies_row rows[APPLIES_ROWS_MAX];
};

/* NULL: we know nothing of it. */
const struct distribution *applies_distribution(struct span id);
struct span applies_content(const struct distribution *d);

#endif
