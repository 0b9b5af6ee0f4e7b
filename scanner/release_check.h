/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Documents check the release themselves, each definition anew: Ubuntu's by an
 * inventory definition over /etc/lsb-release, Red Hat's and AlmaLinux' by the
 * package that owns /etc/redhat-release, Oracle's and SUSE's by the version of
 * oraclelinux-release or of a product's release package. Where no such check
 * is true no definition is, and an image that merely lacks the file, or is of
 * a release that the document leaves out, would look clean.
 */
#ifndef SCANNER_RELEASE_CHECK_H
#define SCANNER_RELEASE_CHECK_H

#include "scanner/scan.h"

/*
 * *fails: definitions of the document check the release, and there is none
 * that could be true of this image.
 */
int release_check(const struct scan_document *d, bool *fails, struct err *e);

#endif
