/* SPDX-License-Identifier: Apache-2.0 */
/* A log beside a database that is empty, and beside one page of zeros. */
#include "scanner/pkgdb_sqlite_wal.h"

#define MAX ((size_t)1024 * 1024)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char page[512] = { [16] = 2 }; /* its size */
	struct buf db = { 0 };
	struct err e;

	(void)wal_apply(&db, span_make(data, size), MAX, NULL, &e);
	buf_reset(&db);
	buf_add(&db, page, sizeof(page));
	(void)wal_apply(&db, span_make(data, size), MAX, NULL, &e);
	buf_cleanup(&db);
	return 0;
}
