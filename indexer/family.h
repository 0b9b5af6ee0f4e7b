/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Building one index family: records to rows, one savepoint a document. Runs
 * in the index process. A document that is refused leaves the rows of its
 * last good copy as they were; the others go on.
 */
#ifndef INDEXER_FAMILY_H
#define INDEXER_FAMILY_H

#include "base/arena.h"
#include "base/store.h"
#include "content/advisory.h"

enum document_format {
	DOCUMENT_OVAL = 1,
	DOCUMENT_NVD,    /* JSON 2.0 feed */
	DOCUMENT_NVD_11, /* JSON 1.1 feed, archive input */
	DOCUMENT_USN,    /* USN database */
	/* Advisories, content/advisory.h: */
	DOCUMENT_OSV,
	DOCUMENT_OPENVEX,
	DOCUMENT_CSAF,
	DOCUMENT_CSAF_DELETIONS,
	DOCUMENT_DEBIAN_TRACKER,
	DOCUMENT_SECDB,
	DOCUMENT_ERRATA, /* AlmaLinux */
	DOCUMENT_UPDATEINFO,
	DOCUMENT_PHOTON,
	/* What other records are joined with: */
	DOCUMENT_KEV,
	DOCUMENT_EPSS,
	DOCUMENT_REPOSITORY_CPE,
	DOCUMENT_CPE,
	DOCUMENT_DATASTREAM,
};

/* The reader of a format of advisories; NULL for others. */
advisory_reader *document_format_advisories(enum document_format f);

const char *document_format_name(enum document_format f); /* "nvd-1.1" */
bool document_format_parse(struct span name, enum document_format *out);

/* A file to index, as the sources table and the fetch describe it. */
struct index_input {
	enum document_format format;
	struct span name; /* "com.ubuntu.focal.cve.oval" */
	struct span source;
	struct span path; /* <host>/<path> */
	struct span distribution;
	struct span release;
	struct span flavour;
	uint64_t unpacked_max;            /* bytes; 0: STREAM_OUT_MAX */
	const struct verified_file *file; /* it, or NULL where it is in */
	const struct store *store;        /* NULL too: remove the document */
	struct digest sha256;             /* in the store */
};

#define INDEX_PUBLISHED_SIZE 40 /* longer ones are cut */
#define INDEX_MISSING_SIZE 240

struct index_outcome {
	bool refused;     /* error says why; nothing of it was taken */
	struct err error; /* "<path>: line N: …" */
	char published[INDEX_PUBLISHED_SIZE]; /* as the document says it */
	uint64_t n_written; /* rows of the index, whatever became of them */
	uint64_t n_missing; /* OVAL tests that are referred to, not there */
	char missing[INDEX_MISSING_SIZE]; /* the first: "line N: …" */
	uint64_t n_records; /* definitions, CVEs, notices; so are these: */
	uint64_t n_added;
	uint64_t n_changed;
	uint64_t n_removed;
};

/* Told now and then how far input i is. */
struct index_progress {
	void *ctx;
	void (*records)(void *ctx, size_t i, uint64_t n_records);
};

/*
 * Brings `path`, a copy of the family's last file or nothing yet, up to date
 * in one transaction and seals it. outcomes has n rows; progress may be NULL.
 * -1 only if nothing of the family can be published.
 */
int family_build(const char *path, const struct index_input *inputs, size_t n,
    struct index_outcome *outcomes, const struct index_progress *progress,
    struct err *e);

struct family_digests {
	/*
	 * SHA-256 over the family's logical rows in key order, surrogate ids
	 * replaced by their keys: the same documents give the same digest
	 * anywhere.
	 */
	struct digest content;
	/* Of the plans that this version of the program makes of them. */
	struct digest plan;
};

/* Of a sealed file; reads all of it. */
int family_digests(const char *path, struct family_digests *out, struct err *e);

#endif
