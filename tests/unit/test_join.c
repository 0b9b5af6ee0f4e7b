/* SPDX-License-Identifier: Apache-2.0 */
/* Evidence written as lines, findings printed as lines. */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "base/buf.h"
#include "scanner/join.h"
#include "tests/unit/table.h"

#define EVIDENCE_MAX 32
#define WORDS_MAX 16

/*
 * Evidence is "DOCUMENT RECORD PACKAGE [WORD…]": documents are a to d,
 * packages those of the table below or one that is in no database. Words are
 * CVE-…, a notice (USN-…), a severity, "fixed=V", "pocket=P", "at=SECONDS",
 * "no" (not affected), "unknown", "deferred", "wont", "eol", "title=T".
 */
struct join_case {
	const char *name;
	const char *evidence; /* lines */
	const char *expect;   /* a line a finding */
};

static struct package packages[] = {
	{ .kind = PACKAGE_DPKG,
	    .name = SPAN_LIT("libssl3"),
	    .arch = SPAN_LIT("amd64"),
	    .full_version = SPAN_LIT("3.0-1"),
	    .source = SPAN_LIT("openssl") },
	{ .kind = PACKAGE_DPKG,
	    .name = SPAN_LIT("libssl3"),
	    .arch = SPAN_LIT("i386"),
	    .full_version = SPAN_LIT("3.0-1"),
	    .source = SPAN_LIT("openssl") },
	{ .kind = PACKAGE_DPKG,
	    .name = SPAN_LIT("linux-image-6.1"),
	    .arch = SPAN_LIT("amd64"),
	    .full_version = SPAN_LIT("6.1-1"),
	    .source = SPAN_LIT("linux") },
	{ .kind = PACKAGE_DPKG,
	    .name = SPAN_LIT("openssl"),
	    .arch = SPAN_LIT("amd64"),
	    .full_version = SPAN_LIT("3.0-1"),
	    .source = SPAN_LIT("openssl") },
};

static const struct document documents[] = {
	{ .name = SPAN_LIT("a") },
	{ .name = SPAN_LIT("b") },
	{ .name = SPAN_LIT("c") },
	{ .name = SPAN_LIT("d") },
};

static const struct join_case cases[] = {
	{ "nothing", "", "" },
	{ "one word", "a 1 openssl CVE-1 high fixed=3.0-2",
	    "openssl amd64 3.0-1 CVE-1 high fixed 3.0-2: a" },
	{ "two sources, one row",
	    "a 1 openssl CVE-1 low fixed=3.0-2;"
	    "b 1 openssl CVE-1 high fixed=3.0-2",
	    "openssl amd64 3.0-1 CVE-1 high fixed 3.0-2: a b" },
	{ "each CVE of a record that is no notice", "a 1 openssl CVE-1 CVE-2",
	    "openssl amd64 3.0-1 CVE-1 unrated none: a\n"
	    "openssl amd64 3.0-1 CVE-2 unrated none: a" },
	{ "each installed package",
	    "a 1 libssl3 CVE-1;a 1 libssl3:i386 CVE-1;a 1 openssl CVE-1",
	    "libssl3 amd64 3.0-1 (openssl) CVE-1 unrated none: a\n"
	    "libssl3 i386 3.0-1 (openssl) CVE-1 unrated none: a\n"
	    "openssl amd64 3.0-1 CVE-1 unrated none: a" },
	{ "what is in no database, by its name and version",
	    "a 1 gone CVE-1;b 1 gone CVE-1", "gone CVE-1 unrated none: a b" },
	{ "no package and no CVE: the record", "a 1 -", "- 1 unrated none: a" },
	{ "a notice of one CVE proves it",
	    "b 1 openssl USN-1 CVE-1 medium fixed=3.0-2 at=9",
	    "openssl amd64 3.0-1 CVE-1 medium fixed 3.0-2 since 9 USN-1: b" },
	{ "a notice of several proves none",
	    "b 1 openssl USN-1 CVE-1 CVE-2 high fixed=3.0-2",
	    "openssl amd64 3.0-1 USN-1 of 2 high fixed 3.0-2 USN-1: b" },
	{ "a notice of several joins those that others name",
	    "a 1 openssl CVE-1 high fixed=3.0-2;"
	    "b 1 openssl USN-1 CVE-1 CVE-2 high fixed=3.0-3 at=9",
	    "openssl amd64 3.0-1 CVE-1 high fixed 3.0-2 USN-1: a b" },
	{ "and those of this package only",
	    "a 1 libssl3 CVE-1 high fixed=3.0-2;"
	    "b 1 openssl USN-1 CVE-1 CVE-2 high",
	    "libssl3 amd64 3.0-1 (openssl) CVE-1 high fixed 3.0-2: a\n"
	    "openssl amd64 3.0-1 USN-1 of 2 high none USN-1: b" },
	{ "rated worse than all that it joins, it is about more",
	    "a 1 openssl CVE-1 low;b 1 openssl USN-1 CVE-1 CVE-2 critical",
	    "openssl amd64 3.0-1 USN-1 of 2 critical none USN-1: b\n"
	    "openssl amd64 3.0-1 CVE-1 low none USN-1: a b" },
	{ "unless others name all of it",
	    "a 1 openssl CVE-1 low;a 2 openssl CVE-2 low;"
	    "b 1 openssl USN-1 CVE-1 CVE-2 medium",
	    "openssl amd64 3.0-1 CVE-1 low none USN-1: a b\n"
	    "openssl amd64 3.0-1 CVE-2 low none USN-1: a b" },
	{ "its rating and fix stand in where there are no others",
	    "a 1 openssl CVE-1;b 1 openssl USN-1 CVE-1 CVE-2 high fixed=3.0-2 "
	    "at=9",
	    "openssl amd64 3.0-1 CVE-1 high fixed 3.0-2 since 9 USN-1: a b" },
	{ "one notice in two documents is one row",
	    "a 1 openssl USN-1 CVE-1 CVE-2;b 2 openssl USN-1 CVE-1 CVE-2",
	    "openssl amd64 3.0-1 USN-1 of 2 unrated none USN-1: a b" },
	{ "a notice without a CVE", "b 1 openssl USN-1 medium",
	    "openssl amd64 3.0-1 USN-1 medium none USN-1: b" },
	{ "not affected alone is no finding", "a 1 openssl CVE-1 no", "" },
	{ "unknown alone is no finding", "a 1 openssl CVE-1 unknown", "" },
	{ "not affected beside affected is a dispute",
	    "a 1 openssl CVE-1 high;b 1 openssl CVE-1 no",
	    "openssl amd64 3.0-1 CVE-1 high none disputed: a b!" },
	{ "unknown is none", "a 1 openssl CVE-1 high;b 1 openssl CVE-1 unknown",
	    "openssl amd64 3.0-1 CVE-1 high none: a b?" },
	{ "nor is what one document says of two records",
	    "a 1 openssl CVE-1;a 2 openssl CVE-1 no",
	    "openssl amd64 3.0-1 CVE-1 unrated none: a a!" },
	{ "a word about what only a notice names",
	    "a 1 openssl USN-1 CVE-1 CVE-2;b 1 openssl CVE-2 no",
	    "openssl amd64 3.0-1 USN-1 of 2 unrated none USN-1 disputed: a "
	    "b!" },
	{ "the highest of several fixes, and a dispute",
	    "a 1 openssl CVE-1 fixed=3.0-9 at=1;"
	    "b 1 openssl CVE-1 fixed=3.0-10 at=2",
	    "openssl amd64 3.0-1 CVE-1 unrated fixed 3.0-10 since 2 "
	    "disputed: a b" },
	{ "the same version, written otherwise",
	    "a 1 openssl CVE-1 fixed=3.0-2;b 1 openssl CVE-1 fixed=0:3.0-2",
	    "openssl amd64 3.0-1 CVE-1 unrated fixed 3.0-2: a b" },
	{ "the first who dates the fix",
	    "a 1 openssl CVE-1 fixed=3.0-2 at=7;"
	    "b 1 openssl CVE-1 fixed=3.0-2 at=5",
	    "openssl amd64 3.0-1 CVE-1 unrated fixed 3.0-2 since 5: a b" },
	{ "a fix in ESM", "a 1 openssl CVE-1 fixed=3.0-2+esm1 pocket=esm-infra",
	    "openssl amd64 3.0-1 CVE-1 unrated fixed with Pro 3.0-2+esm1 "
	    "esm-infra: a" },
	{ "a fix in EUS", "a 1 openssl CVE-1 fixed=3.0-2 pocket=eus",
	    "openssl amd64 3.0-1 CVE-1 unrated fixed 3.0-2 eus: a" },
	{ "deferred", "a 1 openssl CVE-1 deferred",
	    "openssl amd64 3.0-1 CVE-1 unrated deferred: a" },
	{ "will not be fixed", "a 1 openssl CVE-1 wont",
	    "openssl amd64 3.0-1 CVE-1 unrated will not fix: a" },
	{ "out of support", "a 1 openssl CVE-1 deferred;b 1 openssl CVE-1 eol",
	    "openssl amd64 3.0-1 CVE-1 unrated will not fix: a b" },
	{ "a fix of another source is one",
	    "a 1 openssl CVE-1 wont;b 1 openssl CVE-1 fixed=3.0-2",
	    "openssl amd64 3.0-1 CVE-1 unrated fixed 3.0-2: a b" },
	{ "a kernel", "a 1 linux-image-6.1 CVE-1",
	    "linux-image-6.1 amd64 6.1-1 (linux) kernel CVE-1 unrated none: "
	    "a" },
	{ "notices once, in order",
	    "a 1 openssl CVE-1 USN-2;b 1 openssl CVE-1 USN-1;"
	    "c 1 openssl CVE-1 USN-2",
	    "openssl amd64 3.0-1 CVE-1 unrated none USN-1 USN-2: a b c" },
	{ "a title that says more than the id",
	    "a 1 openssl CVE-2024-1 title=CVE-2024-1_on_Ubuntu;"
	    "b 1 openssl CVE-2024-1 title=Overflow",
	    "openssl amd64 3.0-1 CVE-2024-1 unrated none \"Overflow\": a b" },
	{ "by severity, then package, then CVE",
	    "a 1 openssl CVE-2 low;a 2 openssl CVE-1 low;"
	    "a 3 libssl3 CVE-1 low;a 4 openssl CVE-3 high",
	    "openssl amd64 3.0-1 CVE-3 high none: a\n"
	    "libssl3 amd64 3.0-1 (openssl) CVE-1 low none: a\n"
	    "openssl amd64 3.0-1 CVE-1 low none: a\n"
	    "openssl amd64 3.0-1 CVE-2 low none: a" },
	{ "a CVE that a record names twice is one word",
	    "a 1 openssl CVE-1 CVE-1",
	    "openssl amd64 3.0-1 CVE-1 unrated none: a" },
};

/* --- reading --- */

struct world {
	struct facts facts;
	struct index_reader index;
	struct evidence evidence[EVIDENCE_MAX];
	struct scan scan;
};

static bool
value_of(struct span word, const char *name, struct span *value)
{
	if (!span_has_prefix(word, name))
		return false;
	*value = span_from(word, strlen(name));
	return true;
}

static bool
read_state(struct span word, struct evidence *ev)
{
	static const struct {
		const char *word;
		enum advisory_state state;
		enum word says;
	} states[] = {
		{ "deferred", ADVISORY_DEFERRED, WORD_AFFECTED },
		{ "wont", ADVISORY_WILL_NOT_FIX, WORD_AFFECTED },
		{ "eol", ADVISORY_END_OF_LIFE, WORD_AFFECTED },
		{ "no", ADVISORY_NOT_AFFECTED, WORD_NOT_AFFECTED },
		{ "unknown", ADVISORY_UNKNOWN, WORD_UNKNOWN },
	};
	size_t i;

	for (i = 0; i < TABLE_N(states); i++) {
		if (!span_is(word, states[i].word))
			continue;
		ev->state = states[i].state;
		ev->word = states[i].says;
		return true;
	}
	return false;
}

static void
read_word(struct span word, struct evidence *ev, struct arena *a)
{
	struct span value;

	if (read_state(word, ev) || value_of(word, "fixed=", &ev->fixed) ||
	    value_of(word, "pocket=", &ev->pocket))
		return;
	if (span_has_prefix(word, "CVE-"))
		ev->cves[ev->n_cves++] = word;
	else if (span_has_prefix(word, "USN-"))
		ev->notice = word;
	else if (value_of(word, "at=", &value))
		ev->published = atoi(value.ptr);
	else if (value_of(word, "title=", &value)) {
		char *text = arena_str(a, value);

		ev->title = span_of(text);
		for (; *text != '\0'; text++)
			*text = *text == '_' ? ' ' : *text;
	} else if (!severity_parse(word, &ev->severity))
		fail_msg("%.*s", SPAN_ARG(word));
}

static void
read_package(struct span word, struct evidence *ev)
{
	struct span name = span_first(word, span_find(word, ':'));
	bool i386 = span_has_suffix(word, ":i386");
	uint32_t i;

	ev->package_index = PACKAGE_NONE;
	if (span_is(word, "-"))
		return;
	ev->package = name;
	for (i = 0; i < TABLE_N(packages); i++) {
		if (!span_eq(packages[i].name, name) ||
		    span_is(packages[i].arch, "i386") != i386)
			continue;
		ev->package_index = i;
		ev->arch = packages[i].arch;
		ev->installed = packages[i].full_version;
	}
}

static void
read_evidence(struct span line, struct evidence *ev, struct arena *a)
{
	struct span rest = line;
	struct span word;

	*ev = (struct evidence){ .cves = arena_array(
				     a, WORDS_MAX, sizeof(*ev->cves)) };
	assert_true(span_next(&rest, ' ', &word));
	ev->document = &documents[word.ptr[0] - 'a'];
	assert_true(span_next(&rest, ' ', &ev->record));
	assert_true(span_next(&rest, ' ', &word));
	read_package(word, ev);
	while (span_next(&rest, ' ', &word))
		read_word(word, ev, a);
	ev->is_group = ev->notice.len > 0 && ev->n_cves > 1;
}

static void
read_world(struct world *w, const char *text)
{
	struct span rest = span_of(text);
	struct span line;

	*w = (struct world){ .facts.system = { .packages = packages,
				 .n_packages = TABLE_N(packages) } };
	w->scan = (struct scan){
		.facts = &w->facts, .index = &w->index, .evidence = w->evidence
	};
	while (rest.len > 0 && span_next(&rest, ';', &line))
		read_evidence(
		    line, &w->evidence[w->scan.n_evidence++], &w->scan.arena);
}

/* --- printing --- */

static void
print_optional(struct buf *b, const char *before, struct span s)
{
	if (s.len > 0)
		buf_printf(b, "%s%.*s", before, SPAN_ARG(s));
}

static void
print_head(struct buf *b, const struct finding *f)
{
	buf_add_str(b, f->package.len == 0 ? "-" : "");
	buf_add_span(b, f->package);
	print_optional(b, " ", f->arch);
	print_optional(b, " ", f->installed);
	if (f->source_package.len > 0)
		buf_printf(b, " (%.*s)", SPAN_ARG(f->source_package));
	if (f->is_kernel)
		buf_add_str(b, " kernel");
	buf_printf(b, " %.*s", SPAN_ARG(f->cve));
	if (f->n_cves > 1)
		buf_printf(b, " of %zu", f->n_cves);
}

static void
print_finding(struct buf *b, const struct finding *f)
{
	static const char *const marks[] = { "", "!", "?" };
	size_t i;

	if (b->len > 0)
		buf_add_char(b, '\n');
	print_head(b, f);
	buf_printf(b, " %s %s", severity_name(f->severity), fix_name(f->fix));
	print_optional(b, " ", f->fixed);
	print_optional(b, " ", f->pocket);
	if (f->fixed_at > 0)
		buf_printf(b, " since %d", (int)f->fixed_at);
	for (i = 0; i < f->n_notices; i++)
		print_optional(b, " ", f->notices[i]);
	if (f->title.len > 0)
		buf_printf(b, " \"%.*s\"", SPAN_ARG(f->title));
	buf_add_str(b, f->is_disputed ? " disputed:" : ":");
	for (i = 0; i < f->n_evidence; i++)
		buf_printf(b, " %.*s%s",
		    SPAN_ARG(f->evidence[i]->document->name),
		    marks[f->evidence[i]->word]);
}

static void
test_join(void **state)
{
	const struct join_case *c = *state;
	struct buf got = { 0 };
	struct world w;
	struct err e;
	size_t i;

	read_world(&w, c->evidence);
	assert_int_equal(findings_join(&w.scan, &e), 0);
	for (i = 0; i < w.scan.n_findings; i++)
		print_finding(&got, &w.scan.findings[i]);
	assert_string_equal(buf_str(&got), c->expect);
	arena_cleanup(&w.scan.arena);
	buf_cleanup(&got);
}

/* The order in which evidence comes changes nothing. */
static void
test_order(void **state)
{
	struct buf got[2] = { { 0 }, { 0 } };
	size_t i, k;

	(void)state;
	for (i = 0; i < TABLE_N(cases); i++) {
		for (k = 0; k < 2; k++) {
			struct world w;
			struct err e;
			size_t n;

			read_world(&w, cases[i].evidence);
			for (n = 0; k == 1 && n < w.scan.n_evidence / 2; n++) {
				size_t other = w.scan.n_evidence - 1 - n;
				struct evidence ev = w.evidence[n];

				w.evidence[n] = w.evidence[other];
				w.evidence[other] = ev;
			}
			assert_int_equal(findings_join(&w.scan, &e), 0);
			buf_reset(&got[k]);
			for (n = 0; n < w.scan.n_findings; n++)
				print_finding(&got[k], &w.scan.findings[n]);
			arena_cleanup(&w.scan.arena);
		}
		assert_string_equal(buf_str(&got[0]), buf_str(&got[1]));
	}
	buf_cleanup(&got[0]);
	buf_cleanup(&got[1]);
}

#define MANY_PACKAGES 200u
#define MANY_CVES 100u

/*
 * As many as a large image has: two documents on each package and CVE, and a
 * notice of all CVEs on each package.
 */
static void
test_many(void **state)
{
	size_t n = MANY_PACKAGES * (MANY_CVES * 2 + 1);
	struct span cves[MANY_CVES];
	struct world w;
	struct err e;
	uint32_t p, i;

	(void)state;
	read_world(&w, "");
	w.scan.evidence =
	    arena_array(&w.scan.arena, n, sizeof(struct evidence));
	for (i = 0; i < MANY_CVES; i++) {
		char text[16];

		snprintf(text, sizeof(text), "CVE-%u", i);
		cves[i] = arena_span(&w.scan.arena, span_of(text));
	}
	for (p = 0; p < MANY_PACKAGES; p++) {
		char text[16];
		struct evidence ev = { .document = &documents[0],
			.package_index = PACKAGE_NONE,
			.n_cves = 1 };

		snprintf(text, sizeof(text), "package-%03u", p);
		ev.package = arena_span(&w.scan.arena, span_of(text));
		for (i = 0; i < MANY_CVES * 2; i++) {
			ev.document = &documents[i % 2];
			ev.cves = &cves[i / 2];
			w.scan.evidence[w.scan.n_evidence++] = ev;
		}
		ev.document = &documents[2];
		ev.notice = SPAN_LIT("USN-1");
		ev.is_group = true;
		ev.cves = cves;
		ev.n_cves = MANY_CVES;
		w.scan.evidence[w.scan.n_evidence++] = ev;
	}
	assert_int_equal(findings_join(&w.scan, &e), 0);
	assert_int_equal(w.scan.n_findings, MANY_PACKAGES * MANY_CVES);
	for (i = 0; i < w.scan.n_findings; i++)
		assert_int_equal(w.scan.findings[i].n_evidence, 3);
	arena_cleanup(&w.scan.arena);
}

int
main(void)
{
	struct CMUnitTest tests[TABLE_N(cases) + 2];
	size_t n = 0;

	TABLE_ADD(tests, &n, cases, test_join);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_order);
	tests[n++] = (struct CMUnitTest)cmocka_unit_test(test_many);
	return cmocka_run_group_tests_name("join", tests, NULL, NULL);
}
