/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of bundle/tuf share: not for others. */
#ifndef BUNDLE_TUF_IMPL_H
#define BUNDLE_TUF_IMPL_H

#include "bundle/refusal.h"
#include "bundle/tuf.h"

/* --- values of a tree; what is amiss is REFUSAL_SHAPE --- */

/* A member that is an object, an array, or NULL. */
const struct json_node *tuf_object(const struct json_node *n, const char *name);
const struct json_node *tuf_array(const struct json_node *n, const char *name);
/* A member that is a text, or empty. */
struct span tuf_text(const struct json_node *n, const char *name);
/* A member that is a whole number from least to INT64_MAX. */
int tuf_number(const struct json_node *n, const char *name, uint64_t least,
    uint64_t *out, struct err *e);
/* Children of an array or object; what is their name in the plural? */
int tuf_count(const struct json_node *n, size_t max, const char *what,
    size_t *out, struct err *e);
/* The texts of an array. */
int tuf_texts(const struct json_node *n, struct arena *a, size_t max,
    const struct span **out, size_t *n_out, struct err *e);
/* "hashes": 1: sha256 is there; 0: no hashes at all; -1. */
int tuf_hashes(const struct json_node *n, struct digest *sha256, struct err *e);

/* --- parts of a file --- */

/* "keys": those of a kind that we know, by id. */
int tuf_parse_keys(const struct json_node *keys, struct arena *a,
    struct tuf_file *out, struct err *e);
/* "keyids" and "threshold" of a role. */
int tuf_parse_role(const struct json_node *n, struct arena *a,
    struct tuf_role *out, struct err *e);
int tuf_parse_signatures(const struct json_node *n, struct arena *a,
    struct tuf_file *out, struct err *e);
/* "targets" and "delegations" of the signed part. */
int tuf_parse_targets(const struct json_node *n, struct arena *a,
    struct tuf_file *out, struct err *e);

#endif
