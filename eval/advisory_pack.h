/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What one advisory states of one package, as numbers and as bytes: groups by
 * product, each with its length so that others are passed over; in a group,
 * numbers as differences from the last statement's.
 */
#ifndef EVAL_ADVISORY_PACK_H
#define EVAL_ADVISORY_PACK_H

#include "base/pack.h"
#include "content/advisory.h"

/* A statement; texts are ids of words, 0: empty. */
struct advisory_fact {
	uint32_t name;
	uint32_t product; /* advisory_product.id */
	uint32_t cve;
	uint32_t version;
	uint32_t severity;
	uint32_t detail;
	enum advisory_state state;
};

/* For qsort(): in the order in which they are packed. */
int advisory_fact_cmp(const void *a, const void *b);
/* Adds n facts of one name, in their order. */
void advisory_pack(struct buf *b, const struct advisory_fact *facts, size_t n);

struct advisory_unpack {
	struct unpack groups;
	struct unpack group;
	struct advisory_fact last;
};

struct advisory_unpack advisory_unpack_of(struct span packed, uint32_t name);
/* 1: a group, and its product; 0: no more; -1: damaged. */
int advisory_unpack_group(
    struct advisory_unpack *u, uint32_t *product, struct err *e);
/* 1: a fact of the group in hand; 0: no more; -1: damaged. */
int advisory_unpack_fact(
    struct advisory_unpack *u, struct advisory_fact *f, struct err *e);

/* What is kept of a record beside its rows: summary and source bytes. */
void advisory_pack_kept(struct buf *b, struct span summary, struct span raw);
int advisory_unpack_kept(
    struct span kept, struct span *summary, struct span *raw, struct err *e);

#endif
