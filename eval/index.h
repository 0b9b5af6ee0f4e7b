/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Reading published index families: the documents of a generation, for the
 * evaluator and for everything else that asks the index. Read-only.
 */
#ifndef EVAL_INDEX_H
#define EVAL_INDEX_H

#include "eval/machine.h"

struct index_family {
	struct span name; /* "ubuntu" */
	struct db *db;
	struct document *documents; /* by name */
	size_t n_documents;
};

/* What those who ask often keep for the next time: the reader's from then. */
struct index_kept {
	void *ptr;
	void (*free)(void *ptr);
};

struct index_reader {
	struct arena arena;
	struct index_family *families; /* by name; those that exist */
	size_t n_families;
	uint64_t generation;
	struct index_kept *kept; /* NULL: nothing is open */
};

/*
 * Opens every family file of the generation's folder (index/<n>). A folder
 * without any is fine: n_families is 0.
 */
int
index_open(struct index_reader *r, int dirfd, const char *path, struct err *e);
void index_close(struct index_reader *r);
/* ERR_FORMAT if a family file is damaged, or of an older program. */
int index_check(const char *path, struct err *e);
/* NULL if no family has it; *family may be NULL. */
const struct document *index_find(const struct index_reader *r,
    struct span name, const struct index_family **family);
/* What every document of every family wants to see of an image. */
int index_wants(
    const struct index_reader *r, struct want_list *wants, struct err *e);

#endif
