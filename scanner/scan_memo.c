/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/log.h"
#include "base/map.h"
#include "base/mem.h"
#include "base/pack.h"
#include "scanner/applies.h"
#include "scanner/inventory.h"
#include "scanner/judge.h"
#include "scanner/modular.h"
#include "scanner/policy.h"
#include "scanner/scan_machines.h"
#include "scanner/scan_memo.h"

/* What the packages of one name come to. */
struct part {
	struct span findings; /* with RECORD_FINDINGS_BETWEEN between them */
	uint32_t n;
	uint32_t n_failing;
	bool is_known;
	bool is_whole;       /* not separable: judge the image as a whole */
	uint32_t n_evidence; /* of all findings */
};

/* What images have in common that have packages of their own. */
struct ground {
	bool is_whole;
	bool has_reasons;
	struct span *reasons;
	size_t n_reasons;
	const struct document **documents;
	struct separable **separable; /* by document */
	size_t n_documents;
	size_t n_missing;
};

/* Packages of one name in the image at hand. */
struct group {
	size_t first;
	size_t n;
	uint32_t part;
	bool is_kept; /* a condition: with every image, without findings */
};

struct scan_memo {
	const struct index_reader *index;
	const struct record_content *content;
	struct arena arena; /* of grounds and parts */
	struct map grounds_by_key;
	struct ground *grounds;
	size_t n_grounds;
	size_t cap_grounds;
	struct map parts_by_key;
	struct part *parts;
	size_t n_parts;
	size_t cap_parts;
	/* Of the options that parts were judged by. */
	int64_t judged_at;
	bool fail_on_set;
	enum severity fail_on;
	const char *document; /* or NULL */
	/* The image at hand. */
	const struct facts *facts;
	const struct scan_options *options;
	struct ground *ground;
	struct group *groups;
	size_t n_groups;
	size_t cap_groups;
	struct arena image;
	struct buf key;
	struct scan_memo_stats stats;
};

struct scan_memo *
scan_memo_new(
    const struct index_reader *index, const struct record_content *content)
{
	struct scan_memo *m = xcalloc(1, sizeof(*m));

	m->index = index;
	m->content = content;
	return m;
}

static void
forget(struct scan_memo *m)
{
	map_cleanup(&m->grounds_by_key);
	map_cleanup(&m->parts_by_key);
	arena_cleanup(&m->arena);
	m->n_grounds = 0;
	m->n_parts = 0;
	m->document = NULL;
}

void
scan_memo_free(struct scan_memo *m)
{
	if (m == NULL)
		return;
	forget(m);
	free(m->grounds);
	free(m->parts);
	free(m->groups);
	arena_cleanup(&m->image);
	buf_cleanup(&m->key);
	free(m);
}

struct scan_memo_stats
scan_memo_stats(const struct scan_memo *m)
{
	return m->stats;
}

static size_t
size_of(const struct scan_memo *m)
{
	return m->arena.total + m->parts_by_key.keys.total +
	    m->grounds_by_key.keys.total + m->n_parts * sizeof(*m->parts);
}

/* --- the image --- */

/* One database, read whole, with packages: reasons then are the ground's. */
static bool
has_one_database(const struct facts *f)
{
	const struct system *s = &f->system;
	size_t i;

	if (s->n_packages == 0 || s->is_oci_manifest)
		return false;
	for (i = 1; i < s->n_packages; i++)
		if (s->packages[i].kind != s->packages[0].kind)
			return false;
	return s->collected[s->packages[0].kind] == COLLECTION_COMPLETE;
}

/* By package: whether it owns a file that content asks for. */
static bool *
find_owners(struct scan_memo *m)
{
	const struct system *s = &m->facts->system;
	bool *owns = arena_array(&m->image, s->n_packages, sizeof(*owns));
	size_t i;

	for (i = 0; i < s->n_package_files; i++)
		owns[s->package_files[i].package] = true;
	return owns;
}

/* They stand by name. */
static void
list_groups(struct scan_memo *m)
{
	const struct system *s = &m->facts->system;
	const bool *owns = find_owners(m);
	struct group *g;
	size_t i = 0;

	m->n_groups = 0;
	while (i < s->n_packages) {
		m->groups = xgrow(m->groups, &m->cap_groups, m->n_groups + 1,
		    sizeof(*m->groups));
		g = &m->groups[m->n_groups++];
		*g = (struct group){ .first = i };
		g->is_kept = separable_is_release(
		    s->packages[i].kind, s->packages[i].name);
		for (; i < s->n_packages &&
		     span_eq(s->packages[i].name, s->packages[g->first].name);
		     i++) {
			g->is_kept = g->is_kept || owns[i];
			g->n++;
		}
	}
}

/*
 * The image with some of its packages: those that are kept always, and those
 * of names that are asked for. Lives as the image at hand.
 */
static void
reduce(struct scan_memo *m, const bool *asked, struct facts *out)
{
	const struct system *s = &m->facts->system;
	struct arena *a = &m->image;
	struct system *to = &out->system;
	uint32_t *now = arena_array(a, s->n_packages, sizeof(*now));
	size_t n = 0;
	size_t i, k;

	for (i = 0; i < m->n_groups; i++)
		if (m->groups[i].is_kept || (asked != NULL && asked[i]))
			n += m->groups[i].n;
	*out = *m->facts;
	to->arena = (struct arena){ 0 };
	to->packages = arena_array(a, n, sizeof(*to->packages));
	to->n_packages = 0;
	for (i = 0; i < m->n_groups; i++) {
		const struct group *g = &m->groups[i];

		if (!g->is_kept && (asked == NULL || !asked[i]))
			continue;
		for (k = g->first; k < g->first + g->n; k++) {
			now[k] = (uint32_t)to->n_packages;
			to->packages[to->n_packages++] = s->packages[k];
		}
	}
	to->package_files =
	    arena_array(a, s->n_package_files, sizeof(*to->package_files));
	for (i = 0; i < s->n_package_files; i++) {
		to->package_files[i] = s->package_files[i];
		to->package_files[i].package = now[s->package_files[i].package];
	}
}

/* --- grounds --- */

/* Which documents apply, and whether they are separable at all. */
static int
learn_ground(struct scan_memo *m, struct ground *g, struct err *e)
{
	struct applies applies;
	size_t i;

	*g = (struct ground){ 0 };
	applies_find(
	    &applies, m->facts, m->index, m->options->document, &m->image);
	g->is_whole = applies.n_advisories > 0 || applies.n_documents == 0 ||
	    applies.other_release;
	g->n_documents = applies.n_documents;
	g->n_missing = applies.n_missing;
	g->documents =
	    arena_array(&m->arena, applies.n_documents, sizeof(*g->documents));
	g->separable =
	    arena_array(&m->arena, applies.n_documents, sizeof(*g->separable));
	for (i = 0; i < applies.n_documents && !g->is_whole; i++) {
		g->documents[i] = applies.documents[i].document;
		if (scan_machines_separable(m->options->machines,
			&applies.documents[i], &g->separable[i], e) != 0)
			return -1;
		g->is_whole = !separable_any(g->separable[i]);
	}
	return 0;
}

/* All that the inventory holds, but for packages that are not kept. */
static void
ground_key(struct scan_memo *m, struct digest *out)
{
	struct facts reduced;

	reduce(m, NULL, &reduced);
	buf_reset(&m->key);
	inventory_encode(&reduced, &m->key);
	pack_uint(&m->key, m->facts->system.packages[0].kind);
	pack_span(&m->key, applies_architecture(m->facts));
	digest_of(buf_span(&m->key), out);
}

static int
find_ground(struct scan_memo *m, struct err *e)
{
	struct digest d;
	struct span key;
	uint32_t at;

	ground_key(m, &d);
	key = span_make(d.bytes, sizeof(d.bytes));
	if (!map_get(&m->grounds_by_key, key, &at)) {
		at = (uint32_t)m->n_grounds;
		m->grounds = xgrow(m->grounds, &m->cap_grounds,
		    m->n_grounds + 1, sizeof(*m->grounds));
		if (learn_ground(m, &m->grounds[at], e) != 0)
			return -1;
		m->n_grounds++;
		map_add(&m->grounds_by_key, key, at, NULL);
	}
	m->ground = &m->grounds[at];
	return 0;
}

/* --- parts --- */

static int
is_separable(struct scan_memo *m, const struct group *g, struct err *e)
{
	const struct package *p = &m->facts->system.packages[g->first];
	const struct ground *ground = m->ground;
	int rc = 1;
	size_t i;

	for (i = 0; i < ground->n_documents && rc == 1; i++)
		rc = separable_name(ground->separable[i], p->kind, p->name, e);
	return rc;
}

/* The place of a group's part; made, and not known yet, if it is new. */
static int
find_part(struct scan_memo *m, struct group *g, struct err *e)
{
	int rc;

	buf_reset(&m->key);
	pack_uint(&m->key, (uint64_t)(m->ground - m->grounds));
	buf_add_span(&m->key, inventory_packages(m->facts, g->first, g->n));
	if (map_get(&m->parts_by_key, buf_span(&m->key), &g->part))
		return 0;
	rc = is_separable(m, g, e);
	if (rc < 0)
		return -1;
	m->parts =
	    xgrow(m->parts, &m->cap_parts, m->n_parts + 1, sizeof(*m->parts));
	m->parts[m->n_parts] = (struct part){ .is_whole = rc == 0 };
	map_add(&m->parts_by_key, buf_span(&m->key), (uint32_t)m->n_parts,
	    &g->part);
	m->n_parts++;
	return 0;
}

/* 1: all are separable; 0: some are not; -1. */
static int
find_parts(struct scan_memo *m, struct err *e)
{
	size_t i;

	for (i = 0; i < m->n_groups; i++) {
		if (m->groups[i].is_kept)
			continue;
		if (find_part(m, &m->groups[i], e) != 0)
			return -1;
		if (m->parts[m->groups[i].part].is_whole)
			return 0;
	}
	return 1;
}

/* --- judging what is new --- */

/* What would make an image of these packages differ from one with more. */
static bool
is_sound(struct scan_memo *m, const struct scan *s)
{
	const struct ground *g = m->ground;
	size_t i;

	if (s->n_documents != g->n_documents || s->n_advisories > 0 ||
	    s->n_missing != g->n_missing || s->n_undecided > 0 || s->is_cut)
		return false;
	for (i = 0; i < s->n_documents; i++)
		if (s->documents[i].n_unjudged > 0 ||
		    s->documents[i].document != g->documents[i])
			return false;
	if (g->has_reasons && g->n_reasons != s->n_reasons)
		return false;
	for (i = 0; g->has_reasons && i < s->n_reasons; i++)
		if (!span_eq(g->reasons[i], s->reasons[i]))
			return false;
	for (i = 0; i < s->n_findings; i++)
		if (s->findings[i].package_index == PACKAGE_NONE)
			return false;
	return true;
}

static void
keep_reasons(struct scan_memo *m, const struct scan *s)
{
	struct ground *g = m->ground;
	size_t i;

	if (g->has_reasons)
		return;
	g->has_reasons = true;
	g->n_reasons = s->n_reasons;
	g->reasons = arena_array(&m->arena, s->n_reasons, sizeof(*g->reasons));
	for (i = 0; i < s->n_reasons; i++)
		g->reasons[i] = arena_span(&m->arena, s->reasons[i]);
}

static void
keep_part(struct scan_memo *m, struct part *p, const struct finding **order,
    size_t n, struct out *o)
{
	size_t i;

	buf_reset(&o->buf);
	for (i = 0; i < n; i++) {
		if (i > 0)
			out_str(o, RECORD_FINDINGS_BETWEEN);
		record_finding(o, order[i]);
		p->n_failing += order[i]->fails;
		p->n_evidence += (uint32_t)order[i]->n_evidence;
	}
	p->n = (uint32_t)n;
	p->findings = arena_span(&m->arena, buf_span(&o->buf));
	p->is_known = true;
}

/* False if one is of a package that is kept: it may hang on another. */
static bool
keep_parts(struct scan_memo *m, const struct scan *s, const bool *asked)
{
	const struct finding **order = record_order(s);
	size_t first = 0; /* of the group's packages in the reduced image */
	size_t at = 0;
	bool sound = true;
	struct out o;
	size_t i, n;

	out_init(&o, -1);
	for (i = 0; i < m->n_groups && sound; i++) {
		const struct group *g = &m->groups[i];

		if (!g->is_kept && !asked[i])
			continue;
		first += g->n;
		for (n = 0; at + n < s->n_findings &&
		     order[at + n]->package_index < first;
		     n++)
			continue;
		if (g->is_kept)
			sound = n == 0;
		else
			keep_part(m, &m->parts[g->part], order + at, n, &o);
		at += n;
	}
	out_cleanup(&o);
	free(order);
	return sound;
}

/* Groups whose parts are not known; false if there are none. */
static bool
ask(struct scan_memo *m, bool *asked)
{
	bool any = false;
	size_t i;

	for (i = 0; i < m->n_groups; i++) {
		const struct group *g = &m->groups[i];

		asked[i] = !g->is_kept && !m->parts[g->part].is_known;
		any = any || asked[i];
		m->stats.n_packages += asked[i];
	}
	return any;
}

/* What is not sound makes of its ground one of whole images. */
static int
judge_new(struct scan_memo *m, struct err *e)
{
	bool *asked = arena_array(&m->image, m->n_groups, sizeof(*asked));
	struct facts reduced;
	struct scan scan;
	int rc;

	if (!ask(m, asked))
		return 0;
	m->stats.n_runs++;
	reduce(m, asked, &reduced);
	rc = scan_run(&scan, &reduced, m->index, m->options, e);
	if (rc == 0) {
		if (is_sound(m, &scan)) {
			keep_reasons(m, &scan);
			m->ground->is_whole = !keep_parts(m, &scan, asked);
		} else {
			m->ground->is_whole = true;
		}
		scan_cleanup(&scan);
	}
	return rc;
}

/* --- the whole --- */

static bool
is_for_us(struct scan_memo *m)
{
	const struct scan_options *o = m->options;

	return o->mode == EVALUATE_FAST && o->no_content == NULL &&
	    !o->is_stale && o->given == NULL && o->findings &&
	    policy_is_by_finding(o->policy, o->judged_at) &&
	    has_one_database(m->facts) && !modular_has_more(m->facts);
}

static void
make_record(
    struct scan_memo *m, struct results_verdict *out, struct buf *record)
{
	struct record_findings findings = { 0 };
	struct span *parts =
	    arena_array(&m->image, m->n_groups, sizeof(*parts));
	struct scan s = { .facts = m->facts,
		.index = m->index,
		.target = m->options->target,
		.reasons = m->ground->reasons,
		.n_reasons = m->ground->n_reasons };
	size_t i;

	for (i = 0; i < m->n_groups; i++) {
		const struct part *p;

		if (m->groups[i].is_kept)
			continue;
		p = &m->parts[m->groups[i].part];
		if (p->n == 0)
			continue;
		parts[findings.n_parts++] = p->findings;
		findings.n += p->n;
		findings.n_failing += p->n_failing;
	}
	findings.parts = parts;
	s.verdict = policy_verdict(
	    m->options->policy, findings.n_failing > 0, s.n_reasons > 0);
	record_make_of(out, &s, &findings, m->options, m->content, record);
}

/* What was judged by other options is of no use. */
static void
prepare(struct scan_memo *m)
{
	const struct scan_options *o = m->options;

	if (o->judged_at != m->judged_at || o->fail_on_set != m->fail_on_set ||
	    o->fail_on != m->fail_on ||
	    !span_eq(span_of(o->document), span_of(m->document)) ||
	    size_of(m) > SCAN_MEMO_SIZE_MAX)
		forget(m);
	if (m->document == NULL && o->document != NULL)
		m->document = arena_str(&m->arena, span_of(o->document));
	m->judged_at = o->judged_at;
	m->fail_on_set = o->fail_on_set;
	m->fail_on = o->fail_on;
	arena_reset(&m->image);
}

/* What scan_run() would cut is left to it. */
static bool
is_too_much(const struct scan_memo *m)
{
	size_t n = 0, i;

	for (i = 0; i < m->n_groups; i++)
		if (!m->groups[i].is_kept)
			n += m->parts[m->groups[i].part].n_evidence;
	return n > EVIDENCE_MAX;
}

static int
judge(struct scan_memo *m, struct err *e)
{
	int rc;

	list_groups(m);
	if (find_ground(m, e) != 0)
		return -1;
	if (m->ground->is_whole)
		return 0;
	rc = find_parts(m, e);
	if (rc != 1)
		return rc;
	if (judge_new(m, e) != 0)
		return -1;
	if (m->ground->is_whole || !m->ground->has_reasons)
		return 0;
	return is_too_much(m) ? 0 : 1;
}

int
scan_memo_judge(struct scan_memo *m, const struct facts *f,
    const struct scan_options *options, struct results_verdict *out,
    struct buf *record, struct err *e)
{
	int rc = 0;

	m->facts = f;
	m->options = options;
	if (is_for_us(m)) {
		prepare(m);
		rc = judge(m, e);
	}
	m->stats.n_images += rc == 1;
	m->stats.n_whole += rc == 0;
	if (rc == 1)
		make_record(m, out, record);
	return rc;
}
