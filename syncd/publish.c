/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "indexer/generation.h"
#include "indexer/history.h"
#include "schema_catalog.h"
#include "syncd/publish_parts.h"

static int
open_passphrase(struct publish *p, struct err *e)
{
	const char *path =
	    config_str(p->options->config, "keys.passphrase_file");

	p->passphrase_fd = p->options->passphrase_fd;
	if (p->passphrase_fd != -1 || *path == '\0')
		return 0;
	p->passphrase_fd = p->own_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (p->own_fd == -1)
		return err_system(e, "keys.passphrase_file: %s", path);
	return 0;
}

/* 1: there are keys, and something that they sign; 0: there is not; -1. */
static int
open_publish(struct publish *p, struct err *e)
{
	int rc;

	if (!file_exists(p->state->dirfd, "keys"))
		return 0;
	if (repository_open(&p->repository, p->state->dirfd, false, e) != 0)
		return e->code == ERR_MISSING ? 0 : -1;
	if (generation_current(p->state->dirfd, &p->generation, e) != 0)
		return -1;
	if (p->generation == 0)
		return 0;
	rc = trust_read(&p->repository, &p->arena, &p->trust, e);
	if (rc != 1)
		return rc;
	rc = history_made(p->catalog, p->generation, &p->made, e);
	if (rc != 1)
		return rc; /* nobody has written it down: the next run does */
	if (store_open(&p->store, p->state->dirfd, e) != 0 ||
	    open_passphrase(p, e) != 0 || publish_known(p, e) != 0)
		return -1;
	return 1;
}

static void
close_publish(struct publish *p)
{
	if (p->has_signer)
		sign_close(&p->signer);
	if (p->own_fd != -1)
		close(p->own_fd);
	repository_close(&p->repository);
	store_close(&p->store);
	map_cleanup(&p->by_path);
	buf_cleanup(&p->timestamp);
	free(p->old);
	free(p->targets);
	free(p->resources);
	free(p->documents);
	arena_cleanup(&p->arena);
}

/* What is too old goes; that it stays does no harm. */
static void
clean(struct publish *p)
{
	struct repository_version *now =
	    arena_array(&p->arena, p->n_roles, sizeof(*now));
	struct err e = { 0 };
	size_t i;

	for (i = 0; i < p->n_roles; i++)
		now[i] = (struct repository_version){ p->roles[i].signer.name,
			p->roles[i].version };
	if (repository_clean(
		&p->repository, now, p->n_roles, PUBLISH_KEEP, &e) != 0)
		log_warn("publish: %s", e.msg);
}

/* What is due is signed, written down, and committed last of all. */
static int
finish(struct publish *p, const char *event, struct err *e)
{
	if (publish_sign(p, e) != 0 || publish_record(p, event, e) != 0)
		return -1;
	if (p->timestamp.len > 0 &&
	    repository_commit(&p->repository, buf_span(&p->timestamp), e) != 0)
		return -1;
	clean(p);
	log_info("publish: generation %llu: signed timestamp=%llu "
		 "snapshot=%llu",
	    (unsigned long long)p->generation,
	    (unsigned long long)p->roles[TUF_TIMESTAMP].version,
	    (unsigned long long)p->roles[TUF_SNAPSHOT].version);
	return 1;
}

static int
sign_generation(struct publish *p, struct err *e)
{
	if (publish_targets(p, e) != 0 || publish_manifest(p, e) != 0 ||
	    publish_targets_end(p, e) != 0)
		return -1;
	return publish_plan(p) ? finish(p, "signed", e) : 0;
}

static bool
is_due(const struct publish *p, const struct publish_role *r)
{
	return p->now >=
	    publish_renewal_at(p->options->config, r->signer.name, r->expires);
}

/* Roles that are about to expire are signed with what they list by now. */
static int
renew(struct publish *p, bool force, struct err *e)
{
	size_t i;

	for (i = TUF_SNAPSHOT; i < p->n_roles; i++)
		if (i != TUF_TIMESTAMP && is_due(p, &p->roles[i]))
			return sign_generation(p, e);
	if (!force && !is_due(p, &p->roles[TUF_TIMESTAMP]))
		return 0;
	publish_plan_timestamp(p);
	return finish(p, "renewed", e);
}

/* --- what became of it --- */

static int
run_query(
    struct db *catalog, unsigned query, const struct err *why, struct err *e)
{
	struct db_stmt *q = db_query(catalog, query);

	if (why != NULL) {
		db_bind_int(q, ":failed", clock_now());
		db_bind_text(q, ":message", span_of(why->msg));
	}
	return db_run(q, e);
}

/* `status` tells of it until it works again. Without news no row is written. */
static void
note(struct db *catalog, const struct err *why)
{
	struct db_stmt *q = db_query(catalog, QUERY_CATALOG_SIGNING_GET);
	struct err e = { 0 };
	bool same = why == NULL;

	if (db_step(q, &e) == 1)
		same = span_is(db_text(q, 2), why == NULL ? "" : why->msg);
	db_reset(q);
	if (same)
		return;
	if (run_query(catalog,
		why == NULL ? QUERY_CATALOG_SIGNING_WELL
			    : QUERY_CATALOG_SIGNING_FAILED,
		why, &e) != 0)
		log_warn("publish: %s", e.msg);
}

enum task {
	TASK_GENERATION = 0,
	TASK_RENEW,
	TASK_RENEW_FORCED,
};

static int
run(struct state *s, struct db *catalog, const struct publish_options *o,
    enum task task, struct err *e)
{
	struct publish p = {
		.state = s,
		.catalog = catalog,
		.options = o,
		.now = clock_now(),
		.repository = { -1 },
		.store = { -1 },
		.passphrase_fd = -1,
		.own_fd = -1,
	};
	int rc = open_publish(&p, e);

	if (rc == 1)
		rc = task == TASK_GENERATION
		    ? sign_generation(&p, e)
		    : renew(&p, task == TASK_RENEW_FORCED, e);
	close_publish(&p);
	note(catalog, rc == -1 ? e : NULL);
	return rc;
}

int
publish_generation(struct state *s, struct db *catalog,
    const struct publish_options *o, struct err *e)
{
	return run(s, catalog, o, TASK_GENERATION, e);
}

int
publish_renew(struct state *s, struct db *catalog,
    const struct publish_options *o, bool force, struct err *e)
{
	return run(s, catalog, o, force ? TASK_RENEW_FORCED : TASK_RENEW, e);
}

int
publish_renewal_due(
    struct db *catalog, const struct config *c, int64_t *out, struct err *e)
{
	struct db_stmt *q = db_query(catalog, QUERY_CATALOG_TUF_ROLE_LIST);
	int64_t at;
	int rc;

	*out = 0;
	while ((rc = db_step(q, e)) == 1) {
		struct span name = db_text(q, 0);

		/* Keys that are offline sign these. */
		if (span_is(name, "root") || span_is(name, "targets"))
			continue;
		at = publish_renewal_at(c, name, db_int(q, 2));
		if (*out == 0 || at < *out)
			*out = at;
	}
	db_reset(q);
	return rc;
}
