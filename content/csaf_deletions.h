/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Red Hat's deletions.csv (FORMATS §4.1): each line takes back a document,
 * as of its time.
 */
#ifndef CONTENT_CSAF_DELETIONS_H
#define CONTENT_CSAF_DELETIONS_H

#include "content/advisory.h"

advisory_reader csaf_deletions_read;

#endif
