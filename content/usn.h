/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ubuntu's USN database (FORMATS §2.1): one JSON object, a notice a member.
 * A notice and all it points to live during the sink's call.
 */
#ifndef CONTENT_USN_H
#define CONTENT_USN_H

#include "base/err.h"
#include "base/stream.h"

/* Limits of outside input; JSON_* of base/json.h hold as well. */
#define USN_NOTICES_MAX 1000000u
#define USN_ID_MAX 64u /* bytes */

struct usn_source {
	struct span name;
	struct span version; /* that has the fix */
	struct span description;
};

struct usn_binary {
	struct span name;
	struct span version;
	struct span pocket; /* "security" "esm-infra" …, may be empty */
	struct span source; /* may be empty */
	struct span module; /* livepatch: version is the module's level */
};

struct usn_release {
	struct span codename;
	struct usn_source *sources;
	size_t n_sources;
	struct usn_binary *binaries; /* allbinaries where there are any */
	size_t n_binaries;
};

struct usn_notice {
	struct span id; /* "4011-1", "LSN-0104-1": without "USN-" */
	struct span title;
	struct span summary;
	struct span isummary;
	struct span action;
	struct span description;
	struct span *cves; /* "CVE-…" only */
	size_t n_cves;
	struct span *urls; /* what else stands under cves */
	size_t n_urls;
	int64_t timestamp; /* seconds since 1970; 0: none */
	struct usn_release *releases;
	size_t n_releases;
	struct span raw; /* source bytes of the member's value */
	uint64_t offset; /* of raw in the unpacked document */
};

/* -1 with *e set ends the reading. */
struct usn_sink {
	void *ctx;
	int (*notice)(void *ctx, const struct usn_notice *n, struct err *e);
};

/* Refuses a database without a notice. Errors name line or byte, and notice. */
int usn_read(struct stream *in, const struct usn_sink *sink, struct err *e);

#endif
