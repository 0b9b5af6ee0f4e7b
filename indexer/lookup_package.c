/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/mem.h"
#include "content/release.h"
#include "eval/advisories.h"
#include "indexer/lookup_package.h"
#include "schema_index.h"

bool
lookup_is_cve(struct span id)
{
	return span_has_prefix(id, "CVE-");
}

static void
keep(struct arena *a, struct span *text)
{
	*text = text->len == 0 ? SPAN_NONE : arena_span(a, *text);
}

int
package_add(
    struct package_asked *asked, const struct statement *s, struct err *e)
{
	struct arena *a = &asked->arena;
	struct statement *kept;

	if (asked->n == STATEMENTS_MAX)
		return err_set(e, ERR_LIMIT,
		    "more than %u statements: choose a document with "
		    "--document",
		    STATEMENTS_MAX);
	asked->items = xgrow(
	    asked->items, &asked->cap, asked->n + 1, sizeof(*asked->items));
	kept = &asked->items[asked->n++];
	*kept = *s;
	keep(a, &kept->cve);
	keep(a, &kept->product);
	keep(a, &kept->record);
	keep(a, &kept->package.name);
	keep(a, &kept->package.version);
	keep(a, &kept->package.arch);
	keep(a, &kept->package.module);
	keep(a, &kept->package.pocket);
	keep(a, &kept->package.severity);
	keep(a, &kept->package.detail);
	return 0;
}

/* --- advisories --- */

struct asking {
	struct package_asked *asked;
	const struct index_family *family;
};

/* A statement that names no CVE is about all that its record is about. */
static int
add_each(struct package_asked *asked, struct statement *s,
    const struct advisory_record *r, struct err *e)
{
	bool any = lookup_is_cve(r->id);
	size_t i;

	if (any) {
		s->cve = r->id;
		if (package_add(asked, s, e) != 0)
			return -1;
	}
	for (i = 0; i < r->n_aliases; i++) {
		if (!lookup_is_cve(r->aliases[i]) ||
		    span_eq(r->aliases[i], r->id))
			continue;
		any = true;
		s->cve = r->aliases[i];
		if (package_add(asked, s, e) != 0)
			return -1;
	}
	s->cve = SPAN_NONE;
	return any ? 0 : package_add(asked, s, e);
}

static int
on_statement(void *ctx, const struct advisory_record *r,
    const struct advisory_package *p, struct err *e)
{
	struct asking *k = ctx;
	struct statement s = { .cve = p->cve,
		.package = *p,
		.record = r->id,
		.family = k->family,
		.document = r->document,
		.key = r->key };

	if (lookup_document(k->asked->l, k->family, r->key) == NULL)
		return 0;
	if (s.package.severity.len == 0)
		s.package.severity = r->severity;
	if (p->cve.len > 0)
		return package_add(k->asked, &s, e);
	return add_each(k->asked, &s, r, e);
}

static int
add_advisories(struct package_asked *asked, const struct index_family *family,
    struct err *e)
{
	struct asking k = { asked, family };
	const struct advisories_sink sink = { &k, on_statement };
	const struct advisories_query q = { asked->distribution, asked->release,
		asked->name, NULL };
	struct advisories *a = advisories_new(family);
	int rc = advisories_of_package(a, &q, &sink, e);

	advisories_free(a);
	return rc;
}

/* --- Ubuntu's notices --- */

static int
add_notice(struct package_asked *asked, struct statement *s, struct err *e)
{
	struct db_stmt *q =
	    db_query(s->family->db, QUERY_INDEX_USN_REFERENCE_ROWS);
	bool any = false;
	int rc;

	db_bind_int(q, "key", s->key);
	while ((rc = db_step(q, e)) == 1) {
		s->cve = db_text(q, 0);
		if (!lookup_is_cve(s->cve))
			continue;
		any = true;
		if (package_add(asked, s, e) != 0) {
			rc = -1;
			break;
		}
	}
	db_reset(q);
	s->cve = SPAN_NONE;
	return rc == 0 && !any ? package_add(asked, s, e) : rc;
}

static int
add_notices(struct package_asked *asked, const struct index_family *family,
    struct err *e)
{
	struct db_stmt *q = db_query(family->db, QUERY_INDEX_USN_PACKAGE_FIND);
	struct statement s = { .family = family };
	int rc;

	db_bind_text(q, "name", asked->name);
	db_bind_text(q, "release", asked->release);
	while ((rc = db_step(q, e)) == 1) {
		s.key = db_int(q, 0);
		s.document = lookup_document(asked->l, family, s.key);
		if (s.document == NULL)
			continue;
		s.record = db_text(q, 1);
		s.package = (struct advisory_package){
			.state = ADVISORY_FIXED,
			.is_source = db_int(q, 2) != 0,
			.name = asked->name,
			.version = db_text(q, 3),
			.pocket = db_text(q, 4),
		};
		if (add_notice(asked, &s, e) != 0) {
			rc = -1;
			break;
		}
	}
	db_reset(q);
	return rc;
}

/* --- what is printed --- */

/* The newest CVE first; then by document, package, version. */
static int
by_cve(const void *pa, const void *pb)
{
	const struct statement *a = pa, *b = pb;
	int order = lookup_id_cmp(b->cve, a->cve);

	if (order == 0)
		order = span_cmp(a->document->name, b->document->name);
	if (order == 0)
		order = lookup_id_cmp(a->record, b->record);
	if (order == 0)
		order = (int)b->package.is_source - (int)a->package.is_source;
	if (order == 0)
		order = (int)a->package.state - (int)b->package.state;
	if (order == 0)
		order = span_cmp(a->package.version, b->package.version);
	if (order == 0)
		order = span_cmp(a->product, b->product);
	if (order == 0)
		order = span_cmp(a->package.pocket, b->package.pocket);
	if (order == 0)
		order = span_cmp(a->package.module, b->package.module);
	return order != 0 ? order : span_cmp(a->package.arch, b->package.arch);
}

static int
print_origin(struct sheet *sheet, const struct lookup *l,
    const struct statement *s, struct err *e)
{
	uint64_t offset;
	int rc;

	sheet_cell(sheet, "document", s->document->name);
	sheet_cell(sheet, "record", s->record);
	if (!sheet->as_json)
		return 0;
	rc = lookup_place(l->index, s->family, s->key, &offset, e);
	if (rc == -1)
		return -1;
	sheet_cell(sheet, "path", s->document->path);
	sheet_cell(sheet, "sha256", s->document->sha256);
	if (rc == 1)
		sheet_uint(sheet, "offset", offset);
	return 0;
}

static void
print_statement(struct sheet *sheet, const struct advisory_package *p)
{
	sheet_cell(sheet, "state", span_of(advisory_state_name(p->state)));
	sheet_cell(sheet, "version", p->version);
	sheet_cell(sheet, "name", p->name);
	sheet_cell(sheet, "type",
	    p->is_source ? SPAN_LIT("source") : SPAN_LIT("binary"));
	sheet_cell(sheet, "module", p->module);
	sheet_cell(sheet, "pocket", p->pocket);
	sheet_cell(sheet, "arch", p->arch);
	sheet_cell(sheet, "severity", p->severity);
	sheet_cell(sheet, "detail", p->detail);
}

/* In order, what differs in nothing that is printed once. */
static void
sort(struct package_asked *asked)
{
	struct statement *items = asked->items;
	size_t i, n = 0;

	if (asked->n == 0)
		return;
	qsort(items, asked->n, sizeof(*items), by_cve);
	for (i = 0; i < asked->n; i++)
		if (n == 0 || by_cve(&items[n - 1], &items[i]) != 0)
			items[n++] = items[i];
	asked->n = n;
}

static int
print_all(struct package_asked *asked, struct span id, struct err *e)
{
	struct sheet sheet = { 0 };
	size_t i;
	int rc = 0;

	sheet_begin(&sheet, asked->l->out, asked->l->as_json);
	sheet.wide = true;
	if (asked->n > 0)
		sheet_record(&sheet, "package", id);
	if (asked->n > 0)
		sheet_list(&sheet, "cves");
	for (i = 0; i < asked->n && rc == 0; i++) {
		sheet_row(&sheet);
		sheet_cell(&sheet, "cve", asked->items[i].cve);
		print_statement(&sheet, &asked->items[i].package);
		sheet_cell(&sheet, "product", asked->items[i].product);
		rc = print_origin(&sheet, asked->l, &asked->items[i], e);
		sheet_row_end(&sheet);
	}
	if (asked->n > 0) {
		sheet_list_end(&sheet);
		sheet_record_end(&sheet);
	}
	sheet_end(&sheet);
	return rc;
}

bool
lookup_is_package(struct span id)
{
	struct span part;

	return span_next(&id, '/', &part) && part.len > 0 &&
	    span_next(&id, '/', &part) && part.len > 0 && id.len > 0;
}

int
lookup_package(
    const struct lookup *l, struct span id, uint64_t *n_found, struct err *e)
{
	struct package_asked asked = { .l = l };
	const struct index_reader *r = l->index;
	struct span rest = id;
	struct span codename;
	size_t i;
	int rc = 0;

	span_next(&rest, '/', &asked.distribution);
	span_next(&rest, '/', &asked.release);
	asked.name = rest;
	codename = release_codename(asked.distribution, asked.release);
	if (codename.len > 0)
		asked.release = codename;
	for (i = 0; i < r->n_families && rc == 0; i++) {
		rc = add_advisories(&asked, &r->families[i], e);
		if (rc == 0 && span_is(asked.distribution, "ubuntu"))
			rc = add_notices(&asked, &r->families[i], e);
		if (rc == 0)
			rc = package_add_oval(&asked, &r->families[i], e);
	}
	sort(&asked);
	if (rc == 0)
		rc = print_all(&asked, id, e);
	*n_found = asked.n;
	free(asked.items);
	arena_cleanup(&asked.arena);
	return rc;
}
