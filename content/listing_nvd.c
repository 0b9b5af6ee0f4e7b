/* SPDX-License-Identifier: Apache-2.0 */
/* An answer of NVD's API 2.0 as a page of a longer list (FORMATS §5.2, §5.3).
 */
#include "base/clock.h"
#include "base/json.h"
#include "content/listing_impl.h"

struct page {
	struct listing_entry entry;
	uint64_t stated; /* records that the page says it has */
	unsigned n_members;
	bool is_cves;
};

static int
on_record(void *ctx, const struct json_node *n, struct span raw,
    uint64_t offset, struct err *e)
{
	struct page *p = ctx;

	(void)n;
	(void)raw;
	(void)offset;
	if (p->entry.n == LISTING_ENTRIES_MAX)
		return err_set(
		    e, ERR_LIMIT, "more than %u records", LISTING_ENTRIES_MAX);
	p->entry.n++;
	return 0;
}

static int
take_number(
    struct page *p, const struct json_node *n, uint64_t *out, struct err *e)
{
	if (!parse_uint(json_text(n), UINT32_MAX, out))
		return err_set(
		    e, ERR_FORMAT, "%.*s is no number", SPAN_ARG(n->name));
	p->n_members++;
	return 0;
}

static int
on_member(void *ctx, const struct json_node *n, struct err *e)
{
	struct page *p = ctx;

	if (span_is(n->name, "startIndex"))
		return take_number(p, n, &p->entry.start, e);
	if (span_is(n->name, "totalResults"))
		return take_number(p, n, &p->entry.total, e);
	if (span_is(n->name, "resultsPerPage"))
		return take_number(p, n, &p->stated, e);
	if (span_is(n->name, "format"))
		p->is_cves = span_is(json_text(n), "NVD_CVE");
	else if (span_is(n->name, "timestamp"))
		clock_parse(json_text(n), &p->entry.time);
	return 0;
}

int
listing_nvd_page(
    struct span text, const struct listing_sink *sink, struct err *e)
{
	struct page p = { 0 };
	const struct json_sink json = {
		.array = "vulnerabilities",
		.ctx = &p,
		.record = on_record,
		.member = on_member,
	};

	if (json_read_span(text, &json, e) != 0)
		return -1;
	if (!p.is_cves || p.n_members != 3)
		return err_set(e, ERR_FORMAT, "is no answer of NVD's API");
	if (p.stated != p.entry.n)
		return err_set(e, ERR_FORMAT,
		    "has %llu records where it says %llu",
		    (unsigned long long)p.entry.n,
		    (unsigned long long)p.stated);
	return sink->entry(sink->ctx, &p.entry, e);
}
