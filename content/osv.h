/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OSV records (FORMATS §2.3, §6.5, §6.6): an archive of them, tar or zip, a
 * record a file; or one record by itself.
 */
#ifndef CONTENT_OSV_H
#define CONTENT_OSV_H

#include "content/advisory.h"

advisory_reader osv_read;

#endif
