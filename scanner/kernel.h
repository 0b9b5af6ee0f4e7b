/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Red Hat's kernel errata ask, beside packages, for the kernel that runs or
 * boots next. An image has neither, so that literally none of them is ever
 * true and an old kernel-headers would look clean. For findings and verdict
 * both questions are left out and the packages decide (FORMATS §3.3); OVAL
 * results stay literal.
 */
#ifndef SCANNER_KERNEL_H
#define SCANNER_KERNEL_H

#include "scanner/result_tree.h"
#include "scanner/scan.h"

/* Fills in d->without_kernel where the document's distribution asks for it. */
int kernel_leave_out(struct scan_document *d, struct arena *a, struct err *e);
/* Makes a tree's results those without the kernel. */
int
kernel_leave_out_of(struct result_node *root, struct machine *m, struct err *e);
/*
 * Whether a package is a kernel's, its headers' or modules': what an image
 * has of it, it does not run. By name, or by source package.
 */
bool kernel_is_package(const struct package *p);

#endif
