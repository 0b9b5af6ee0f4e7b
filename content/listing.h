/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Small files of upstream's that name other files, with what proves them or
 * when they changed: bytes in, entries out. Read in the verify process. NVD's
 * .meta names one file and is read by content/meta.h.
 */
#ifndef CONTENT_LISTING_H
#define CONTENT_LISTING_H

#include "base/digest.h"
#include "base/err.h"

/* Limits of outside input. */
#define LISTING_SIZE_MAX ((uint64_t)64 * 1024 * 1024) /* bytes */
#define LISTING_ENTRIES_MAX 1000000u
#define LISTING_PATH_MAX 1024u /* bytes */

enum listing_kind {
	LISTING_NONE = 0,
	LISTING_PULP_MANIFEST, /* path, sha256, size */
	LISTING_CSAF_ARCHIVE,  /* archive_latest.txt: one path */
	LISTING_CSAF_CHANGES,  /* changes.csv: path, time */
	LISTING_MIRRORS,       /* mirror.list: base URLs */
	LISTING_REPOMD,        /* repomd.xml: updateinfo's path, sha256, size */
	LISTING_NVD_PAGE,      /* an API answer: total, time; no path */
};

#define LISTING_KINDS 7

struct listing_entry {
	struct span path; /* as written, relative; or a URL */
	bool has_sha256;  /* of the file as it is published */
	struct digest sha256;
	uint64_t size_bytes; /* 0: unsaid */
	int64_t time;        /* seconds since 1970; 0: unsaid */
	/* LISTING_NVD_PAGE */
	uint64_t start; /* startIndex */
	uint64_t n;     /* records in this page */
	uint64_t total; /* records of the whole answer */
};

struct listing_sink {
	void *ctx;
	/* The entry lives during the call; -1 ends the reading. */
	int (*entry)(
	    void *ctx, const struct listing_entry *entry, struct err *e);
};

/*
 * ERR_FORMAT with the line where it is not of its kind; a listing without an
 * entry is one too, but for LISTING_CSAF_CHANGES.
 */
int listing_read(struct span text, enum listing_kind kind,
    const struct listing_sink *sink, struct err *e);

#endif
