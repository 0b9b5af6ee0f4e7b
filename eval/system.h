/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The system that is judged, as the scanner found it: packages and the files
 * that the content asked for. Read-only for the evaluator, which never
 * touches the image itself. The scanner owns it all (scanner/facts.h).
 */
#ifndef EVAL_SYSTEM_H
#define EVAL_SYSTEM_H

#include "base/arena.h"

enum package_kind {
	PACKAGE_DPKG = 0,
	PACKAGE_RPM,
	PACKAGE_APK,
	N_PACKAGE_KINDS,
};

const char *package_kind_name(enum package_kind k); /* "dpkg" */

/* How well a package database could be read. */
enum collection {
	COLLECTION_NONE = 0,   /* not there: flag "not collected" */
	COLLECTION_COMPLETE,   /* read whole */
	COLLECTION_INCOMPLETE, /* there, and only a part could be read */
	COLLECTION_ERROR,      /* there, and nothing can be said of it */
};

struct package {
	enum package_kind kind;
	struct span name;
	struct span arch;    /* rpm: "(none)" where the header has none */
	struct span version; /* upstream version, without epoch and release */
	struct span release; /* dpkg revision; empty: none */
	struct span epoch;   /* digits; empty: none */
	/*
	 * As OVAL's evr entity has it: "epoch:version-release" with the epoch
	 * always there ("0" where there is none). apk knows no epochs: as
	 * full_version.
	 */
	struct span evr;
	struct span full_version;    /* as the database says: "1:2.3-4" */
	struct span source;          /* source package name */
	struct span source_version;  /* empty: as version */
	struct span signature_keyid; /* rpm: 16 hex digits, or "(none)"; empty:
					not known */
	struct span modularity;      /* rpm MODULARITYLABEL, empty: none */
	bool owns_files;             /* rpm: the header lists files */
};

/* A file of an rpm package that content asked about (rpmverifyfile). */
struct package_file {
	uint32_t package; /* index into system.packages */
	struct span path;
	uint32_t flags; /* RPMFILE_* bits of FILEFLAGS */
};

enum file_status {
	FILE_MISSING = 0, /* the image has no such file */
	FILE_PRESENT,
	FILE_ERROR, /* there, and could not be read: text says why */
};

enum file_type {
	FILE_TYPE_REGULAR = 0,
	FILE_TYPE_DIRECTORY,
	FILE_TYPE_SYMLINK,
	FILE_TYPE_CHARACTER,
	FILE_TYPE_BLOCK,
	FILE_TYPE_FIFO,
	FILE_TYPE_SOCKET,
};

struct file {
	struct span path; /* absolute in the image, as asked for */
	enum file_status status;
	enum file_type type; /* symbolic links are followed inside the image */
	uint64_t size_bytes;
	uint32_t uid;
	uint32_t gid;
	uint32_t mode; /* permission bits */
	int64_t mtime;
	struct span text; /* bytes of a regular file that was wanted */
	/* Of a stored inventory: owner, permissions and times are not known. */
	bool is_bare;
};

/*
 * What content wants to see of an image besides packages: literal paths and
 * Perl patterns on whole paths.
 */
struct want {
	bool is_pattern;
	bool is_owner; /* which rpm package owns it (rpmverifyfile) */
	struct span path;
};

struct system {
	struct arena arena;       /* everything below lives here */
	struct package *packages; /* by kind, name, then database order */
	size_t n_packages;
	enum collection collected[N_PACKAGE_KINDS];
	struct span collected_error[N_PACKAGE_KINDS]; /* why, for people */
	struct package_file *package_files; /* by path, then package */
	size_t n_package_files;
	struct file *files; /* sorted by path: everything that was asked for */
	size_t n_files;
	/*
	 * Of a stored inventory: the patterns and owned paths that were asked
	 * for when it was taken, sorted. What is not among them, nor among
	 * files, was not looked for. has_asked false: all that the content
	 * wants was looked for.
	 */
	const struct want *asked;
	size_t n_asked;
	bool has_asked;
	bool is_oci_manifest; /* path "." holds a made-up `manifest` (OCI
				 flavour of Ubuntu's OVAL) */
};

void system_cleanup(struct system *s);
/*
 * Sorts packages (by kind and name), package_files and files; call once, when
 * all is there.
 */
void system_finish(struct system *s);
/*
 * Packages of that kind and name: the index of the first in *first, and how
 * many; 0 if none.
 */
size_t system_find(const struct system *s, enum package_kind kind,
    struct span name, size_t *first);
/* NULL if that path was never asked for. */
const struct file *system_file(const struct system *s, struct span path);

struct want_list {
	struct arena arena;
	struct want *wants; /* in the arena, no duplicates, sorted */
	size_t n;
};

void want_list_cleanup(struct want_list *w);

#endif
