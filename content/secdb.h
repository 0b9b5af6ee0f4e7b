/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Alpine's secdb, also of Wolfi and Chainguard (FORMATS §6.2): a record an
 * origin package, a statement an id and version. Alpine names its release
 * in distroversion, which the others do not have: their distribution is the
 * document's own. The members that say of what it is stand before packages.
 *
 * Under version "0" stand ids that do not affect the package; one that a
 * version fixes as well is only fixed there. A version that is none of apk's
 * makes its ids unknown, with that version as detail.
 */
#ifndef CONTENT_SECDB_H
#define CONTENT_SECDB_H

#include "content/advisory.h"

/* Limits of outside input; those of advisory.h and json.h hold as well. */
#define SECDB_PACKAGES_MAX 1000000u

advisory_reader secdb_read;

#endif
