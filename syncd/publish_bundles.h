/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What was signed goes into bundles/, where bundle.publish says so: a full
 * bundle, a delta since the generation signed before, or both. What was not
 * written the last time is made good by the next run; those beyond
 * bundle.keep go.
 */
#ifndef SYNCD_PUBLISH_BUNDLES_H
#define SYNCD_PUBLISH_BUNDLES_H

#include "base/catalog.h"
#include "base/config.h"

/* ERR_FORMAT: bundle.publish is none of its words. */
int publish_bundles_check(const struct config *c, struct err *e);
/*
 * After publish_generation() or publish_renew(), under the same lock. What
 * fails is in the audit log, too, and does not fail the run.
 */
int publish_bundles(const struct state *s, struct db *catalog,
    const struct config *c, struct err *e);

#endif
