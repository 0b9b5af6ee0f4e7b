/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Perl patterns out of content, which nobody has looked at: compiled once,
 * kept, and limited in time and memory, each and together. A limit that is hit
 * is an error, never "no match". Text that is no UTF-8 is matched as bytes.
 */
#ifndef EVAL_REGEX_H
#define EVAL_REGEX_H

#include "base/buf.h"
#include "base/err.h"

/* Limits of outside input. */
#define REGEX_MATCH_LIMIT 1000000u /* steps from one byte of a subject */
#define REGEX_CPU_MS 60000u        /* of the thread, from cache to last match */
#define REGEX_DEPTH_LIMIT 100000u  /* nested backtracking */
#define REGEX_HEAP_LIMIT 32768u    /* KiB of one match */
#define REGEX_PATTERN_MAX 65536u   /* bytes */
#define REGEX_GROUPS_MAX 64u       /* capture groups that are told */
#define REGEX_CACHE_MAX 4096u      /* compiled patterns kept */

enum regex_flags {
	REGEX_MULTILINE = 1, /* ^ and $ at line breaks */
	REGEX_IGNORE_CASE = 2,
	REGEX_DOT_ALL = 4, /* . matches line breaks */
};

struct regex_cache;

/* What a subject is, where that is known already. */
enum regex_text {
	REGEX_TEXT_UNKNOWN = 0,
	REGEX_TEXT_UTF8,
	REGEX_TEXT_BYTES,
};

struct regex_groups {
	struct span match;
	struct span groups[REGEX_GROUPS_MAX]; /* ptr NULL: took no part */
	size_t n_groups;
	size_t next;          /* where to look for the next match */
	enum regex_text text; /* found once */
};

struct regex_cache *regex_cache_new(void);
/* From now on as long, of the thread's CPU time; before, REGEX_CPU_MS. */
void regex_cache_limit(struct regex_cache *c, unsigned cpu_ms);
void regex_cache_free(struct regex_cache *c); /* NULL is fine */

enum regex_text regex_text_of(struct span subject);
/*
 * Looks for pattern anywhere in subject. 1: found; 0: not; -1: the pattern is
 * wrong or too costly.
 */
int regex_match(struct regex_cache *c, struct span pattern, unsigned flags,
    struct span subject, struct err *e);
/*
 * The first match at or behind g->next (start with { 0 }), its groups and
 * where the one after it may start. The spans borrow from subject.
 */
int regex_next(struct regex_cache *c, struct span pattern, unsigned flags,
    struct span subject, struct regex_groups *g, struct err *e);
/* Appends text as a pattern that matches just that text. */
void regex_escape(struct buf *b, struct span text);

#endif
