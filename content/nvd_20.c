/* SPDX-License-Identifier: Apache-2.0 */
/* A record of the 2.0 feeds and of the API: {"cve": {…}}. */
#include "base/buf.h"
#include "content/nvd_impl.h"

#define PRIMARY "Primary"

static size_t
count_metrics(const struct json_node *metrics)
{
	const struct json_node *list;
	size_t n = 0;

	if (metrics == NULL)
		return 0;
	for (list = metrics->child; list != NULL; list = list->next)
		if (span_has_prefix(list->name, "cvssMetricV"))
			n += nvd_count(list);
	return n;
}

/* Version 2 has its severity beside cvssData, the others within. */
static void
read_metric(const struct json_node *n, struct nvd_metric *m)
{
	const struct json_node *data = json_get(n, "cvssData");

	m->version = json_text(json_get(data, "version"));
	m->source = json_text(json_get(n, "source"));
	m->is_primary = span_is(json_text(json_get(n, "type")), PRIMARY);
	m->vector = json_text(json_get(data, "vectorString"));
	m->score = nvd_number(json_get(data, "baseScore"));
	m->severity = json_text(json_get(data, "baseSeverity"));
	if (m->severity.len == 0)
		m->severity = json_text(json_get(n, "baseSeverity"));
	m->exploitability = nvd_number(json_get(n, "exploitabilityScore"));
	m->impact = nvd_number(json_get(n, "impactScore"));
}

static int
read_metrics(const struct json_node *metrics, struct arena *a,
    struct nvd_cve *out, struct err *e)
{
	const struct json_node *list, *n;

	out->metrics = nvd_room(count_metrics(metrics), sizeof(*out->metrics),
	    (struct nvd_limit){ "CVSS entries", NVD_METRICS_MAX }, a, e);
	if (out->metrics == NULL)
		return -1;
	if (metrics == NULL)
		return 0;
	for (list = metrics->child; list != NULL; list = list->next) {
		if (!span_has_prefix(list->name, "cvssMetricV"))
			continue;
		for (n = list->child; n != NULL; n = n->next)
			read_metric(n, &out->metrics[out->n_metrics++]);
	}
	return 0;
}

static void
add_node(const struct json_node *n, uint32_t parent, struct nvd_cve *out)
{
	out->nodes[out->n_nodes++] = (struct nvd_node){
		.parent = parent,
		.is_and = span_is(json_text(json_get(n, "operator")), "AND"),
		.negate = json_is_true(json_get(n, "negate")),
	};
}

static void
add_matches(const struct json_node *list, struct nvd_cve *out)
{
	const struct json_node *n = nvd_first(list);

	for (; n != NULL; n = n->next) {
		struct nvd_match *m = &out->matches[out->n_matches++];

		nvd_bounds(n, m);
		m->node = (uint32_t)out->n_nodes - 1;
		m->cpe = json_text(json_get(n, "criteria"));
		m->id = json_text(json_get(n, "matchCriteriaId"));
	}
}

/* Configurations are OR-ed; each joins its nodes by its own operator. */
static int
read_configurations(const struct json_node *list, struct arena *a,
    struct nvd_cve *out, struct err *e)
{
	const struct json_node *first = nvd_first(list);
	const struct json_node *c, *n;
	size_t nodes = 0, matches = 0;
	uint32_t parent;

	for (c = first; c != NULL; c = c->next) {
		nodes += 1 + nvd_count(json_get(c, "nodes"));
		n = json_get(c, "nodes");
		for (n = nvd_first(n); n != NULL; n = n->next)
			matches += nvd_count(json_get(n, "cpeMatch"));
	}
	if (nvd_room_nodes(nodes, matches, a, out, e) != 0)
		return -1;
	for (c = first; c != NULL; c = c->next) {
		parent = (uint32_t)out->n_nodes;
		add_node(c, NVD_NO_PARENT, out);
		n = json_get(c, "nodes");
		for (n = nvd_first(n); n != NULL; n = n->next) {
			add_node(n, parent, out);
			add_matches(json_get(n, "cpeMatch"), out);
		}
	}
	return 0;
}

static void
read_kev(const struct json_node *cve, struct nvd_kev *kev)
{
	kev->exploit_add = json_text(json_get(cve, "cisaExploitAdd"));
	kev->action_due = json_text(json_get(cve, "cisaActionDue"));
	kev->required_action = json_text(json_get(cve, "cisaRequiredAction"));
	kev->name = json_text(json_get(cve, "cisaVulnerabilityName"));
}

/* [{"sourceIdentifier": …, "tags": […]}]; who set a tag is not kept. */
static void
read_tags(const struct json_node *list, struct arena *a, struct nvd_cve *out)
{
	const struct json_node *n = nvd_first(list);
	struct buf lines = { 0 };

	for (; n != NULL; n = n->next) {
		struct span tags = nvd_lines(json_get(n, "tags"), a);

		if (tags.len > 0 && lines.len > 0)
			buf_add_char(&lines, '\n');
		buf_add_span(&lines, tags);
	}
	if (lines.len > 0)
		out->tags = arena_span(a, buf_span(&lines));
	buf_cleanup(&lines);
}

int
nvd_20_record(const struct json_node *n, struct arena *a, struct nvd_cve *out,
    struct err *e)
{
	const struct json_node *cve = json_get(n, "cve");

	out->id = json_text(json_get(cve, "id"));
	out->status = json_text(json_get(cve, "vulnStatus"));
	out->assigner = json_text(json_get(cve, "sourceIdentifier"));
	read_kev(cve, &out->kev);
	read_tags(json_get(cve, "cveTags"), a, out);
	if (nvd_time(json_text(json_get(cve, "published")), &out->published,
		e) != 0 ||
	    nvd_time(json_text(json_get(cve, "lastModified")), &out->modified,
		e) != 0 ||
	    nvd_descriptions(json_get(cve, "descriptions"), a, out, e) != 0 ||
	    read_metrics(json_get(cve, "metrics"), a, out, e) != 0 ||
	    nvd_weaknesses(json_get(cve, "weaknesses"), SPAN_NONE, a, out, e) !=
		0 ||
	    nvd_references(json_get(cve, "references"), "source", a, out, e) !=
		0)
		return -1;
	return read_configurations(json_get(cve, "configurations"), a, out, e);
}
