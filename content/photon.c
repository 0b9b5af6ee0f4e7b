/* SPDX-License-Identifier: Apache-2.0 */
#include <stdlib.h>

#include "base/buf.h"
#include "base/json.h"
#include "base/map.h"
#include "base/mem.h"
#include "content/advisory_build.h"
#include "content/photon.h"

/* Rows are kept as their source until all are there. */
struct row {
	struct span raw;
	uint64_t offset;
	size_t next; /* of the same record; 0: none, as row 0 is the first */
};

/* A CVE and package, in the order of arrival. */
struct key {
	size_t first;
	size_t last;
	size_t n_rows;
};

struct reader {
	const struct advisory_sink *sink;
	struct arena text; /* of all rows */
	struct row *rows;
	size_t n_rows;
	size_t cap_rows;
	struct map map; /* "cve/package" to its key */
	struct key *keys;
	size_t n_keys;
	size_t cap_keys;
	struct buf id;

	/* Of the record being made. */
	struct advisory_build build;
	struct arena arena;
	struct buf raw;
};

#define BEFORE "all versions before "
#define VULNERABLE " are vulnerable"

static bool
is_none(struct span version)
{
	return version.len == 0 || span_is(version, "NA");
}

/* Whether the sentence of aff_ver names another version than res_ver. */
static bool
differs(struct span affected, struct span fixed)
{
	struct span version = span_from(affected, sizeof(BEFORE) - 1);

	if (!span_has_prefix(affected, BEFORE) ||
	    !span_has_suffix(version, VULNERABLE))
		return false;
	version.len -= sizeof(VULNERABLE) - 1;
	return !span_eq(version, fixed);
}

static void
set_fixed(const struct json_node *n, struct advisory_package *p)
{
	struct span affected = json_text(json_get(n, "aff_ver"));
	struct span fixed = json_text(json_get(n, "res_ver"));

	if (!advisory_is_version(fixed)) {
		p->detail = fixed;
	} else if (differs(affected, fixed)) {
		p->detail = affected;
	} else {
		p->state = ADVISORY_FIXED;
		p->version = fixed;
	}
}

static void
set_state(const struct json_node *n, struct advisory_package *p)
{
	struct span status = json_text(json_get(n, "status"));
	bool has_status = json_get(n, "status") != NULL;
	bool has_fix = !is_none(json_text(json_get(n, "res_ver")));

	if (span_is(status, "Fixed") || (!has_status && has_fix))
		set_fixed(n, p);
	else if (!has_status)
		p->state = ADVISORY_AFFECTED;
	else if (span_is(status, "Not Affected") && !has_fix)
		p->state = ADVISORY_NOT_AFFECTED;
	else
		p->detail = status;
}

/* What is said of one rpm in its favour holds for no other of its source. */
static int
put_package(struct reader *r, struct advisory_package *p, struct err *e)
{
	p->is_source = false;
	if (advisory_build_package(&r->build, p, e) != 0)
		return -1;
	if (p->state == ADVISORY_NOT_AFFECTED)
		return 0;
	p->is_source = true;
	return advisory_build_package(&r->build, p, e);
}

/* Rows that say the same are said once. */
static bool
is_stated(const struct reader *r, const struct advisory_package *p)
{
	size_t i;

	for (i = 0; i < r->build.n_packages; i++) {
		const struct advisory_package *q = &r->build.packages[i];

		if (q->state == p->state && span_eq(q->version, p->version) &&
		    span_eq(q->detail, p->detail))
			return true;
	}
	return false;
}

/* Source bytes of the record's rows: one row's, or an array of several. */
static void
join_raw(struct reader *r, const struct key *key, struct advisory *a)
{
	size_t i = key->first;

	a->raw = r->rows[i].raw;
	a->offset = r->rows[i].offset;
	if (key->first == key->last)
		return;
	buf_reset(&r->raw);
	buf_add_char(&r->raw, '[');
	do {
		buf_add_span(&r->raw, r->rows[i].raw);
		buf_add_str(&r->raw, i == key->last ? "]" : ",\n");
		i = r->rows[i].next;
	} while (i != 0);
	a->raw = buf_span(&r->raw);
}

static int
read_row(struct reader *r, size_t i, struct advisory_package *p,
    struct advisory *a, struct err *e)
{
	const struct json_node *n = NULL;
	struct span score;

	if (json_parse(r->rows[i].raw, &r->arena, &n, e) != 0)
		return -1;
	p->cve = json_text(json_get(n, "cve_id"));
	p->name = json_text(json_get(n, "pkg"));
	p->state = ADVISORY_UNKNOWN;
	p->version = SPAN_NONE;
	p->detail = SPAN_NONE;
	set_state(n, p);
	score = json_text(json_get(n, "cve_score"));
	if (a->severity.len == 0 && score.len <= ADVISORY_ID_MAX)
		a->severity = score;
	return 0;
}

/* "Not Affected" holds where no other row says anything else. */
static int
read_rows(
    struct reader *r, const struct key *key, struct advisory *a, struct err *e)
{
	struct advisory_package p = { 0 };
	size_t i = key->first;

	do {
		if (read_row(r, i, &p, a, e) != 0)
			return -1;
		if (p.state != ADVISORY_NOT_AFFECTED && !is_stated(r, &p) &&
		    put_package(r, &p, e) != 0)
			return -1;
		i = r->rows[i].next;
	} while (i != 0);
	if (r->build.n_packages == 0 && put_package(r, &p, e) != 0)
		return -1;
	return advisory_build_alias(&r->build, p.cve, e);
}

static void
make_id(struct reader *r, struct span cve, struct span name)
{
	buf_reset(&r->id);
	buf_add_span(&r->id, cve);
	buf_add_char(&r->id, '/');
	buf_add_span(&r->id, name);
}

static int
hand_over(struct reader *r, const struct key *key, struct err *e)
{
	struct advisory a = { 0 };

	arena_reset(&r->arena);
	advisory_build_begin(&r->build);
	if (read_rows(r, key, &a, e) != 0)
		return -1;
	make_id(r, r->build.packages[0].cve, r->build.packages[0].name);
	a.id = buf_span(&r->id);
	join_raw(r, key, &a);
	advisory_build_end(&r->build, &a);
	return r->sink->advisory(r->sink->ctx, &a, e);
}

/* The row becomes the last of its CVE and package. */
static int
add_row(struct reader *r, const struct row *row, struct err *e)
{
	size_t i = r->n_rows;
	struct key *key;
	uint32_t ord;

	r->rows = xgrow(r->rows, &r->cap_rows, i + 1, sizeof(*r->rows));
	r->rows[i] = *row;
	r->n_rows++;
	if (map_add(&r->map, buf_span(&r->id), (uint32_t)r->n_keys, &ord)) {
		r->keys = xgrow(
		    r->keys, &r->cap_keys, r->n_keys + 1, sizeof(*r->keys));
		r->keys[r->n_keys++] = (struct key){ i, i, 1 };
		return 0;
	}
	key = &r->keys[ord];
	if (key->n_rows++ == PHOTON_RECORD_ROWS_MAX)
		return err_set(e, ERR_LIMIT, "%s stands in more than %u rows",
		    buf_str(&r->id), PHOTON_RECORD_ROWS_MAX);
	r->rows[key->last].next = i;
	key->last = i;
	return 0;
}

static int
on_row(void *ctx, const struct json_node *n, struct span raw, uint64_t offset,
    struct err *e)
{
	struct reader *r = ctx;
	struct span cve = json_text(json_get(n, "cve_id"));
	struct span name = json_text(json_get(n, "pkg"));
	struct row row = { .offset = offset };

	if (n->type != JSON_OBJECT)
		return err_set(e, ERR_FORMAT, "a row is not an object");
	if (!advisory_is_id(cve) || cve.len > PHOTON_ID_MAX ||
	    !advisory_is_word(name) || name.len > PHOTON_NAME_MAX)
		return 0;
	if (r->n_rows == PHOTON_ROWS_MAX)
		return err_set(
		    e, ERR_LIMIT, "more than %u rows", PHOTON_ROWS_MAX);
	if (r->text.total + raw.len > PHOTON_TEXT_MAX)
		return err_set(e, ERR_LIMIT, "rows of more than %zu bytes",
		    PHOTON_TEXT_MAX);
	row.raw = arena_span(&r->text, raw);
	make_id(r, cve, name);
	return add_row(r, &row, e);
}

static void
cleanup(struct reader *r)
{
	arena_cleanup(&r->text);
	arena_cleanup(&r->arena);
	advisory_build_cleanup(&r->build);
	map_cleanup(&r->map);
	free(r->rows);
	free(r->keys);
	buf_cleanup(&r->id);
	buf_cleanup(&r->raw);
}

int
photon_read(struct stream *in, const struct advisory_sink *sink,
    struct arena *a, struct advisory_about *about, struct err *e)
{
	struct reader r = { .sink = sink };
	const struct json_sink json = {
		.array = "",
		.ctx = &r,
		.record = on_row,
	};
	int rc = json_read(in, &json, e);
	size_t i;

	(void)a;
	(void)about;
	if (rc == 0 && r.n_keys == 0)
		rc = err_set(e, ERR_FORMAT, "no row names a CVE and a package");
	for (i = 0; i < r.n_keys && rc == 0; i++)
		rc = hand_over(&r, &r.keys[i], e);
	cleanup(&r);
	return rc;
}
