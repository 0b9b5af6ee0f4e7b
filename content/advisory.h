/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Advisories of any publisher in one shape: which packages a record concerns,
 * in which state, fixed where. The readers of OSV, OpenVEX, CSAF, Debian's
 * tracker and the others give these to a sink, one record at a time; a record
 * and all it points to live during the sink's call. All texts are valid UTF-8.
 */
#ifndef CONTENT_ADVISORY_H
#define CONTENT_ADVISORY_H

#include "base/arena.h"
#include "base/err.h"
#include "base/stream.h"

/* Limits of outside input: of one record. */
#define ADVISORY_PACKAGES_MAX 1048576u
#define ADVISORY_ALIASES_MAX 65536u
#define ADVISORY_ID_MAX 256u /* bytes */

/* Kept apart: to an admin each asks for something else. Stored as numbers. */
enum advisory_state {
	ADVISORY_UNKNOWN = 0, /* upstream's word is none that we know */
	ADVISORY_AFFECTED,    /* no fix yet, nothing decided */
	ADVISORY_FIXED,       /* in version; empty: in one that is not named */
	ADVISORY_NEEDS_TRIAGE,
	ADVISORY_DEFERRED,
	ADVISORY_WILL_NOT_FIX,
	ADVISORY_NOT_AFFECTED,
	ADVISORY_END_OF_LIFE,
};

#define ADVISORY_STATES 8

const char *advisory_state_name(enum advisory_state s); /* "will not fix" */

/* One statement. Empty texts: upstream does not say, or it does not matter. */
struct advisory_package {
	enum advisory_state state;
	bool is_source;  /* name and version are of the source package */
	struct span cve; /* that it is about; empty: all of the record's */
	/*
	 * As in os-release and in struct document: "ubuntu" "jammy", "rhel"
	 * "9" or "9.2", "debian" "bookworm", "alpine" "3.20" or "edge",
	 * "almalinux" "9", "rocky" "9", "amzn" "2023", "photon" "5.0".
	 * Where distribution is empty the document's own holds.
	 */
	struct span distribution;
	struct span release;
	struct span name;
	struct span version;  /* ADVISORY_FIXED: the first that is fixed */
	struct span arch;     /* words with blanks between; empty: all */
	struct span module;   /* "nodejs:18" */
	struct span pocket;   /* "esm-infra" "main" "eus", part of a release */
	struct span severity; /* of this package, as written */
	struct span detail;   /* upstream's own word: "Fix deferred" */
};

struct advisory {
	struct span id; /* unique in the document: "USN-4011-1", "openssl" */
	struct span title;
	struct span summary; /* what people read and search */
	struct span severity;
	int64_t published; /* seconds since 1970; 0: unsaid */
	int64_t modified;
	/*
	 * Upstream took it back: packages are none, and it also takes back
	 * an older record of the same id in another document of its source.
	 */
	bool withdrawn;
	const struct span *aliases; /* CVEs and others that it is about */
	size_t n_aliases;
	const struct advisory_package *packages;
	size_t n_packages;
	struct span raw; /* its source bytes */
	uint64_t offset; /* of raw in the unpacked document */
};

/* -1 with *e set ends the reading. */
struct advisory_sink {
	void *ctx;
	int (*advisory)(void *ctx, const struct advisory *a, struct err *e);
};

/* What a document says of itself; lives in the arena given to the reader. */
struct advisory_about {
	struct span product_name;
	struct span product_version;
	struct span published; /* as written */
};

/*
 * Every reader is one of these. It refuses what is not its format, and a
 * document without any record, as ERR_FORMAT with the line, byte or member;
 * a single value that makes no sense becomes "unknown" or is left out, never
 * "fixed" or "not affected". about may stay empty.
 */
typedef int advisory_reader(struct stream *in, const struct advisory_sink *sink,
    struct arena *a, struct advisory_about *about, struct err *e);

#endif
