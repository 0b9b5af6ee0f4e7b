/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Whether a module's stream is enabled OVAL asks of /etc/dnf/modules.d, which
 * many images lack, so that literally no erratum of a module is ever true of
 * them (FORMATS §3.3). For findings and verdict the label of an installed
 * package enables its stream, too; where a package of a module has no label
 * and the module no file, nobody can tell. OVAL results stay literal.
 */
#ifndef SCANNER_MODULAR_H
#define SCANNER_MODULAR_H

#include "scanner/result_tree.h"
#include "scanner/scan.h"

/* "nodejs:18" of the label "nodejs:18:8090020231025:a75119d5". */
struct span modular_stream(struct span label);
/* Whether a release is that of a module's build: "1.module+el8.9.0". */
bool modular_is_build(struct span release);
/*
 * Whether a package says of a module what modules.d does not: what is said of
 * one package then hangs on others.
 */
bool modular_has_more(const struct facts *f);
/* After variant_leave_out(), into the same d->without_kernel. */
int
modular_judge(struct scan_document *d, const struct facts *f, struct err *e);
/* Makes a tree's results those with the packages' streams enabled. */
int modular_judge_tree(struct result_node *root, const struct scan_document *d,
    const struct facts *f, struct err *e);

#endif
