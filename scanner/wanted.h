/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which files of an image are gathered: what every scan needs, whatever the
 * content (the name of the release, package databases, what Red Hat says of
 * repositories and modules), and what content asks for. Paths here are clean
 * and relative to the root: "etc/os-release".
 */
#ifndef SCANNER_WANTED_H
#define SCANNER_WANTED_H

#include "base/buf.h"
#include "base/err.h"
#include "eval/regex.h"
#include "eval/system.h"
#include "scanner/watch.h"

/* Limits of outside input. */
#define WANTED_FILE_MAX ((size_t)8 * 1024 * 1024) /* bytes of a file */
#define WANTED_STATUS_D_MAX ((size_t)1024 * 1024) /* bytes of a stanza */
#define WANTED_SMALL_MAX ((size_t)1024 * 1024)    /* bytes, always wanted */

#define WANTED_STATUS_D "var/lib/dpkg/status.d"
#define WANTED_CONTENT_SETS "usr/share/buildinfo/content-sets.json"
#define WANTED_MANIFESTS "root/buildinfo/content_manifests"
#define WANTED_MODULES "etc/dnf/modules.d"
/* Content of this path is made up from the packages. */
#define WANTED_MANIFEST "./manifest"

struct wanted {
	const struct want_list *list; /* borrowed */
	struct watch watch;           /* grows with what links lead to */
	struct map owned;             /* clean path, of is_owner */
	struct map owned_names;       /* their last names */
	bool has_patterns;
	bool has_owner_patterns;
	struct regex_cache *regex;
	struct buf path;
	struct err failed; /* code not 0: of a pattern that is no use */
};

/*
 * Cleans a path: no "/" before it, no "." or empty names. 1: clean; 0: it
 * names the root; -1: it has a "..".
 */
int path_clean(struct span path, struct buf *out);

void wanted_init(struct wanted *w, const struct want_list *list);
void wanted_cleanup(struct wanted *w);
/*
 * The small files that every inventory has, with a "/" before them, whether
 * content asks for them or not: content that comes later may. NULL behind the
 * last.
 */
extern const char *const WANTED_ALWAYS[];
/* True if content asks for it, by a pattern. */
bool wanted_by_pattern(struct wanted *w, struct span path);
/* The folder below which a pattern may find something, added to dir. */
void wanted_prefix(struct span pattern, struct buf *dir);
bool wanted_has_owners(const struct wanted *w);
/* True if content asks who owns dir + name ("/etc/", "passwd"). */
bool wanted_owner(struct wanted *w, struct span dir, struct span name);

#endif
