/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/buf.h"
#include "base/json.h"
#include "content/kev.h"
#include "content/nvd.h"

struct reader {
	const struct kev_sink *sink;
	struct arena *catalog_arena;
	struct kev_catalog *catalog;
	struct buf notes;
	struct buf cwes;
	uint64_t n_entries;
	uint64_t n_stated;
	bool stated;
};

static void
add_line(struct buf *b, struct span line)
{
	line = span_trim(line);
	if (line.len == 0)
		return;
	if (b->len > 0)
		buf_add_char(b, '\n');
	buf_add_span(b, line);
}

/* "https://a ; https://b ; N/A": a URL holds no such thing. */
static void
read_notes(struct reader *r, struct span text)
{
	size_t start = 0, i;

	buf_reset(&r->notes);
	for (i = 0; i + 2 < text.len; i++) {
		if (!span_is_space(text.ptr[i]) || text.ptr[i + 1] != ';' ||
		    !span_is_space(text.ptr[i + 2]))
			continue;
		add_line(&r->notes, span_make(text.ptr + start, i - start));
		start = i + 2;
	}
	add_line(&r->notes, span_from(text, start));
}

static int
read_cwes(struct reader *r, const struct json_node *n, struct err *e)
{
	const struct json_node *list = json_get(n, "cwes"), *item;

	buf_reset(&r->cwes);
	if (list == NULL || list->type == JSON_NULL)
		return 0;
	if (list->type != JSON_ARRAY)
		return err_set(e, ERR_FORMAT, "cwes is not an array");
	for (item = list->child; item != NULL; item = item->next) {
		if (item->type != JSON_STRING)
			return err_set(e, ERR_FORMAT, "cwes is not of text");
		add_line(&r->cwes, item->text);
	}
	return 0;
}

static int
on_record(void *ctx, const struct json_node *n, struct span raw,
    uint64_t offset, struct err *e)
{
	struct reader *r = ctx;
	struct kev_entry entry = { .raw = raw, .offset = offset };
	struct span use = json_text(json_get(n, "knownRansomwareCampaignUse"));

	if (r->n_entries++ == KEV_ENTRIES_MAX)
		return err_set(
		    e, ERR_LIMIT, "more than %u entries", KEV_ENTRIES_MAX);
	entry.cve = json_text(json_get(n, "cveID"));
	if (!nvd_is_cve(entry.cve))
		return err_set(e, ERR_FORMAT,
		    "\"%.*s\" is not the number of a CVE",
		    SPAN_ARG(span_first(entry.cve, 64)));
	if (read_cwes(r, n, e) != 0)
		return err_context(e, "%.*s", SPAN_ARG(entry.cve));
	read_notes(r, json_text(json_get(n, "notes")));
	entry.vendor = json_text(json_get(n, "vendorProject"));
	entry.product = json_text(json_get(n, "product"));
	entry.name = json_text(json_get(n, "vulnerabilityName"));
	entry.date_added = json_text(json_get(n, "dateAdded"));
	entry.description = json_text(json_get(n, "shortDescription"));
	entry.required_action = json_text(json_get(n, "requiredAction"));
	entry.due_date = json_text(json_get(n, "dueDate"));
	if (span_is_nocase(span_trim(use), "Known"))
		entry.ransomware = KEV_RANSOMWARE_KNOWN;
	entry.notes = buf_span(&r->notes);
	entry.cwes = buf_span(&r->cwes);
	return r->sink->entry(r->sink->ctx, &entry, e);
}

static int
on_member(void *ctx, const struct json_node *n, struct err *e)
{
	struct reader *r = ctx;
	struct span text = json_text(n);

	if (span_is(n->name, "catalogVersion")) {
		r->catalog->version = arena_span(r->catalog_arena, text);
	} else if (span_is(n->name, "dateReleased")) {
		r->catalog->released = arena_span(r->catalog_arena, text);
	} else if (span_is(n->name, "count")) {
		if (!parse_uint(text, UINT64_MAX, &r->n_stated))
			return err_set(e, ERR_FORMAT,
			    "the count \"%.*s\" is no number",
			    SPAN_ARG(span_first(text, 64)));
		r->stated = true;
	}
	return 0;
}

static int
check_count(const struct reader *r, struct err *e)
{
	if (r->n_entries == 0)
		return err_set(e, ERR_FORMAT, "the catalog has no entry");
	if (!r->stated || r->n_stated == r->n_entries)
		return 0;
	return err_set(e, ERR_FORMAT,
	    "the catalog says %" PRIu64 " entries and has %" PRIu64,
	    r->n_stated, r->n_entries);
}

int
kev_read(struct stream *in, const struct kev_sink *sink, struct arena *a,
    struct kev_catalog *out, struct err *e)
{
	struct reader r = { .sink = sink, .catalog_arena = a, .catalog = out };
	struct json_sink json = { .array = "vulnerabilities",
		.ctx = &r,
		.record = on_record,
		.member = on_member };
	int rc;

	*out = (struct kev_catalog){ 0 };
	rc = json_read(in, &json, e);
	if (rc == 0)
		rc = check_count(&r, e);
	buf_cleanup(&r.notes);
	buf_cleanup(&r.cwes);
	return rc;
}
