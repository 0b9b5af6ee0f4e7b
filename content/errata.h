/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AlmaLinux' errata.full.json (FORMATS §6.5): a record an erratum, a
 * statement a package and version, fixed, with the architectures of all its
 * builds. An erratum that is neither of type "security" nor names a CVE states
 * nothing. Whose release it is, only its address tells.
 */
#ifndef CONTENT_ERRATA_H
#define CONTENT_ERRATA_H

#include "content/advisory.h"

/* Limit of outside input; those of advisory.h and json.h hold as well. */
#define ERRATA_MAX 1000000u

advisory_reader errata_read;

#endif
