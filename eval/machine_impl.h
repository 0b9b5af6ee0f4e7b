/* SPDX-License-Identifier: Apache-2.0 */
/* What the evaluator and the plan know of a machine beyond machine.h. */
#ifndef EVAL_MACHINE_IMPL_H
#define EVAL_MACHINE_IMPL_H

#include "base/arena.h"
#include "base/buf.h"
#include "content/oval.h"
#include "eval/machine.h"
#include "eval/raw_block.h"

enum record {
	RECORD_DEFINITION = 0,
	RECORD_TEST,
	RECORD_OBJECT,
	RECORD_STATE,
	RECORD_VARIABLE,
	N_RECORDS,
};

struct machine_memo;

struct machine {
	struct db *db;
	int64_t document;
	struct arena arena;                  /* of the records */
	const struct oval_given_list *given; /* or NULL */
	struct raw_reader *texts;            /* NULL until first needed */
	struct arena kept_texts; /* machine_definition_kept(), NULL: none */
	const struct oval_definition **kept;
	struct machine_memo *memo;    /* NULL: answers are not kept */
	struct buf answer;            /* then: the last one */
	size_t n[N_RECORDS];          /* highest ordinal + 1 */
	const void **read[N_RECORDS]; /* by ordinal; NULL: not read yet */
};

int64_t machine_key(const struct machine *m, uint32_t ord);
/*
 * The ordinals in use, of definitions or tests, in order; free() them even
 * after a failure.
 */
int machine_ords(struct machine *m, enum record kind, uint32_t **ords,
    size_t *n, struct err *e);
/*
 * A definition's criteria in an arena of the caller's, for those who walk
 * through all of them once, or kept (eval/machine_memo.h).
 */
int machine_read_nodes(struct machine *m, uint32_t ord, struct arena *a,
    struct oval_node **nodes, size_t *n, struct err *e);
int machine_nodes(struct machine *m, uint32_t ord, struct arena *a,
    struct oval_node **nodes, size_t *n, struct err *e);

#endif
