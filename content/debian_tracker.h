/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Debian's security tracker (FORMATS §6.1): a record a source package, a
 * statement a CVE (or TEMP- id) and release. Many of the kernel's CVEs make
 * one record of tens of MB: it is read CVE by CVE.
 *
 *	status        and                        state
 *	resolved      fixed_version "0"          not affected
 *	resolved      fixed_version              fixed
 *	open          urgency end-of-life        end of life
 *	open          nodsa_reason ignored       will not fix
 *	open          nodsa_reason postponed     deferred
 *	open          none of these              affected
 *	undetermined                             needs triage
 *
 * All else, also a fixed_version that is no version, is unknown. The text of
 * nodsa stands in detail; where it is unknown, the word that was not known.
 */
#ifndef CONTENT_DEBIAN_TRACKER_H
#define CONTENT_DEBIAN_TRACKER_H

#include "content/advisory.h"

/* Limits of outside input; those of advisory.h and json.h hold as well. */
#define DEBIAN_TRACKER_PACKAGES_MAX 1000000u

advisory_reader debian_tracker_read;

#endif
