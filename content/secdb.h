/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alpine's secdb, also of Wolfi and Chainguard (FORMATS §6.2): a record an
 * origin package.
 */
#ifndef CONTENT_SECDB_H
#define CONTENT_SECDB_H

#include "content/advisory.h"

advisory_reader secdb_read;

#endif
