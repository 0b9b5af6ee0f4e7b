/* SPDX-License-Identifier: Apache-2.0 */
#include "indexer/answer.h"

void
answer_pack_err(struct buf *b, const struct err *e)
{
	pack_uint(b, e->code);
	pack_span(b, span_of(e->msg));
}

void
answer_unpack_err(struct unpack *u, struct err *e)
{
	enum err_code code = (enum err_code)unpack_max(u, ERR_MISSING);
	struct span msg = unpack_span(u);

	*e = (struct err){ 0 };
	if (code != ERR_NONE)
		err_set(e, code, "%.*s", SPAN_ARG(msg));
}
