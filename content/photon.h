/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Photon's CVE metadata: a record a CVE and package.
 */
#ifndef CONTENT_PHOTON_H
#define CONTENT_PHOTON_H

#include "content/advisory.h"

advisory_reader photon_read;

#endif
