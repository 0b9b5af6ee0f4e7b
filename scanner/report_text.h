/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the table share: colours, blanks, safe text. */
#ifndef SCANNER_REPORT_TEXT_H
#define SCANNER_REPORT_TEXT_H

#include "scanner/report.h"

#define SGR_OFF "\033[0m"
#define SGR_BOLD "\033[1m"

struct report_text {
	const struct report_options *options;
	struct out *out;
	struct buf cell; /* scratch */
};

/* Only where colours are wanted. */
void report_colour(struct report_text *t, const char *sgr);
void report_pad(struct report_text *t, size_t n);
void report_safe(struct report_text *t, struct span s);

/* What was judged by what: image, inventory, generation, documents. */
void report_about(struct report_text *t, const struct scan *s, struct arena *a);

#endif
