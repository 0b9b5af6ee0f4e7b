/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/id_list.h"

void
id_writer_add(struct id_writer *w, struct span id, uint32_t ord)
{
	size_t same = 0;

	while (same < id.len && same < w->last.len &&
	    id.ptr[same] == w->last.ptr[same])
		same++;
	pack_uint(&w->list, same);
	pack_span(&w->list, span_from(id, same));
	pack_uint(&w->list, ord);
	buf_reset(&w->last);
	buf_add_span(&w->last, id);
}

void
id_writer_cleanup(struct id_writer *w)
{
	buf_cleanup(&w->list);
	buf_cleanup(&w->last);
}

struct id_reader
id_reader_of(struct span list)
{
	return (struct id_reader){ .u = unpack_of(list) };
}

int
id_reader_next(struct id_reader *r, struct span *id, uint32_t *ord)
{
	if (r->u.rest.len == 0)
		return r->u.failed ? -1 : 0;
	r->id.len = unpack_max(&r->u, (uint32_t)r->id.len);
	buf_add_span(&r->id, unpack_span(&r->u));
	*ord = unpack_max(&r->u, UINT32_MAX);
	*id = buf_span(&r->id);
	return r->u.failed ? -1 : 1;
}

void
id_reader_cleanup(struct id_reader *r)
{
	buf_cleanup(&r->id);
}
