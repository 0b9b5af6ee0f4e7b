/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "eval/advisories.h"
#include "eval/advisory_pack.h"
#include "indexer/lookup_impl.h"
#include "schema_index.h"

static int
row_package(void *ctx, const struct advisory_record *r,
    const struct advisory_package *p, struct err *e)
{
	struct sheet *s = ctx;

	(void)r;
	(void)e;
	sheet_row(s);
	sheet_cell(s, "distribution", p->distribution);
	sheet_cell(s, "release", p->release);
	sheet_cell(s, "pocket", p->pocket);
	sheet_cell(
	    s, "type", p->is_source ? SPAN_LIT("source") : SPAN_LIT("binary"));
	sheet_cell(s, "name", p->name);
	sheet_cell(s, "module", p->module);
	sheet_cell(s, "arch", p->arch);
	sheet_cell(s, "state", span_of(advisory_state_name(p->state)));
	sheet_cell(s, "version", p->version);
	sheet_cell(s, "cve", p->cve);
	sheet_cell(s, "severity", p->severity);
	sheet_cell(s, "detail", p->detail);
	sheet_row_end(s);
	return 0;
}

static void
show_record(struct sheet *s, const struct advisory_record *r)
{
	size_t i;

	sheet_record(s, "advisory", r->id);
	sheet_text(s, "title", r->title);
	sheet_text(s, "severity", r->severity);
	sheet_time(s, "published", r->published);
	sheet_time(s, "modified", r->modified);
	if (r->withdrawn)
		sheet_text(s, "status", SPAN_LIT("withdrawn"));
	sheet_list(s, "aliases");
	for (i = 0; i < r->n_aliases; i++)
		sheet_item(s, r->aliases[i]);
	sheet_list_end(s);
}

/* Some publishers write XML or CSV: that is a text to a reader of JSON. */
static void
show_source_bytes(struct showing *s, struct span raw)
{
	const struct json_node *node;
	struct err ignored;

	if (!s->l->as_json)
		return;
	if (json_parse(raw, &s->arena, &node, &ignored) == 0)
		sheet_json(&s->sheet, "record", raw);
	else
		sheet_text(&s->sheet, "record", raw);
}

/* Of a record that only names the id, no more than what concerns it. */
static int
show_parts(struct showing *s, struct advisories *a, int64_t key, struct err *e)
{
	struct advisories_sink sink = { &s->sheet, row_package };
	struct advisory_record r;
	struct span kept, summary, raw;
	int rc = advisories_record(a, key, &r, e);

	if (rc != 1)
		return rc == 0 ? err_set(e, ERR_FORMAT, "the index is damaged")
			       : -1;
	if (show_raw(s, QUERY_INDEX_ADVISORY_RAW_GET, key, &kept, e) != 0 ||
	    advisory_unpack_kept(kept, &summary, &raw, e) != 0)
		return -1;
	show_record(&s->sheet, &r);
	sheet_text(&s->sheet, "summary", summary);
	sheet_list(&s->sheet, "packages");
	if (advisories_statements(a, key, s->named, &sink, e) != 0)
		return -1;
	sheet_list_end(&s->sheet);
	if (show_origin(s, key, e) != 0)
		return -1;
	if (s->named.len == 0)
		show_source_bytes(s, raw);
	sheet_record_end(&s->sheet);
	return 0;
}

int
show_advisory(struct showing *s, int64_t key, struct err *e)
{
	struct advisories *a = advisories_new(s->family);
	int rc = show_parts(s, a, key, e);

	advisories_free(a);
	return rc;
}
