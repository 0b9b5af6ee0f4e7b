/* SPDX-License-Identifier: Apache-2.0 */
/* What xml.c (reading) and xml_sax.c (libxml2's calls) share. */
#ifndef BASE_XML_IMPL_H
#define BASE_XML_IMPL_H

#include <libxml/parser.h>
#include <libxml/parserInternals.h>

#include "base/buf.h"
#include "base/xml.h"

/* A rule whose names are libxml2's own copies: they compare as pointers. */
struct rule {
	const struct xml_rule *rule;
	const xmlChar *ns, *name;
};

struct frame {
	int state;
	const struct xml_rule *rule;
	size_t text; /* where its text begins in reader->text */
};

struct xml_reader {
	xmlParserCtxtPtr ctxt;
	void *ctx;
	struct rule *rules; /* grouped by state */
	size_t *first;      /* of each state's rules; n_states + 1 */
	int n_states;

	struct frame frames[XML_DEPTH_MAX + 1];
	size_t depth;     /* of elements taken */
	size_t n_skipped; /* depth inside an element that was not */
	bool any;         /* the document element has begun */
	bool finishing;   /* no more is to come */
	bool amiss;       /* libxml2 has complained */
	struct buf text;

	char cut[4]; /* a character whose end is not here yet */
	size_t n_cut;
	struct span piece;  /* being parsed */
	uint64_t piece_at;  /* its offset in the document */
	const xmlChar *tag; /* during a start call: its '<' */
	uint64_t tag_at;

	size_t capture_depth; /* 0: nothing is being captured */
	uint64_t capture_at;
	struct buf capture; /* what came before this piece */
	struct span captured;

	uint64_t line; /* where it failed, or the last known */
	struct err failed;
};

/* libxml2's calls into a reader, which is the context. */
extern const xmlSAXHandler XML_SAX;

/* Bytes of the document that the parser is done with. */
uint64_t xml_position(const struct xml_reader *r);
/* The document element has begun and ended. */
bool xml_is_whole(const struct xml_reader *r);
/* The captured element ends here. */
void xml_capture_end(struct xml_reader *r);
/* Stops the parser for good; r->failed is set. */
void xml_stop(struct xml_reader *r, uint64_t line);
/* As xml_stop(), unless something failed before. */
void xml_refuse(struct xml_reader *r, enum err_code code, const char *why);

#endif
