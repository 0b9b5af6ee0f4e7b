/* SPDX-License-Identifier: Apache-2.0 */
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <sys/stat.h>

#include "base/log.h"
#include "bundle/export_ledger.h"
#include "bundle/folder.h"
#include "schema_catalog.h"
#include "syncd/publish_bundles.h"

struct bundles {
	const struct state *state;
	struct db *catalog;
	struct store store;
	struct arena arena;
	struct export_current current;
};

/* --- configuration --- */

struct choice {
	const char *word;
	bool full;
	bool delta;
};

static const struct choice choices[] = {
	{ "none", false, false },
	{ "full", true, false },
	{ "delta", false, true },
	{ "both", true, true },
};

static const struct choice *
chosen(const struct config *c)
{
	struct span word = span_of(config_str(c, "bundle.publish"));
	size_t i;

	for (i = 0; i < sizeof(choices) / sizeof(*choices); i++)
		if (span_is(word, choices[i].word))
			return &choices[i];
	return NULL;
}

int
publish_bundles_check(const struct config *c, struct err *e)
{
	if (chosen(c) != NULL)
		return 0;
	return err_set(e, ERR_FORMAT,
	    "bundle.publish is none, full, delta or both, not \"%s\"",
	    config_str(c, "bundle.publish"));
}

/* --- one bundle --- */

/* "bundles/full-7.tar" into text. */
static struct span
name_of(const struct folder_file *f, char *text, size_t size)
{
	char name[FOLDER_NAME_SIZE];
	int n = snprintf(
	    text, size, FOLDER_BUNDLES "/%s", folder_file_name(f, name));

	return span_make(text, (size_t)n);
}

/* 1: it is there as it would be written again. */
static int
is_done(struct bundles *b, struct span name, struct err *e)
{
	uint64_t size_bytes;
	struct stat st;
	int rc =
	    export_was_recorded(b->catalog, &b->current, name, &size_bytes, e);

	if (rc != 1)
		return rc;
	return fstatat(b->state->dirfd, name.ptr, &st, AT_SYMLINK_NOFOLLOW) ==
	    0 &&
	    S_ISREG(st.st_mode) && (uint64_t)st.st_size == size_bytes;
}

/* 1: the receiver's side is known; 0: that generation is forgotten; -1. */
static int
choose_base(
    struct bundles *b, uint64_t since, struct export_options *o, struct err *e)
{
	if (since == 0)
		return 1;
	if (export_since_generation(b->catalog, since, &b->arena, o, e) == 0)
		return 1;
	if (e->code != ERR_MISSING)
		return -1;
	log_info("publish: no delta: %s", e->msg);
	return 0;
}

static int export(struct bundles *b, const struct folder_file *f,
    struct span name, struct export_result *r, struct err *e)
{
	struct export_options o = { 0 };
	struct buf path = { 0 };
	int rc;

	rc = choose_base(b, f->since, &o, e);
	if (rc != 1)
		return rc;
	rc = export_limit_sources(&b->current, &b->arena, &o, e);
	if (rc == 0)
		rc = folder_file_path(b->state, f, &path, e);
	o.path = buf_str(&path);
	if (rc == 0)
		rc = export_run(b->state, b->catalog, &b->store, &o, r, e);
	if (rc == 0)
		rc = export_record(b->catalog, &b->current, &o, r, name, e);
	buf_cleanup(&path);
	return rc == 0 ? 1 : -1;
}

static void
add_detail(struct buf *out, const struct export_result *r)
{
	char hex[DIGEST_HEX_SIZE];

	buf_printf(out, "sha256:%s, %" PRIu64 " bytes",
	    digest_hex(&r->manifest, hex), r->size_bytes);
}

/* Both outcomes are in the audit log. */
static int
write_bundle(struct bundles *b, uint64_t since, struct err *e)
{
	const struct folder_file f = { since, b->current.generation };
	char text[FOLDER_NAME_SIZE + sizeof(FOLDER_BUNDLES)];
	struct span name = name_of(&f, text, sizeof(text));
	struct export_result r = { 0 };
	struct buf detail = { 0 };
	struct err ignored = { 0 };
	int rc = is_done(b, name, e);

	if (rc != 0)
		return rc == 1 ? 0 : -1;
	rc = export(b, &f, name, &r, e);
	if (rc == 1) {
		add_detail(&detail, &r);
		log_info("publish: %s: written %s", text, buf_str(&detail));
		rc = catalog_audit(
		    b->catalog, name, "exported", buf_span(&detail), e);
	} else if (rc == -1) {
		err_context(e, "%s", text);
		catalog_audit(
		    b->catalog, name, "failed", span_of(e->msg), &ignored);
	}
	buf_cleanup(&detail);
	return rc;
}

/* --- all of them --- */

/* The generation that was signed before this one; 0: none was. */
static int
find_before(struct bundles *b, uint64_t *out, struct err *e)
{
	struct db_stmt *q = db_query(b->catalog, QUERY_CATALOG_LEDGER_BEFORE);
	int rc;

	*out = 0;
	db_bind_int(q, ":generation", (int64_t)b->current.generation);
	rc = db_step(q, e);
	if (rc == 1)
		*out = (uint64_t)db_int(q, 0);
	db_reset(q);
	return rc == -1 ? -1 : 0;
}

static int
write_delta(struct bundles *b, struct err *e)
{
	uint64_t before;

	if (find_before(b, &before, e) != 0)
		return -1;
	return before == 0 ? 0 : write_bundle(b, before, e);
}

static int
write_all(
    struct bundles *b, const struct choice *what, uint64_t keep, struct err *e)
{
	struct folder_prune prune = { .keep = keep };

	if (export_current(b->catalog, &b->arena, &b->current, e) != 0)
		return -1;
	if (b->current.generation == 0)
		return 0;
	prune.generation = b->current.generation;
	if ((what->full && write_bundle(b, 0, e) != 0) ||
	    (what->delta && write_delta(b, e) != 0))
		return -1;
	return folder_prune(b->state, &prune, e);
}

int
publish_bundles(const struct state *s, struct db *catalog,
    const struct config *c, struct err *e)
{
	struct bundles b = { .state = s, .catalog = catalog, .store = { -1 } };
	const struct choice *what = chosen(c);
	int rc;

	if (what == NULL)
		return publish_bundles_check(c, e);
	if (!what->full && !what->delta)
		return 0;
	rc = store_open(&b.store, s->dirfd, e);
	if (rc == 0)
		rc = write_all(&b, what, config_uint(c, "bundle.keep"), e);
	store_close(&b.store);
	arena_cleanup(&b.arena);
	return rc;
}
