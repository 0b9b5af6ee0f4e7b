/* SPDX-License-Identifier: Apache-2.0 */
/* What csaf.c and its parts share: one document at a time, in an arena. */
#ifndef CONTENT_CSAF_IMPL_H
#define CONTENT_CSAF_IMPL_H

#include "base/buf.h"
#include "base/json.h"
#include "base/map.h"
#include "content/csaf.h"

#define CSAF_NONE UINT32_MAX

/* The first element of a list that n has; NULL: none. */
static inline const struct json_node *
csaf_first(const struct json_node *n, const char *list)
{
	const struct json_node *found = json_get(n, list);

	return found == NULL ? NULL : found->child;
}

enum csaf_kind {
	CSAF_UNKNOWN = 0, /* a status names it, the tree does not */
	CSAF_PRODUCT,     /* a leaf with a CPE */
	CSAF_COMPONENT,   /* a leaf with a purl */
	CSAF_RELATION,    /* one as a part of another */
};

/* What has a product_id. */
struct csaf_entry {
	struct span id;
	enum csaf_kind kind;
	bool has_parts;     /* others are parts of it */
	struct span helper; /* CPE or purl */
	uint32_t reference; /* CSAF_RELATION: the part */
	uint32_t relates;   /* what it is a part of */
	const void *leaf;   /* struct csaf_product or csaf_component */
};

/* struct advisory_package says what the texts are. */
struct csaf_product {
	struct span distribution;
	struct span release;
	struct span pocket;
};

struct csaf_component {
	struct span name;
	struct span version; /* of an rpm with its epoch */
	struct span arch;    /* empty: all */
	struct span module;  /* "nodejs:18" */
	bool is_source;
	bool is_module; /* the build of a whole module */
	bool is_odd;    /* it has a version that makes no sense */
};

struct csaf_tree {
	struct arena *arena;
	struct map ids; /* to entries */
	struct csaf_entry *entries;
	size_t n;
	size_t cap;
};

void csaf_tree_cleanup(struct csaf_tree *t);
/* Reads product_tree, which may be NULL, as the only content: copies it. */
int csaf_tree_read(struct csaf_tree *t, const struct json_node *product_tree,
    struct arena *a, struct err *e);
/* The entry of a product_id; an unknown one becomes an entry. */
int csaf_tree_find(
    struct csaf_tree *t, struct span id, uint32_t *out, struct err *e);

/* What an entry comes down to; CSAF_NONE where it has no such part. */
struct csaf_parts {
	uint32_t product;
	uint32_t component;
	uint32_t module; /* that the component is a part of */
};

/* Circles and what lies deeper than CSAF_NESTING_MAX give no part. */
struct csaf_parts csaf_tree_parts(const struct csaf_tree *t, uint32_t entry);

/* Texts live in the arena or borrow from what is given. */
struct csaf_product csaf_product_of(struct span cpe);
struct csaf_component
csaf_component_of(struct span id, struct span purl, struct arena *a);

/* What remediations, threats and flags of a vulnerability say of an entry. */
struct csaf_mark {
	uint32_t vulnerability; /* the number of it; else the mark is void */
	enum advisory_state state;
	struct span remedy; /* as written */
	struct span advisory;
	struct span severity;
	struct span reason; /* why it is not affected */
};

struct csaf_marks {
	struct csaf_tree *tree;
	struct span record;      /* id of the document */
	struct csaf_mark *items; /* by entry */
	size_t n;
	size_t cap;
	uint32_t number;      /* of the vulnerability in hand, from 1 */
	struct span severity; /* of products that have none of their own */
};

void csaf_marks_cleanup(struct csaf_marks *m);
/* Those of the next vulnerability. */
int csaf_marks_read(
    struct csaf_marks *m, const struct json_node *vulnerability, struct err *e);
/* Empty where nothing was said. *out lives until the next call. */
int csaf_mark_of(struct csaf_marks *m, struct span id, struct csaf_mark **out,
    struct err *e);

/* What the vulnerabilities of a document state, one after the other. */
struct csaf_status;

/* record: the document's id. t stays the caller's. */
struct csaf_status *csaf_status_new(struct csaf_tree *t, struct span record);
void csaf_status_free(struct csaf_status *s); /* NULL is fine */
/* What is kept of the node is copied. */
int csaf_status_add(struct csaf_status *s,
    const struct json_node *vulnerability, struct err *e);
/* All statements; the list lives in the tree's arena. */
void csaf_status_finish(struct csaf_status *s, struct advisory *out);

#endif
