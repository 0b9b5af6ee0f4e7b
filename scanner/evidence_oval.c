/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "content/oval_state.h"
#include "scanner/evidence_oval.h"

struct evidence_words
evidence_words_of(
    const struct oval_definition *text, const struct result_node *n)
{
	struct evidence_words w = { .status = n->node->status };

	/* Comments stand only in the text; its nodes are the same. */
	if (n->index < text->n_nodes)
		w.comment = text->nodes[n->index].comment;
	return w;
}

/* The test is true, whatever Red Hat says of another package. */
static void
say_resolution(
    struct evidence *ev, const struct oval_metadata *m, struct arena *a)
{
	const struct oval_resolution *found =
	    oval_resolution_of(m, ev->package);

	if (found == NULL)
		return;
	ev->state = oval_resolution_state(found->state);
	if (ev->state == ADVISORY_NOT_AFFECTED)
		ev->state = ADVISORY_UNKNOWN;
	ev->detail = arena_span(a, found->state);
}

/* "openssl package in esm-infra/xenial was …" */
static struct span
pocket_of_place(struct span comment)
{
	static const char before[] = " package in ";
	struct span place = SPAN_NONE;
	size_t i, slash;

	for (i = 0; i < comment.len && place.len == 0; i++)
		if (span_has_prefix(span_from(comment, i), before))
			place = span_from(comment, i + sizeof(before) - 1);
	slash = span_find(place, '/');
	return slash < span_find(place, ' ') ? span_first(place, slash)
					     : SPAN_NONE;
}

static bool
contains(struct span s, const char *part)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (span_has_prefix(span_from(s, i), part))
			return true;
	return false;
}

/* A notice says it in words; a version with esm was built there. */
static struct span
pocket_of(const struct evidence *ev, struct span comment, struct arena *a)
{
	struct span pocket = pocket_of_place(comment);

	if (pocket.len > 0)
		return arena_span(a, pocket);
	if (span_has_prefix(comment, "Available with Ubuntu Pro"))
		return contains(comment, "(Infra-only)") ? SPAN_LIT("esm-infra")
							 : SPAN_LIT("esm");
	if (contains(ev->fixed, "~esm") || contains(ev->fixed, "+esm"))
		return SPAN_LIT("esm");
	return SPAN_NONE;
}

/* "(CVE-2023-1) openssl package in …": each criterion has its own. */
static void
say_cve(struct evidence *ev, struct span comment, struct arena *a)
{
	size_t end = span_find(comment, ')');

	if (!span_has_prefix(comment, "(CVE-") || end == comment.len)
		return;
	ev->cves = arena_array(a, 1, sizeof(*ev->cves));
	ev->cves[0] = arena_span(a, span_first(span_from(comment, 1), end - 1));
	ev->n_cves = 1;
}

void
evidence_say(struct evidence *ev, const struct evidence_words *words,
    const struct oval_definition *text, struct arena *a)
{
	ev->status = words->status;
	if (ev->status != OVAL_STATUS_NONE)
		ev->state = oval_status_state(ev->status, &ev->detail);
	else if (ev->fixed.len > 0)
		ev->state = ADVISORY_FIXED;
	else if (text->metadata.n_resolutions > 0)
		say_resolution(ev, &text->metadata, a);
	else
		ev->state = ADVISORY_AFFECTED;
	if (ev->document != NULL &&
	    span_is(ev->document->distribution, "ubuntu"))
		ev->pocket = pocket_of(ev, words->comment, a);
	say_cve(ev, words->comment, a);
}

/* "9.8", "10", "7.50": what JSON takes as a number, too. */
static bool
is_score(struct span s)
{
	size_t point = span_find(s, '.');
	struct span rest = span_from(s, point + 1);
	uint64_t whole, part;

	return parse_uint(span_first(s, point), 10, &whole) &&
	    (point == 1 || span_is(span_first(s, point), "10")) &&
	    (point == s.len || parse_uint(rest, 99, &part));
}

/* "8.8/CVSS:3.0/AV:N…", "7.5/AV:N…": score, then vector. */
static void
add_rating(struct evidence *ev, struct cvss *v, struct span cve,
    struct span rating, struct arena *a)
{
	size_t slash = span_find(rating, '/');
	struct span score = span_first(rating, slash);
	struct cvss *c = &v[ev->n_cvss];

	if (!is_score(score))
		return;
	*c = (struct cvss){ .cve = arena_span(a, cve),
		.version = SPAN_LIT("2.0"),
		.vector = arena_span(a, span_from(rating, slash + 1)),
		.score = arena_span(a, score),
		.source = ev->document->source,
		.is_primary = true };
	if (span_has_prefix(c->vector, "CVSS:"))
		c->version = span_first(span_from(c->vector, 5),
		    span_find(span_from(c->vector, 5), '/'));
	ev->n_cvss++;
}

static int
compare(const void *pa, const void *pb)
{
	const struct cvss *a = pa;
	const struct cvss *b = pb;
	int order = span_cmp(a->cve, b->cve);

	if (order != 0)
		return order;
	order = span_cmp(b->version, a->version);
	return order != 0 ? order : span_cmp(a->vector, b->vector);
}

void
evidence_ratings(
    struct evidence *ev, const struct oval_metadata *m, struct arena *a)
{
	struct cvss *v = arena_array(a, m->n_cves * 2, sizeof(*v));
	size_t i;

	ev->cvss = v;
	for (i = 0; i < m->n_cves; i++) {
		add_rating(ev, v, m->cves[i].id, m->cves[i].cvss3, a);
		add_rating(ev, v, m->cves[i].id, m->cves[i].cvss2, a);
	}
	if (ev->n_cvss > 1)
		qsort(v, ev->n_cvss, sizeof(*v), compare);
}
