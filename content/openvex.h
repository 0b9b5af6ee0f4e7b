/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Canonical's OpenVEX documents (FORMATS §2.4): an archive of them, a record
 * a file; or one by itself. No statement has a version: the one in a package
 * URL is that of the day on which the document was made, fixed or not.
 */
#ifndef CONTENT_OPENVEX_H
#define CONTENT_OPENVEX_H

#include "content/advisory.h"

advisory_reader openvex_read;

#endif
