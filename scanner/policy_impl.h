/* SPDX-License-Identifier: Apache-2.0 */
/* What reading and applying a policy share. */
#ifndef SCANNER_POLICY_IMPL_H
#define SCANNER_POLICY_IMPL_H

#include "base/map.h"
#include "scanner/policy.h"

#define POLICY_DAY_S ((int64_t)24 * 60 * 60)

struct policy_words {
	struct span *v;
	size_t n;
};

struct waiver {
	unsigned line; /* of its head */
	uint32_t seen; /* keys that it has, of policy_read.c's table */
	struct span id;
	struct policy_words ids; /* CVEs, notices, definitions, advisories */
	struct policy_words packages; /* globs; none: all */
	struct policy_words images;   /* globs of the target, or digests */
	struct policy_words distributions;
	struct policy_words releases;
	struct span owner;
	struct span reason;
	struct span expires; /* "2026-12-31", the last day on which it holds */
	int64_t ends;        /* the first second on which it does not */
};

/* How old content of a source may be. */
struct source_age {
	struct span source;
	unsigned days;
};

struct policy {
	struct arena arena;
	/* [fail] */
	bool by_severity;
	enum severity severity; /* NONE: any */
	uint32_t states;        /* 1u << enum fix each */
	bool has_fix_days;
	unsigned fix_days;
	bool kev;
	bool has_epss;
	uint32_t epss; /* in 1/EPSS_UNIT */
	struct span epss_text;
	struct policy_words packages; /* globs that are never allowed */
	bool ignores_kernel;
	bool rates_unrated; /* as unrated; else they fail */
	enum severity unrated;
	/* [content] */
	unsigned max_age_days; /* 0: any age */
	struct source_age *ages;
	size_t n_ages;
	size_t cap_ages;
	struct policy_words required;
	bool missing_is_unknown;
	/* [unknown] */
	bool fails_unknown;
	struct waiver *waivers;
	size_t n_waivers;
	size_t cap_waivers;
	struct span severity_rule; /* in words */
	/*
	 * Waivers by what they name: the first of a list that next_by_id
	 * goes on with, an entry for each word of each waiver.
	 */
	struct map by_id;
	struct waiver_entry {
		uint32_t waiver;
		uint32_t next; /* POLICY_END: none */
	} * entries;
	size_t n_entries;
	size_t cap_entries;
};

#define POLICY_END UINT32_MAX

/* '*' stands for any text, '?' for one byte; all else for itself. */
bool policy_glob(struct span pattern, struct span text);
/* The first of the globs that fits, or NULL. */
const struct span *policy_fits(const struct policy_words *w, struct span text);

/* Adds what is wrong with the content that the verdict rests on. */
void policy_content_reasons(struct scan *s, const struct policy *p);

/* What became of the waivers in one decision; by waiver. */
struct waiver_use {
	uint32_t n;         /* findings that it waives */
	uint32_t n_expired; /* findings that it would waive and that fail */
};

/* Marks f if a waiver holds for it, or says which one no longer does. */
void policy_waive(struct scan *s, const struct policy *p, struct finding *f,
    struct waiver_use *uses);
/* Tells of those that expired or wait for nothing. */
void policy_tell_waivers(
    struct scan *s, const struct policy *p, const struct waiver_use *uses);

#endif
