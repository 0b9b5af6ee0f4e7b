/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Version order by the field's own rules (FORMATS §10): never as strings.
 * Each returns less than, equal to or greater than 0. Any bytes are accepted.
 */
#ifndef EVAL_VERSION_H
#define EVAL_VERSION_H

#include "base/span.h"

/* Decimal digits of any length as numbers; none at all are zero. */
int version_number(struct span a, struct span b);
/* "[epoch:]version[-release]"; a missing epoch is 0; a missing release is
 * older than any. */
int version_rpm(struct span a, struct span b);
/* "[epoch:]upstream[-revision]" (Debian Policy 5.6.12). */
int version_dpkg(struct span a, struct span b);
/* Alpine's apk-tools 2.14 and later. */
int version_apk(struct span a, struct span b);
/* OVAL datatype version: integers split at any non-digit. */
int version_plain(struct span a, struct span b);

#endif
