/* SPDX-License-Identifier: Apache-2.0 */
#include "eval/dictionary.h"

bool
dictionary_next(struct unpack *u, struct dictionary_name *out)
{
	if (u->rest.len == 0 || u->failed)
		return false;
	out->rest = unpack_span(u);
	out->title = unpack_span(u);
	out->deprecated = unpack_max(u, 1) != 0;
	out->deprecated_by = unpack_span(u);
	return !u->failed;
}
