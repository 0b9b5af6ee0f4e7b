/* SPDX-License-Identifier: Apache-2.0 */
/* gc after a run that published, as the configuration's retention says. */
#ifndef SYNCD_COLLECT_H
#define SYNCD_COLLECT_H

#include "base/catalog.h"
#include "base/config.h"

/* What stays too long does no harm: it is logged, and nothing fails. */
void collect_garbage(
    const struct state *s, struct db *catalog, struct config *config);

#endif
