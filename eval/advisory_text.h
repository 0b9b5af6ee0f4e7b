/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The texts behind the numbers of statements: words and products of a family,
 * each read once.
 */
#ifndef EVAL_ADVISORY_TEXT_H
#define EVAL_ADVISORY_TEXT_H

#include "base/db.h"
#include "eval/advisory_pack.h"

struct advisory_texts;

struct advisory_texts *advisory_texts_new(struct db *db);
void advisory_texts_free(struct advisory_texts *t); /* NULL is fine */

/* The statement in words; they live until the next advisory_texts_trim(). */
int advisory_texts_package(struct advisory_texts *t,
    const struct advisory_fact *f, struct advisory_package *p, struct err *e);
/* Only what the product says; the rest is empty. */
int advisory_texts_product(struct advisory_texts *t, uint32_t product,
    struct advisory_package *p, struct err *e);
/* The number of what records are about, as in advisory_alias; 0: of none. */
int advisory_alias_value(
    struct db *db, struct span text, int64_t *value, struct err *e);
/* Forgets what was read, once that is much. */
void advisory_texts_trim(struct advisory_texts *t);

#endif
