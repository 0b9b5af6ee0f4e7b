/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The TUF repository of a state directory: tuf/metadata/ holds N.root.json,
 * N.snapshot.json, N.targets.json, N.<role>.json and timestamp.json, as they
 * are served; targets lie in the store under their digest. On the side with
 * keys they are made there, on the other side they were imported: the same
 * bytes. timestamp.json is replaced by rename, last: that is the one moment at
 * which the repository moves on.
 */
#ifndef BUNDLE_REPOSITORY_H
#define BUNDLE_REPOSITORY_H

#include "base/store.h"
#include "bundle/tuf_client.h"

#define REPOSITORY_FOLDER "tuf/metadata"

/* The signing roles below targets, each also a folder of targets. */
extern const char *const repository_roles[]; /* NULL-terminated */

/* Paths of targets that are not feeds. */
#define REPOSITORY_MANIFEST "index/manifest.json"
#define REPOSITORY_NOTICE "index/NOTICE"

/* The most versions of a role that are kept below the one of now. */
#define REPOSITORY_KEEP_MAX 400u

struct repository {
	int dirfd; /* of tuf/metadata; -1: closed, or there is none */
};

/* make: the folder is made where it is missing; else ERR_MISSING. */
int
repository_open(struct repository *r, int statefd, bool make, struct err *e);
void repository_close(struct repository *r);
/* Appends a file by its name; ERR_MISSING, ERR_LIMIT above size_max. */
int repository_read(const struct repository *r, const char *name,
    uint64_t size_max, struct buf *out, struct err *e);
/* "7.snapshot.json": written beside, synced, renamed. The same again is fine;
 * other bytes under a name that is there already are REFUSAL_FORK. */
int repository_write(const struct repository *r, const char *name,
    struct span bytes, struct err *e);
/* The commit: everything else is written and synced before. */
int repository_commit(
    const struct repository *r, struct span timestamp, struct err *e);
/* The highest N of N.root.json; 0: there is none. */
int
repository_root(const struct repository *r, uint64_t *version, struct err *e);
/* The same of any role; what a killed run left counts, too. */
int repository_last(const struct repository *r, struct span role,
    uint64_t *version, struct err *e);

/* The version of a role that timestamp.json leads to. */
struct repository_version {
	struct span name; /* "snapshot", "redhat" */
	uint64_t version;
};

/*
 * Removes what a killed run left beside them, and all but the `keep` versions
 * of each before that: more than the last `keep` snapshots name. Roots stay.
 */
int repository_clean(const struct repository *r,
    const struct repository_version *now, size_t n, unsigned keep,
    struct err *e);

/*
 * The path of a mirrored file's target, "<family>/<host>/<path>", in a: a
 * character other than letters, digits and "/._-+~@:" becomes "=" and two hex
 * digits. And back: the part behind the family.
 */
struct span
repository_target_path(struct span family, struct span path, struct arena *a);
struct span repository_mirror_path(struct span target_path, struct arena *a);

/* "7.redhat.json", "timestamp.json": one of a file in tuf/metadata? */
bool repository_is_name(struct span name);

/* "12.redhat.json" into text; returns text. */
#define REPOSITORY_NAME_SIZE (TUF_ROLE_NAME_MAX + 32)
const char *repository_name(
    uint64_t version, struct span role, char text[REPOSITORY_NAME_SIZE]);

#endif
