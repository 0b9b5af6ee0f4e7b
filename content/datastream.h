/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a SCAP source data stream collection holds (FORMATS §9.2): its data
 * streams, what they refer to, and its components. The content of components
 * other than the head of a benchmark is passed over.
 */
#ifndef CONTENT_DATASTREAM_H
#define CONTENT_DATASTREAM_H

#include "base/arena.h"
#include "base/err.h"
#include "base/stream.h"

/* Limits of outside input; those of XML hold as well. */
#define DATASTREAM_PARTS_MAX 4096u
#define DATASTREAM_REFS_MAX 4096u     /* of a data stream */
#define DATASTREAM_URIS_MAX 65536u    /* of a data stream */
#define DATASTREAM_PROFILES_MAX 4096u /* of a benchmark */
#define DATASTREAM_TEXT_MAX 65536u    /* bytes of an id, a title, a URL */

/* Stored as numbers. */
enum datastream_kind {
	DATASTREAM_OTHER = 0, /* a component of a kind that we do not know */
	DATASTREAM_STREAM,
	DATASTREAM_BENCHMARK,
	DATASTREAM_TAILORING,
	DATASTREAM_OVAL,
	DATASTREAM_OCIL,
	DATASTREAM_CPE_LIST,
	DATASTREAM_EXTENDED,
};

#define DATASTREAM_KINDS 8

const char *datastream_kind_name(enum datastream_kind k); /* "benchmark" */

struct datastream_ref {
	struct span id;
	struct span section; /* dictionaries checklists checks … */
	struct span href;    /* "#" component, or a URL elsewhere */
};

/* By which name other components of the stream refer to one. */
struct datastream_uri {
	struct span name; /* "ssg-rhel9-oval.xml" */
	struct span uri;  /* "#" id of a reference, or a URL elsewhere */
};

struct datastream_profile {
	struct span id;
	struct span title;
};

/* Empty texts: not said. */
struct datastream_part {
	enum datastream_kind kind;
	struct span id; /* of the data stream or the component */
	struct span timestamp;
	/* DATASTREAM_STREAM: */
	struct span scap_version;
	struct span use_case;
	struct datastream_ref *refs;
	size_t n_refs;
	struct datastream_uri *uris; /* of all catalogs of its references */
	size_t n_uris;
	/* DATASTREAM_BENCHMARK and DATASTREAM_TAILORING: */
	struct span benchmark; /* its id */
	struct span title;
	struct span version;
	struct span status;
	struct datastream_profile *profiles;
	size_t n_profiles;
	struct span raw; /* source bytes of the element */
	uint64_t offset; /* of raw in the unpacked document */
};

struct datastream_collection {
	struct span id;
	struct span schematron_version;
	struct span scap_version; /* of the first data stream */
	struct span timestamp;    /* the latest of all */
};

struct datastream_sink {
	void *ctx;
	/* The part lives during the call; -1 ends the reading. */
	int (*part)(
	    void *ctx, const struct datastream_part *part, struct err *e);
};

/*
 * *out is complete at the end, in a. Refuses a benchmark or definitions that
 * stand by themselves, by name; a collection without a data stream; a
 * reference to a component that is not there. Errors name the line.
 */
int datastream_read(struct stream *in, const struct datastream_sink *sink,
    struct arena *a, struct datastream_collection *out, struct err *e);

#endif
