/* SPDX-License-Identifier: Apache-2.0 */
#include "bundle/refusal.h"
#include "bundle/refusal_pack.h"

int
refusal_send(struct ipc *ipc, uint32_t type, const struct err *why)
{
	struct err e;

	return ipc_send_err(ipc, type, why, &e);
}

int
refusal_take(struct span payload, struct err *e)
{
	return ipc_read_err(payload, ERR_REFUSED + (uint32_t)REFUSAL_SHAPE, e);
}
