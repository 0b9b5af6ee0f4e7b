/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVD's dictionary of CPE names as a family holds it: the names of a product,
 * packed in byte order. Twin of indexer/cpe_rows.h, which writes it.
 */
#ifndef EVAL_DICTIONARY_H
#define EVAL_DICTIONARY_H

#include "base/db.h"
#include "base/pack.h"

struct dictionary_name {
	struct span rest; /* behind the product: "2.0:beta9:*:*:*:*:*:*" */
	struct span title;
	bool deprecated;
	struct span deprecated_by; /* lines: names */
};

/*
 * The next name of a product, borrowed from the packed bytes; false at their
 * end. unpack_done() tells whether all of them made sense.
 */
bool dictionary_next(struct unpack *u, struct dictionary_name *out);

#endif
