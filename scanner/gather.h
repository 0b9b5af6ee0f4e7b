/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One gathering of facts, stage by stage: look up, fetch, read. Shared by the
 * files of those stages only.
 */
#ifndef SCANNER_GATHER_H
#define SCANNER_GATHER_H

#include "scanner/image.h"
#include "scanner/pkgdb.h"

/* Limits of outside input. */
#define GATHER_FILES_MAX 1000000u /* that patterns of content name */
#define GATHER_TEXT_MAX ((size_t)8 * 1024 * 1024) /* bytes of all of them */
#define GATHER_STATUS_D_MAX 100000u               /* files of one folder */

/* Of all copies of package databases that layers have, for layers_trace(). */
#define GATHER_TRACE_MAX ((uint64_t)256 * 1024 * 1024) /* bytes */
#define GATHER_TRACE_PACKAGES_MAX 20000u

#define GATHER_RPM_PLACES 3u
#define GATHER_RPM_BACK_ENDS 3u
#define GATHER_APK_PLACES 2u
#define GATHER_REDHAT_SOURCES 3u

/* A database that was looked up. */
struct found {
	bool is_there;
	uint32_t node;
};

struct found_rpm {
	struct found db;
	struct found wal; /* beside it, of SQLite */
	struct found journal;
};

struct node_list {
	uint32_t *nodes; /* by name */
	size_t n;
	size_t cap;
};

struct gather {
	struct facts *facts;
	struct image image;
	bool is_partial; /* a part of the image could not be read */
	struct wanted wanted;
	struct package_list list;
	/* dpkg */
	struct found status;
	uint32_t *status_d; /* nodes, by name */
	size_t n_status_d;
	/* rpm */
	struct found_rpm rpm[GATHER_RPM_PLACES * GATHER_RPM_BACK_ENDS];
	/* apk */
	struct found apk[GATHER_APK_PLACES];
	/* content manifests and module streams */
	struct node_list redhat[GATHER_REDHAT_SOURCES];
	/* files: paths as they were asked for */
	struct span *paths;
	size_t n_paths;
	size_t cap_paths;
	size_t n_text; /* bytes of those that were read */
};

/* Packages: gather_packages.c */
void packages_look_up(struct gather *g);
void packages_read(struct gather *g);
/* Of all stages but redhat's; they may begin again. */
void packages_cleanup(struct gather *g);
/* Says how well a database could be read; the worst that is said holds. */
void
packages_collected(struct gather *g, enum package_kind kind, enum collection c,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

/* Looks a database up, and needs its bytes if it is there. */
struct found
packages_find(struct gather *g, enum package_kind kind, const char *path);
/* The file with the bytes that were fetched; NULL if there are none. */
struct detail *packages_bytes(struct gather *g, uint32_t node, struct err *e);

/* rpm's part of both stages: gather_rpm.c */
void rpm_look_up(struct gather *g);
void rpm_databases_read(struct gather *g);

/* Repositories and modules of Red Hat's family: gather_redhat.c */
void redhat_look_up(struct gather *g);
void redhat_read(struct gather *g);

/*
 * Finds which layer brought each package: the oldest from which on it is
 * there, in that version. After system_finish(), and the last stage of all.
 * Where that cannot be told for sure nothing is. gather_layers.c
 */
void layers_trace(struct gather *g);

/* Files that content wants: gather_files.c */
int files_look_up(struct gather *g, struct err *e);
void files_read(struct gather *g);
/* After packages_read(). */
void files_make_manifest(struct gather *g);

#endif
