/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Streaming XML 1.0 through libxml2's SAX2 push reader, driven by a table of
 * rules. In state `in`, an element {ns}name is taken by the first rule that
 * fits and moves to state `next`; an element that no rule takes is skipped
 * whole. DOCTYPE is refused, depth, attributes and text are limited, input
 * must be UTF-8, the first error sticks and carries the line.
 */
#ifndef BASE_XML_H
#define BASE_XML_H

#include "base/err.h"
#include "base/span.h"

/* Limits of outside input. */
#define XML_DEPTH_MAX 64
#define XML_ATTRS_MAX 64
#define XML_TAG_MAX ((size_t)256 * 1024) /* bytes of a tag */
#define XML_NAMES_MAX 65536              /* different names in a document */
#define XML_TEXT_MAX ((size_t)16 * 1024 * 1024)    /* bytes of one text */
#define XML_CAPTURE_MAX ((size_t)64 * 1024 * 1024) /* bytes captured */

struct xml_attr {
	struct span ns; /* empty: none */
	struct span name;
	struct span value; /* lives during the start call */
};

struct xml_element {
	struct span ns;
	struct span name;
	const struct xml_attr *attrs;
	size_t n_attrs;
	uint64_t line;
	uint64_t offset; /* of '<' in the document, bytes */
};

/* The value of an attribute without a namespace; false if there is none. */
bool
xml_attr(const struct xml_element *el, const char *name, struct span *value);

struct xml_rule {
	int in;
	const char *ns;   /* NULL: any */
	const char *name; /* NULL: any */
	int next;
	/* Either may be NULL. -1 ends the reading. */
	int (*start)(void *ctx, const struct xml_element *el, struct err *e);
	/*
	 * text is the element's own text, white space kept; it is gathered
	 * only for rules with an end. Lives during the call.
	 */
	int (*end)(void *ctx, struct span text, struct err *e);
};

struct xml_reader;

/* State 0 holds the document element. rules end with a name and next of 0. */
struct xml_reader *xml_new(const struct xml_rule *rules, void *ctx);
void xml_free(struct xml_reader *r); /* NULL is fine */
int xml_push(struct xml_reader *r, const char *ptr, size_t len, struct err *e);
/* Says that the input ends here: an unfinished document is ERR_FORMAT. */
int xml_finish(struct xml_reader *r, struct err *e);
struct stream;
/* All of a stream, and the end; what the stream says gets its line, too. */
int xml_read_all(struct xml_reader *r, struct stream *in, struct err *e);

/*
 * From a start call: keeps the source bytes of this element. From its end
 * call, xml_captured() gives them, "<" to ">", until the next capture.
 */
void xml_capture(struct xml_reader *r);
struct span xml_captured(struct xml_reader *r);
uint64_t xml_line(const struct xml_reader *r);

#endif
