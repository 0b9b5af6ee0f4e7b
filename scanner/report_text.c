/* SPDX-License-Identifier: Apache-2.0 */
#include "base/printable.h"
#include "scanner/report_text.h"

void
report_colour(struct report_text *t, const char *sgr)
{
	if (t->options->colour)
		out_str(t->out, sgr);
}

void
report_pad(struct report_text *t, size_t n)
{
	while (n-- > 0)
		out_char(t->out, ' ');
}

void
report_safe(struct report_text *t, struct span s)
{
	buf_reset(&t->cell);
	printable_add(&t->cell, s);
	out_span(t->out, buf_span(&t->cell));
}
