/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Red Hat's CSAF 2.0 documents, VEX and advisories, of both layouts (FORMATS
 * §4): an archive of them, a record a file; or one by itself.
 *
 * A statement's distribution is "rhel" for what is released as RHEL: release
 * "9" or "9.2", pocket "" or the stream's word, "eus"; of whichever channel.
 * Other products are "redhat", their pocket is the CPE's first five parts,
 * "cpe:/a:redhat:openstack:17.1". detail: the advisory that has the fix, the
 * word of the remediation, or the reason why it is not affected.
 */
#ifndef CONTENT_CSAF_H
#define CONTENT_CSAF_H

#include "content/advisory.h"

/* Limits of outside input: of one document; JSON_* and MEMBER* hold as well. */
#define CSAF_PRODUCTS_MAX 1048576u
#define CSAF_VULNERABILITIES_MAX 65536u
#define CSAF_NESTING_MAX 5u /* relationships of relationships */
#define CSAF_ARCHES_MAX 64u

advisory_reader csaf_read;

#endif
