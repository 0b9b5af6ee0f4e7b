/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What can be synced: one row a source. A row says where upstream keeps the
 * files, what they are called, what proves them and which index family takes
 * them. Everything else in syncd/ reads the table and knows no source by
 * name.
 */
#ifndef SYNCD_SOURCES_H
#define SYNCD_SOURCES_H

#include "base/arena.h"
#include "base/config.h"
#include "indexer/family.h"

/* Which small file of upstream's proves the documents. */
enum source_index {
	SOURCE_INDEX_NONE = 0,
	SOURCE_INDEX_META,     /* <name>.meta beside each document */
	SOURCE_INDEX_MANIFEST, /* one PULP_MANIFEST, which also names them */
};

/* Whose words fill the names that are asked for over HTTP. */
enum source_choice {
	SOURCE_CHOICE_FIXED = 0, /* the pattern is the name */
	SOURCE_CHOICE_WORDS,     /* the configured words, a name each */
	SOURCE_CHOICE_YEARS,     /* 2002 to now, modified, recent */
};

/*
 * In a pattern {codename} is lower-case letters, {flavour} cve or usn,
 * {major} digits, {stream} a Red Hat stream, {feed} a year, modified or
 * recent.
 */
struct source {
	const char *name;
	const char *title; /* one line, for people */
	const char *family;
	const char *host;
	const char *base;     /* path below the host, ends with '/' */
	const char *pattern;  /* below base */
	const char *fallback; /* asked for when pattern is not offered */
	const char *distribution;
	/* Keys of the configuration, or NULL. */
	const char *words_key;
	const char *flavours_key;
	const char *first_year_key;
	enum document_format format;
	enum source_index index;
	enum source_choice choice;
	uint64_t size_max;  /* bytes of a file as it is published */
	unsigned last_year; /* of SOURCE_CHOICE_YEARS; 0: the current one */
	bool archive;       /* upstream has it no more: only with --from */
};

extern const struct source sources[];
extern const size_t n_sources;

/* NULL if there is none. */
const struct source *source_find(struct span name);

enum source_role {
	SOURCE_OTHER = 0, /* no file of this source */
	SOURCE_DOCUMENT,
	SOURCE_INDEX, /* .meta or PULP_MANIFEST */
};

/* What the name of a file says. Spans lie in the path or are static. */
struct source_file {
	const struct source *source;
	enum source_role role;
	struct span name; /* of the document: "com.ubuntu.focal.cve.oval" */
	struct span release;
	struct span flavour;
	bool rolling;  /* holds the last days only: may shrink */
	bool fallback; /* counts only where the first choice is missing */
};

/* path is <host>/<path>. False if it is no file of this source. */
bool
source_match(const struct source *s, struct span path, struct source_file *out);
/* Looks through all sources. */
bool source_match_any(struct span path, struct source_file *out);

/* "<path>.json.gz" → "<path>.meta", in a, and back. */
struct span source_meta_path(struct span path, struct arena *a);
struct span source_meta_document(struct span path, struct arena *a);
/* The <host>/<path> of the source's manifest, in a. */
struct span source_manifest_path(const struct source *s, struct arena *a);
/* <host>/<base><name>, in a. */
struct span
source_path(const struct source *s, struct span name, struct arena *a);

/* What a source is asked for; the words are the configuration's. */
struct source_names {
	const struct source *source;
	const char *const *words; /* NULL-terminated, or NULL: all */
	const char *const *flavours;
	unsigned first_year;
	unsigned last_year;
};

struct source_names source_names_of(
    const struct source *s, struct config *c, unsigned current_year);

/*
 * Calls fn with the <host>/<path> of every document that is asked for over
 * HTTP: none for a source whose manifest names them. Stops at the first -1.
 */
int source_each_name(const struct source_names *names,
    int (*fn)(void *ctx, struct span path, struct err *e), void *ctx,
    struct err *e);
/*
 * Does a configured word, a pattern as in glob(7), fit the flavour of a
 * document that the manifest names?
 */
bool source_wants(const struct source_names *names, struct span flavour);

#endif
