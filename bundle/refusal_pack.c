/* SPDX-License-Identifier: Apache-2.0 */
#include "base/pack.h"
#include "base/printable.h"
#include "bundle/refusal.h"
#include "bundle/refusal_pack.h"

int
refusal_send(struct ipc *ipc, uint32_t type, const struct err *why)
{
	struct buf b = { 0 };
	struct err e;
	int rc;

	pack_uint(&b, (uint64_t)why->code);
	pack_span(&b, span_of(why->msg));
	rc = ipc_send(ipc, type, buf_span(&b), -1, &e);
	buf_cleanup(&b);
	return rc;
}

int
refusal_take(struct span payload, struct err *e)
{
	struct unpack u = unpack_of(payload);
	enum err_code code = (enum err_code)unpack_max(
	    &u, ERR_REFUSED + (unsigned)REFUSAL_SHAPE);
	struct buf b = { 0 };

	printable_add(&b, unpack_span(&u));
	err_set(e, code == ERR_NONE ? ERR_SYSTEM : code, "%s", buf_str(&b));
	buf_cleanup(&b);
	return -1;
}
