/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A state directory with keys: root and targets are signed once, by hand; all
 * else is what publishing does. A client of its own judges what came of it.
 */
#ifndef TESTS_UNIT_PUBLISH_WORLD_H
#define TESTS_UNIT_PUBLISH_WORLD_H

#include "base/clock.h"
#include "bundle/proc_tuf.h"
#include "bundle/repository.h"
#include "syncd/publish.h"
#include "tests/unit/site.h"

#define PUBLISH_DAY 86400
#define PUBLISH_ROLES_MAX 16
#define PUBLISH_PATHS 3

static const struct role_rights publish_rights[N_ROLES] = {
	[ROLE_MAIN] = { .name = "main" },
	[ROLE_INDEX] = { .name = "index",
	    .reads = { "@state/store", NULL },
	    .files_max = 256 },
	[ROLE_BUNDLE] = { .name = "bundle", .files_max = 64 },
	[ROLE_SIGN] = { .name = "sign",
	    .reads = { "@state/keys", NULL },
	    .writes = { "@state/keys", NULL },
	    .files_max = 64 },
};

struct publish_world {
	struct site site;
	struct arena arena;
	struct repository repository;
	struct config *config;
	struct publish_options options;
	struct signer signer;
	struct buf seen;
	struct err e;
	uint64_t versions[N_TUF_TYPES]; /* as the client last saw them */
};

static inline struct tuf_key
publish_world_key(struct publish_world *w, const char *role)
{
	const struct sign_new what = { .role = span_of(role) };
	struct tuf_key key;

	if (sign_new_key(&w->signer, &what, &key, &w->e) != 0)
		fail_msg("%s", w->e.msg);
	return key;
}

static inline void
publish_world_write(struct publish_world *w, const struct tuf_role *role,
    const struct tuf_file *f)
{
	char name[REPOSITORY_NAME_SIZE];
	struct buf bytes = { 0 }, file = { 0 };
	struct tuf_signature s;
	size_t n;

	tuf_write_signed(&bytes, f);
	if (sign_bytes(&w->signer, role, buf_span(&bytes), &s, &n, &w->e) != 0)
		fail_msg("%s", w->e.msg);
	tuf_write_file(&file, buf_span(&bytes), &s, n);
	repository_name(f->version, role->name, name);
	if (repository_write(&w->repository, name, buf_span(&file), &w->e) != 0)
		fail_msg("%s", w->e.msg);
	buf_cleanup(&bytes);
	buf_cleanup(&file);
}

/* A key and a delegation for each role; pattern is of its paths. */
static inline void
publish_world_targets(
    struct publish_world *w, const struct tuf_role *signer, uint64_t version)
{
	struct tuf_delegation d[PUBLISH_ROLES_MAX] = { 0 };
	static struct tuf_key keys[PUBLISH_ROLES_MAX];
	struct span *paths;
	struct tuf_file f = { .type = TUF_TARGETS,
		.version = version,
		.expires = (int64_t)365 * PUBLISH_DAY,
		.keys = keys,
		.delegations = d };
	struct buf b = { 0 };
	size_t i, j;

	for (i = 0; repository_roles[i] != NULL; i++) {
		keys[i] = publish_world_key(w, repository_roles[i]);
		paths = arena_array(&w->arena, PUBLISH_PATHS, sizeof(*paths));
		buf_reset(&b);
		buf_add_str(&b, repository_roles[i]);
		for (j = 0; j < PUBLISH_PATHS; j++) {
			buf_add_str(&b, "/*");
			paths[j] = arena_span(&w->arena, buf_span(&b));
		}
		d[i] = (struct tuf_delegation){
			.role = { span_of(repository_roles[i]), &keys[i].id, 1,
			    1 },
			.paths = paths,
			.n_paths = PUBLISH_PATHS,
			.terminating = true,
		};
	}
	f.n_keys = f.n_delegations = i;
	publish_world_write(w, signer, &f);
	buf_cleanup(&b);
}

static inline void
publish_world_open_signer(struct publish_world *w)
{
	char keys[96];
	const struct sign_options o = { .keys = keys, .passphrase_fd = -1 };

	snprintf(keys, sizeof(keys), "%s/keys", w->site.tmp.path);
	if (sign_open(&w->signer, &o, &w->e) != 0)
		fail_msg("%s", w->e.msg);
}

/* What `key init` does: all keys in one folder, thresholds of 1. */
static inline void
publish_world_init_keys(struct publish_world *w)
{
	static struct tuf_key keys[N_TUF_TYPES];
	struct tuf_file root = { .type = TUF_ROOT,
		.version = 1,
		.expires = (int64_t)730 * PUBLISH_DAY,
		.keys = keys,
		.n_keys = N_TUF_TYPES };
	size_t i;

	if (file_make_dirs(w->site.state.dirfd, "keys", &w->e) != 0 ||
	    repository_open(&w->repository, w->site.state.dirfd, true, &w->e) !=
		0)
		fail_msg("%s", w->e.msg);
	publish_world_open_signer(w);
	for (i = 0; i < N_TUF_TYPES; i++) {
		const char *name = tuf_type_name((enum tuf_type)i);

		keys[i] = publish_world_key(w, name);
		root.roles[i] =
		    (struct tuf_role){ span_of(name), &keys[i].id, 1, 1 };
	}
	publish_world_write(w, &root.roles[TUF_ROOT], &root);
	publish_world_targets(w, &root.roles[TUF_TARGETS], 1);
	sign_close(&w->signer);
}

static inline void
publish_world_open(struct publish_world *w)
{
	static const char *const no_sources[] = { NULL };

	*w = (struct publish_world){ .repository = { -1 },
		.signer = { .message = { .fd = -1 } } };
	site_open(&w->site);
	proc_init(publish_rights, w->site.tmp.path);
	if (config_open(&w->config, "/dev/null", no_sources, &w->e) != 0)
		fail_msg("%s", w->e.msg);
	w->options = (struct publish_options){ .config = w->config,
		.passphrase_fd = -1 };
}

static inline void
publish_world_close(struct publish_world *w)
{
	repository_close(&w->repository);
	config_close(w->config);
	arena_cleanup(&w->arena);
	buf_cleanup(&w->seen);
	site_close(&w->site);
}

/* A generation with that text of one document, written down. */
static inline void
publish_world_generation(
    struct publish_world *w, const char *family, const char *text)
{
	site_publish(&w->site, family, family, text);
	site_record(&w->site);
}

/* A file that is mirrored, and no document. */
static inline void
publish_world_mirror(struct publish_world *w, const char *source,
    const char *path, const char *text)
{
	struct verified_file *file =
	    family_world_file(&w->site.world, span_of(text));
	char hex[DIGEST_HEX_SIZE];
	const struct catalog_resource r = {
		.path = span_of(path),
		.source = span_of(source),
		.origin = SPAN_LIT("upstream"),
		.etag = SPAN_LIT("\"1\""),
		.fetched = 700,
		.sha256 =
		    span_of(digest_hex(&verified_proof(file)->sha256, hex)),
		.size_bytes = verified_proof(file)->size_bytes,
	};

	if (store_add(&w->site.store, file, &w->e) != 0 ||
	    catalog_set_resource(w->site.catalog, &r, &w->e) != 0)
		fail_msg("%s", w->e.msg);
	verified_close(file);
}

static inline int
publish_world_run(struct publish_world *w)
{
	w->e = (struct err){ 0 };
	return publish_generation(
	    &w->site.state, w->site.catalog, &w->options, &w->e);
}

static inline int
publish_world_get(void *ctx, const char *name, uint64_t size_max,
    struct buf *out, struct err *e)
{
	struct publish_world *w = ctx;

	return repository_read(&w->repository, name, size_max, out, e);
}

static inline int
publish_world_load(void *ctx, const char *role, uint64_t version,
    struct buf *out, struct err *e)
{
	struct publish_world *w = ctx;

	(void)version;
	if (strcmp(role, "root") != 0)
		return err_set(e, ERR_MISSING, "nothing is trusted yet");
	return repository_read(
	    &w->repository, "1.root.json", TUF_ROOT_MAX, out, e);
}

static inline int
publish_world_keep(void *ctx, const char *role, uint64_t version,
    struct span bytes, struct err *e)
{
	(void)ctx;
	(void)role;
	(void)version;
	(void)bytes;
	(void)e;
	return 0;
}

static inline int
publish_world_drop(void *ctx, const char *role, struct err *e)
{
	(void)ctx;
	(void)role;
	(void)e;
	return 0;
}

/* The store has every one, as it is said. */
static inline int
publish_world_target(void *ctx, const struct proc_tuf_target *t, struct err *e)
{
	struct publish_world *w = ctx;
	struct verified_file *file = NULL;

	if (store_get(&w->site.store, &t->sha256, &file, e) != 0)
		return -1;
	assert_int_equal(verified_proof(file)->size_bytes, t->size_bytes);
	buf_printf(&w->seen, "%.*s\n", SPAN_ARG(t->path));
	verified_close(file);
	return 0;
}

/* A client that knows the root only takes it all; its paths are in seen. */
static inline void
publish_world_judge(struct publish_world *w)
{
	const struct tuf_client_options o = {
		.transport = { w, publish_world_get },
		.trust = { w, publish_world_load, publish_world_keep,
		    publish_world_drop },
		.now = clock_now(),
	};
	const struct proc_tuf_sink sink = { w, publish_world_target };
	struct proc_tuf_state state;
	struct proc_tuf p;

	buf_reset(&w->seen);
	if (proc_tuf_open(&p, &o, &w->e) != 0 ||
	    proc_tuf_refresh(&p, &state, &w->e) != 0 ||
	    proc_tuf_list(&p, &sink, &w->e) != 0)
		fail_msg("%s", w->e.msg);
	assert_true(state.is_consistent);
	memcpy(w->versions, state.versions, sizeof(w->versions));
	proc_tuf_close(&p);
}

/* "nvd 2 snapshot 3 …": versions as the catalog has them. */
static inline const char *
publish_world_versions(struct publish_world *w)
{
	struct db_stmt *q =
	    db_query(w->site.catalog, QUERY_CATALOG_TUF_ROLE_LIST);
	struct err e;

	buf_reset(&w->seen);
	while (db_step(q, &e) == 1)
		buf_printf(&w->seen, "%.*s %lld ", SPAN_ARG(db_text(q, 0)),
		    (long long)db_int(q, 1));
	db_reset(q);
	return buf_str(&w->seen);
}

#endif
