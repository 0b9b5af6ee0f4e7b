/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pack.h"
#include "server/desk_rows.h"

void
desk_rows_pack(struct buf *b, const struct desk_rows *r)
{
	pack_uint(b, r->limit);
	pack_uint(b, r->before);
	pack_uint(b, r->only);
	pack_uint(b, r->addresses);
}

int
desk_rows_unpack(struct desk_rows *r, struct span question, struct err *e)
{
	struct unpack u = unpack_of(question);

	r->limit = unpack_uint(&u);
	r->before = unpack_uint(&u);
	r->only = unpack_uint(&u);
	r->addresses = unpack_max(&u, 1) != 0;
	if (!unpack_done(&u) || r->limit > DESK_ROWS_MAX)
		return err_set(e, ERR_FORMAT, "that asks for no rows");
	if (r->before == 0 || r->before > INT64_MAX)
		r->before = INT64_MAX;
	if (r->only > INT64_MAX)
		r->only = INT64_MAX;
	return 0;
}
