/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The catalog says what was signed last, so that nothing of it is to be parsed
 * again; publish_record() is its only writer on the side with keys.
 */
#include <stdio.h>

#include "base/mem.h"
#include "schema_catalog.h"
#include "syncd/publish_parts.h"

#define TIMESTAMP "timestamp.json"

struct span
publish_keyids(struct publish *p, const struct tuf_role *r)
{
	char hex[DIGEST_HEX_SIZE];
	struct buf b = { 0 };
	struct span out;
	size_t i;

	for (i = 0; i < r->n_keyids; i++)
		buf_printf(&b, "%s%s", i == 0 ? "" : " ",
		    digest_hex(&r->keyids[i], hex));
	out = arena_span(&p->arena, buf_span(&b));
	buf_cleanup(&b);
	return out;
}

static struct publish_role *
find_role(struct publish *p, struct span name)
{
	size_t i;

	for (i = 0; i < p->n_roles; i++)
		if (span_eq(p->roles[i].signer.name, name))
			return &p->roles[i];
	return NULL;
}

static int
read_roles(struct publish *p, struct err *e)
{
	struct db_stmt *q = db_query(p->catalog, QUERY_CATALOG_TUF_ROLE_LIST);
	struct publish_role *r;
	size_t i;
	int rc;

	p->n_roles = p->trust.n_roles;
	p->roles = arena_array(&p->arena, p->n_roles, sizeof(*p->roles));
	for (i = 0; i < p->n_roles; i++)
		p->roles[i].signer = p->trust.roles[i].role;
	while ((rc = db_step(q, e)) == 1) {
		r = find_role(p, db_text(q, 0));
		if (r == NULL || !digest_parse(db_text(q, 5), &r->sha256))
			continue;
		r->version = (uint64_t)db_int(q, 1);
		r->expires = db_int(q, 2);
		r->threshold = (unsigned)db_int(q, 3);
		r->keyids = arena_span(&p->arena, db_text(q, 4));
		r->size_bytes = (uint64_t)db_int(q, 6);
	}
	db_reset(q);
	return rc;
}

static int
read_old_targets(struct publish *p, struct err *e)
{
	struct db_stmt *q = db_query(p->catalog, QUERY_CATALOG_TUF_TARGET_LIST);
	size_t cap = 0;
	int rc;

	while ((rc = db_step(q, e)) == 1) {
		p->old = xgrow(p->old, &cap, p->n_old + 1, sizeof(*p->old));
		p->old[p->n_old++] = (struct publish_target){
			.path = arena_span(&p->arena, db_text(q, 0)),
			.role = arena_span(&p->arena, db_text(q, 1)),
			.sha256 = arena_span(&p->arena, db_text(q, 2)),
			.size_bytes = (uint64_t)db_int(q, 3),
		};
	}
	db_reset(q);
	return rc;
}

static int
read_content(struct publish *p, struct err *e)
{
	struct db_stmt *q = db_query(p->catalog, QUERY_CATALOG_SIGNING_GET);
	int rc = db_step(q, e);

	if (rc == 1 && !digest_parse(db_text(q, 0), &p->old_content))
		p->old_content = (struct digest){ { 0 } };
	db_reset(q);
	return rc == -1 ? -1 : 0;
}

/* A run may have ended between the catalog and timestamp.json. */
static int
compare_timestamp(struct publish *p, struct err *e)
{
	struct buf b = { 0 };
	struct digest d;
	int rc;

	rc = repository_read(
	    &p->repository, TIMESTAMP, TUF_TIMESTAMP_MAX, &b, e);
	digest_of(buf_span(&b), &d);
	p->is_uncommitted =
	    rc != 0 || !digest_eq(&d, &p->roles[TUF_TIMESTAMP].sha256);
	buf_cleanup(&b);
	return rc == 0 || e->code == ERR_MISSING || e->code == ERR_LIMIT ? 0
									 : -1;
}

int
publish_known(struct publish *p, struct err *e)
{
	if (read_roles(p, e) != 0 || read_old_targets(p, e) != 0 ||
	    read_content(p, e) != 0)
		return -1;
	return compare_timestamp(p, e);
}

/* --- what is signed now --- */

static int
record_roles(struct publish *p, struct err *e)
{
	char hex[DIGEST_HEX_SIZE];
	struct db_stmt *q;
	size_t i;

	for (i = 0; i < p->n_roles; i++) {
		const struct publish_role *r = &p->roles[i];

		if (r->version == 0)
			continue;
		q = db_query(p->catalog, QUERY_CATALOG_TUF_ROLE_SET);
		db_bind_text(q, ":name", r->signer.name);
		db_bind_int(q, ":version", (int64_t)r->version);
		db_bind_int(q, ":expires", r->expires);
		db_bind_int(q, ":threshold", r->signer.threshold);
		db_bind_text(q, ":keyids", publish_keyids(p, &r->signer));
		db_bind_text(
		    q, ":sha256", span_of(digest_hex(&r->sha256, hex)));
		db_bind_int(q, ":size_bytes", (int64_t)r->size_bytes);
		if (db_run(q, e) != 0)
			return -1;
	}
	return 0;
}

static int
run_query(struct publish *p, unsigned query, struct err *e)
{
	return db_run(db_query(p->catalog, query), e);
}

/*
 * gc keeps them until the next time, too; and those that timestamp.json still
 * leads to, if it did not move on.
 */
static int
keep_previous(struct publish *p, struct err *e)
{
	if (!p->is_uncommitted &&
	    run_query(p, QUERY_CATALOG_TUF_PREVIOUS_CLEAR, e) != 0)
		return -1;
	if (run_query(p, QUERY_CATALOG_TUF_PREVIOUS_FILL, e) != 0)
		return -1;
	return run_query(p, QUERY_CATALOG_TUF_TARGET_CLEAR, e);
}

static int
record_targets(struct publish *p, struct err *e)
{
	struct db_stmt *q;
	size_t i;

	if (keep_previous(p, e) != 0)
		return -1;
	for (i = 0; i < p->n_targets; i++) {
		const struct publish_target *t = &p->targets[i];

		q = db_query(p->catalog, QUERY_CATALOG_TUF_TARGET_ADD);
		db_bind_text(q, ":path", t->path);
		db_bind_text(q, ":role", t->role);
		db_bind_text(q, ":sha256", t->sha256);
		db_bind_int(q, ":size_bytes", (int64_t)t->size_bytes);
		if (db_run(q, e) != 0)
			return -1;
	}
	return 0;
}

static int
record_ledger(struct publish *p, const char *event, struct err *e)
{
	struct db_stmt *q = db_query(p->catalog, QUERY_CATALOG_LEDGER_ADD);
	const struct publish_role *r = p->roles;
	char hex[DIGEST_HEX_SIZE];

	db_bind_int(q, ":time", p->now);
	db_bind_text(q, ":event", span_of(event));
	db_bind_int(q, ":generation", (int64_t)p->generation);
	db_bind_int(q, ":made", p->made);
	db_bind_int(q, ":root", (int64_t)r[TUF_ROOT].version);
	db_bind_int(q, ":timestamp", (int64_t)r[TUF_TIMESTAMP].version);
	db_bind_int(q, ":snapshot", (int64_t)r[TUF_SNAPSHOT].version);
	db_bind_text(q, ":snapshot_sha256",
	    span_of(digest_hex(&r[TUF_SNAPSHOT].sha256, hex)));
	db_bind_text(q, ":name", SPAN_LIT(""));
	db_bind_text(q, ":sha256", SPAN_LIT(""));
	db_bind_int(q, ":size_bytes", 0);
	db_bind_text(q, ":base", SPAN_LIT(""));
	db_bind_text(q, ":sources", SPAN_LIT(""));
	db_bind_int(q, ":expired", 0);
	return db_run(q, e);
}

/* Without targets only roles were looked at. */
static int
record_content(struct publish *p, struct err *e)
{
	struct db_stmt *q = db_query(p->catalog, QUERY_CATALOG_SIGNING_DONE);
	char hex[DIGEST_HEX_SIZE];

	if (record_targets(p, e) != 0)
		return -1;
	db_bind_text(q, ":content", span_of(digest_hex(&p->content, hex)));
	return db_run(q, e);
}

int
publish_record(struct publish *p, const char *event, struct err *e)
{
	if (db_begin(p->catalog, e) != 0)
		return -1;
	if (record_roles(p, e) != 0 ||
	    (p->n_targets > 0 && record_content(p, e) != 0) ||
	    record_ledger(p, event, e) != 0 || db_commit(p->catalog, e) != 0) {
		db_rollback(p->catalog);
		return -1;
	}
	return 0;
}
