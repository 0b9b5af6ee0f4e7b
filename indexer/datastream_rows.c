/* SPDX-License-Identifier: Apache-2.0 */
#include "indexer/datastream_rows.h"

int
datastream_rows_write(struct document_rows *d, struct err *e)
{
	(void)d;
	return err_set(e, ERR_FORMAT, "this format is not indexed yet");
}

int
datastream_rows_remove(struct document_rows *d, struct err *e)
{
	(void)d;
	(void)e;
	return 0;
}
