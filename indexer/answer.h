/* SPDX-License-Identifier: Apache-2.0 */
/* How the processes of this folder tell main of an error, or of none. */
#ifndef INDEXER_ANSWER_H
#define INDEXER_ANSWER_H

#include "base/err.h"
#include "base/pack.h"

/* Twins. */
void answer_pack_err(struct buf *b, const struct err *e);
void answer_unpack_err(struct unpack *u, struct err *e);

#endif
