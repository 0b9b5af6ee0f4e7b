/* SPDX-License-Identifier: Apache-2.0 */
/*
 * NVD's CVE feeds, JSON 2.0 (FORMATS §5.2) and the older 1.1 (§5.4): bytes in,
 * records of one shape out, one at a time. A record and all it points to live
 * during the sink's call.
 */
#ifndef CONTENT_NVD_H
#define CONTENT_NVD_H

#include "base/arena.h"
#include "base/json.h"
#include "base/stream.h"

/* Limits of outside input: of one record. */
#define NVD_DESCRIPTIONS_MAX 64u
#define NVD_METRICS_MAX 256u
#define NVD_WEAKNESSES_MAX 1024u
#define NVD_REFERENCES_MAX 65536u
#define NVD_NODES_MAX 65536u
#define NVD_MATCHES_MAX 1048576u
#define NVD_NODE_DEPTH_MAX 16

enum nvd_shape {
	NVD_SHAPE_20 = 1,
	NVD_SHAPE_11,
};

struct nvd_description {
	struct span lang;
	struct span value;
};

struct nvd_number {
	bool known;
	double value;
};

/* One CVSS entry; several sources may rate one version. */
struct nvd_metric {
	struct span version; /* "3.1" */
	struct span source;
	bool is_primary;
	struct span vector;
	struct nvd_number score;
	struct span severity; /* "HIGH" */
	struct nvd_number exploitability;
	struct nvd_number impact;
};

struct nvd_weakness {
	struct span source;
	struct span value; /* "CWE-79", "NVD-CWE-noinfo" */
};

struct nvd_reference {
	struct span url;
	struct span source;
	struct span tags; /* lines */
};

#define NVD_NO_PARENT UINT32_MAX

/* Nodes without a parent are OR-ed. */
struct nvd_node {
	uint32_t parent; /* always before its children */
	bool is_and;
	bool negate;
};

struct nvd_match {
	uint32_t node;
	bool vulnerable;
	struct span cpe;
	struct span version_start; /* empty: no bound */
	bool start_excluding;
	struct span version_end;
	bool end_excluding;
	struct span id; /* matchCriteriaId */
};

/* CISA's catalog of known exploited vulnerabilities; empty: not in it. */
struct nvd_kev {
	struct span exploit_add; /* YYYY-MM-DD */
	struct span action_due;  /* YYYY-MM-DD */
	struct span required_action;
	struct span name;
};

struct nvd_cve {
	struct span id;    /* "CVE-2021-44228" */
	int64_t published; /* milliseconds since 1970; 0: unsaid */
	int64_t modified;
	struct span status;   /* "Analyzed"; 1.1 has none */
	struct span assigner; /* sourceIdentifier, ASSIGNER */
	struct nvd_description *descriptions;
	size_t n_descriptions;
	struct nvd_metric *metrics;
	size_t n_metrics;
	struct nvd_weakness *weaknesses;
	size_t n_weaknesses;
	struct nvd_reference *references;
	size_t n_references;
	struct nvd_node *nodes;
	size_t n_nodes;
	struct nvd_match *matches;
	size_t n_matches;
	struct nvd_kev kev; /* 1.1 has none, nor tags */
	struct span tags;   /* lines: "disputed" … */
	struct span raw;
	uint64_t offset; /* of raw in the unpacked document */
};

struct nvd_header {
	struct span format;
	struct span version;
	struct span timestamp;
};

struct nvd_sink {
	void *ctx;
	int (*cve)(void *ctx, const struct nvd_cve *cve, struct err *e);
};

/*
 * Reads a whole feed; header lives in a. A feed without records, or with
 * another number of them than it states, is ERR_FORMAT.
 */
int
nvd_read(struct stream *in, enum nvd_shape shape, const struct nvd_sink *sink,
    struct arena *a, struct nvd_header *header, struct err *e);
/* One record as nvd_cve.raw gives it; *out lives in a. */
int nvd_read_record(struct span raw, enum nvd_shape shape, struct arena *a,
    struct nvd_cve *out, struct err *e);

/* Vendor and product of a CPE 2.3 name, without escapes, in a. */
bool nvd_cpe_product(struct span cpe, struct arena *a, struct span *vendor,
    struct span *product);
/* "CVE-" year "-" at least four digits. */
bool nvd_is_cve(struct span id);

#endif
