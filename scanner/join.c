/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"
#include "scanner/evidence.h"
#include "scanner/join_impl.h"

/* A number for texts; the same for the same ones only. */
static uint32_t
number_of(struct joiner *j, const struct span *parts, size_t n)
{
	uint32_t at;
	size_t i;

	buf_reset(&j->key);
	for (i = 0; i < n; i++) {
		buf_add_span(&j->key, parts[i]);
		buf_add_char(&j->key, '\0');
	}
	map_add(&j->ids, buf_span(&j->key), (uint32_t)j->ids.n, &at);
	return at;
}

/* The installed package: its index, or what is known of it. */
static uint64_t
package_of(struct joiner *j, const struct evidence *ev)
{
	const struct span parts[] = { ev->package, ev->installed, ev->arch };

	if (ev->package_index != PACKAGE_NONE)
		return ev->package_index;
	return (uint64_t)1 << 32 | number_of(j, parts, 3);
}

struct row_key {
	uint64_t package;
	uint64_t id;
};

static struct span
span_of_key(const struct row_key *k)
{
	return span_make(k, sizeof(*k));
}

static struct row_key
key_of(struct joiner *j, const struct evidence *ev, struct span id)
{
	return (struct row_key){ package_of(j, ev), number_of(j, &id, 1) };
}

/* What a record is called that is a row of its own. */
static struct span
own_id(const struct evidence *ev)
{
	return ev->notice.len > 0 ? ev->notice : ev->record;
}

static void
attach(struct joiner *j, uint32_t row, const struct evidence *ev)
{
	if (j->v[row].joined == ev)
		return;
	j->v[row].joined = ev;
	j->links =
	    xgrow(j->links, &j->cap_links, j->n_links + 1, sizeof(*j->links));
	j->links[j->n_links++] =
	    (struct join_link){ row, (uint32_t)(ev - j->scan->evidence) };
}

/* The row of that package and id, made if there is none. */
static uint32_t
row_of(struct joiner *j, const struct evidence *ev, struct span id)
{
	struct row_key k = key_of(j, ev, id);
	uint32_t at;

	if (map_add(&j->rows, span_of_key(&k), (uint32_t)j->n, &at)) {
		j->v = xgrow(j->v, &j->cap, j->n + 1, sizeof(*j->v));
		j->v[j->n++] = (struct join_row){ .id = id, .first = ev };
	}
	return at;
}

/* Says it of each CVE that it names. */
static void
add_proof(struct joiner *j, const struct evidence *ev)
{
	size_t i;

	for (i = 0; i == 0 || i < ev->n_cves; i++) {
		uint32_t row =
		    row_of(j, ev, ev->n_cves > 0 ? ev->cves[i] : own_id(ev));

		if (ev->severity > j->v[row].severity)
			j->v[row].severity = ev->severity;
		attach(j, row, ev);
	}
}

/*
 * A notice of several CVEs goes to the rows of those that others name. It is
 * a row of its own if nobody names any; and if it is rated worse than all of
 * these while it names more: what is so bad must be among the others.
 */
static bool
join_notice(struct joiner *j, const struct evidence *ev)
{
	enum severity worst = SEVERITY_NONE;
	bool any_unrated = false;
	size_t n_joined = 0;
	size_t i;

	for (i = 0; i < ev->n_cves; i++) {
		struct row_key k = key_of(j, ev, ev->cves[i]);
		uint32_t row;

		if (!map_get(&j->rows, span_of_key(&k), &row))
			continue;
		n_joined++;
		attach(j, row, ev);
		any_unrated |= j->v[row].severity == SEVERITY_NONE;
		if (j->v[row].severity > worst)
			worst = j->v[row].severity;
	}
	return n_joined > 0 &&
	    (n_joined == ev->n_cves || any_unrated || ev->severity <= worst);
}

static void
add_notice(struct joiner *j, const struct evidence *ev)
{
	uint32_t row = row_of(j, ev, own_id(ev));
	size_t i;

	attach(j, row, ev);
	for (i = 0; i < ev->n_cves; i++) {
		struct row_key k = key_of(j, ev, ev->cves[i]);

		map_add(&j->grouped, span_of_key(&k), row, NULL);
	}
}

/* "Not affected" and "unknown" go where another word says affected. */
static void
add_word(struct joiner *j, const struct evidence *ev)
{
	size_t i;

	for (i = 0; i == 0 || i < ev->n_cves; i++) {
		struct row_key k =
		    key_of(j, ev, ev->n_cves > 0 ? ev->cves[i] : own_id(ev));
		uint32_t row;

		if (map_get(&j->rows, span_of_key(&k), &row) ||
		    map_get(&j->grouped, span_of_key(&k), &row))
			attach(j, row, ev);
	}
}

/* Each kind of evidence finds the rows of those before it. */
static void
gather(struct joiner *j)
{
	const struct evidence *all = j->scan->evidence;
	size_t n = j->scan->n_evidence;
	bool *alone = xcalloc(n + 1, sizeof(*alone));
	size_t i;

	for (i = 0; i < n; i++)
		if (all[i].word == WORD_AFFECTED && !all[i].is_group)
			add_proof(j, &all[i]);
	for (i = 0; i < n; i++)
		if (all[i].word == WORD_AFFECTED && all[i].is_group)
			alone[i] = !join_notice(j, &all[i]);
	for (i = 0; i < n; i++)
		if (alone[i])
			add_notice(j, &all[i]);
	for (i = 0; i < n; i++)
		if (all[i].word != WORD_AFFECTED)
			add_word(j, &all[i]);
	free(alone);
}

static int
compare(const void *pa, const void *pb)
{
	const struct finding *a = pa;
	const struct finding *b = pb;
	const struct span keys[][2] = {
		{ a->package, b->package },
		{ a->cve, b->cve },
		{ a->arch, b->arch },
		{ a->installed, b->installed },
	};
	int order = evidence_order(
	    a->severity, b->severity, keys, sizeof(keys) / sizeof(*keys));

	if (order != 0)
		return order;
	return a->package_index < b->package_index
	    ? -1
	    : a->package_index > b->package_index;
}

int
findings_join(struct scan *s, struct err *e)
{
	struct joiner j = { .scan = s };
	int rc;

	gather(&j);
	join_conclude(&j);
	rc = join_rate(s, e);
	if (s->n_findings > 1)
		qsort(
		    s->findings, s->n_findings, sizeof(*s->findings), compare);
	map_cleanup(&j.ids);
	map_cleanup(&j.rows);
	map_cleanup(&j.grouped);
	buf_cleanup(&j.key);
	free(j.links);
	free(j.v);
	return rc;
}
