/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents check the release themselves, each definition anew: Ubuntu's by an
 * inventory definition over /etc/lsb-release, Red Hat's by the package that
 * owns /etc/redhat-release. Where that check is false every definition is
 * false, and an image that merely lacks the file would look clean.
 */
#ifndef SCANNER_RELEASE_CHECK_H
#define SCANNER_RELEASE_CHECK_H

#include "scanner/scan.h"

/*
 * *fails: the release checks that the document's definitions have in common
 * are there, and all of them are false.
 */
int release_check(const struct scan_document *d, bool *fails, struct err *e);

#endif
