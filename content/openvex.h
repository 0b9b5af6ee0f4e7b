/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Canonical's OpenVEX documents (FORMATS §2.4): an archive of them, a record
 * a file; or one by itself.
 */
#ifndef CONTENT_OPENVEX_H
#define CONTENT_OPENVEX_H

#include "content/advisory.h"

advisory_reader openvex_read;

#endif
