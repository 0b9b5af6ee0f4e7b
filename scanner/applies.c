/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "content/release.h"
#include "eval/advisories.h"
#include "scanner/applies.h"
#include "scanner/applies_table.h"

#define SET_MAX 16u

/* Formats that eval/advisories.h reads. */
static const char *const advisory_formats[] = { "osv", "openvex", "csaf",
	"csaf-deletions", "debian-tracker", "secdb", "errata", "updateinfo",
	"photon" };

/* While the documents of an image are looked up. */
struct finder {
	struct applies *out;
	const struct facts *facts;
	const struct index_reader *index;
	const struct distribution *distribution; /* NULL: unknown */
	struct span release;                     /* as documents have it */
	struct arena *arena;
	bool found[SET_MAX]; /* a document of the set is there */
	bool lacks[SET_MAX]; /* one is not, or does not know the release */
};

bool
applies_package_kind(struct span distribution, enum package_kind *kind)
{
	const struct distribution *d = applies_distribution(distribution);

	if (d == NULL)
		return false;
	*kind = d->kind;
	return true;
}

static struct span
format(struct arena *a, struct buf *b)
{
	struct span s = arena_span(a, buf_span(b));

	buf_cleanup(b);
	return s;
}

/* --- releases --- */

static struct span
major_of(struct span version)
{
	return span_first(version, span_find(version, '.'));
}

/* "3.20" of 3.20.3; what is not released yet is edge. */
static struct span
minor_of(struct span version)
{
	size_t first = span_find(version, '.');
	struct span rest = span_from(version, first + 1);

	if (span_find(version, '_') < version.len)
		return SPAN_LIT("edge");
	if (first == version.len)
		return version;
	return span_first(version, first + 1 + span_find(rest, '.'));
}

/* The release as the documents have it: "focal", "8", "3.20". */
static struct span
release_of(const struct facts *f, const struct distribution *d)
{
	if (d == NULL)
		return f->os_codename.len > 0 ? f->os_codename
					      : f->os_version_id;
	switch (d->by) {
	case RELEASE_CODENAME:
		return f->os_codename;
	case RELEASE_MAJOR:
		return major_of(f->os_version_id);
	case RELEASE_MINOR:
		return minor_of(f->os_version_id);
	case RELEASE_VERSION:
		return f->os_version_id;
	case RELEASE_NONE:
		break;
	}
	return SPAN_NONE;
}

void
applies_subject(
    const struct facts *f, struct span *distribution, struct span *release)
{
	const struct distribution *d = applies_distribution(f->os_id);

	*distribution = SPAN_NONE;
	*release = SPAN_NONE;
	if (d == NULL)
		return;
	*distribution = applies_content(d);
	*release = d->by == RELEASE_MAJOR ? f->os_version_id : release_of(f, d);
}

struct span
applies_release_text(const struct facts *f, struct arena *a)
{
	struct span release = release_of(f, applies_distribution(f->os_id));
	struct buf b = { 0 };

	if (f->os_id.len == 0)
		return SPAN_LIT("this image");
	buf_add_span(&b, f->os_id);
	if (release.len > 0)
		buf_printf(&b, " %.*s", SPAN_ARG(release));
	return format(a, &b);
}

/* --- names --- */

struct span
applies_architecture(const struct facts *f)
{
	size_t i;

	for (i = 0; i < f->system.n_packages; i++) {
		struct span arch = f->system.packages[i].arch;

		if (span_is(arch, "x86_64") || span_is(arch, "aarch64"))
			return arch;
	}
	return SPAN_NONE;
}

/* "15-sp4" of 15.4; of 15 itself nothing. */
static void
add_service_pack(struct buf *b, struct span version)
{
	struct span major = major_of(version);
	struct span minor = span_from(version, major.len + 1);
	uint64_t n;

	if (parse_uint(minor, 99, &n) && n > 0)
		buf_printf(b, "%.*s-sp%u", SPAN_ARG(major), (unsigned)n);
}

static void
add_word(struct buf *b, const struct finder *f, char word)
{
	struct span version = f->facts->os_version_id;

	if (word == 's')
		buf_add_span(b, f->release);
	else if (word == 'm')
		buf_add_span(b, major_of(version));
	else if (word == 'p')
		add_service_pack(b, version);
	else if (word == 'a')
		buf_add_span(b, applies_architecture(f->facts));
	else if (f->release.len > 0)
		buf_printf(b, span_is(f->release, "edge") ? "%.*s" : "v%.*s",
		    SPAN_ARG(f->release));
}

/* The row's name with the image's words; empty if the image lacks one. */
static struct span
expand(const struct finder *f, const char *pattern)
{
	struct buf b = { 0 };
	const char *p;

	for (p = pattern; *p != '\0'; p++) {
		size_t before = b.len;

		if (*p != '%') {
			buf_add_char(&b, *p);
			continue;
		}
		add_word(&b, f, *++p);
		if (b.len == before) {
			buf_cleanup(&b);
			return SPAN_NONE;
		}
	}
	return format(f->arena, &b);
}

static bool
is_named(const struct document *d, struct span name)
{
	return span_has_suffix(name, "/") ? span_has_prefix(d->name, name.ptr)
					  : span_eq(d->name, name);
}

/* --- documents --- */

static size_t
count_documents(const struct index_reader *r)
{
	size_t n = 0;
	size_t i;

	for (i = 0; i < r->n_families; i++)
		n += r->families[i].n_documents;
	return n;
}

static bool
has_advisories(const struct document *d)
{
	size_t i;

	for (i = 0; i < sizeof(advisory_formats) / sizeof(char *); i++)
		if (span_is(d->format, advisory_formats[i]))
			return true;
	return false;
}

static void
add(struct applies *out, const struct document *d,
    const struct index_family *family, bool suffices)
{
	if (span_is(d->format, "oval"))
		out->documents[out->n_documents++] =
		    (struct scan_document){ .document = d, .family = family };
	else if (has_advisories(d))
		out->advisories[out->n_advisories++] =
		    (struct scan_advisories){ d, family, suffices };
}

/* Whether a document of many releases says anything of this one. */
static bool
knows_release(const struct finder *f, const struct index_family *family)
{
	struct span release = f->distribution->by == RELEASE_CODENAME
	    ? f->release
	    : f->facts->os_version_id;
	struct err ignored;
	bool yes;

	return advisories_have_release(family, applies_content(f->distribution),
		   release, &yes, &ignored) == 0 &&
	    yes;
}

/* A part of a publication says nothing of what it lacks. */
static bool
is_whole(const struct applies_row *row, const struct document *d)
{
	return d->n_records >= row->records_min;
}

/* Adds what the row names; false if nothing of it suffices. */
static bool
add_row(struct finder *f, const struct applies_row *row, struct span name)
{
	struct span content = applies_content(f->distribution);
	bool found = false;
	size_t i, k;

	for (i = 0; i < f->index->n_families; i++) {
		const struct index_family *family = &f->index->families[i];

		for (k = 0; k < family->n_documents; k++) {
			const struct document *d = &family->documents[k];

			if (!is_named(d, name) ||
			    !(span_eq(d->distribution, content) ||
				span_is(d->distribution, "suse")))
				continue;
			if (row->is_of_many && !knows_release(f, family))
				continue;
			add(f->out, d, family,
			    row->set > 0 && is_whole(row, d));
			found = found || is_whole(row, d);
		}
	}
	return found;
}

static bool
set_suffices(const struct finder *f, unsigned set)
{
	return f->found[set] && !f->lacks[set];
}

static bool
any_suffices(const struct finder *f, unsigned first)
{
	unsigned set;

	for (set = first; set < SET_MAX; set++)
		if (set_suffices(f, set))
			return true;
	return false;
}

static void
add_rows(struct finder *f)
{
	const struct applies_row *row = f->distribution->rows;
	size_t i;

	for (i = 0; i < APPLIES_ROWS_MAX && row[i].name != NULL; i++) {
		struct span name = expand(f, row[i].name);
		bool found = name.len > 0 && add_row(f, &row[i], name);

		f->found[row[i].set] |= found;
		f->lacks[row[i].set] |= !found;
	}
	f->found[0] = false;
}

/* What is wanted and not there, unless another set does as well. */
static void
add_missing(struct finder *f)
{
	const struct distribution *d = f->distribution;
	const struct applies_row *row = d->rows;
	struct applies *out = f->out;
	size_t i;

	if (any_suffices(f, d->n_wanted + 1))
		return;
	out->missing =
	    arena_array(f->arena, APPLIES_ROWS_MAX, sizeof(*out->missing));
	for (i = 0; i < APPLIES_ROWS_MAX && row[i].name != NULL; i++) {
		struct span name = expand(f, row[i].name);

		if (row[i].set == 0 || row[i].set > d->n_wanted ||
		    name.len == 0)
			continue;
		if (index_find(f->index, name, NULL) == NULL)
			out->missing[out->n_missing++] = name;
	}
}

/* --- reasons --- */

/* Whether any document is about the distribution, judged by it or not. */
static bool
has_documents(const struct index_reader *r, struct span distribution)
{
	size_t i, k;

	for (i = 0; i < r->n_families; i++)
		for (k = 0; k < r->families[i].n_documents; k++)
			if (span_eq(r->families[i].documents[k].distribution,
				distribution))
				return true;
	return false;
}

static void
unknown_distribution(struct finder *f)
{
	struct span text = applies_release_text(f->facts, f->arena);
	struct buf b = { 0 };

	buf_printf(&b, "no content for %.*s: ", SPAN_ARG(text));
	if (span_is(f->facts->os_id, "centos"))
		buf_add_str(&b,
		    "Red Hat's definitions judge Red Hat Enterprise Linux "
		    "only");
	else if (has_documents(f->index, f->facts->os_id))
		buf_add_str(&b,
		    "this version does not judge this distribution; `show` "
		    "tells what is known of its packages");
	else
		buf_add_str(&b, "there is no source for this distribution");
	f->out->reason = format(f->arena, &b);
}

/*
 * Why the wanted document that is there does not do: nothing, where it is not
 * there.
 */
static bool
add_fault(const struct finder *f, struct buf *b)
{
	const struct applies_row *row = f->distribution->rows;
	struct span text = applies_release_text(f->facts, f->arena);
	const struct index_family *family = NULL;
	const struct document *d =
	    index_find(f->index, expand(f, row->name), &family);

	if (d == NULL)
		return false;
	if (!is_whole(row, d))
		buf_printf(b,
		    "%.*s has %llu %s only, so it is not all that there "
		    "is for %.*s: run `scapcache sync %s`",
		    SPAN_ARG(d->name), (unsigned long long)d->n_records,
		    d->n_records == 1 ? "record" : "records", SPAN_ARG(text),
		    row->source);
	else if (row->is_of_many && !knows_release(f, family))
		buf_printf(b, "%.*s says nothing of %.*s", SPAN_ARG(d->name),
		    SPAN_ARG(text));
	return b->len > 0;
}

/* Why what is there passes no image of the release. */
static void
insufficient(struct finder *f)
{
	const struct applies *out = f->out;
	const char *source = f->distribution->rows[0].source;
	struct span text = applies_release_text(f->facts, f->arena);
	struct buf b = { 0 };

	if (add_fault(f, &b))
		;
	else if (out->n_documents + out->n_advisories == 0)
		buf_printf(&b, "no content for %.*s: run `scapcache sync %s`",
		    SPAN_ARG(text), source);
	else
		buf_printf(&b,
		    "the content for %.*s is incomplete: run `scapcache sync "
		    "%s`",
		    SPAN_ARG(text), source);
	f->out->reason = format(f->arena, &b);
}

static void
find_all(struct finder *f)
{
	if (f->distribution == NULL) {
		unknown_distribution(f);
		return;
	}
	if (f->distribution->by != RELEASE_NONE && f->release.len == 0) {
		f->out->reason =
		    SPAN_LIT("the image's os-release names no version: its "
			     "release is not known");
		return;
	}
	add_rows(f);
	add_missing(f);
	if (!any_suffices(f, 1))
		insufficient(f);
}

/* --- a document that was named --- */

/* The row that names the document, NULL if none does. */
static const struct applies_row *
row_of(const struct finder *f, const struct document *d)
{
	const struct applies_row *row;
	size_t i;

	if (f->distribution == NULL)
		return NULL;
	row = f->distribution->rows;
	for (i = 0; i < APPLIES_ROWS_MAX && row[i].name != NULL; i++) {
		struct span name = expand(f, row[i].name);

		if (name.len > 0 && is_named(d, name))
			return &row[i];
	}
	return NULL;
}

/* "8.10" is of "8", too: documents may judge all minor releases. */
static bool
is_of_release(const struct finder *f, const struct document *d)
{
	struct span content = f->distribution != NULL
	    ? applies_content(f->distribution)
	    : f->facts->os_id;

	if (row_of(f, d) != NULL)
		return true;
	return span_eq(d->distribution, content) &&
	    (span_eq(d->release, f->release) ||
		release_covers(d->release, f->facts->os_version_id));
}

/* Whether an image passes by this document alone. */
static bool
passes_alone(const struct finder *f, const struct document *d,
    const struct index_family *family)
{
	const struct applies_row *row = row_of(f, d);
	const struct applies_row *other;
	size_t i;

	if (f->distribution == NULL)
		return false;
	if (row != NULL && row->set > 0 && !is_whole(row, d))
		return false;
	if (row == NULL || row->set == 0)
		return f->distribution->any_oval && span_is(d->format, "oval");
	other = f->distribution->rows;
	for (i = 0; i < APPLIES_ROWS_MAX && other[i].name != NULL; i++)
		if (&other[i] != row && other[i].set == row->set)
			return false;
	return !row->is_of_many || knows_release(f, family);
}

/* Whether the image is of the release that the document judges. */
static bool
check_release(struct finder *f, const struct document *d,
    const struct index_family *family)
{
	struct buf b = { 0 };
	bool passes = false;
	struct span text;

	if (!f->facts->has_os_release)
		return false;
	text = applies_release_text(f->facts, f->arena);
	if (!is_of_release(f, d)) {
		buf_printf(&b, "%.*s judges %.*s %.*s, and the image is %.*s",
		    SPAN_ARG(d->name), SPAN_ARG(d->distribution),
		    SPAN_ARG(d->release), SPAN_ARG(text));
		f->out->other_release = true;
	} else if (!passes_alone(f, d, family)) {
		/* Debian's names source packages: its "false" says little. */
		buf_printf(&b,
		    "%.*s by itself passes no image of %.*s: it leaves out "
		    "what others say",
		    SPAN_ARG(d->name), SPAN_ARG(text));
	} else {
		passes = true;
	}
	if (b.len > 0)
		f->out->reason = format(f->arena, &b);
	return passes;
}

static void
find_named(struct finder *f, const char *name)
{
	const struct index_family *family = NULL;
	const struct document *d = index_find(f->index, span_of(name), &family);
	struct applies *out = f->out;
	struct buf b = { 0 };

	if (d != NULL && (span_is(d->format, "oval") || has_advisories(d))) {
		add(out, d, family, check_release(f, d, family));
		return;
	}
	if (d != NULL) {
		buf_printf(&b, "%s holds nothing to judge an image by", name);
		out->reason = format(f->arena, &b);
		return;
	}
	out->missing = arena_array(f->arena, 1, sizeof(*out->missing));
	out->missing[out->n_missing++] = arena_span(f->arena, span_of(name));
	buf_printf(&b,
	    "the index has no document \"%s\": run `scapcache sync`, or see "
	    "`scapcache status` for those it has",
	    name);
	out->reason = format(f->arena, &b);
}

void
applies_find(struct applies *out, const struct facts *facts,
    const struct index_reader *r, const char *name, struct arena *a)
{
	struct finder f = { .out = out,
		.facts = facts,
		.index = r,
		.distribution = applies_distribution(facts->os_id),
		.arena = a };
	size_t n = count_documents(r);

	f.release = release_of(facts, f.distribution);
	*out = (struct applies){ 0 };
	out->documents = arena_array(a, n + 1, sizeof(*out->documents));
	out->advisories = arena_array(a, n + 1, sizeof(*out->advisories));
	if (name != NULL)
		find_named(&f, name);
	else if (facts->os_id.len > 0) /* else the verdict says so */
		find_all(&f);
	if (n == 0)
		out->reason =
		    SPAN_LIT("the index is empty: run `scapcache sync`");
}
