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
#define POLICY_WORDS_MAX 10000u /* of one key */
#define POLICY_DAYS_MAX 36500u

struct policy;

/*
 * ERR_FORMAT with name, line and what would be right; nothing that it does
 * not know is passed over. text is copied.
 */
int policy_read(
    struct policy **out, struct span text, const char *name, struct err *e);
void policy_free(struct policy *p); /* NULL is fine */

/* Whether its rules ask for what findings_enrich() adds. */
bool policy_needs_more(const struct policy *p);

/*
 * Whether each finding is judged by itself, whatever else is in the image:
 * then its reasons are those of the content alone.
 */
bool policy_is_by_finding(const struct policy *p, int64_t judged_at);
/* What failing findings and reasons come to. */
enum verdict
policy_verdict(const struct policy *p, bool fails, bool is_unknown);

/*
 * Judges s->findings as of s->judged_at: fills in fails, rule and waiver of
 * each, adds reasons (content that is too old, an expired waiver of a finding
 * that fails, a package that is not allowed), and sets the verdict. p NULL:
 * every finding fails, or those that s->fail_on says. With a policy --fail-on
 * adds its rule to the policy's.
 */
void policy_decide(struct scan *s, const struct policy *p);

#endif
