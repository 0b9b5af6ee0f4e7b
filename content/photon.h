/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Photon's CVE metadata, cve_data_photon<release>.json: an array of rows in
 * no order,
 *
 *	{"cve_id": "CVE-2023-38545", "pkg": "curl-libs", "cve_score": 9.8,
 *	 "aff_ver": "all versions before 7.88.1-4.ph4 are vulnerable",
 *	 "res_ver": "7.88.1-4.ph4", "status": "Fixed"}
 *
 * cve_id may also be BDSA-…, cve_score null, aff_ver "" or "NA", res_ver "NA";
 * older files have no status. A record is a CVE and package, id
 * "CVE-2023-38545/curl-libs", severity the score as written; nothing names
 * the release but the file. Rows of the same CVE and package make one record,
 * handed over when all are read: where all of them are one row, its source is
 * the record's, else an array of their sources.
 *
 *	status          res_ver     state
 *	Fixed, or none  a version   fixed; unknown if aff_ver names another
 *	none            NA or ""    affected
 *	Not Affected    NA or ""    not affected, unless another row differs
 *
 * All else is unknown. Packages were those of source rpms in older files and
 * are all rpms in newer ones, so each is stated as a package and, unless it is
 * not affected, as a source.
 */
#ifndef CONTENT_PHOTON_H
#define CONTENT_PHOTON_H

#include "content/advisory.h"

/* Limits of outside input; those of advisory.h and json.h hold as well. */
#define PHOTON_ROWS_MAX 1000000u
#define PHOTON_RECORD_ROWS_MAX 1024u                /* of one CVE and package */
#define PHOTON_TEXT_MAX ((size_t)256 * 1024 * 1024) /* bytes of all rows */
#define PHOTON_ID_MAX 64u                           /* bytes of cve_id */
#define PHOTON_NAME_MAX 128u                        /* bytes of pkg */

advisory_reader photon_read;

#endif
