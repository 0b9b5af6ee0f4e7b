/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of an evaluation, for the files that make it up. Objects,
 * variables, tests and definitions each are computed when first asked for and
 * kept. Functions that can fail do so only when the index is damaged: what is
 * wrong with content or system is a result or a flag.
 */
#ifndef EVAL_EVALUATION_IMPL_H
#define EVAL_EVALUATION_IMPL_H

#include "base/map.h"
#include "eval/compare.h"
#include "eval/machine_impl.h"

/* Limits of what content may ask for. */
#define EVALUATION_DEPTH_MAX 1024u    /* references to references … */
#define EVALUATION_VALUES_MAX 65536u  /* of one variable or function */
#define EVALUATION_BYTES_MAX 4194304u /* of the same */
#define EVALUATION_ITEMS_MAX 262144u  /* of one object */

/* Flag and values of a variable or of a part of one. */
struct values {
	enum flag flag;
	struct span message; /* why it is not complete */
	struct span *v;      /* in the evaluation's arena */
	size_t n;
	size_t cap;
	size_t n_bytes;
};

/* An item in the making; values must live as long as the evaluation. */
struct item_builder {
	struct evaluation *ev;
	enum oval_kind kind;
	struct item_entity *entities;
	size_t n;
	size_t cap;
};

struct evaluation {
	struct machine *m;
	const struct system *s;
	struct arena arena;
	struct arena nodes;   /* criteria being walked */
	uint8_t *definitions; /* enum result by ordinal */
	uint8_t *tests;
	uint8_t *supposed[2]; /* definitions again, and what variables are */
	uint8_t *kernel;      /* made of: kernel.c; NULL until asked */
	struct collected **objects; /* by ordinal; NULL: not yet */
	struct values **variables;
	const struct item **package_items; /* by package */
	struct map items; /* other items: content → index of by_id */
	const struct item **by_id;
	size_t n_items;
	size_t items_cap;
	struct item_builder builder;
	struct regex_cache *regex;
	uint8_t *file_texts; /* enum regex_text by file of the system */
	unsigned depth;      /* of references being followed */
	struct evaluation_stats stats;
};

/* --- evaluate.c --- */

struct evaluation *evaluation_new(struct machine *m, const struct system *s);
int evaluation_run_plain(struct evaluation *ev, struct err *e);
/* Each leaves its result in ev. */
int evaluate_definition(struct evaluation *ev, uint32_t ord, struct err *e);
int
evaluate_test(struct evaluation *ev, uint32_t ord, struct err *e); /* test.c */
/* One step deeper, -1 beyond EVALUATION_DEPTH_MAX; twin: evaluation_leave. */
int evaluation_enter(struct evaluation *ev, struct err *e);
void evaluation_leave(struct evaluation *ev);

/* --- fast.c --- */

/* 1: done; 0: no baseline holds, walk through everything; -1: failed. */
int evaluation_run_fast(struct evaluation *ev, struct err *e);

/* --- collect*.c --- */

/* What an entity says: its text, or the values of its variable. */
struct entity_values {
	const struct span *v;
	size_t n;
	enum flag flag; /* of the variable; COMPLETE without one */
	struct span message;
};

/* What a collector has found so far. */
struct gather {
	struct evaluation *ev;
	const struct oval_object *object;
	enum flag flag; /* FLAG_COMPLETE until something is in the way */
	struct span message;
	const struct item **items;
	size_t n;
	size_t cap;
};

/* By id, once each. */
void gather_sort(struct gather *g);
const struct collected *
collect_object(struct evaluation *ev, uint32_t ord, struct err *e);
void gather_add(struct gather *g, const struct item *item);
/* The flag and why, where it is worse than what is known already. */
void gather_flag(struct gather *g, enum flag flag, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));
/* What a variable that lacks values does to its object: FORMATS §7.4. */
void gather_variable(struct gather *g, const struct entity_values *values);
/* 1: the item fits all entities of the object; 0: not; -1: failed. */
int gather_fits(struct gather *g, const struct item *item, struct err *e);
/* 1, 0, -1 as above, of one entity and a value. */
int gather_entity_fits(struct gather *g, const struct oval_entity *entity,
    struct span value, struct err *e);

int collect_packages(struct gather *g, struct err *e);
int collect_verified_files(struct gather *g, struct err *e);
int collect_files(struct gather *g, struct err *e);
int collect_text(struct gather *g, struct err *e);
int collect_set(struct gather *g, struct err *e);
/* Keeps the items that the filters let through. */
int collect_filter(struct gather *g, const struct oval_filter *filters,
    size_t n, struct err *e);
/*
 * Calls fn for every file of the image that the object's path entities fit;
 * flags what stands in the way.
 */
int collect_each_file(struct gather *g,
    int (*fn)(struct gather *g, const struct file *f, struct err *e),
    struct err *e);

/* --- item.c --- */

/* Starts an item; one at a time, until item_intern(). */
struct item_builder *item_start(struct evaluation *ev, enum oval_kind kind);
void item_add(struct item_builder *b, const char *name, struct span value);
void item_add_typed(struct item_builder *b, const char *name, struct span value,
    enum oval_datatype type);
void item_add_int(struct item_builder *b, const char *name, int64_t value);
void item_add_bool(struct item_builder *b, const char *name, bool value);
void item_add_status(
    struct item_builder *b, const char *name, enum item_status status);
/* One item for the same entities, however often it is found. */
/* In the evaluation's arena. */
struct span int_text(struct evaluation *ev, int64_t v);
const struct item *item_intern(struct item_builder *b);
/* The item of a package, dpkginfo or rpminfo. */
const struct item *item_package(struct evaluation *ev, size_t package);

/* --- state.c --- */

int entity_values(struct evaluation *ev, const struct oval_entity *entity,
    struct entity_values *out, struct err *e);
/* The comparison as that kind of item asks for it. */
enum result entity_compare(struct evaluation *ev, enum oval_kind kind,
    const struct oval_entity *entity, struct span collected, struct span stated,
    struct err *why);
int state_evaluate(struct evaluation *ev, uint32_t state,
    const struct item *item, enum result *out, struct err *e);
int item_evaluate(struct evaluation *ev, const struct oval_test *t,
    const struct item *item, enum result *out, struct err *e);

/* --- variable.c, function.c --- */

int variable_values(struct evaluation *ev, uint32_t ord,
    const struct values **out, struct err *e);
/* Adds to *out, which starts { .flag = FLAG_COMPLETE }. */
int component_values(struct evaluation *ev, const struct oval_component *c,
    struct values *out, struct err *e);
int function_values(struct evaluation *ev, const struct oval_component *c,
    struct values *out, struct err *e);
void values_add(struct evaluation *ev, struct values *v, struct span value);
/* The worse flag wins; see FORMATS §7.6 for the order. */
void values_flag(struct evaluation *ev, struct values *v, enum flag flag,
    const char *fmt, ...) __attribute__((format(printf, 4, 5)));

#endif
