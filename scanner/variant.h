/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Oracle's errata of ksplice's and of FIPS builds have versions that look
 * newer than those of the builds that most have installed, so that literally
 * they are true of everyone (FORMATS §6.4). For findings and verdict they hold
 * for what is such a build; OVAL results stay literal.
 */
#ifndef SCANNER_VARIANT_H
#define SCANNER_VARIANT_H

#include "base/span.h"
#include "scanner/scan.h"

/* Whether only builds of a variant compare with version: that of installed. */
bool variant_differs(struct span version, struct span installed);
/* After kernel_leave_out(), into the same d->without_kernel. */
int variant_leave_out(struct scan_document *d, struct err *e);

#endif
