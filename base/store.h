/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Accepted upstream files, byte for byte, under their digest
 * (store/blobs/sha256/<hex>, names of an OCI image layout), mode 0444. What
 * is there never changes.
 */
#ifndef BASE_STORE_H
#define BASE_STORE_H

#include "base/verified.h"

#define STORE_HALF_SUFFIX ".new" /* while it is being written */

struct store {
	int dirfd; /* of store/blobs/sha256 */
};

/* Makes the folders when they are missing. */
int store_open(struct store *s, int statefd, struct err *e);
void store_close(struct store *s);
/* Removes what a killed run left half-written. One writer at a time. */
int store_clean(struct store *s, struct err *e);
/* Keeps the file's bytes; already there is success. */
int store_add(struct store *s, const struct verified_file *f, struct err *e);
bool store_has(const struct store *s, const struct digest *d);
/* Opens and proves a kept file: ERR_MISSING, ERR_UNTRUSTED if it rotted. */
int store_get(const struct store *s, const struct digest *d,
    struct verified_file **out, struct err *e);

#endif
