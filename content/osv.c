/* SPDX-License-Identifier: Apache-2.0 */
#include "base/clock.h"
#include "content/members.h"
#include "content/osv.h"
#include "content/osv_impl.h"

struct reader {
	const struct advisory_sink *sink;
	struct arena arena; /* of the record in hand */
	struct advisory_build build;
	uint64_t n_records;
};

static int
add_name(struct advisory_build *b, struct span name, struct err *e)
{
	return advisory_is_word(name) ? advisory_build_alias(b, name, e) : 0;
}

/*
 * Names of the same flaw, and CVEs that a notice is about. What else is
 * related or upstream is another matter.
 */
static int
add_names(struct advisory_build *b, const struct json_node *record,
    const char *member, bool all, struct err *e)
{
	const struct json_node *item;
	struct span name;

	if (advisory_elements(record, member, &item, e) != 0)
		return -1;
	for (; item != NULL; item = item->next) {
		name = json_text(item);
		if (all && add_name(b, name, e) != 0)
			return -1;
		if (add_name(b, advisory_cve_of(name), e) != 0)
			return -1;
	}
	return 0;
}

static int
read_names(struct advisory_build *b, const struct json_node *record,
    struct advisory *out, struct err *e)
{
	if (add_name(b, advisory_cve_of(out->id), e) != 0 ||
	    add_names(b, record, "aliases", true, e) != 0 ||
	    add_names(b, record, "upstream", false, e) != 0)
		return -1;
	return add_names(b, record, "related", false, e);
}

/* "Important: python3.12 security update" */
static struct span
severity_in(struct span title)
{
	static const char *const words[] = { "Critical", "Important",
		"Moderate", "Low" };
	struct span word = span_first(title, span_find(title, ':'));
	size_t i;

	for (i = 0; i < sizeof(words) / sizeof(*words); i++)
		if (span_is(word, words[i]))
			return word;
	return SPAN_NONE;
}

/* The record's own; else the packages', where they all say the same. */
static struct span
read_severity(const struct advisory_build *b, const struct json_node *record,
    struct span title)
{
	struct span severity = osv_ubuntu_severity(record);
	size_t i;

	if (severity.len == 0)
		severity =
		    json_text(json_path(record, "database_specific.severity"));
	if (severity.len == 0)
		severity = severity_in(title);
	if (severity.len > 0 || b->n_packages == 0)
		return severity;
	severity = b->packages[0].severity;
	for (i = 1; i < b->n_packages; i++)
		if (!span_eq(b->packages[i].severity, severity))
			return SPAN_NONE;
	return severity;
}

static int
read_affected(struct advisory_build *b, struct arena *a,
    const struct json_node *record, struct err *e)
{
	const struct json_node *item;

	if (advisory_elements(record, "affected", &item, e) != 0)
		return -1;
	for (; item != NULL; item = item->next)
		if (osv_affected(b, a, item, e) != 0)
			return -1;
	return 0;
}

static int
read_id(const struct json_node *record, struct advisory *out, struct err *e)
{
	out->id = json_text(json_get(record, "id"));
	if (advisory_is_word(out->id))
		return 0;
	return err_set(e, ERR_FORMAT, "no OSV record: it has no id");
}

/* What was taken back needs the time of that: "", false or "no" is none. */
static bool
is_withdrawn(const struct json_node *record)
{
	int64_t t;

	return clock_parse(json_text(json_get(record, "withdrawn")), &t);
}

static int
read_record(struct reader *r, const struct json_node *record,
    struct advisory *out, struct err *e)
{
	struct advisory_build *b = &r->build;

	if (read_id(record, out, e) != 0 || read_names(b, record, out, e) != 0)
		return -1;
	out->withdrawn = is_withdrawn(record);
	if (!out->withdrawn && read_affected(b, &r->arena, record, e) != 0)
		return err_context(e, "%.*s", SPAN_ARG(out->id));
	out->title = json_text(json_get(record, "summary"));
	out->summary = json_text(json_get(record, "details"));
	out->severity = read_severity(b, record, out->title);
	out->published = advisory_time(json_get(record, "published"));
	out->modified = advisory_time(json_get(record, "modified"));
	advisory_build_end(b, out);
	return 0;
}

static int
on_member(void *ctx, struct span name, struct span bytes, uint64_t offset,
    struct err *e)
{
	struct reader *r = ctx;
	struct advisory a = { .offset = offset };
	const struct json_node *record;

	if (name.len > 0 && !span_has_suffix(name, ".json"))
		return 0; /* a licence, a list */
	arena_reset(&r->arena);
	advisory_build_begin(&r->build);
	a.raw = advisory_raw(bytes, &a.offset);
	if (json_parse(a.raw, &r->arena, &record, e) != 0 ||
	    read_record(r, record, &a, e) != 0)
		return -1;
	r->n_records++;
	return r->sink->advisory(r->sink->ctx, &a, e);
}

int
osv_read(struct stream *in, const struct advisory_sink *sink, struct arena *a,
    struct advisory_about *about, struct err *e)
{
	struct reader r = { .sink = sink };
	const struct member_sink members = { &r, on_member };
	int rc = members_read(in, &members, e);

	(void)a;
	(void)about;
	if (rc == 0 && r.n_records == 0)
		rc = err_set(e, ERR_FORMAT, "the archive has no record");
	arena_cleanup(&r.arena);
	advisory_build_cleanup(&r.build);
	return rc;
}
