/* SPDX-License-Identifier: Apache-2.0 */
/* An older form of the list, a NUL, and the list: no row is lost or made. */
#include <stdlib.h>

#include "server/changes_csv.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct span all = span_make(data, size);
	size_t cut = span_find(all, '\0'), n = 0, i;
	struct changes_csv c = { 0 };
	struct out o;

	out_init(&o, -1);
	changes_csv_read(&c, span_from(all, cut + 1));
	changes_csv_mark(&c, span_first(all, cut), 1700000000);
	changes_csv_write(&c, &o);
	for (i = 0; i < o.buf.len; i++)
		n += o.buf.ptr[i] == '\n';
	if (n != c.n)
		abort();
	changes_csv_cleanup(&c);
	out_cleanup(&o);
	return 0;
}
