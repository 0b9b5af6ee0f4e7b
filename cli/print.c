/* SPDX-License-Identifier: Apache-2.0 */
#include "base/printable.h"
#include "cli/print.h"

void
print_safe(struct out *o, struct span s)
{
	struct buf text = { 0 };

	printable_add(&text, s);
	out_span(o, buf_span(&text));
	buf_cleanup(&text);
}
