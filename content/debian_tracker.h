/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Debian's security tracker (FORMATS §6.1): a record a source package.
 */
#ifndef CONTENT_DEBIAN_TRACKER_H
#define CONTENT_DEBIAN_TRACKER_H

#include "content/advisory.h"

advisory_reader debian_tracker_read;

#endif
