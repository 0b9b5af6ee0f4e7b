/* SPDX-License-Identifier: Apache-2.0 */
/* What a reader of advisories hands over, printed line by line. */
#ifndef TESTS_UNIT_ADVISORY_PRINT_H
#define TESTS_UNIT_ADVISORY_PRINT_H

#include <inttypes.h>

#include "base/buf.h"
#include "content/advisory.h"
#include "tests/unit/table.h"

struct advisory_case {
	const char *name;
	const char *input;
	enum err_code code;
	const char *expect;
};

static inline void
advisory_print_text(struct buf *b, const char *name, struct span v)
{
	if (v.len > 0)
		buf_printf(b, " %s=%.*s", name, SPAN_ARG(v));
}

static inline void
advisory_print_package(struct buf *b, const struct advisory_package *p)
{
	buf_printf(b, "  %s %.*s:", p->is_source ? "source" : "package",
	    SPAN_ARG(p->name));
	buf_printf(b, " %s", advisory_state_name(p->state));
	advisory_print_text(b, "version", p->version);
	advisory_print_text(b, "cve", p->cve);
	advisory_print_text(b, "of", p->distribution);
	advisory_print_text(b, "release", p->release);
	advisory_print_text(b, "pocket", p->pocket);
	advisory_print_text(b, "arch", p->arch);
	advisory_print_text(b, "module", p->module);
	advisory_print_text(b, "severity", p->severity);
	advisory_print_text(b, "detail", p->detail);
	buf_add_char(b, '\n');
}

struct advisory_printer {
	struct buf out;
	struct span text; /* the document */
};

/* A record of several places has a source of its own, an array of theirs. */
static inline void
advisory_print_raw(const struct advisory_printer *p, const struct advisory *a)
{
	struct span there =
	    span_first(span_from(p->text, (size_t)a->offset), a->raw.len);

	assert_true(a->raw.len > 1);
	if (*a->raw.ptr != '[')
		assert_true(span_eq(a->raw, there));
}

static inline int
advisory_print(void *ctx, const struct advisory *a, struct err *e)
{
	struct advisory_printer *p = ctx;
	struct buf *b = &p->out;
	size_t i;

	(void)e;
	advisory_print_raw(p, a);
	buf_printf(b, "%.*s at %" PRIu64, SPAN_ARG(a->id), a->offset);
	if (*a->raw.ptr == '[')
		advisory_print_text(b, "raw", a->raw);
	advisory_print_text(b, "title", a->title);
	advisory_print_text(b, "summary", a->summary);
	advisory_print_text(b, "severity", a->severity);
	if (a->published != 0)
		buf_printf(b, " published=%" PRId64, a->published);
	if (a->modified != 0)
		buf_printf(b, " modified=%" PRId64, a->modified);
	if (a->withdrawn)
		buf_add_str(b, " withdrawn");
	for (i = 0; i < a->n_aliases; i++)
		advisory_print_text(b, "about", a->aliases[i]);
	buf_add_char(b, '\n');
	for (i = 0; i < a->n_packages; i++)
		advisory_print_package(b, &a->packages[i]);
	return 0;
}

/* Reads the case's input, compares what came out, or the error. */
static inline void
advisory_check(const struct advisory_case *c, advisory_reader *reader)
{
	struct advisory_printer p = { .text = span_of(c->input) };
	struct advisory_sink sink = { &p, advisory_print };
	struct advisory_about about = { 0 };
	struct arena a = { 0 };
	struct stream *in = NULL;
	struct err e = { 0 };

	assert_int_equal(stream_open_span(&in, span_of(c->input), NULL, &e), 0);
	if (reader(in, &sink, &a, &about, &e) != 0) {
		buf_reset(&p.out);
		buf_add_str(&p.out, e.msg);
	}
	assert_string_equal(buf_str(&p.out), c->expect);
	assert_int_equal(e.code, c->code);
	stream_close(in);
	arena_cleanup(&a);
	buf_cleanup(&p.out);
}

#endif
