/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Families of advisories out of lines, and their statements as lines. Linked
 * in place of two readers: deletions of CSAF stands for the formats whose
 * records replace each other, Photon for those whose records do not.
 *
 *	record CVE-1 200            id and time; "record CVE-1 200 withdrawn"
 *	title heap overflow         also: summary severity alias
 *	fixed curl 7.88             state and package, then version cve
 *	                            distribution release arch module pocket
 *	                            severity detail; "-" is empty, a package
 *	                            "src:curl" is a source package
 *	refuse                      the reader refuses the document here
 */
#ifndef TESTS_UNIT_ADVISORY_WORLD_H
#define TESTS_UNIT_ADVISORY_WORLD_H

#include "content/csaf_deletions.h"
#include "content/photon.h"
#include "eval/advisories.h"
#include "tests/unit/family_world.h"

#define ADVISORY_LINES_MAX 64

struct advisory_lines {
	const struct advisory_sink *sink;
	struct advisory record;
	struct advisory_package packages[ADVISORY_LINES_MAX];
	struct span aliases[ADVISORY_LINES_MAX];
};

static inline struct span
advisory_word(struct span *line)
{
	struct span word = SPAN_NONE;

	span_next(line, ' ', &word);
	return span_is(word, "-") ? SPAN_NONE : word;
}

static inline enum advisory_state
advisory_state_parse(struct span word)
{
	static const char *const words[ADVISORY_STATES] = { "unknown",
		"affected", "fixed", "needs-triage", "deferred", "will-not-fix",
		"not-affected", "end-of-life" };
	size_t i;

	for (i = 0; i < ADVISORY_STATES; i++)
		if (span_is(word, words[i]))
			return (enum advisory_state)i;
	fail_msg("no state: %.*s", SPAN_ARG(word));
	return ADVISORY_UNKNOWN;
}

static inline void
advisory_add_package(
    struct advisory_lines *l, struct span state, struct span line)
{
	struct advisory_package *p = &l->packages[l->record.n_packages++];

	assert_true(l->record.n_packages <= ADVISORY_LINES_MAX);
	*p = (struct advisory_package){ .state = advisory_state_parse(state) };
	p->name = advisory_word(&line);
	p->is_source = span_has_prefix(p->name, "src:");
	if (p->is_source)
		p->name = span_from(p->name, 4);
	p->version = advisory_word(&line);
	p->cve = advisory_word(&line);
	p->distribution = advisory_word(&line);
	p->release = advisory_word(&line);
	p->arch = advisory_word(&line);
	p->module = advisory_word(&line);
	p->pocket = advisory_word(&line);
	p->severity = advisory_word(&line);
	p->detail = advisory_word(&line);
}

static inline int
advisory_end_record(struct advisory_lines *l, const char *end, struct err *e)
{
	struct advisory *a = &l->record;

	if (a->raw.ptr == NULL)
		return 0;
	a->raw.len = (size_t)(end - a->raw.ptr);
	a->packages = l->packages;
	a->aliases = l->aliases;
	return l->sink->advisory(l->sink->ctx, a, e);
}

static inline void
advisory_begin_record(
    struct advisory_lines *l, struct span line, struct span text, size_t offset)
{
	uint64_t modified = 0;

	l->record = (struct advisory){ .raw = span_from(text, offset),
		.offset = offset };
	l->record.id = advisory_word(&line);
	parse_uint(advisory_word(&line), UINT32_MAX, &modified);
	l->record.modified = (int64_t)modified;
	l->record.withdrawn = span_is(line, "withdrawn");
}

static inline void
advisory_take_line(struct advisory_lines *l, struct span line)
{
	struct span word = advisory_word(&line);
	struct advisory *a = &l->record;

	if (span_is(word, "title"))
		a->title = line;
	else if (span_is(word, "summary"))
		a->summary = line;
	else if (span_is(word, "severity"))
		a->severity = line;
	else if (span_is(word, "alias"))
		l->aliases[a->n_aliases++] = line;
	else if (word.len > 0)
		advisory_add_package(l, word, line);
	assert_true(a->n_aliases < ADVISORY_LINES_MAX);
}

static inline int
advisory_read_text(struct advisory_lines *l, struct span text, struct err *e)
{
	struct span rest = text, line, body;

	while (span_next(&rest, '\n', &line)) {
		body = line;
		if (span_is(line, "refuse"))
			return err_set(e, ERR_FORMAT, "refused");
		if (!span_has_prefix(line, "record ")) {
			advisory_take_line(l, line);
			continue;
		}
		if (advisory_end_record(l, line.ptr, e) != 0)
			return -1;
		advisory_word(&body);
		advisory_begin_record(
		    l, body, text, (size_t)(line.ptr - text.ptr));
	}
	return advisory_end_record(l, text.ptr + text.len, e);
}

static inline int
advisory_read_lines(struct stream *in, const struct advisory_sink *sink,
    struct arena *a, struct advisory_about *about, struct err *e)
{
	struct advisory_lines l = { .sink = sink };
	struct buf text = { 0 };
	struct span bytes;
	int rc;

	while ((rc = stream_next(in, &bytes, e)) == 1)
		buf_add_span(&text, bytes);
	if (rc == 0)
		rc = advisory_read_text(&l, buf_span(&text), e);
	about->published = arena_span(a, SPAN_LIT("today"));
	buf_cleanup(&text);
	return rc;
}

int
csaf_deletions_read(struct stream *in, const struct advisory_sink *sink,
    struct arena *a, struct advisory_about *about, struct err *e)
{
	return advisory_read_lines(in, sink, a, about, e);
}

int
photon_read(struct stream *in, const struct advisory_sink *sink,
    struct arena *a, struct advisory_about *about, struct err *e)
{
	return advisory_read_lines(in, sink, a, about, e);
}

/* --- what is asked --- */

static inline void
advisory_print(struct buf *b, const char *before, struct span text)
{
	if (text.len > 0)
		buf_printf(b, "%s%.*s", before, SPAN_ARG(text));
}

static inline int
advisory_print_statement(void *ctx, const struct advisory_record *r,
    const struct advisory_package *p, struct err *e)
{
	struct buf *b = ctx;

	(void)e;
	buf_printf(b, "%.*s %.*s/%.*s %s%.*s %s", SPAN_ARG(r->id),
	    SPAN_ARG(p->distribution), SPAN_ARG(p->release),
	    p->is_source ? "src:" : "", SPAN_ARG(p->name),
	    advisory_state_name(p->state));
	advisory_print(b, " ", p->version);
	advisory_print(b, " cve=", p->cve);
	advisory_print(b, " arch=", p->arch);
	advisory_print(b, " module=", p->module);
	advisory_print(b, " pocket=", p->pocket);
	advisory_print(b, " severity=", p->severity);
	advisory_print(b, " detail=", p->detail);
	buf_add_char(b, '\n');
	return 0;
}

/*
 * "CVE-1": of a CVE. "debian/bookworm/curl": of a package; a part may be
 * empty.
 */
static inline void
advisory_ask(struct family_world *w, const char *asked, char *text, size_t size)
{
	struct advisories_query q = { 0 };
	struct buf b = { 0 };
	struct advisories_sink sink = { &b, advisory_print_statement };
	struct span rest = span_of(asked);
	struct index_reader index;
	struct advisories *a;
	struct err e = { 0 };
	int rc;

	if (index_open(&index, w->tmp.dirfd, w->tmp.path, &e) != 0)
		fail_msg("%s", e.msg);
	assert_int_equal(index.n_families, 1);
	a = advisories_new(&index.families[0]);
	if (span_find(rest, '/') == rest.len) {
		rc = advisories_of_cve(a, rest, &sink, &e);
	} else {
		span_next(&rest, '/', &q.distribution);
		span_next(&rest, '/', &q.release);
		q.name = rest;
		rc = advisories_of_package(a, &q, &sink, &e);
	}
	if (rc != 0)
		fail_msg("%s", e.msg);
	snprintf(text, size, "%s", buf_str(&b));
	advisories_free(a);
	index_close(&index);
	buf_cleanup(&b);
}

#endif
