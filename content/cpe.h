/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVD's dictionary of CPE names (FORMATS §5.5, §5.6): the archive of JSON
 * files that NVD publishes, or one such file, as a page of the API is.
 */
#ifndef CONTENT_CPE_H
#define CONTENT_CPE_H

#include "base/arena.h"
#include "base/err.h"
#include "base/stream.h"

/* Limits of outside input; those of JSON and of archives hold as well. */
#define CPE_NAMES_MAX 8000000u
#define CPE_NAME_MAX 1024u      /* bytes */
#define CPE_TITLE_MAX 4096u     /* bytes */
#define CPE_DEPRECATED_MAX 1024 /* names that one was replaced by */

enum cpe_field {
	CPE_PART = 0, /* a o h */
	CPE_VENDOR,
	CPE_PRODUCT,
	CPE_VERSION,
	CPE_UPDATE,
	CPE_EDITION,
	CPE_LANGUAGE,
	CPE_SW_EDITION,
	CPE_TARGET_SW,
	CPE_TARGET_HW,
	CPE_OTHER,
};

#define CPE_FIELDS 11

/* A name and all it points to lives during the sink's call. */
struct cpe_name {
	struct span name;          /* cpe:2.3:… */
	struct span title;         /* in English; empty: none */
	bool deprecated;           /* others took its place */
	struct span deprecated_by; /* lines: names */
};

struct cpe_sink {
	void *ctx;
	/* -1 with *e set ends the reading. */
	int (*name)(void *ctx, const struct cpe_name *name, struct err *e);
};

/*
 * *timestamp, in a, is the latest that a file of the archive carries. Refuses
 * an archive without a name. Errors say which file of it, and where.
 */
int cpe_read(struct stream *in, const struct cpe_sink *sink, struct arena *a,
    struct span *timestamp, struct err *e);

/* The fields of a formatted string, escapes and all; false if it is none. */
bool cpe_split(struct span name, struct span fields[CPE_FIELDS]);

#endif
