/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of CVEs: NVD's records by what is asked of them. */
#include "base/clock.h"
#include "indexer/nvd_summary.h"
#include "server/api_impl.h"
#include "server/nvd_cache.h"
#include "server/request.h"

#define DESCRIBED_MAX 200u /* records of a page: each is read and parsed */

static const char *const names[] = { "q", "severity", "exploited", "product",
	"published_since", "modified_since", "offset", "limit", "as_of",
	"as-of", "generation", NULL };

static const char *const severities[] = {
	[NVD_LOW] = "low",
	[NVD_MEDIUM] = "medium",
	[NVD_HIGH] = "high",
	[NVD_CRITICAL] = "critical",
};

static int
bad(struct response *s, const char *what)
{
	problem(s, 400, "bad-parameter", "%s", what);
	return 0;
}

/* "high,critical" of CVSS 3. */
static bool
read_severities(struct span text, unsigned *out)
{
	struct span word;
	unsigned i;

	while (span_next(&text, ',', &word)) {
		for (i = NVD_LOW; i <= NVD_CRITICAL; i++)
			if (span_is_nocase(word, severities[i]))
				break;
		if (i > NVD_CRITICAL)
			return false;
		*out |= NVD_SEVERITY(3, i);
	}
	return true;
}

/* From a date or a time on, in milliseconds. */
static bool
read_since(struct span text, struct nvd_window *out)
{
	int64_t t;

	if (text.len == 0)
		return true;
	if (!clock_parse(text, &t) || t < 0)
		return false;
	*out = (struct nvd_window){ t * 1000, INT64_MAX };
	return true;
}

/* 1; 0: *s is the problem. */
static int
read_question(struct request *q, struct response *s, struct nvd_question *out,
    struct nvd_pattern *pattern)
{
	struct span product = request_param(q, "product");
	struct span exploited = request_param(q, "exploited");

	*out = (struct nvd_question){ .keywords = request_param(q, "q"),
		.no_rejected = true,
		.has_kev = exploited.len > 0 };
	if (exploited.len > 0 && !span_is(exploited, "yes"))
		return bad(s, "exploited=yes keeps to those that are");
	if (!read_severities(request_param(q, "severity"), &out->severities))
		return bad(
		    s, "severity is low, medium, high, critical, or several");
	if (!read_since(request_param(q, "published_since"), &out->published) ||
	    !read_since(request_param(q, "modified_since"), &out->modified))
		return bad(s, "since when: a date or time, as 2026-01-02");
	if (product.len == 0)
		return 1;
	if (!nvd_pattern_parse(pattern, product, &q->arena))
		return bad(s,
		    "product is a CPE name or the beginning of one, as "
		    "cpe:2.3:a:openssl:openssl");
	pattern->is_match_string = true;
	out->cpe = pattern;
	return 1;
}

static int
write_page(struct response *s, const struct nvd_list *l,
    const struct api_index *x, const struct nvd_page *page, struct err *e)
{
	struct json_out j;

	response_json(s, &j);
	json_object(&j, NULL);
	json_uint(&j, "generation", x->generation);
	json_uint(&j, "found", page->result->n);
	json_uint(&j, "offset", page->start);
	json_array(&j, "cves");
	if (nvd_summary_write(l, x->reader, page, &j, e) != 0)
		return -1;
	json_array_end(&j);
	json_object_end(&j);
	out_char(&s->out, '\n');
	return 0;
}

static int
answer(struct request *q, struct response *s, const struct nvd_question *asked,
    const struct api_page *page, struct err *e)
{
	struct nvd_held *held = NULL;
	struct nvd_result result = { 0 };
	const struct nvd_list *l;
	struct api_index x;
	int rc = -1;

	if (api_index_open(q, &x, e) != 0)
		return api_generation_gone(q, s, e) ? 0 : -1;
	held = nvd_cache_take(q->statefd, x.folder, x.reader, e);
	if (held == NULL)
		return -1;
	l = nvd_cache_list(held);
	if (nvd_query_run(l, x.reader, asked, &result, e) == 0) {
		const struct nvd_page found = { &result, (size_t)page->offset,
			(size_t)page->limit };

		nvd_summary_sort(l, &result);
		rc = write_page(s, l, &x, &found, e);
	}
	if (rc == 0) {
		api_page_links(q, s, page, result.n, x.generation);
		api_index_answer(q, s, &x);
	}
	nvd_result_cleanup(&result);
	nvd_cache_drop(held);
	return rc;
}

int
api_get_cves(struct request *q, struct response *s, struct err *e)
{
	struct nvd_question asked;
	struct nvd_pattern pattern = { 0 };
	struct api_page page;

	if (!api_params(q, s, names) ||
	    !api_page_of(q, s, DESCRIBED_MAX, &page) ||
	    !read_question(q, s, &asked, &pattern))
		return 0;
	return answer(q, s, &asked, &page, e);
}
