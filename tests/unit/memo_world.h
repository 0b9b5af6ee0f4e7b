/* SPDX-License-Identifier: Apache-2.0 */
/* One document and many images, each judged by package and as a whole. */
#ifndef TESTS_UNIT_MEMO_WORLD_H
#define TESTS_UNIT_MEMO_WORLD_H

#include "scanner/inventory.h"
#include "scanner/scan_machines.h"
#include "scanner/scan_memo.h"
#include "tests/unit/oval_world.h"

struct world {
	struct oval_world w;
	struct arena arena;
	struct record_content content;
	struct scan_memo *memo;
	struct scan_machines *machines;
	struct scan_options options;
	const char *os;
	const char *label; /* of the last package's module; NULL: none */
};

static inline void
world_open(struct world *w, const char *body)
{
	struct document *d;
	struct err e;

	*w = (struct world){ .os = "ubuntu" };
	if (oval_world_open(&w->w, body, &e) != 0)
		fail_msg("%s", e.msg);
	d = &w->w.index.families[0].documents[0];
	d->distribution = SPAN_LIT("ubuntu");
	d->release = SPAN_LIT("8");
	record_content_of(&w->content, &w->w.index, &w->arena);
	w->machines = scan_machines_new();
	w->memo = scan_memo_new(&w->w.index, &w->content);
	w->options = (struct scan_options){ .document = "t",
		.findings = true,
		.machines = w->machines,
		.judged_at = 1700000000 };
}

static inline void
world_close(struct world *w)
{
	scan_memo_free(w->memo);
	scan_machines_free(w->machines);
	arena_cleanup(&w->arena);
	oval_world_close(&w->w);
}

/* As rescan has it: decoded from an inventory. */
static inline void
decode(struct world *w, const struct oval_world_system *spec, struct buf *bytes,
    struct facts *out)
{
	struct facts f;
	struct err e;

	oval_world_system(&w->w, spec);
	if (w->label != NULL)
		w->w.system.packages[w->w.system.n_packages - 1].modularity =
		    span_of(w->label);
	f = (struct facts){ .system = w->w.system,
		.has_os_release = true,
		.os_id = span_of(w->os),
		.os_version_id = SPAN_LIT("8"),
		.os_codename = SPAN_LIT("8") };
	buf_reset(bytes);
	inventory_encode(&f, bytes);
	if (inventory_decode(out, buf_span(bytes), &e) != 0)
		fail_msg("%s", e.msg);
}

/* Judges an image both ways; true if by package. */
static inline bool
judge_both(
    struct world *w, const struct oval_world_system *spec, const char *what)
{
	struct results_verdict whole, parts;
	struct buf bytes = { 0 };
	struct buf a = { 0 };
	struct buf b = { 0 };
	struct facts facts;
	struct scan scan;
	struct err e;
	int rc;

	decode(w, spec, &bytes, &facts);
	if (scan_run(&scan, &facts, &w->w.index, &w->options, &e) != 0)
		fail_msg("%s: %s", what, e.msg);
	record_make(&whole, &scan, &w->options, &w->content, &a);
	rc = scan_memo_judge(w->memo, &facts, &w->options, &parts, &b, &e);
	if (rc < 0)
		fail_msg("%s: %s", what, e.msg);
	if (rc == 1) {
		if (strcmp(buf_str(&a), buf_str(&b)) != 0)
			fail_msg("%s:\n%s\n%s", what, buf_str(&a), buf_str(&b));
		assert_true(digest_eq(&whole.digest, &parts.digest));
		assert_int_equal(whole.verdict, parts.verdict);
		assert_int_equal(whole.n_findings, parts.n_findings);
		assert_int_equal(whole.n_failing, parts.n_failing);
	}
	scan_cleanup(&scan);
	facts_cleanup(&facts);
	buf_cleanup(&a);
	buf_cleanup(&b);
	buf_cleanup(&bytes);
	return rc == 1;
}

#endif
