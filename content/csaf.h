/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Red Hat's CSAF 2.0 documents, VEX and advisories, of both layouts (FORMATS
 * §4): an archive of them, a record a file; or one by itself.
 */
#ifndef CONTENT_CSAF_H
#define CONTENT_CSAF_H

#include "content/advisory.h"

advisory_reader csaf_read;

#endif
