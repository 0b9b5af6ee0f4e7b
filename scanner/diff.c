/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/json_out.h"
#include "base/mem.h"
#include "base/printable.h"
#include "scanner/proc_scan_diff.h"

struct differ {
	struct out *out;
	struct json_out json;
	bool as_json;
	bool differs;
	const char *heading; /* before the next line; NULL: it is there */
	struct buf text;
};

/* What both sides' lists have in common, sorted alike. */
struct list {
	const void **v;
	size_t n;
};

/*
 * Walks both lists: fn is told of what is in one only (the other NULL), and of
 * pairs of a key; any is one that is there.
 */
static void
merge(struct differ *d, const struct list *a, const struct list *b,
    int (*cmp_key)(const void *a, const void *b),
    void (*fn)(struct differ *d, const void *any, const void *a, const void *b))
{
	size_t i = 0;
	size_t j = 0;
	int order;

	while (i < a->n || j < b->n) {
		order = i == a->n ? 1
		    : j == b->n   ? -1
				  : cmp_key(a->v[i], b->v[j]);
		fn(d, order <= 0 ? a->v[i] : b->v[j],
		    order <= 0 ? a->v[i] : NULL, order >= 0 ? b->v[j] : NULL);
		i += order <= 0;
		j += order >= 0;
	}
}

/* --- packages --- */

static int
cmp_spans(const struct span *a, const struct span *b, size_t n)
{
	int order = 0;
	size_t i;

	for (i = 0; i < n && order == 0; i++)
		order = span_cmp(a[i], b[i]);
	return order;
}

static int
package_key(const void *pa, const void *pb)
{
	const struct package *a = pa;
	const struct package *b = pb;
	const struct span x[] = { a->name, a->arch };
	const struct span y[] = { b->name, b->arch };

	if (a->kind != b->kind)
		return a->kind < b->kind ? -1 : 1;
	return cmp_spans(x, y, 2);
}

static int
package_exact(const void *pa, const void *pb)
{
	const struct package *a = pa;
	const struct package *b = pb;
	int order = package_key(pa, pb);

	return order != 0 ? order : span_cmp(a->full_version, b->full_version);
}

static int
sort_package(const void *pa, const void *pb)
{
	const void *const *a = pa;
	const void *const *b = pb;

	return package_exact(*a, *b);
}

static struct list
packages_of(const struct facts *f)
{
	struct list l = { xcalloc(f->system.n_packages, sizeof(void *)),
		f->system.n_packages };
	size_t i;

	for (i = 0; i < l.n; i++)
		l.v[i] = &f->system.packages[i];
	if (l.n > 0)
		qsort(l.v, l.n, sizeof(*l.v), sort_package);
	return l;
}

/* Drops what both have, version for version. */
static void
drop_same(struct list *a, struct list *b)
{
	size_t i = 0;
	size_t j = 0;
	size_t n_a = 0;
	size_t n_b = 0;
	int order;

	while (i < a->n || j < b->n) {
		order = i == a->n ? 1
		    : j == b->n   ? -1
				  : package_exact(a->v[i], b->v[j]);
		if (order < 0)
			a->v[n_a++] = a->v[i];
		if (order > 0)
			b->v[n_b++] = b->v[j];
		i += order <= 0;
		j += order >= 0;
	}
	a->n = n_a;
	b->n = n_b;
}

static const char *
change_name(const void *a, const void *b)
{
	return a == NULL ? "added" : b == NULL ? "removed" : "changed";
}

static void
text(struct differ *d, struct span s)
{
	buf_reset(&d->text);
	printable_add(&d->text, s);
	out_span(d->out, buf_span(&d->text));
}

static void
begin_line(struct differ *d, const void *a, const void *b)
{
	d->differs = true;
	if (d->heading != NULL)
		out_printf(d->out, "%s:\n", d->heading);
	d->heading = NULL;
	out_str(d->out, a == NULL ? "  + " : b == NULL ? "  - " : "  ~ ");
}

static void
tell_package(struct differ *d, const void *any, const void *pa, const void *pb)
{
	const struct package *a = pa;
	const struct package *b = pb;
	const struct package *p = any;

	if (d->as_json) {
		d->differs = true;
		json_object(&d->json, NULL);
		json_str(&d->json, "change", change_name(a, b));
		json_str(&d->json, "kind", package_kind_name(p->kind));
		json_span(&d->json, "name", p->name);
		json_span(&d->json, "arch", p->arch);
		json_span(
		    &d->json, "a", a == NULL ? SPAN_NONE : a->full_version);
		json_span(
		    &d->json, "b", b == NULL ? SPAN_NONE : b->full_version);
		json_object_end(&d->json);
		return;
	}
	begin_line(d, a, b);
	text(d, p->name);
	out_char(d->out, ':');
	text(d, p->arch);
	out_char(d->out, ' ');
	if (a != NULL)
		text(d, a->full_version);
	if (a != NULL && b != NULL)
		out_str(d->out, " → ");
	if (b != NULL)
		text(d, b->full_version);
	out_char(d->out, '\n');
}

/* --- findings --- */

static int
finding_key(const void *pa, const void *pb)
{
	const struct finding *a = pa;
	const struct finding *b = pb;
	const struct span x[] = { a->package, a->cve, a->arch };
	const struct span y[] = { b->package, b->cve, b->arch };

	return cmp_spans(x, y, 3);
}

static int
sort_finding(const void *pa, const void *pb)
{
	const struct finding *const *a = pa;
	const struct finding *const *b = pb;
	int order = finding_key(*a, *b);

	return order != 0 ? order : span_cmp((*a)->installed, (*b)->installed);
}

static struct list
findings_of(const struct scan *s)
{
	struct list l = { xcalloc(s->n_findings, sizeof(void *)),
		s->n_findings };
	size_t i;

	for (i = 0; i < l.n; i++)
		l.v[i] = &s->findings[i];
	if (l.n > 0)
		qsort(l.v, l.n, sizeof(*l.v), sort_finding);
	return l;
}

/* A newer version of the package that is affected as before is no change. */
static bool
same_finding(const struct finding *a, const struct finding *b)
{
	return a->severity == b->severity && a->fix == b->fix &&
	    span_eq(a->fixed, b->fixed) && a->fails == b->fails &&
	    span_eq(a->waived, b->waived);
}

static void
json_side(struct json_out *j, const char *name, const struct finding *f)
{
	if (f == NULL) {
		json_null(j, name);
		return;
	}
	json_object(j, name);
	json_span(j, "installed", f->installed);
	json_str(j, "severity", severity_name(f->severity));
	json_str(j, "fix", fix_name(f->fix));
	json_span(j, "fixed", f->fixed);
	json_bool(j, "fails", f->fails);
	json_span(j, "waiver", f->waived);
	json_object_end(j);
}

static void
tell_state(struct differ *d, const struct finding *f)
{
	out_printf(
	    d->out, "%s, %s", severity_name(f->severity), fix_name(f->fix));
	if (f->fixed.len > 0) {
		out_char(d->out, ' ');
		text(d, f->fixed);
	}
	if (f->waived.len > 0) {
		out_str(d->out, ", waived by ");
		text(d, f->waived);
	}
}

static void
tell_finding(struct differ *d, const void *any, const void *pa, const void *pb)
{
	const struct finding *a = pa;
	const struct finding *b = pb;
	const struct finding *f = any;

	if (f == NULL || (a != NULL && b != NULL && same_finding(a, b)))
		return;
	if (d->as_json) {
		d->differs = true;
		json_object(&d->json, NULL);
		json_str(&d->json, "change", change_name(a, b));
		json_span(&d->json, "cve", f->cve);
		json_span(&d->json, "package", f->package);
		json_span(&d->json, "arch", f->arch);
		json_side(&d->json, "a", a);
		json_side(&d->json, "b", b);
		json_object_end(&d->json);
		return;
	}
	begin_line(d, a, b);
	text(d, f->cve);
	out_char(d->out, ' ');
	text(d, f->package);
	out_str(d->out, "  ");
	if (a != NULL)
		tell_state(d, a);
	if (a != NULL && b != NULL)
		out_str(d->out, " → ");
	if (b != NULL)
		tell_state(d, b);
	out_char(d->out, '\n');
}

/* --- the whole --- */

static void
tell_side(struct differ *d, const char *name, const struct diff_side *s)
{
	char hex[DIGEST_HEX_SIZE + 8] = "sha256:";
	size_t i;

	digest_hex(&s->facts.inventory_digest, hex + 7);
	if (!d->as_json) {
		out_printf(d->out, "%s  ", name);
		text(d, span_of(s->target.text));
		out_printf(d->out, "  %s  generation %llu  %zu findings  ", hex,
		    (unsigned long long)s->index.generation,
		    s->scan.n_findings);
		out_printf(d->out, "%s\n", verdict_name(s->scan.verdict));
		return;
	}
	json_object(&d->json, name);
	json_str(&d->json, "target", s->target.text);
	json_span(&d->json, "image_digest", s->facts.image_digest);
	json_str(&d->json, "inventory", hex);
	json_uint(&d->json, "generation", s->index.generation);
	json_uint(&d->json, "packages", s->facts.system.n_packages);
	json_uint(&d->json, "findings", s->scan.n_findings);
	json_str(&d->json, "verdict", verdict_name(s->scan.verdict));
	json_array(&d->json, "reasons");
	for (i = 0; i < s->scan.n_reasons; i++)
		json_span(&d->json, NULL, s->scan.reasons[i]);
	json_array_end(&d->json);
	json_object_end(&d->json);
}

static void
begin_list(struct differ *d, const char *name)
{
	if (d->as_json)
		json_array(&d->json, name);
	else
		d->heading = name;
}

static void
end_list(struct differ *d)
{
	if (d->as_json)
		json_array_end(&d->json);
}

static void
tell_lists(
    struct differ *d, const struct diff_side *a, const struct diff_side *b)
{
	struct list x = packages_of(&a->facts);
	struct list y = packages_of(&b->facts);

	drop_same(&x, &y);
	begin_list(d, "packages");
	merge(d, &x, &y, package_key, tell_package);
	end_list(d);
	free(x.v);
	free(y.v);
	x = findings_of(&a->scan);
	y = findings_of(&b->scan);
	begin_list(d, "findings");
	merge(d, &x, &y, finding_key, tell_finding);
	end_list(d);
	free(x.v);
	free(y.v);
}

int
diff_write(const struct diff_side *a, const struct diff_side *b, bool as_json,
    struct out *out, bool *differs)
{
	struct differ d = { .out = out, .as_json = as_json };

	json_out_init(&d.json, out);
	d.differs = a->scan.verdict != b->scan.verdict;
	if (as_json) {
		json_object(&d.json, NULL);
		json_uint(&d.json, "format", 1);
	}
	tell_side(&d, "a", a);
	tell_side(&d, "b", b);
	tell_lists(&d, a, b);
	if (as_json) {
		json_bool(&d.json, "differs", d.differs);
		json_object_end(&d.json);
		out_char(out, '\n');
	} else if (!d.differs) {
		out_str(out, "No difference.\n");
	}
	buf_cleanup(&d.text);
	*differs = d.differs;
	return 0;
}
