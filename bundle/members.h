/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The members of objects that we write and read ourselves: canonical, what is
 * empty or zero left out, names in their order. Text of upstreams is made fit
 * for JSON: bytes that are not UTF-8 become U+FFFD, control characters blanks.
 */
#ifndef BUNDLE_MEMBERS_H
#define BUNDLE_MEMBERS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/err.h"
#include "base/json.h"

/* Limit of outside input: bytes of one text. */
#define MEMBER_TEXT_MAX ((size_t)8192)

struct members {
	struct buf *out;
	bool any;
};

/* "{", and "}" when all is written. */
void members_begin(struct members *m, struct buf *out);
void members_end(struct members *m);
void members_text(struct members *m, const char *name, struct span text);
void members_int(struct members *m, const char *name, int64_t v);
/* Writes the name alone; its value is the caller's to append. */
void members_name(struct members *m, const char *name);

/* --- reading: what is missing is empty or zero; ERR_FORMAT --- */

/* The text lives in a. */
int member_text(const struct json_node *object, const char *name,
    struct arena *a, struct span *out, struct err *e);
/* Not below 0. */
int member_time(const struct json_node *object, const char *name, int64_t *out,
    struct err *e);
int member_count(const struct json_node *object, const char *name,
    uint64_t *out, struct err *e);
/* A name that may be part of a path: [a-z0-9-], not empty. */
bool member_is_word(struct span name);

#endif
