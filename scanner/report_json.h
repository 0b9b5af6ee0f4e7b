/* SPDX-License-Identifier: Apache-2.0 */
/* The parts of the JSON report; docs/scan-json.md says what they mean. */
#ifndef SCANNER_REPORT_JSON_H
#define SCANNER_REPORT_JSON_H

#include "base/json_out.h"
#include "scanner/report.h"

/* null where nothing is said. */
void report_json_optional(struct json_out *j, const char *name, struct span v);
void report_json_spans(
    struct json_out *j, const char *name, const struct span *v, size_t n);
/* "databases": those that are there. */
/* What /etc/os-release says, as an object of that name. */
void
report_json_os(struct json_out *j, const char *name, const struct facts *f);
void report_json_databases(struct json_out *j, const struct system *system);
/* One element of "findings". */
void report_json_finding(
    struct json_out *j, const struct scan *s, const struct finding *f);

#endif
