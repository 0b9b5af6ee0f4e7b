/* SPDX-License-Identifier: Apache-2.0 */
#include "indexer/digest_impl.h"

int
digest_cpe(struct family_hash *h, int64_t document, struct err *e)
{
	(void)h;
	(void)document;
	return err_set(e, ERR_FORMAT, "this format is not indexed yet");
}
