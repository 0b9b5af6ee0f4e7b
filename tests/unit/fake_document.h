/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Machine and evaluation of one document replaced by tables, for a test that
 * judges what they say.
 */
#ifndef TESTS_UNIT_FAKE_DOCUMENT_H
#define TESTS_UNIT_FAKE_DOCUMENT_H

#include "scanner/evidence.h"
#include "scanner/scan.h"

struct fake_definition {
	struct oval_definition record;
	enum result result;
	bool is_kernel;
};

static struct fake_definition *definitions;
static size_t n_definitions;

static struct oval_entity release_name = { .name = SPAN_LIT("name"),
	.value = SPAN_LIT("redhat-release") };
static struct oval_entity other_name = { .name = SPAN_LIT("name"),
	.value = SPAN_LIT("openssl") };
static const struct oval_object objects[] = {
	{ .entities = &release_name, .n_entities = 1 },
	{ .entities = &other_name, .n_entities = 1 },
};

/* Tests 0 to 3: who owns a file, a release's package, a package, a kernel. */
static const struct oval_test tests_of[] = {
	{ .kind = OVAL_KIND_RPMVERIFYFILE, .object = { .ord = OVAL_ORD_NONE } },
	{ .kind = OVAL_KIND_RPMINFO, .object = { .ord = 0 } },
	{ .kind = OVAL_KIND_RPMINFO, .object = { .ord = 1 } },
	{ .kind = OVAL_KIND_UNAME, .object = { .ord = OVAL_ORD_NONE } },
};
static enum result test_results[4];

size_t
machine_n_definitions(const struct machine *m)
{
	(void)m;
	return n_definitions;
}

const struct oval_definition *
machine_definition(struct machine *m, uint32_t ord, struct err *e)
{
	(void)m;
	(void)e;
	return &definitions[ord].record;
}

const struct oval_test *
machine_test(struct machine *m, uint32_t ord, struct err *e)
{
	(void)m;
	(void)e;
	return &tests_of[ord];
}

const struct oval_object *
machine_object(struct machine *m, uint32_t ord, struct err *e)
{
	(void)m;
	(void)e;
	return &objects[ord];
}

enum result
evaluation_definition(const struct evaluation *ev, uint32_t ord)
{
	(void)ev;
	return definitions[ord].result;
}

enum result
evaluation_test(struct evaluation *ev, uint32_t ord)
{
	(void)ev;
	return test_results[ord];
}

bool
evaluation_is_kernel(struct evaluation *ev, uint32_t ord)
{
	(void)ev;
	return definitions[ord].is_kernel;
}

enum result
scan_result(const struct scan_document *d, uint32_t ord)
{
	(void)d;
	return definitions[ord].result;
}

bool evidence_class(enum oval_class class)
{
	return class == OVAL_CLASS_VULNERABILITY || class == OVAL_CLASS_PATCH;
}

int
machine_wants(struct db *db, struct want_list *wants, struct err *e)
{
	(void)db;
	(void)wants;
	(void)e;
	return 0;
}

#endif
