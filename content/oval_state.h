/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Publishers' words in OVAL as states of an advisory: of Ubuntu's tracker
 * (FORMATS §1.5), and Red Hat's for what it has not fixed (§3.2).
 */
#ifndef CONTENT_OVAL_STATE_H
#define CONTENT_OVAL_STATE_H

#include "content/advisory.h"
#include "content/oval.h"

/* Of any but NONE; sets *detail to the tracker's word where that says more. */
enum advisory_state
oval_status_state(enum oval_status status, struct span *detail);
/* "Fix deferred"; UNKNOWN for a word that is none of these. */
enum advisory_state oval_resolution_state(struct span word);
/*
 * What a definition says of the package. NULL where nothing is sure: none of
 * several has it, or they differ.
 */
const struct oval_resolution *
oval_resolution_of(const struct oval_metadata *m, struct span package);

#endif
