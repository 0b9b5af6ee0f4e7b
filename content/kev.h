/* SPDX-License-Identifier: Apache-2.0 */
/*
 * CISA's catalog of known exploited vulnerabilities (FORMATS §6.8). An entry
 * and all it points to live during the sink's call.
 */
#ifndef CONTENT_KEV_H
#define CONTENT_KEV_H

#include "base/arena.h"
#include "base/err.h"
#include "base/stream.h"

/* Limits of outside input; JSON_* of base/json.h hold as well. */
#define KEV_ENTRIES_MAX 1000000u

enum kev_ransomware {
	KEV_RANSOMWARE_UNKNOWN = 0, /* or a word that we do not know */
	KEV_RANSOMWARE_KNOWN,
};

/* Empty texts: not said. Dates are as written, YYYY-MM-DD. */
struct kev_entry {
	struct span cve;
	struct span vendor;
	struct span product;
	struct span name; /* of the vulnerability */
	struct span date_added;
	struct span description;
	struct span required_action;
	struct span due_date;
	enum kev_ransomware ransomware;
	struct span notes; /* lines: URLs, and what else stands there */
	struct span cwes;  /* lines: CWE-79 */
	struct span raw;   /* source bytes */
	uint64_t offset;   /* of raw in the unpacked document */
};

struct kev_catalog {
	struct span version;  /* "2025.02.24" */
	struct span released; /* "2025-02-24T17:02:19.8046Z" */
};

struct kev_sink {
	void *ctx;
	/* -1 with *e set ends the reading. */
	int (*entry)(void *ctx, const struct kev_entry *entry, struct err *e);
};

/*
 * What the catalog says of itself is in *out at the end, in a. Refuses one
 * without an entry, or with another number of them than it says.
 */
int kev_read(struct stream *in, const struct kev_sink *sink, struct arena *a,
    struct kev_catalog *out, struct err *e);

#endif
