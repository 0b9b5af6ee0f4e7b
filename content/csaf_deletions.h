/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Red Hat's deletions.csv (FORMATS §4.1): each line takes back a document,
 * as of its time. A record's id is made of the path: "2023/rhsa-2023_7435.json"
 * is RHSA-2023:7435; its raw is the line. Paths of other files are passed
 * over; of a document that was deleted twice the first line counts, which is
 * the newest. The file may be empty.
 */
#ifndef CONTENT_CSAF_DELETIONS_H
#define CONTENT_CSAF_DELETIONS_H

#include "content/advisory.h"

advisory_reader csaf_deletions_read;

#endif
