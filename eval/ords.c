/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/ords.h"

void
ords_pack(struct buf *b, const uint32_t *ords, size_t n)
{
	uint32_t last = 0;
	size_t i;

	for (i = 0; i < n; i++) {
		pack_uint(b, ords[i] - last);
		last = ords[i];
	}
}

struct ords
ords_of(struct span packed, size_t bound)
{
	return (struct ords){ unpack_of(packed), 0, (uint32_t)bound };
}

bool
ords_next(struct ords *o, uint32_t *ord)
{
	if (o->u.failed || o->u.rest.len == 0)
		return false;
	o->last += unpack_max(&o->u, UINT32_MAX);
	if (o->last >= o->bound)
		o->u.failed = true;
	*ord = (uint32_t)o->last;
	return !o->u.failed;
}

bool
ords_done(const struct ords *o)
{
	return unpack_done(&o->u);
}
