/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the files of /v2/ and /bundles/ share. Only for oci*.c.
 *
 *   oci.c        the routes: manifests, blobs, files
 *   oci_lists.c  repositories, tags, referrers
 *   oci_error.c  errors as registries tell them
 */
#ifndef SERVER_OCI_PARTS_H
#define SERVER_OCI_PARTS_H

#include "server/bundle_files.h"
#include "server/route.h"

/* The one repository; every bundle is a manifest of it. */
#define OCI_REPOSITORY "scapcache/bundle"
#define OCI_MANIFEST_TYPE "application/vnd.oci.image.manifest.v1+json"
#define OCI_INDEX_TYPE "application/vnd.oci.image.index.v1+json"

/* Codes of distribution-spec 1.1, "Error Codes". */
enum oci_code {
	OCI_NONE = 0,
	OCI_BLOB_UNKNOWN,
	OCI_DIGEST_INVALID,
	OCI_MANIFEST_UNKNOWN,
	OCI_NAME_UNKNOWN,
	OCI_PAGINATION_NUMBER_INVALID,
	N_OCI_CODES,
};

/* {"errors": […]} with the code's status; returns 0. */
int oci_error(struct response *s, enum oci_code code, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* What every answer below /v2/ says. */
void oci_version(struct response *s);

int oci_tags(struct request *q, struct response *s, struct err *e);
int oci_catalog(struct request *q, struct response *s, struct err *e);
int oci_referrers(struct request *q, struct response *s, struct err *e);

/* "sha256:<hex>" */
bool oci_digest_parse(struct span text, struct digest *out);

#endif
