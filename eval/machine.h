/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The OVAL machine: one document's compiled content, read from the index on
 * demand, and its evaluation against a system. Two ways to choose what to
 * evaluate share everything else: plain evaluates every test of every
 * definition; fast evaluates facts, the always list and the tests that the
 * system's packages reach, and takes the rest from the stored baseline. Both
 * give the same result for every definition (tests/unit, tests/e2e).
 */
#ifndef EVAL_MACHINE_H
#define EVAL_MACHINE_H

#include "base/db.h"
#include "content/oval_variables.h"
#include "eval/system.h"
#include "eval/value.h"

struct machine;    /* one document */
struct evaluation; /* one document against one system */

/*
 * A document row of an index family. Spans live as long as the index_family
 * that gave it.
 */
struct document {
	int64_t id;
	struct span name;         /* "com.ubuntu.focal.cve.oval" */
	struct span format;       /* "oval": only these have a machine */
	struct span source;       /* "ubuntu-oval" */
	struct span distribution; /* os-release ID it judges: "ubuntu" "rhel" */
	struct span release;      /* "focal"; "8" */
	struct span flavour;      /* "cve" "usn" "rhel-8" */
	struct span path;         /* "<host>/<path>" upstream */
	struct span sha256;       /* hex, of the stored file */
	struct span published;    /* as written in the document */
	uint64_t size_bytes;
	uint64_t n_records; /* definitions, CVEs, notices */
	uint64_t n_missing; /* tests that it refers to and does not have */
};

/* Opens the document; db stays the caller's and must outlive the machine. */
int machine_open(
    struct machine **out, struct db *db, int64_t document, struct err *e);
void machine_close(struct machine *m); /* NULL is fine */
/*
 * Values for external variables, of the caller's, for evaluations to come;
 * NULL: none.
 */
void machine_give(struct machine *m, const struct oval_given_list *given);

/* It is to judge many systems: answers of the index are kept. */
void machine_keep(struct machine *m);

/* Ordinals run from 0 to one less; some may not be in use. */
size_t machine_n_definitions(const struct machine *m);
size_t machine_n_tests(const struct machine *m);
size_t machine_n_objects(const struct machine *m);
size_t machine_n_states(const struct machine *m);
size_t machine_n_variables(const struct machine *m);

/*
 * Records by ordinal; they live as long as the machine. NULL and *e set when
 * the index is damaged. nodes of a definition are there, comments, metadata
 * and notes are not: those come from machine_definition_text().
 */
const struct oval_definition *
machine_definition(struct machine *m, uint32_t ord, struct err *e);
const struct oval_test *
machine_test(struct machine *m, uint32_t ord, struct err *e);
const struct oval_object *
machine_object(struct machine *m, uint32_t ord, struct err *e);
const struct oval_state *
machine_state(struct machine *m, uint32_t ord, struct err *e);
const struct oval_variable *
machine_variable(struct machine *m, uint32_t ord, struct err *e);
/* The whole record as people read it, from the stored source bytes, in a. */
int machine_definition_text(struct machine *m, uint32_t ord, struct arena *a,
    struct oval_definition *out, struct err *e);
/*
 * The same for those who come back for it: it lives until the machine is
 * closed, or more than MACHINE_TEXTS_MAX are kept.
 */
int machine_definition_kept(struct machine *m, uint32_t ord,
    const struct oval_definition **out, struct err *e);
#define MACHINE_TEXTS_MAX ((size_t)24 * 1024 * 1024) /* bytes */
/* OVAL_ORD_NONE if the document has no such definition. */
uint32_t
machine_find_definition(struct machine *m, struct span id, struct err *e);

/* Adds the paths that all documents of this family want. */
int machine_wants(struct db *db, struct want_list *wants, struct err *e);

enum evaluation_mode {
	EVALUATE_FAST = 0,
	EVALUATE_PLAIN,
};

/* Evaluates every definition. Machine and system must outlive it. */
int evaluation_run(struct evaluation **out, struct machine *m,
    const struct system *s, enum evaluation_mode mode, struct err *e);
void evaluation_free(struct evaluation *ev); /* NULL is fine */

/* By definition ordinal; RESULT_NONE for an ordinal that is not in use. */
enum result evaluation_definition(const struct evaluation *ev, uint32_t ord);
/* By test ordinal; evaluates it if a baseline spared us that until now. */
enum result evaluation_test(struct evaluation *ev, uint32_t ord);

/*
 * Calls fn for every definition, sorted by id (byte order). -1 ends it.
 */
int evaluation_each(struct evaluation *ev,
    int (*fn)(
	void *ctx, uint32_t ord, struct span id, enum result r, struct err *e),
    void *ctx, struct err *e);

/* True if the result is unknown only because of the host's kernel. */
bool evaluation_is_kernel(struct evaluation *ev, uint32_t definition);

/* How much work it was, for the log, tests and benchmarks. */
struct evaluation_stats {
	uint64_t tests_evaluated;
	uint64_t definitions_evaluated;
	bool baseline_used;
};
struct evaluation_stats evaluation_stats(const struct evaluation *ev);

/* --- what an object collected, for reports and `explain` --- */

struct item_entity {
	struct span name;
	struct span value;
	enum oval_datatype datatype;
	enum item_status status;
};

struct item {
	uint32_t id; /* 1…, stable in one evaluation */
	enum oval_kind kind;
	enum item_status status;
	const struct item_entity *entities; /* in the schema's order */
	size_t n_entities;
	const struct package *package; /* dpkginfo, rpminfo; else NULL */
};

struct variable_value {
	uint32_t variable; /* ordinal */
	struct span value;
};

struct collected {
	enum flag flag;
	const struct item *const *items;
	size_t n_items;
	const struct variable_value *values; /* of the variables it used */
	size_t n_values;
	struct span message; /* why it is not complete, or empty */
};

/* Collects if that was not needed until now; lives as long as ev. */
const struct collected *
evaluation_object(struct evaluation *ev, uint32_t object, struct err *e);
/* How one item of the test's object fares against its states. */
enum result evaluation_item(struct evaluation *ev, uint32_t test,
    const struct item *item, struct err *e);
/* Values and flag of a variable; *n 0 if it has none. */
enum flag evaluation_variable(struct evaluation *ev, uint32_t variable,
    const struct span **values, size_t *n);

/* One comparison of a state entity with an item's value, for `explain`. */
struct comparison {
	const struct oval_entity *entity;
	struct span collected;
	struct span stated;
	enum result result;
};
int evaluation_compare(struct evaluation *ev, uint32_t test,
    const struct item *item,
    int (*fn)(void *ctx, const struct comparison *c, struct err *e), void *ctx,
    struct err *e);

#endif
