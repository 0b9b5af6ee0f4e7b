/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streaming JSON (RFC 8259) through yajl. A document is read as members of
 * its top-level object: the elements of one named array (or, without a name,
 * the members of the object themselves) are records, each built as a small
 * tree in an arena, handed over with its source bytes, and dropped. Where the
 * document is an array, its elements are the records.
 */
#ifndef BASE_JSON_H
#define BASE_JSON_H

#include "base/arena.h"
#include "base/err.h"
#include "base/stream.h"

/* Limits of outside input. */
#define JSON_DEPTH_MAX 64
#define JSON_RECORD_MAX ((size_t)64 * 1024 * 1024) /* source bytes */
#define JSON_NODES_MAX ((size_t)1024 * 1024)       /* values in a record */

enum json_type {
	JSON_NULL = 0,
	JSON_FALSE,
	JSON_TRUE,
	JSON_NUMBER, /* text is the number as written */
	JSON_STRING, /* text is unescaped, valid UTF-8 */
	JSON_ARRAY,
	JSON_OBJECT,
};

struct json_node {
	enum json_type type;
	struct span name; /* as a member of an object */
	struct span text;
	struct json_node *child; /* first of an array or object */
	struct json_node *next;  /* sibling, in source order */
};

/* NULL nodes are fine everywhere and give NULL, empty or false. */
const struct json_node *json_get(const struct json_node *n, const char *name);
/* By names with dots: json_path(n, "cve.CVE_data_meta.ID"). */
const struct json_node *json_path(const struct json_node *n, const char *path);
struct span json_text(const struct json_node *n); /* string or number */
bool json_is_true(const struct json_node *n);

struct json_sink {
	/*
	 * NULL: the members of the top-level object are the records; "": the
	 * document is an array, its elements are.
	 */
	const char *array;
	void *ctx;
	/*
	 * name is empty in an array. raw are the record's source bytes and
	 * offset their place in the document; all live during the call.
	 */
	int (*record)(void *ctx, const struct json_node *n, struct span raw,
	    uint64_t offset, struct err *e);
	/* Every other top-level member; may be NULL. */
	int (*member)(void *ctx, const struct json_node *n, struct err *e);
	/*
	 * A record's node has no children, and the limits of a tree do not
	 * hold: for records that are large and read again from raw.
	 */
	bool raw_only;
};

/* Errors name the line, or the byte where the document is one line. */
int json_read(struct stream *in, const struct json_sink *sink, struct err *e);
/* The same of a document, or of a record's source bytes, in memory. */
int
json_read_span(struct span text, const struct json_sink *sink, struct err *e);
/* A whole small document as a tree in a. */
int json_parse(struct span text, struct arena *a, const struct json_node **out,
    struct err *e);

#endif
