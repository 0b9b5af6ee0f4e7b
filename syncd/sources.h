/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be synced: one row a source. A row says where upstream keeps the
 * files, what they are called, what proves them, which reader takes them and
 * which index family holds them. Everything else in syncd/ reads the table
 * and knows no source by name.
 */
#ifndef SYNCD_SOURCES_H
#define SYNCD_SOURCES_H

#include "base/arena.h"
#include "base/config.h"
#include "content/listing.h"
#include "indexer/family.h"

enum source_role {
	SOURCE_OTHER = 0, /* no file of this source */
	SOURCE_DOCUMENT,  /* is indexed */
	SOURCE_META,      /* NVD's .meta: proves the document beside it */
	SOURCE_LISTING,   /* names other files of the source */
	SOURCE_MIRROR,    /* kept and served, not indexed */
};

/* What says that a document is what upstream published. */
enum source_proof {
	SOURCE_PROOF_NONE = 0, /* the connection alone */
	SOURCE_PROOF_META,     /* the .meta beside it */
	SOURCE_PROOF_LISTING,  /* the listing that names it */
};

/*
 * One kind of file. In a pattern stand for a part of the name:
 *   {codename} {service}  lower-case letters; also digits and dashes
 *   {flavour}             a word of the source's flavours
 *   {major} {release}     digits; 15.3, 15-sp4, edge
 *   {vrelease}            v3.20 or edge; the release is without its v
 *   {year} {date} {feed}  2024; 2024-08-04; a year, modified or recent
 *   {arch}                x86_64 or aarch64
 *   {stream} {file}       a plain name
 *   {query}               of a URL
 */
struct source_path {
	const char *pattern; /* below the source's base; NULL: no more */
	enum source_role role;
	enum document_format format; /* SOURCE_DOCUMENT */
	enum listing_kind listing;   /* SOURCE_LISTING */
	enum source_proof proof;
	bool asked;  /* by its name over HTTP; others are named by listings */
	bool second; /* asked for only where the first is not offered */
	/* With slots; NULL: the file's name, the slots' values, the source's */
	const char *document;
	const char *release;
	const char *flavour;
	const char *distribution;
};

#define SOURCE_PATHS_MAX 12

struct source {
	const char *name;
	const char *title; /* one line, for people */
	const char *family;
	const char *host;
	const char *base;         /* path below the host, ends with '/' */
	const char *distribution; /* NULL: none, or several */
	const char *licence;      /* or terms of use, one line */
	/* Words of the configuration's defaults; NULL: there are no such. */
	const char *releases;
	const char *flavours;     /* that are asked for */
	const char *all_flavours; /* that there are; NULL: flavours */
	struct source_path paths[SOURCE_PATHS_MAX];
	uint64_t size_max;     /* bytes of a file as it is published */
	uint64_t unpacked_max; /* 0: what the configuration says */
	unsigned interval_ms;  /* between requests to the host; 0: none */
	unsigned last_year;    /* of {feed}; 0: the current one */
	bool enabled;          /* unless configured otherwise */
	bool archive;          /* upstream has it no more: only with --from */
	bool local;            /* a folder of the site's own: source.NAME.url */
};

extern const struct source sources[];
extern const size_t n_sources;

/* NULL if there is none. */
const struct source *source_find(struct span name);
/* Names of all sources, NULL at the end, for config_open(). */
const char *const *source_names_all(void);

/* What the name of a file says. Spans lie in the path, in a, or are static. */
struct source_file {
	const struct source *source;
	const struct source_path *kind; /* role, format, proof … */
	enum source_role role;
	struct span name; /* of the document: "com.ubuntu.focal.cve.oval" */
	struct span distribution;
	struct span release;
	struct span flavour;
	bool rolling; /* holds the last days only: may shrink */
};

/*
 * path is <host>/<path>. False if it is no file of this source. What has to
 * be put together is made in a.
 */
bool source_match(const struct source *s, struct span path, struct arena *a,
    struct source_file *out);
/* Looks through all sources. */
bool
source_match_any(struct span path, struct arena *a, struct source_file *out);

/* "<path>.json.gz" → "<path>.meta", in a, and back. */
struct span source_meta_path(struct span path, struct arena *a);
struct span source_meta_document(struct span path, struct arena *a);
/* <host>/<base><name>, in a. */
struct span
source_path(const struct source *s, struct span name, struct arena *a);
/* What follows <host>/<base>; the path must be a file of the source. */
struct span source_relative(const struct source *s, struct span path);
/* The first listing of the source that is asked for by name, or NULL. */
const struct source_path *source_listing(const struct source *s);

/* What a source is asked for; the words are the configuration's. */
struct source_names {
	const struct source *source;
	const char *const *words; /* releases, NULL-terminated; NULL: none */
	const char *const *flavours;
	unsigned first_year;
	unsigned last_year;
};

struct source_names source_names_of(
    const struct source *s, struct config *c, unsigned current_year);

/*
 * Calls fn with the <host>/<path> of every file that is asked for by name
 * over HTTP, seconds not among them. Stops at the first -1.
 */
int source_each_name(const struct source_names *names,
    int (*fn)(void *ctx, struct span path, struct err *e), void *ctx,
    struct err *e);
/* The same of the files that stand in for a first one. */
int source_each_second(const struct source_names *names,
    int (*fn)(void *ctx, struct span path, struct err *e), void *ctx,
    struct err *e);
/*
 * Does a configured word, a pattern as in glob(7), fit the flavour of a
 * document that a listing names?
 */
bool source_wants(const struct source_names *names, struct span flavour);

/* --- the configuration of one source: [source.NAME] --- */

bool source_enabled(const struct source *s, const struct config *c);
/* URL or folder that stands for <host><base>; NULL: upstream itself. */
const char *source_url(const struct source *s, const struct config *c);
/* "daily 02:30"; sync.schedule where the source has none of its own. */
const char *source_schedule(const struct source *s, const struct config *c);
uint64_t source_size_max(const struct source *s, const struct config *c);
unsigned source_interval_ms(const struct source *s, const struct config *c);
const char *source_api_key(const struct source *s, const struct config *c);

#endif
