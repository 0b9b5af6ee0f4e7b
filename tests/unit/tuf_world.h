/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A TUF repository in memory, its client's trusted files, and a log of what
 * was asked for. Keys are digits, tests/unit/tuf_keys.h: "12" is two of them.
 */
#ifndef TESTS_UNIT_TUF_WORLD_H
#define TESTS_UNIT_TUF_WORLD_H

#include <inttypes.h>
#include <stdio.h>

#include "bundle/tuf_client.h"
#include "tests/unit/tuf_keys.h"

#define WORLD_NOW INT64_C(1800000000)
#define WORLD_FILES 640
#define WORLD_ROLES 280

struct world_file {
	char name[80];
	struct buf bytes;
};

struct world_role {
	const char *name;
	const char *by; /* who delegates: "targets" or a role before it */
	const char *paths[4];
	const char *keys; /* as its delegator has them */
	const char *signers;
	bool terminating;
	const char *targets[4];
	uint64_t version;
	int64_t expires;
	struct digest sha256; /* of the file, as it is served */
	size_t size_bytes;
};

struct tuf_world {
	const char *keys[N_TUF_TYPES]; /* as the root has them */
	unsigned threshold[N_TUF_TYPES];
	const char *signers[N_TUF_TYPES];
	uint64_t version[N_TUF_TYPES];
	int64_t expires[N_TUF_TYPES];
	struct world_role roles[WORLD_ROLES];
	size_t n_roles;
	const char *targets[4]; /* of the top-level role */
	bool no_hashes;         /* of snapshot and timestamp */
	bool inconsistent;      /* names without versions */
	bool pretty;            /* white space everywhere */
	bool broken;            /* the next get() has no network */
	struct world_file served[WORLD_FILES];
	struct world_file trusted[WORLD_FILES];
	struct buf asked; /* names, with a blank behind each */
	struct arena arena;
};

/* --- lists of files --- */

static inline struct buf *
world_find(struct world_file *files, const char *name)
{
	size_t i;

	for (i = 0; i < WORLD_FILES && files[i].name[0] != '\0'; i++)
		if (strcmp(files[i].name, name) == 0)
			return files[i].bytes.ptr == NULL ? NULL
							  : &files[i].bytes;
	return NULL;
}

static inline void
world_put(struct world_file *files, const char *name, struct span bytes)
{
	size_t i = 0;

	while (i < WORLD_FILES - 1 && files[i].name[0] != '\0' &&
	    strcmp(files[i].name, name) != 0)
		i++;
	snprintf(files[i].name, sizeof(files[i].name), "%s", name);
	buf_reset(&files[i].bytes);
	buf_add_span(&files[i].bytes, bytes);
}

static inline void
world_drop(struct world_file *files, const char *name)
{
	struct buf *b = world_find(files, name);

	if (b != NULL)
		buf_cleanup(b);
}

/* --- the writer --- */

/* White space behind every comma and colon that is not in a text. */
static inline void
world_pretty(struct buf *out, struct span s)
{
	bool in_text = false;
	size_t i;

	for (i = 0; i < s.len; i++) {
		if (s.ptr[i] == '"' && (i == 0 || s.ptr[i - 1] != '\\'))
			in_text = !in_text;
		buf_add_char(out, s.ptr[i]);
		if (!in_text && strchr(",:{[", s.ptr[i]) != NULL)
			buf_add_str(out, "\r\n\t ");
	}
	buf_add_char(out, '\n');
}

/* Signs text, and serves the file under the name. */
static inline void
world_serve(struct tuf_world *w, const char *name, struct span text,
    const char *signers)
{
	struct tuf_signature signatures[16];
	struct buf file = { 0 }, pretty = { 0 };
	size_t n;

	for (n = 0; signers[n] != '\0'; n++)
		signatures[n] =
		    tuf_keys_sign((unsigned)(signers[n] - '0'), text);
	tuf_write_file(&file, text, signatures, n);
	if (w->pretty)
		world_pretty(&pretty, buf_span(&file));
	world_put(w->served, name, buf_span(w->pretty ? &pretty : &file));
	buf_cleanup(&file);
	buf_cleanup(&pretty);
}

static inline void
world_write(struct tuf_world *w, const char *name, const struct tuf_file *f,
    const char *signers)
{
	struct buf text = { 0 };
	char *at;

	tuf_write_signed(&text, f);
	at = f->type == TUF_ROOT && w->inconsistent
	    ? strstr(text.ptr, "consistent_snapshot\":true,")
	    : NULL;
	if (at != NULL) {
		struct buf other = { 0 };

		buf_add(&other, text.ptr, (size_t)(at - text.ptr));
		buf_add_str(&other, "consistent_snapshot\":false,");
		buf_add_str(&other, at + strlen("consistent_snapshot\":true,"));
		buf_cleanup(&text);
		text = other;
	}
	world_serve(w, name, buf_span(&text), signers);
	buf_cleanup(&text);
}

static inline void
world_name(const struct tuf_world *w, const char *role, uint64_t version,
    char name[80])
{
	if (w->inconsistent)
		snprintf(name, 80, "%.60s.json", role);
	else
		snprintf(name, 80, "%" PRIu64 ".%.50s.json", version, role);
}

static inline struct tuf_role
world_signers(
    struct tuf_world *w, const char *name, const char *keys, unsigned threshold)
{
	struct digest *ids = arena_array(&w->arena, 16, sizeof(*ids));
	size_t n;

	for (n = 0; keys[n] != '\0'; n++)
		ids[n] = tuf_keys_public((unsigned)(keys[n] - '0')).id;
	return (struct tuf_role){ span_of(name), ids, n, threshold };
}

static inline void
world_add_keys(struct tuf_file *f, struct tuf_key *list, const char *keys)
{
	size_t i;

	for (; *keys != '\0'; keys++) {
		struct tuf_key key = tuf_keys_public((unsigned)(*keys - '0'));

		for (i = 0; i < f->n_keys; i++)
			if (digest_eq(&list[i].id, &key.id))
				break;
		if (i == f->n_keys)
			list[f->n_keys++] = key;
	}
	f->keys = list;
}

/* Version N of the root, signed by these; N is the world's from now on. */
static inline void
world_root(struct tuf_world *w, uint64_t version, const char *signers)
{
	struct tuf_key keys[64];
	struct tuf_file f = { .type = TUF_ROOT,
		.version = version,
		.expires = w->expires[TUF_ROOT] };
	enum tuf_type t;
	char name[80];

	for (t = TUF_ROOT; t < N_TUF_TYPES; t++) {
		world_add_keys(&f, keys, w->keys[t]);
		f.roles[t] = world_signers(
		    w, tuf_type_name(t), w->keys[t], w->threshold[t]);
	}
	snprintf(name, sizeof(name), "%" PRIu64 ".root.json", version);
	world_write(w, name, &f, signers);
	w->version[TUF_ROOT] = version;
}

static inline size_t
world_targets(struct tuf_world *w, const char *const *paths, struct tuf_file *f)
{
	struct tuf_target *list = arena_array(&w->arena, 4, sizeof(*list));

	for (f->n_targets = 0; f->n_targets < 4 && paths[f->n_targets] != NULL;
	     f->n_targets++) {
		struct span path = span_of(paths[f->n_targets]);

		list[f->n_targets].path = path;
		list[f->n_targets].size_bytes = path.len;
		digest_of(path, &list[f->n_targets].sha256);
	}
	f->targets = list;
	return f->n_targets;
}

static inline void
world_delegations(struct tuf_world *w, const char *by, struct tuf_file *f,
    struct tuf_key *keys)
{
	struct tuf_delegation *list =
	    arena_array(&w->arena, WORLD_ROLES, sizeof(*list));
	size_t i, k;

	for (i = 0; i < w->n_roles; i++) {
		const struct world_role *r = &w->roles[i];
		struct tuf_delegation *d = &list[f->n_delegations];
		struct span *paths;

		if (strcmp(r->by, by) != 0)
			continue;
		paths = arena_array(&w->arena, 4, sizeof(*paths));
		for (k = 0; k < 4 && r->paths[k] != NULL; k++)
			paths[k] = span_of(r->paths[k]);
		*d = (struct tuf_delegation){ .role = world_signers(
						  w, r->name, r->keys, 1),
			.paths = paths,
			.n_paths = k,
			.terminating = r->terminating };
		world_add_keys(f, keys, r->keys);
		f->n_delegations++;
	}
	f->delegations = list;
}

static inline void
world_seal(struct tuf_world *w, const char *name, struct tuf_meta *m)
{
	const struct buf *bytes = world_find(w->served, name);

	m->has_length = m->has_sha256 = !w->no_hashes;
	if (bytes == NULL || w->no_hashes)
		return;
	m->size_bytes = bytes->len;
	digest_of(buf_span(bytes), &m->sha256);
}

static inline void
world_write_targets(struct tuf_world *w)
{
	struct tuf_key keys[64];
	struct tuf_file f = { .type = TUF_TARGETS,
		.version = w->version[TUF_TARGETS],
		.expires = w->expires[TUF_TARGETS] };
	char name[80];

	world_targets(w, w->targets, &f);
	world_delegations(w, "targets", &f, keys);
	world_name(w, "targets", f.version, name);
	world_write(w, name, &f, w->signers[TUF_TARGETS]);
}

static inline void
world_write_role(struct tuf_world *w, struct world_role *r)
{
	struct tuf_key keys[64];
	struct tuf_file f = { .type = TUF_TARGETS,
		.version = r->version,
		.expires = r->expires };
	char name[80];

	world_targets(w, r->targets, &f);
	world_delegations(w, r->name, &f, keys);
	world_name(w, r->name, r->version, name);
	world_write(w, name, &f, r->signers);
}

static inline void
world_write_snapshot(struct tuf_world *w)
{
	struct tuf_meta *meta = arena_array(
			    &w->arena, WORLD_ROLES + 1, sizeof(*meta)),
			m;
	struct tuf_file f = { .type = TUF_SNAPSHOT,
		.version = w->version[TUF_SNAPSHOT],
		.expires = w->expires[TUF_SNAPSHOT] };
	char name[80];
	size_t i, k;

	for (i = 0; i <= w->n_roles; i++) {
		const char *role =
		    i == w->n_roles ? "targets" : w->roles[i].name;
		uint64_t version = i == w->n_roles ? w->version[TUF_TARGETS]
						   : w->roles[i].version;
		struct buf listed = { 0 };

		buf_printf(&listed, "%s.json", role);
		m = (struct tuf_meta){ .version = version,
			.name = arena_span(&w->arena, buf_span(&listed)) };
		buf_cleanup(&listed);
		world_name(w, role, version, name);
		world_seal(w, name, &m);
		for (k = 0; k < f.n_meta; k++)
			if (span_eq(meta[k].name, m.name))
				break;
		if (k < f.n_meta)
			continue; /* delegated to by two */
		for (; k > 0 && span_cmp(meta[k - 1].name, m.name) > 0; k--)
			meta[k] = meta[k - 1];
		meta[k] = m;
		f.n_meta++;
	}
	f.meta = meta;
	world_name(w, "snapshot", f.version, name);
	world_write(w, name, &f, w->signers[TUF_SNAPSHOT]);
}

static inline void
world_write_timestamp(struct tuf_world *w)
{
	struct tuf_meta m = { .name = SPAN_LIT("snapshot.json"),
		.version = w->version[TUF_SNAPSHOT] };
	struct tuf_file f = { .type = TUF_TIMESTAMP,
		.meta = &m,
		.n_meta = 1,
		.version = w->version[TUF_TIMESTAMP],
		.expires = w->expires[TUF_TIMESTAMP] };
	char name[80];

	world_name(w, "snapshot", m.version, name);
	world_seal(w, name, &m);
	world_write(w, "timestamp.json", &f, w->signers[TUF_TIMESTAMP]);
}

/* All but the root, with the versions that the world has now. */
static inline void
world_publish(struct tuf_world *w)
{
	size_t i;

	for (i = 0; i < w->n_roles; i++)
		world_write_role(w, &w->roles[i]);
	world_write_targets(w);
	world_write_snapshot(w);
	world_write_timestamp(w);
}

/* The same with higher versions of all three. */
static inline void
world_release(struct tuf_world *w)
{
	w->version[TUF_TARGETS]++;
	w->version[TUF_SNAPSHOT]++;
	w->version[TUF_TIMESTAMP]++;
	world_publish(w);
}

static inline struct world_role *
world_add_role(
    struct tuf_world *w, const char *name, const char *by, const char *path)
{
	struct world_role *r = &w->roles[w->n_roles++];

	*r = (struct world_role){ .name = name,
		.by = by,
		.keys = "5",
		.signers = "5",
		.paths = { path },
		.version = 1,
		.expires = WORLD_NOW + 5000 };
	return r;
}

/* Roles root 1, timestamp 2, snapshot 3, targets 4, all at version 1. */
static inline void
world_init(struct tuf_world *w)
{
	static const char *const keys[N_TUF_TYPES] = { [TUF_ROOT] = "1",
		[TUF_TIMESTAMP] = "2",
		[TUF_SNAPSHOT] = "3",
		[TUF_TARGETS] = "4" };
	enum tuf_type t;

	*w = (struct tuf_world){ .targets = { "a.txt" } };
	for (t = TUF_ROOT; t < N_TUF_TYPES; t++) {
		w->keys[t] = w->signers[t] = keys[t];
		w->threshold[t] = 1;
		w->version[t] = 1;
		w->expires[t] = WORLD_NOW + 1000 * (1 + (int64_t)t);
	}
	world_root(w, 1, "1");
	world_put(
	    w->trusted, "root", buf_span(world_find(w->served, "1.root.json")));
}

static inline void
world_cleanup(struct tuf_world *w)
{
	size_t i;

	for (i = 0; i < WORLD_FILES; i++) {
		buf_cleanup(&w->served[i].bytes);
		buf_cleanup(&w->trusted[i].bytes);
	}
	buf_cleanup(&w->asked);
	arena_cleanup(&w->arena);
}

/* --- what a client is given --- */

static inline int
world_read(struct world_file *files, const char *name, uint64_t size_max,
    struct buf *out, struct err *e)
{
	const struct buf *bytes = world_find(files, name);

	if (bytes == NULL)
		return err_set(e, ERR_MISSING, "%s: not there", name);
	if (bytes->len > size_max)
		return err_set(e, ERR_LIMIT, "%s: too much", name);
	buf_add_span(out, buf_span(bytes));
	return 0;
}

static inline int
world_get(void *ctx, const char *name, uint64_t size_max, struct buf *out,
    struct err *e)
{
	struct tuf_world *w = ctx;

	buf_printf(&w->asked, "%s ", name);
	if (w->broken)
		return err_set(e, ERR_NETWORK, "%s: nobody answers", name);
	return world_read(w->served, name, size_max, out, e);
}

static inline int
world_load(void *ctx, const char *role, uint64_t version, struct buf *out,
    struct err *e)
{
	struct tuf_world *w = ctx;

	(void)version; /* there is one of each: see tuf_client.h */
	return world_read(w->trusted, role, UINT64_MAX, out, e);
}

static inline int
world_keep(void *ctx, const char *role, uint64_t version, struct span bytes,
    struct err *e)
{
	struct tuf_world *w = ctx;

	(void)version;
	(void)e;
	world_put(w->trusted, role, bytes);
	return 0;
}

static inline int
world_forget(void *ctx, const char *role, struct err *e)
{
	struct tuf_world *w = ctx;

	(void)e;
	world_drop(w->trusted, role);
	return 0;
}

static inline struct tuf_client_options
world_options(struct tuf_world *w)
{
	return (struct tuf_client_options){
		.transport = { w, world_get },
		.trust = { w, world_load, world_keep, world_forget },
		.now = WORLD_NOW,
	};
}

/* The version of what is trusted of a role; 0: nothing. */
static inline uint64_t
world_trusted(struct tuf_world *w, const char *role)
{
	const struct buf *bytes = world_find(w->trusted, role);
	enum tuf_type t = TUF_TARGETS, i;
	struct arena a = { 0 };
	struct tuf_file f;
	struct err e;

	for (i = TUF_ROOT; i < N_TUF_TYPES; i++)
		if (strcmp(role, tuf_type_name(i)) == 0)
			t = i;
	f.version = 0;
	if (bytes != NULL && tuf_parse(buf_span(bytes), t, &a, &f, &e) != 0)
		f.version = 0;
	arena_cleanup(&a);
	return f.version;
}

#endif
