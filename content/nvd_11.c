/* SPDX-License-Identifier: Apache-2.0 */
/* An item of the 1.1 feeds, which rate by NVD alone. */
#include "content/nvd_impl.h"

#define NVD_SOURCE "nvd@nist.gov"

static void
read_metric(const struct json_node *n, const char *data_name,
    const char *severity, struct nvd_cve *out)
{
	const struct json_node *data = json_get(n, data_name);
	struct nvd_metric *m;

	if (data == NULL)
		return;
	m = &out->metrics[out->n_metrics++];
	m->version = json_text(json_get(data, "version"));
	m->source = SPAN_LIT(NVD_SOURCE);
	m->is_primary = true;
	m->vector = json_text(json_get(data, "vectorString"));
	m->score = nvd_number(json_get(data, "baseScore"));
	m->severity = json_text(json_path(n, severity));
	m->exploitability = nvd_number(json_get(n, "exploitabilityScore"));
	m->impact = nvd_number(json_get(n, "impactScore"));
}

/* Nodes and matches of the tree, to make the arrays once. */
static int
count_nodes(const struct json_node *list, unsigned depth, size_t *nodes,
    size_t *matches, struct err *e)
{
	const struct json_node *n = nvd_first(list);

	if (depth > NVD_NODE_DEPTH_MAX)
		return err_set(e, ERR_LIMIT,
		    "configurations nested deeper than %d", NVD_NODE_DEPTH_MAX);
	for (; n != NULL; n = n->next) {
		*nodes += 1;
		*matches += nvd_count(json_get(n, "cpe_match"));
		if (count_nodes(json_get(n, "children"), depth + 1, nodes,
			matches, e) != 0)
			return -1;
	}
	return 0;
}

static void
add_nodes(const struct json_node *list, uint32_t parent, struct nvd_cve *out)
{
	const struct json_node *n = nvd_first(list);
	const struct json_node *m;
	uint32_t self;

	for (; n != NULL; n = n->next) {
		self = (uint32_t)out->n_nodes++;
		out->nodes[self] = (struct nvd_node){
			.parent = parent,
			.is_and =
			    span_is(json_text(json_get(n, "operator")), "AND"),
			.negate = json_is_true(json_get(n, "negate")),
		};
		m = json_get(n, "cpe_match");
		for (m = nvd_first(m); m != NULL; m = m->next) {
			struct nvd_match *to = &out->matches[out->n_matches++];

			nvd_bounds(m, to);
			to->node = self;
			to->cpe = json_text(json_get(m, "cpe23Uri"));
		}
		add_nodes(json_get(n, "children"), self, out);
	}
}

static int
read_configurations(const struct json_node *list, struct arena *a,
    struct nvd_cve *out, struct err *e)
{
	size_t nodes = 0, matches = 0;

	if (count_nodes(list, 0, &nodes, &matches, e) != 0 ||
	    nvd_room_nodes(nodes, matches, a, out, e) != 0)
		return -1;
	add_nodes(list, NVD_NO_PARENT, out);
	return 0;
}

int
nvd_11_record(const struct json_node *n, struct arena *a, struct nvd_cve *out,
    struct err *e)
{
	out->id = json_text(json_path(n, "cve.CVE_data_meta.ID"));
	out->assigner = json_text(json_path(n, "cve.CVE_data_meta.ASSIGNER"));
	out->metrics = arena_array(a, 2, sizeof(*out->metrics));
	read_metric(json_path(n, "impact.baseMetricV3"), "cvssV3",
	    "cvssV3.baseSeverity", out);
	read_metric(
	    json_path(n, "impact.baseMetricV2"), "cvssV2", "severity", out);
	if (nvd_time(json_text(json_get(n, "publishedDate")), &out->published,
		e) != 0 ||
	    nvd_time(json_text(json_get(n, "lastModifiedDate")), &out->modified,
		e) != 0 ||
	    nvd_descriptions(json_path(n, "cve.description.description_data"),
		a, out, e) != 0 ||
	    nvd_weaknesses(json_path(n, "cve.problemtype.problemtype_data"),
		SPAN_LIT(NVD_SOURCE), a, out, e) != 0 ||
	    nvd_references(json_path(n, "cve.references.reference_data"),
		"refsource", a, out, e) != 0)
		return -1;
	return read_configurations(
	    json_path(n, "configurations.nodes"), a, out, e);
}
