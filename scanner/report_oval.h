/* SPDX-License-Identifier: Apache-2.0 */
/*
 * OVAL 5.11.2 results of one document (FORMATS §8), in parts: what is reported
 * is gathered and numbered first, so that the bytes depend on the content and
 * not on the order of evaluation; then results and system characteristics are
 * written. Child order is the schemas'.
 */
#ifndef SCANNER_REPORT_OVAL_H
#define SCANNER_REPORT_OVAL_H

#include "base/out.h"
#include "scanner/scan.h"

#define OVAL_SCHEMA_VERSION "5.11.2"
#define OVAL_COMMON_NS "http://oval.mitre.org/XMLSchema/oval-common-5"

/* One kind of record, in byte order of the ids. */
struct oval_list {
	uint32_t *ords;
	size_t n;
	bool *used; /* by ordinal */
};

/* Limit of outside input: beyond it every entity is masked. */
#define OVAL_MASKS_MAX 256u

/* An entity whose values content wants nobody to read. */
struct oval_mask {
	enum oval_kind kind;
	struct span name;
};

struct oval_report {
	const struct scan *scan;
	struct machine *machine;
	struct evaluation *evaluation;
	struct out *out;
	struct arena arena;
	struct oval_list definitions;
	struct oval_list tests;
	struct oval_list objects;
	bool *variables; /* seen, by ordinal */
	bool *states;
	struct oval_mask *masks; /* each once */
	size_t n_masks;
	size_t masks_cap;
	/* item.id → number in the report, 0: none; and the other way. */
	uint32_t *numbers;
	size_t numbers_cap;
	const struct item **items;
	size_t n_items;
	size_t items_cap;
};

/* Everything below `definitions` that OVAL wants reported with them. */
int oval_report_gather(struct oval_report *r, struct err *e);
void oval_report_cleanup(struct oval_report *r);

/* The number that the report gives an item. */
uint32_t oval_report_item(const struct oval_report *r, const struct item *item);

/* Whether an object or state of that kind masks the entity. */
bool oval_report_is_masked(
    const struct oval_report *r, enum oval_kind kind, struct span name);

/* ` name="value"`, escaped. */
void
oval_report_attr(struct oval_report *r, const char *name, struct span value);
/* The children of a generator element. */
void oval_report_generator(struct oval_report *r, const char *indent);
/* One variable's value, as an element of that name. */
void oval_report_variable(struct oval_report *r, const char *element,
    size_t indent, struct span id, struct span value);

/* The oval_system_characteristics element. */
int oval_report_system(struct oval_report *r, struct err *e);

#endif
