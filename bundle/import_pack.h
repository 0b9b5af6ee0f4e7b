/* SPDX-License-Identifier: Apache-2.0 */
/* What came of an import, as one record for the main process. */
#ifndef BUNDLE_IMPORT_PACK_H
#define BUNDLE_IMPORT_PACK_H

#include "base/pack.h"
#include "bundle/import.h"

/* Twins. */
void import_pack_result(struct buf *b, const struct import_result *r);
/* Spans borrow from the packed bytes, arrays lie in a. False: no sense. */
bool import_unpack_result(
    struct span packed, struct arena *a, struct import_result *out);

/* Twins; the name of a refusal comes along. */
void import_pack_err(struct buf *b, const struct err *e);
int import_unpack_err(struct unpack *u, struct err *e);

#endif
