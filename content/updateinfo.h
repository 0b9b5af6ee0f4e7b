/* SPDX-License-Identifier: Apache-2.0 */
/*
 * updateinfo.xml of a dnf repository, Amazon Linux (FORMATS §6.7): a record
 * an update, a statement a package and version, fixed, with the
 * architectures of all its builds. Namespaces do not matter. An update that
 * is neither of type "security" nor names a CVE states nothing; one with status
 * "retracted" is withdrawn.
 */
#ifndef CONTENT_UPDATEINFO_H
#define CONTENT_UPDATEINFO_H

#include "content/advisory.h"

/* Limits of outside input; those of advisory.h and xml.h hold as well. */
#define UPDATEINFO_UPDATES_MAX 1000000u
#define UPDATEINFO_ARCHES_MAX 256u /* bytes of a package's, together */

advisory_reader updateinfo_read;

#endif
