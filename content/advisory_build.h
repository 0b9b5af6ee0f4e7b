/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A record of content/advisory.h in the making: statements and aliases grow
 * one by one, within the limits of a record. Texts are borrowed until the
 * record is handed over. Start with { 0 }.
 */
#ifndef CONTENT_ADVISORY_BUILD_H
#define CONTENT_ADVISORY_BUILD_H

#include "base/map.h"
#include "content/advisory.h"

struct advisory_build {
	struct advisory_package *packages;
	size_t n_packages;
	size_t cap_packages;
	struct span *aliases; /* each once, in the order of arrival */
	size_t n_aliases;
	size_t cap_aliases;
	struct map seen; /* aliases */
};

/* Forgets the last record. */
void advisory_build_begin(struct advisory_build *b);
void advisory_build_cleanup(struct advisory_build *b);
/* ERR_LIMIT where a record has too many; an alias that is there is no more. */
int advisory_build_package(
    struct advisory_build *b, const struct advisory_package *p, struct err *e);
int
advisory_build_alias(struct advisory_build *b, struct span id, struct err *e);
/* Fills in packages and aliases of a, which live as long as b is not begun. */
void advisory_build_end(const struct advisory_build *b, struct advisory *a);

/*
 * Visible ASCII without blanks, at most ADVISORY_ID_MAX bytes: what the id of
 * a record, the name of a package or a version can be.
 */
bool advisory_is_word(struct span s);
/* advisory_is_word() of letters, digits and "-_.:", with '-' and a digit. */
bool advisory_is_id(struct span s);
/*
 * advisory_is_word() of letters, digits and what dpkg, rpm and apk have in
 * versions, with a digit that is not zero: not "<1", "none" or "0".
 */
bool advisory_is_version(struct span s);
/*
 * The next advisory_is_id() of a text, cut off its front; what is between
 * them, as "(", "/" or words, is passed over. False: there is no more.
 */
bool advisory_next_id(struct span *rest, struct span *id);
/*
 * Whether an erratum of that type may be about security: all but "bugfix",
 * "enhancement" and "newpackage".
 */
bool advisory_is_security(struct span type);

#endif
