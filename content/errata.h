/* SPDX-License-Identifier: Apache-2.0 */
/*
 * AlmaLinux' errata.full.json (FORMATS §6.5): a record an erratum.
 */
#ifndef CONTENT_ERRATA_H
#define CONTENT_ERRATA_H

#include "content/advisory.h"

advisory_reader errata_read;

#endif
