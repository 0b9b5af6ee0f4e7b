/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/file.h"
#include "base/log.h"
#include "bundle/manifest_pack.h"
#include "bundle/refusal.h"
#include "indexer/generation.h"
#include "syncd/mirror_parts.h"

#define PREFIX "tuf+"
#define CA_SIZE_MAX ((size_t)4 * 1024 * 1024)
#define AHEAD_MAX_S 86400 /* that a manifest may be ahead of our clock */

bool
mirror_is_url(const char *from)
{
	return span_has_prefix(span_of(from), PREFIX) &&
	    strstr(from, "://") != NULL;
}

/* --- what is asked --- */

static int
set_base(struct mirror *m, struct err *e)
{
	struct span url = span_of(m->options->from + strlen(PREFIX));
	struct span host = http_host(url);

	while (span_has_suffix(url, "/"))
		url.len--;
	if (!span_has_prefix(url, "http") || host.len == 0 ||
	    span_find(host, '@') < host.len || span_find(url, '?') < url.len ||
	    span_find(url, '#') < url.len)
		return err_set(e, ERR_FORMAT,
		    "--from " PREFIX "…: a URL of the form " PREFIX
		    "https://HOST/PREFIX, without a user's name");
	m->base = arena_str(&m->arena, url);
	m->shown = arena_span(&m->arena, span_of(m->options->from));
	while (span_has_suffix(m->shown, "/"))
		m->shown.len--;
	return 0;
}

static void
add_source(struct mirror *m, struct span *list, const char *name)
{
	size_t i;

	for (i = m->n_sources;
	     i > 0 && span_cmp(list[i - 1], span_of(name)) > 0; i--)
		list[i] = list[i - 1];
	list[i] = arena_span(&m->arena, span_of(name));
	m->n_sources++;
}

/* By name, so that the ledger says the same of the same. */
static void
set_sources(struct mirror *m)
{
	const char *const *words =
	    config_words(m->options->config, "sync.sources");
	const struct source *const *named = m->options->sources;
	struct span *list;
	size_t n = 0;

	while (named != NULL ? named[n] != NULL : words[n] != NULL)
		n++;
	list = arena_array(&m->arena, n, sizeof(*list));
	for (; named != NULL && *named != NULL; named++)
		add_source(m, list, (*named)->name);
	for (; m->options->sources == NULL && *words != NULL; words++)
		add_source(m, list, *words);
	m->sources = list;
}

/* --- the metadata's way --- */

static int
open_fetch(struct mirror *m, struct err *e)
{
	const char *ca = config_str(m->options->config, "sync.ca_bundle");
	struct span host = http_host(span_of(m->base));
	const char *plain[] = { arena_str(&m->arena, host), NULL };
	struct http_options o;
	struct buf pem = { 0 }, url = { 0 };
	int rc = 0;

	http_options_of(m->options->config, &m->arena, &o);
	if (http_is_plain(span_of(m->base)))
		o.plain = plain;
	if (ca[0] != '\0' && file_read(AT_FDCWD, ca, CA_SIZE_MAX, &pem, e) != 0)
		rc = err_context(e, "sync.ca_bundle");
	o.ca_pem = buf_span(&pem);
	buf_printf(&url, "%s/metadata", m->base);
	if (rc == 0)
		rc = tuf_fetch_open(
		    &m->fetch, arena_str(&m->arena, buf_span(&url)), &o, e);
	buf_cleanup(&pem);
	buf_cleanup(&url);
	return rc;
}

static int
open_parts(struct mirror *m, struct err *e)
{
	if (store_open(&m->store, m->state->dirfd, e) != 0 ||
	    store_clean(&m->store, e) != 0 ||
	    generation_clean(m->state->dirfd, e) != 0)
		return -1;
	if (repository_open(&m->repository, m->state->dirfd, false, e) != 0 &&
	    e->code != ERR_MISSING)
		return -1;
	m->progress = progress_open(m->options->quiet);
	return open_fetch(m, e);
}

/* --- the manifest --- */

static int
check_clock(const struct mirror *m, struct err *e)
{
	char made[CLOCK_TEXT_SIZE], now[CLOCK_TEXT_SIZE];

	if (m->manifest.made <= m->now + AHEAD_MAX_S)
		return 0;
	return refuse(e, REFUSAL_CLOCK,
	    "it was made at %s, and the clock here says %s: set it",
	    clock_text(m->manifest.made, made), clock_text(m->now, now));
}

static int
read_manifest(struct mirror *m, const struct adopt_target *t, struct err *e)
{
	struct verified_file *file = NULL;
	int rc;

	if (mirror_fetch(m, t, 1, e) != 0 ||
	    store_get(&m->store, &t->sha256, &file, e) != 0)
		return -1;
	rc = manifest_read_run(verified_fd(file), &m->arena, &m->manifest, e);
	verified_close(file);
	return rc == 0 ? check_clock(m, e) : -1;
}

/* --- the run --- */

static int
adopt(struct mirror *m, struct err *e)
{
	const struct adopt a = {
		.manifest = &m->manifest,
		.metadata = m->metadata,
		.n_metadata = m->n_metadata,
		.targets = m->targets,
		.n_targets = m->n_targets,
		.sources = m->n_sources == 0 ? NULL : m->sources,
		.n_sources = m->n_sources,
		.root_version = m->trusted.versions[TUF_ROOT],
		.timestamp_version = m->trusted.versions[TUF_TIMESTAMP],
		.snapshot_version = m->trusted.versions[TUF_SNAPSHOT],
		.snapshot = m->trusted.snapshot,
		.is_expired = m->trusted.is_expired,
		.name = m->shown,
		.size_bytes = m->result->fetched_bytes,
		.progress = m->progress,
		.config = m->options->config,
	};

	return adopt_run(
	    m->state, m->catalog, &m->store, &a, &m->result->adopted, e);
}

/* 1: nothing has moved; 0: adopted, and the catalog says so; -1. */
static int
run(struct mirror *m, struct err *e)
{
	const struct adopt_target *manifest = NULL;
	int done;

	if (adopt_check(m->state, e) != 0 || open_parts(m, e) != 0 ||
	    mirror_refresh(m, e) != 0)
		return -1;
	m->result->is_expired = m->trusted.is_expired;
	done = m->trusted.is_same ? mirror_is_done(m, e) : 0;
	if (done != 0)
		return done;
	if (mirror_list(m, &manifest, e) != 0)
		return -1;
	tuf_fetch_close(&m->fetch);
	if (read_manifest(m, manifest, e) != 0 ||
	    mirror_fetch(m, m->targets, m->n_targets, e) != 0)
		return -1;
	return adopt(m, e);
}

static void
close_parts(struct mirror *m)
{
	proc_tuf_close(&m->tuf);
	tuf_fetch_close(&m->fetch);
	progress_close(m->progress);
	repository_close(&m->repository);
	store_close(&m->store);
	db_close(m->catalog);
	buf_cleanup(&m->root);
	free(m->metadata);
	free(m->targets);
	arena_cleanup(&m->arena);
}

/* What was refused stands in the audit log; all else is as it was. */
static int
settle(struct mirror *m, int rc, struct err *e)
{
	struct err ignored;

	m->result->ended = clock_now();
	if (rc == -1) {
		if (m->catalog != NULL && m->shown.len > 0 &&
		    mirror_record(m, e, &ignored) != 0)
			log_warn("%s", ignored.msg);
		return -1;
	}
	m->result->is_same = rc == 1;
	log_info("sync: mirror: ended moved=%s generation=%" PRIu64
		 " fetched=%" PRIu64 " bytes=%" PRIu64,
	    rc == 1 ? "no" : "yes", m->result->adopted.generation,
	    m->result->n_fetched, m->result->fetched_bytes);
	return rc == 1 ? mirror_record(m, NULL, e) : 0;
}

int
mirror_run(struct state *s, const struct mirror_options *o,
    struct mirror_result *out, struct err *e)
{
	struct mirror m = {
		.state = s,
		.options = o,
		.result = out,
		.store = { -1 },
		.repository = { -1 },
		.fetch = { .proc = { .ipc = { -1 } }, .message = { .fd = -1 } },
		.tuf = { .proc = { .ipc = { -1 } }, .message = { .fd = -1 } },
	};
	int rc = -1;

	*out = (struct mirror_result){ .started = clock_now() };
	set_sources(&m);
	if (set_base(&m, e) == 0 &&
	    catalog_open(&m.catalog, s, DB_WRITE, e) == 0)
		rc = run(&m, e);
	rc = settle(&m, rc, e);
	close_parts(&m);
	return rc;
}
