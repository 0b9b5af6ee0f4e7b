/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/buf.h"
#include "base/map.h"
#include "base/mem.h"
#include "scanner/evidence.h"
#include "scanner/report_rows.h"

struct joiner {
	struct arena *arena;
	struct report_row *v;
	size_t n;
	size_t cap;
	struct map by_key; /* package, installed, CVE → row */
	struct buf key;
};

static struct span
format(struct joiner *j, struct buf *b)
{
	struct span s = arena_span(j->arena, buf_span(b));

	buf_cleanup(b);
	return s;
}

static struct span
make_key(struct joiner *j, const struct evidence *f, struct span cve)
{
	buf_reset(&j->key);
	buf_add_span(&j->key, f->package);
	buf_add_char(&j->key, '\0');
	buf_add_span(&j->key, f->installed);
	buf_add_char(&j->key, '\0');
	buf_add_span(&j->key, cve);
	return buf_span(&j->key);
}

/* "USN-1, USN-2": each notice once. */
static struct span
add_note(struct joiner *j, struct span notes, struct span note)
{
	struct span rest = notes;
	struct span part;
	struct buf b = { 0 };

	if (note.len == 0 || notes.len == 0)
		return note.len == 0 ? notes : note;
	while (span_next(&rest, ',', &part))
		if (span_eq(span_trim(part), note))
			return notes;
	buf_printf(&b, "%.*s, %.*s", SPAN_ARG(notes), SPAN_ARG(note));
	return format(j, &b);
}

/* Of two documents' fixed versions the later one, and any before none. */
static struct span
later_fix(const struct report_row *row, struct span fixed)
{
	if (fixed.len == 0 || row->fixed.len == 0)
		return fixed.len == 0 ? row->fixed : fixed;
	return evidence_version_order(row->kind, fixed, row->fixed) > 0
	    ? fixed
	    : row->fixed;
}

static void
join(struct joiner *j, struct report_row *row, const struct evidence *f)
{
	row->note = add_note(j, row->note, f->notice);
	row->fixed = later_fix(row, f->fixed);
	if (f->severity > row->severity)
		row->severity = f->severity;
}

static void
add_row(struct joiner *j, const struct evidence *f, struct span cve)
{
	j->v = xgrow(j->v, &j->cap, j->n + 1, sizeof(*j->v));
	j->v[j->n++] = (struct report_row){ .package = f->package,
		.installed = f->installed,
		.fixed = f->fixed,
		.severity = f->severity,
		.cve = cve,
		.note = f->notice,
		.kind = f->kind };
}

/* What the tracker says where there is no notice to name. */
static struct span
status_text(const struct evidence *f)
{
	if (f->status != OVAL_STATUS_NONE)
		return span_of(oval_status_name(f->status));
	return f->fixed.len == 0 ? SPAN_LIT("no fix known") : SPAN_NONE;
}

static void
add_vulnerability(struct joiner *j, const struct evidence *f)
{
	size_t i;

	for (i = 0; i == 0 || i < f->n_cves; i++) {
		struct span cve = i < f->n_cves ? f->cves[i] : SPAN_NONE;
		uint32_t at;

		if (map_add(
			&j->by_key, make_key(j, f, cve), (uint32_t)j->n, &at))
			add_row(j, f, cve);
		else
			join(j, &j->v[at], f);
	}
}

/* A notice joins the rows of its CVEs; those that no row has make one. */
static void
add_patch(struct joiner *j, const struct evidence *f)
{
	struct span first = SPAN_NONE;
	struct buf b = { 0 };
	size_t n_alone = 0;
	size_t i;
	uint32_t at;

	for (i = 0; i < f->n_cves; i++) {
		if (map_get(&j->by_key, make_key(j, f, f->cves[i]), &at))
			join(j, &j->v[at], f);
		else if (n_alone++ == 0)
			first = f->cves[i];
	}
	if (n_alone == 0 && f->n_cves > 0)
		return;
	/* Other architectures of the package, other documents. */
	buf_add_span(&b, f->notice);
	buf_add_char(&b, '\0');
	buf_add_span(&b, first);
	if (!map_add(&j->by_key, make_key(j, f, buf_span(&b)), (uint32_t)j->n,
		&at)) {
		buf_cleanup(&b);
		join(j, &j->v[at], f);
		return;
	}
	buf_reset(&b);
	buf_add_span(&b, first);
	if (n_alone > 1)
		buf_printf(&b, " +%zu", n_alone - 1);
	add_row(j, f, format(j, &b));
}

static int
compare(const void *pa, const void *pb)
{
	const struct report_row *a = pa;
	const struct report_row *b = pb;
	const struct span keys[][2] = {
		{ a->package, b->package },
		{ a->cve, b->cve },
		{ a->installed, b->installed },
		{ a->note, b->note },
	};

	return evidence_order(
	    a->severity, b->severity, keys, sizeof(keys) / sizeof(*keys));
}

/* The tracker's word goes where no notice does, once all notices are in. */
static void
fill_status(struct joiner *j, const struct scan *s)
{
	size_t i, k;

	for (i = 0; i < s->n_evidence; i++) {
		const struct evidence *f = &s->evidence[i];

		for (k = 0; k == 0 || k < f->n_cves; k++) {
			struct span cve =
			    k < f->n_cves ? f->cves[k] : SPAN_NONE;
			uint32_t at;

			if (map_get(&j->by_key, make_key(j, f, cve), &at) &&
			    j->v[at].note.len == 0)
				j->v[at].note = status_text(f);
		}
	}
}

void
report_rows(
    const struct scan *s, struct arena *a, struct report_row **rows, size_t *n)
{
	struct joiner j = { .arena = a };
	size_t i;

	for (i = 0; i < s->n_evidence; i++)
		if (s->evidence[i].class != OVAL_CLASS_PATCH)
			add_vulnerability(&j, &s->evidence[i]);
	for (i = 0; i < s->n_evidence; i++)
		if (s->evidence[i].class == OVAL_CLASS_PATCH)
			add_patch(&j, &s->evidence[i]);
	fill_status(&j, s);
	if (j.n > 0)
		qsort(j.v, j.n, sizeof(*j.v), compare);
	*rows = arena_array(a, j.n, sizeof(**rows));
	*n = j.n;
	for (i = 0; i < j.n; i++)
		(*rows)[i] = j.v[i];
	map_cleanup(&j.by_key);
	buf_cleanup(&j.key);
	free(j.v);
}
