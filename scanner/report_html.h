/* SPDX-License-Identifier: Apache-2.0 */
/* What the parts of the HTML report share. */
#ifndef SCANNER_REPORT_HTML_H
#define SCANNER_REPORT_HTML_H

#include "scanner/report.h"

struct report_html {
	struct out *out;
	struct buf text; /* scratch */
};

/* Text from an image or a feed: escaped, nothing that hides or turns it. */
void report_html_text(struct report_html *h, struct span s);
/* A name and its value in a list of them; an empty value is left out. */
void
report_html_fact(struct report_html *h, const char *name, struct span value);
/* One finding: a line that opens to show every source's word. */
void report_html_finding(
    struct report_html *h, const struct scan *s, const struct finding *f);

#endif
