/* SPDX-License-Identifier: Apache-2.0 */
/* Every key of policy.ini and what may stand behind it: docs/policy.md. */
#ifndef SCANNER_POLICY_KEYS_H
#define SCANNER_POLICY_KEYS_H

#include "scanner/policy_impl.h"

enum policy_section {
	POLICY_NONE = 0,
	POLICY_FAIL,
	POLICY_CONTENT,
	POLICY_UNKNOWN,
	POLICY_WAIVER, /* the keys of p's last one */
};

struct policy_key {
	enum policy_section section;
	const char *name;
	/* The message says what would be right, without section and key. */
	int (*set)(struct policy *p, struct span v, struct err *e);
	bool must_be; /* of a waiver */
};

extern const struct policy_key policy_keys[];
extern const size_t n_policy_keys; /* at most 32 */

/* ERR_FORMAT: it is no number of days up to POLICY_DAYS_MAX. */
int policy_read_days(struct span v, unsigned *out, struct err *e);

#endif
