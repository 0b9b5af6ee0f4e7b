/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One rpm header as the databases hold it: an index of tagged entries and
 * their data (FORMATS §11.3). Everything borrows from the blob. Nothing in a
 * blob is believed: each offset and count is checked when it is used.
 */
#ifndef SCANNER_RPM_HEADER_H
#define SCANNER_RPM_HEADER_H

#include "base/err.h"
#include "base/span.h"

/* Limits of outside input, rpm's own. */
#define RPM_HEADER_ENTRIES_MAX 65535u
#define RPM_HEADER_DATA_MAX ((uint32_t)256 * 1024 * 1024)

enum rpm_tag {
	RPM_TAG_SIGPGP = 259,
	RPM_TAG_SIGGPG = 262,
	RPM_TAG_DSAHEADER = 267,
	RPM_TAG_RSAHEADER = 268,
	RPM_TAG_NAME = 1000,
	RPM_TAG_VERSION = 1001,
	RPM_TAG_RELEASE = 1002,
	RPM_TAG_EPOCH = 1003,
	RPM_TAG_ARCH = 1022,
	RPM_TAG_OLDFILENAMES = 1027,
	RPM_TAG_FILEFLAGS = 1037,
	RPM_TAG_SOURCERPM = 1044,
	RPM_TAG_DIRINDEXES = 1116,
	RPM_TAG_BASENAMES = 1117,
	RPM_TAG_DIRNAMES = 1118,
	RPM_TAG_MODULARITYLABEL = 5096,
};

struct rpm_header {
	struct span index; /* 16 bytes an entry */
	struct span data;
	uint32_t n;
};

/* An array of the header, n items from at. */
struct rpm_array {
	struct span data; /* from its first item to the end of all data */
	uint32_t n;
};

int rpm_header_parse(struct rpm_header *h, struct span blob, struct err *e);

/* Each of these: 1: there; 0: no such tag; -1: it is malformed. */
int rpm_header_string(const struct rpm_header *h, enum rpm_tag tag,
    struct span *out, struct err *e);
int rpm_header_bytes(const struct rpm_header *h, enum rpm_tag tag,
    struct span *out, struct err *e);
int rpm_header_strings(const struct rpm_header *h, enum rpm_tag tag,
    struct rpm_array *out, struct err *e);
int rpm_header_ints(const struct rpm_header *h, enum rpm_tag tag,
    struct rpm_array *out, struct err *e);

/* Cuts the next string off an array; false at its end. */
bool rpm_strings_next(struct rpm_array *a, struct span *out);
/* i must be less than n. */
uint32_t rpm_int(const struct rpm_array *a, uint32_t i);

/*
 * The id of the key that made an OpenPGP signature packet (RFC 4880 §5.2),
 * 16 lower-case hex digits; false if the packet does not say.
 */
bool rpm_signature_keyid(struct span packet, char text[17]);

#endif
