/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buf.h"
#include "scanner/applies.h"

#define FLAVOURS_MAX 2

struct distribution {
	const char *id;
	enum package_kind kind;
	bool by_major; /* release: the major version; else the codename */
	/* %s is the release. */
	const char *flavours[FLAVOURS_MAX];
	const char *names[FLAVOURS_MAX];
};

static const struct distribution distributions[] = {
	{
	    .id = "ubuntu",
	    .kind = PACKAGE_DPKG,
	    .flavours = { "cve", "usn" },
	    .names = { "com.ubuntu.%s.cve.oval", "com.ubuntu.%s.usn.oval" },
	},
	{
	    .id = "rhel",
	    .kind = PACKAGE_RPM,
	    .by_major = true,
	    .flavours = { "rhel-%s", "rhel-%s-including-unpatched" },
	    .names = { "rhel-%s.oval", "rhel-%s-including-unpatched.oval" },
	},
};

/*
 * Rebuilds of Red Hat's packages: its definitions come out true for all of
 * them, whatever is installed (FORMATS §0.7).
 */
static const char *const rebuilds[] = { "centos", "rocky", "almalinux", "ol" };

static const struct distribution *
find_distribution(struct span id)
{
	size_t i;

	for (i = 0; i < sizeof(distributions) / sizeof(*distributions); i++)
		if (span_is(id, distributions[i].id))
			return &distributions[i];
	return NULL;
}

bool
applies_package_kind(struct span distribution, enum package_kind *kind)
{
	const struct distribution *d = find_distribution(distribution);

	if (d == NULL)
		return false;
	*kind = d->kind;
	return true;
}

/* The release as the documents have it: "focal", "8". */
static struct span
release_of(const struct facts *f, const struct distribution *d)
{
	if (d == NULL)
		return f->os_codename.len > 0 ? f->os_codename
					      : f->os_version_id;
	if (d->by_major)
		return span_first(
		    f->os_version_id, span_find(f->os_version_id, '.'));
	return f->os_codename;
}

static struct span
format(struct arena *a, struct buf *b)
{
	struct span s = arena_span(a, buf_span(b));

	buf_cleanup(b);
	return s;
}

struct span
applies_release_text(const struct facts *f, struct arena *a)
{
	struct span release = release_of(f, find_distribution(f->os_id));
	struct buf b = { 0 };

	if (f->os_id.len == 0)
		return SPAN_LIT("this image");
	buf_add_span(&b, f->os_id);
	if (release.len > 0)
		buf_printf(&b, " %.*s", SPAN_ARG(release));
	return format(a, &b);
}

/* The pattern with the release for its %s. */
static struct span
expand(const char *pattern, struct span release, struct arena *a)
{
	struct span p = span_of(pattern);
	size_t at = span_find(p, '%');
	struct buf b = { 0 };

	buf_add_span(&b, span_first(p, at));
	if (at < p.len) {
		buf_add_span(&b, release);
		buf_add_span(&b, span_from(p, at + 2));
	}
	return format(a, &b);
}

static size_t
count_documents(const struct index_reader *r)
{
	size_t n = 0;
	size_t i;

	for (i = 0; i < r->n_families; i++)
		n += r->families[i].n_documents;
	return n;
}

static void
add(struct applies *out, const struct document *d,
    const struct index_family *family)
{
	out->documents[out->n_documents++] =
	    (struct scan_document){ .document = d, .family = family };
}

/* Adds every document of that release and flavour; false if there is none. */
static bool
add_flavour(struct applies *out, const struct index_reader *r,
    const struct document *like)
{
	size_t before = out->n_documents;
	size_t i, k;

	for (i = 0; i < r->n_families; i++) {
		const struct index_family *family = &r->families[i];

		for (k = 0; k < family->n_documents; k++) {
			const struct document *d = &family->documents[k];

			if (span_is(d->format, "oval") &&
			    span_eq(d->distribution, like->distribution) &&
			    span_eq(d->release, like->release) &&
			    span_eq(d->flavour, like->flavour))
				add(out, d, family);
		}
	}
	return out->n_documents > before;
}

static bool
is_rebuild(struct span id)
{
	size_t i;

	for (i = 0; i < sizeof(rebuilds) / sizeof(*rebuilds); i++)
		if (span_is(id, rebuilds[i]))
			return true;
	return false;
}

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

/* Why no document is there for a release that we can name. */
static struct span
no_content(const struct facts *f, const struct index_reader *r, bool known,
    struct arena *a)
{
	struct span release = applies_release_text(f, a);
	struct buf b = { 0 };

	buf_printf(&b, "no content for %.*s: ", SPAN_ARG(release));
	if (known)
		buf_add_str(&b, "run `scapcache sync`");
	else if (is_rebuild(f->os_id))
		buf_add_str(&b,
		    "Red Hat's definitions judge Red Hat Enterprise Linux "
		    "only");
	else if (has_documents(r, f->os_id))
		buf_add_str(&b,
		    "this version does not judge this distribution; `show` "
		    "tells what is known of its packages");
	else
		buf_add_str(&b, "there is no source for this distribution");
	return format(a, &b);
}

static void
find_all(struct applies *out, const struct facts *f,
    const struct index_reader *r, struct arena *a)
{
	const struct distribution *d = find_distribution(f->os_id);
	struct span release = release_of(f, d);
	struct document like = { .release = release };
	size_t i;

	if (d == NULL) {
		out->reason = no_content(f, r, false, a);
		return;
	}
	if (release.len == 0) {
		out->reason = SPAN_LIT("the image's os-release names no "
				       "version: its release is not known");
		return;
	}
	like.distribution = span_of(d->id);
	out->missing = arena_array(a, FLAVOURS_MAX, sizeof(*out->missing));
	for (i = 0; i < FLAVOURS_MAX; i++) {
		like.flavour = expand(d->flavours[i], release, a);
		if (!add_flavour(out, r, &like))
			out->missing[out->n_missing++] =
			    expand(d->names[i], release, a);
	}
	if (out->n_documents == 0)
		out->reason = no_content(f, r, true, a);
}

/* "8.10" is of "8", too: documents may judge all minor releases. */
static bool
is_of_release(const struct facts *f, const struct document *d)
{
	const struct distribution *known = find_distribution(f->os_id);
	struct span major =
	    span_first(f->os_version_id, span_find(f->os_version_id, '.'));

	if (!span_eq(d->distribution, f->os_id))
		return false;
	return span_eq(d->release, release_of(f, known)) ||
	    (known == NULL &&
		(d->release.len == 0 || span_eq(d->release, major)));
}

/* Whether the image is of the release that the document judges. */
static void
check_release(struct applies *out, const struct facts *f,
    const struct document *d, struct arena *a)
{
	struct buf b = { 0 };
	struct span text;

	if (!f->has_os_release)
		return;
	text = applies_release_text(f, a);
	if (!is_of_release(f, d)) {
		buf_printf(&b, "%.*s judges %.*s %.*s, and the image is %.*s",
		    SPAN_ARG(d->name), SPAN_ARG(d->distribution),
		    SPAN_ARG(d->release), SPAN_ARG(text));
		out->other_release = true;
	} else if (find_distribution(d->distribution) == NULL) {
		/* Debian's names source packages: its "false" says little. */
		buf_printf(&b,
		    "%.*s passes no image: this version does not know "
		    "what the definitions for %.*s leave out",
		    SPAN_ARG(d->name), SPAN_ARG(text));
	}
	if (b.len > 0)
		out->reason = format(a, &b);
}

static void
find_named(struct applies *out, const struct facts *f,
    const struct index_reader *r, const char *name, struct arena *a)
{
	const struct index_family *family = NULL;
	const struct document *d = index_find(r, span_of(name), &family);
	struct buf b = { 0 };

	if (d != NULL && span_is(d->format, "oval")) {
		add(out, d, family);
		check_release(out, f, d, a);
		return;
	}
	if (d != NULL) {
		buf_printf(
		    &b, "%s holds no OVAL definitions to judge by", name);
		out->reason = format(a, &b);
		return;
	}
	out->missing = arena_array(a, 1, sizeof(*out->missing));
	out->missing[out->n_missing++] = arena_span(a, span_of(name));
	buf_printf(&b,
	    "the index has no document \"%s\": run `scapcache sync`, or see "
	    "`scapcache status` for those it has",
	    name);
	out->reason = format(a, &b);
}

void
applies_find(struct applies *out, const struct facts *f,
    const struct index_reader *r, const char *name, struct arena *a)
{
	*out = (struct applies){ 0 };
	out->documents =
	    arena_array(a, count_documents(r) + 1, sizeof(*out->documents));
	if (name != NULL)
		find_named(out, f, r, name, a);
	else if (f->os_id.len > 0) /* else the verdict says so */
		find_all(out, f, r, a);
	if (count_documents(r) == 0)
		out->reason =
		    SPAN_LIT("the index is empty: run `scapcache sync`");
}
