/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy.ini: which findings fail an image, what unknown means, and waivers.
 * docs/policy.md is its reference. Parsed in the scan process; the file's
 * digest stands in every verdict.
 */
#ifndef SCANNER_POLICY_H
#define SCANNER_POLICY_H

#include "scanner/scan.h"

/* Limits of outside input. */
#define POLICY_SIZE_MAX ((size_t)1024 * 1024)
#define POLICY_WAIVERS_MAX 10000u

struct policy;

/*
 * ERR_FORMAT with name, line and what would be right; nothing that it does
 * not know is passed over. text is copied.
 */
int policy_read(
    struct policy **out, struct span text, const char *name, struct err *e);
void policy_free(struct policy *p); /* NULL is fine */

/*
 * Judges s->findings as of s->judged_at: fills in fails, rule and waivers of
 * each, adds reasons (an expired waiver that would have counted, content that
 * is too old), and sets the verdict. Without a policy verdict_decide() does.
 */
int policy_decide(struct scan *s, const struct policy *p, struct err *e);

#endif
