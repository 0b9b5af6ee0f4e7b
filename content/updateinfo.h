/* SPDX-License-Identifier: Apache-2.0 */
/*
 * updateinfo.xml of a dnf repository, Amazon Linux (FORMATS §6.7): a record
 * an update.
 */
#ifndef CONTENT_UPDATEINFO_H
#define CONTENT_UPDATEINFO_H

#include "content/advisory.h"

advisory_reader updateinfo_read;

#endif
