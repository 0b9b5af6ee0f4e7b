/* SPDX-License-Identifier: Apache-2.0 */
/* Every advisory that names an id, and what it says of the image. */
#include <stdlib.h>

#include "base/map.h"
#include "base/mem.h"
#include "content/release.h"
#include "eval/advisories.h"
#include "eval/place.h"
#include "scanner/applies.h"
#include "scanner/explain.h"
#include "scanner/judge.h"
#include "scanner/judge_statement.h"

#define LIST_MAX 200u /* bytes of a list of names; then "…" */
#define LABEL "  %-11s"

/* Packages of one name, or of one source, as a chain. */
struct chains {
	struct map first; /* name → package */
	uint32_t *next;   /* PACKAGE_NONE: the last */
};

struct asker {
	const struct scan *scan;
	struct arena *arena;
	struct explained_advisories *out;
	struct span id; /* in capitals */
	const struct index_family *family;
	struct span distribution;
	struct span release;
	struct chains by_name;
	struct chains by_source;
	struct map others; /* what is listed already */
	struct arena scratch;
	struct judge_products *products; /* NULL: not Red Hat's */
	bool is_rpm;
	bool any; /* the id is known here */
};

/* --- packages --- */

static void
chain(struct chains *c, struct span name, uint32_t package)
{
	uint32_t first;

	if (map_add(&c->first, name, package, &first))
		return;
	c->next[package] = first;
	map_set(&c->first, name, package);
}

static void
chain_packages(struct asker *x)
{
	const struct system *system = &x->scan->facts->system;
	size_t n = system->n_packages;
	uint32_t i;

	x->by_name.next = xmalloc(xmul(n, sizeof(uint32_t)));
	x->by_source.next = xmalloc(xmul(n, sizeof(uint32_t)));
	for (i = 0; i < n; i++)
		x->by_name.next[i] = x->by_source.next[i] = PACKAGE_NONE;
	for (i = (uint32_t)n; i-- > 0;) {
		const struct package *p = &system->packages[i];

		chain(&x->by_name, p->name, i);
		chain(&x->by_source, judge_source(p, x->arena), i);
	}
}

/* --- lists --- */

/* "a, b": each once, as long as there is room. */
static void
list_once(struct asker *x, struct buf *b, struct span kind, struct span name)
{
	struct buf key = { 0 };

	buf_printf(
	    &key, "%zu %.*s %.*s", x->out->n, SPAN_ARG(kind), SPAN_ARG(name));
	if (map_add(&x->others, buf_span(&key), 0, NULL)) {
		if (b->len > LIST_MAX) {
			if (!span_has_suffix(buf_span(b), "…"))
				buf_add_str(b, ", …");
		} else {
			buf_add_str(b, b->len > 0 ? ", " : "");
			buf_add_span(b, name);
		}
	}
	buf_cleanup(&key);
}

/* --- one statement --- */

/* text is used up. */
static void
add_line(struct asker *x, struct explained_advisory *it,
    const struct explained_line *line, struct buf *text)
{
	if (it->n_lines == EXPLAIN_LINES_MAX) {
		it->n_more++;
	} else {
		it->lines = xgrow(it->lines, &it->cap_lines, it->n_lines + 1,
		    sizeof(*it->lines));
		it->lines[it->n_lines] = *line;
		it->lines[it->n_lines++].text =
		    arena_span(x->arena, buf_span(text));
	}
	buf_cleanup(text);
}

static void
add_optional(struct buf *b, const char *before, struct span s)
{
	if (s.len > 0)
		buf_printf(b, "%s%.*s", before, SPAN_ARG(s));
}

static void
say_package(struct buf *b, const struct package *p, struct span named)
{
	buf_add_span(b, p->name);
	if (p->arch.len > 0)
		buf_printf(b, ":%.*s", SPAN_ARG(p->arch));
	if (!span_eq(named, p->name))
		buf_printf(b, " (of %.*s)", SPAN_ARG(named));
	buf_add_char(b, ' ');
}

/* Why it is so where no two versions were compared. */
static void
say_state(
    struct buf *b, const struct advisory_package *s, const struct package *p)
{
	buf_printf(b, "%.*s: ", SPAN_ARG(p->full_version));
	if (s->state == ADVISORY_FIXED && span_is(s->version, "0"))
		buf_add_str(b, "never affected");
	else if (s->state == ADVISORY_FIXED && s->version.len == 0)
		buf_add_str(b, "fixed in a version that it does not name");
	else if (s->state == ADVISORY_FIXED)
		buf_printf(b,
		    "fixed %.*s, and what is installed cannot be "
		    "compared with it",
		    SPAN_ARG(s->version));
	else
		buf_add_str(b, advisory_state_name(s->state));
	if (s->detail.len > 0 &&
	    !span_is_nocase(s->detail, advisory_state_name(s->state)))
		buf_printf(b, " (%.*s)", SPAN_ARG(s->detail));
}

static void
say_part(struct buf *b, const struct advisory_package *s)
{
	add_optional(b, ", module ", s->module);
	add_optional(b, ", ", s->pocket);
}

/* Said of another build of the package than the one that is installed. */
static void
note_build(struct asker *x, struct explained_advisory *it,
    const struct advisory_package *s)
{
	struct buf text = { 0 };

	buf_printf(&text, "%.*s", SPAN_ARG(s->name));
	add_optional(&text, " ", s->arch);
	say_part(&text, s);
	list_once(x, &it->streams, SPAN_LIT("build"), buf_span(&text));
	buf_cleanup(&text);
}

static void
judge_package(struct asker *x, struct explained_advisory *it,
    const struct advisory_package *s, uint32_t package)
{
	const struct package *p = &x->scan->facts->system.packages[package];
	struct explained_line line = { .package = package,
		.rank = judge_rank(s, x->products),
		.cve = arena_span(x->arena, s->cve) };
	struct judged judged;
	struct buf text = { 0 };

	if (!judge_concerns(s, p, x->products)) {
		note_build(x, it, s);
		return;
	}
	judged = judge_statement(s, p, x->products, &x->scratch);
	line.word = judged.word;
	say_package(&text, p, s->name);
	if (judged.installed.len > 0)
		judge_comparison(&text, &judged, s, p);
	else
		say_state(&text, s, p);
	say_part(&text, s);
	if (!span_eq(s->cve, it->id) && !span_eq(s->cve, x->id))
		add_optional(&text, ", ", s->cve);
	add_line(x, it, &line, &text);
}

/* A document that judges the image. */
static bool
is_asked(const struct asker *x, const struct document *d)
{
	size_t i;

	for (i = 0; i < x->scan->n_advisories; i++)
		if (x->scan->advisories[i].document == d)
			return true;
	return false;
}

static bool
is_of_release(const struct asker *x, const struct advisory_package *s)
{
	if (x->products != NULL && span_is(s->distribution, "redhat"))
		return true;
	return x->distribution.len > 0 &&
	    span_eq(s->distribution, x->distribution) &&
	    release_covers(s->release, x->release);
}

/* Said of unstable, and so of an image of it (scanner/judge.h). */
static int
is_of_unstable(
    struct asker *x, const struct advisory_package *s, bool *yes, struct err *e)
{
	bool known = true;

	*yes = false;
	if (judge_is_unreleased(x->scan->facts) &&
	    span_eq(s->distribution, x->distribution) &&
	    span_is(s->release, "sid") &&
	    judge_knows(x->scan->facts, x->family, s->name, &known, e) != 0)
		return -1;
	*yes = !known;
	return 0;
}

/* The record in hand: the last one, or a new one. */
static struct explained_advisory *
record_of(struct asker *x, const struct advisory_record *r)
{
	struct explained_advisories *o = x->out;
	struct arena *a = x->arena;

	if (o->n > 0 && o->v[o->n - 1].key == r->key &&
	    o->v[o->n - 1].family == x->family)
		return &o->v[o->n - 1];
	o->v = xgrow(o->v, &o->cap, o->n + 1, sizeof(*o->v));
	o->v[o->n] = (struct explained_advisory){ .family = x->family,
		.key = r->key,
		.document = r->document,
		.id = arena_span(a, r->id),
		.title = arena_span(a, span_trim(r->title)),
		.severity = arena_span(a, r->severity),
		.withdrawn = r->withdrawn };
	return &o->v[o->n++];
}

static void
note_other(struct asker *x, const struct advisory_package *s)
{
	struct buf name = { 0 };
	size_t n = x->out->n;

	buf_printf(&name, "%.*s %.*s", SPAN_ARG(s->distribution),
	    SPAN_ARG(s->release));
	x->out->n = 0; /* listed once for all records */
	list_once(x, &x->out->others, SPAN_LIT("release"),
	    span_trim(buf_span(&name)));
	x->out->n = n;
	buf_cleanup(&name);
}

/* As scanner/judge.c has it: of dpkg and apk the source packages count. */
static bool
is_of_kind(const struct asker *x, const struct advisory_package *s)
{
	return s->is_source || x->is_rpm;
}

static int
on_statement(void *ctx, const struct advisory_record *r,
    const struct advisory_package *s, struct err *e)
{
	struct asker *x = ctx;
	struct explained_advisory *it = record_of(x, r);
	const struct chains *c = s->is_source ? &x->by_source : &x->by_name;
	bool is_unstable;
	uint32_t i;

	x->any = true;
	if (is_of_unstable(x, s, &is_unstable, e) != 0)
		return -1;
	if ((!is_unstable && !is_of_release(x, s)) ||
	    !is_asked(x, r->document)) {
		note_other(x, s);
		return 0;
	}
	it->is_about = true;
	if (!is_of_kind(x, s))
		return 0;
	if (!map_get(&c->first, s->name, &i)) {
		list_once(x, &it->absent, SPAN_LIT("absent"), s->name);
		return 0;
	}
	for (; i != PACKAGE_NONE; i = c->next[i])
		judge_package(x, it, s, i);
	arena_reset(&x->scratch);
	return 0;
}

/* --- the questions --- */

static int
ask_family(struct asker *x, struct span id, struct err *e)
{
	const struct advisories_sink sink = { x, on_statement };
	struct advisories *a = advisories_new(x->family);
	int rc = 0;

	x->any = false;
	x->products = NULL;
	if (span_is(x->scan->facts->os_id, "rhel")) {
		x->products = xcalloc(1, sizeof(*x->products));
		rc = judge_products_find(
		    x->products, x->scan->facts, x->family, x->arena, e);
	}
	if (rc == 0)
		rc = advisories_of_cve(a, x->id, &sink, e);
	if (rc == 0 && !x->any)
		rc = advisories_of_cve(a, id, &sink, e);
	free(x->products);
	advisories_free(a);
	return rc;
}

static bool
has_advisories(const struct index_family *family)
{
	size_t i;

	for (i = 0; i < family->n_documents; i++)
		if (!span_is(family->documents[i].format, "oval"))
			return true;
	return false;
}

/* The lowest rank counts. */
static bool
is_overruled(
    const struct explained_advisory *it, const struct explained_line *line)
{
	size_t i;

	for (i = 0; line->rank > 0 && i < it->n_lines; i++)
		if (it->lines[i].rank < line->rank &&
		    it->lines[i].package == line->package &&
		    span_eq(it->lines[i].cve, line->cve))
			return true;
	return false;
}

static void
drop_overruled(struct explained_advisory *it)
{
	size_t kept = 0;
	size_t i;

	for (i = 0; i < it->n_lines; i++)
		it->lines[i].is_overruled = is_overruled(it, &it->lines[i]);
	for (i = 0; i < it->n_lines; i++)
		if (!it->lines[i].is_overruled)
			it->lines[kept++] = it->lines[i];
	it->n_lines = kept;
}

/* Records that are about other releases alone are only counted. */
static void
keep_ours(struct explained_advisories *o)
{
	size_t kept = 0;
	size_t i;

	for (i = 0; i < o->n; i++) {
		if (!o->v[i].is_about) {
			o->n_others++;
			continue;
		}
		drop_overruled(&o->v[i]);
		o->v[kept++] = o->v[i];
	}
	o->n = kept;
}

int
explain_advisories(const struct scan *s, struct span id, struct arena *a,
    struct explained_advisories *out, struct err *e)
{
	struct asker x = { .scan = s, .arena = a, .out = out };
	enum package_kind kind;
	int rc = 0;
	size_t i;

	if (s->n_advisories == 0)
		return 0;
	x.id = explain_upper(id, a);
	x.is_rpm =
	    applies_package_kind(s->facts->os_id, &kind) && kind == PACKAGE_RPM;
	applies_subject(s->facts, &x.distribution, &x.release);
	chain_packages(&x);
	for (i = 0; i < s->index->n_families && rc == 0; i++) {
		x.family = &s->index->families[i];
		if (has_advisories(x.family))
			rc = ask_family(&x, id, e);
		if (rc != 0)
			err_context(e, "%.*s", SPAN_ARG(x.family->name));
	}
	keep_ours(out);
	map_cleanup(&x.by_name.first);
	map_cleanup(&x.by_source.first);
	map_cleanup(&x.others);
	free(x.by_name.next);
	free(x.by_source.next);
	arena_cleanup(&x.scratch);
	return rc;
}

void
explain_advisories_cleanup(struct explained_advisories *x)
{
	size_t i;

	for (i = 0; i < x->n; i++) {
		free(x->v[i].lines);
		buf_cleanup(&x->v[i].absent);
		buf_cleanup(&x->v[i].streams);
	}
	free(x->v);
	buf_cleanup(&x->others);
	*x = (struct explained_advisories){ 0 };
}

/* --- writing --- */

static void
write_field(struct out *out, const char *label, struct span value)
{
	if (value.len == 0)
		return;
	out_printf(out, LABEL, label);
	explain_safe(out, value);
	out_char(out, '\n');
}

static void
write_list(struct out *out, const char *label, const struct buf *list)
{
	if (list->len == 0)
		return;
	out_printf(out, "  %-14s  ", label);
	explain_safe(out, buf_span(list));
	out_char(out, '\n');
}

/* Of all packages: affected if one is, unknown if one may be. */
static const char *
word_of(const struct explained_advisory *x)
{
	enum word word = WORD_NOT_AFFECTED;
	size_t i;

	if (x->withdrawn)
		return "withdrawn";
	for (i = 0; i < x->n_lines; i++) {
		if (x->lines[i].word == WORD_AFFECTED)
			return word_name(WORD_AFFECTED);
		if (x->lines[i].word == WORD_UNKNOWN)
			word = WORD_UNKNOWN;
	}
	return word_name(x->n_more > 0 ? WORD_UNKNOWN : word);
}

int
explain_advisory(
    const struct explained_advisory *x, struct out *out, struct err *e)
{
	uint64_t offset;
	int rc = place_find(x->family->db, x->key, &offset, e);
	size_t i;

	if (rc < 0)
		return -1;
	out_char(out, '\n');
	explain_safe(out, x->id);
	out_printf(out, ": %s\n", word_of(x));
	write_field(out, "title", x->title);
	write_field(out, "severity",
	    x->severity.len > 0 ? x->severity : SPAN_LIT("unrated"));
	write_field(out, "document", x->document->name);
	if (rc == 1)
		out_printf(out, LABEL "byte %llu of the unpacked file\n",
		    "stands at", (unsigned long long)offset);
	out_printf(
	    out, LABEL "sha256:%.*s\n", "file", SPAN_ARG(x->document->sha256));
	for (i = 0; i < x->n_lines; i++) {
		out_printf(out, "  %-14s  ", word_name(x->lines[i].word));
		explain_safe(out, x->lines[i].text);
		out_char(out, '\n');
	}
	if (x->n_more > 0)
		out_printf(out, "  and %zu more\n", x->n_more);
	write_list(out, "not installed:", &x->absent);
	write_list(out, "other builds:", &x->streams);
	return 0;
}
