/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

#include "base/clock.h"
#include "base/mem.h"
#include "bundle/tuf_impl.h"

static void
add_hex(struct buf *out, const uint8_t *bytes, size_t n)
{
	size_t i;

	buf_add_char(out, '"');
	for (i = 0; i < n; i++)
		buf_printf(out, "%02x", bytes[i]);
	buf_add_char(out, '"');
}

static void
add_digest(struct buf *out, const struct digest *d)
{
	char hex[DIGEST_HEX_SIZE];

	buf_printf(out, "\"%s\"", digest_hex(d, hex));
}

static void
add_key(struct buf *out, const uint8_t public[TUF_PUBLIC_SIZE])
{
	buf_add_str(out, "{\"keytype\":\"ed25519\",\"keyval\":{\"public\":");
	add_hex(out, public, TUF_PUBLIC_SIZE);
	buf_add_str(out, "},\"scheme\":\"ed25519\"}");
}

void
tuf_key_id(const uint8_t public[TUF_PUBLIC_SIZE], struct digest *out)
{
	struct buf key = { 0 };

	add_key(&key, public);
	digest_of(buf_span(&key), out);
	buf_cleanup(&key);
}

static int
compare_ids(const void *a, const void *b)
{
	const struct tuf_key *const *x = a;
	const struct tuf_key *const *y = b;

	return memcmp((*x)->id.bytes, (*y)->id.bytes, DIGEST_SIZE);
}

static void
add_keys(struct buf *out, const struct tuf_file *f)
{
	const struct tuf_key **keys =
	    xcalloc(f->n_keys, sizeof(const struct tuf_key *));
	size_t i;

	for (i = 0; i < f->n_keys; i++)
		keys[i] = &f->keys[i];
	if (f->n_keys > 0)
		qsort(keys, f->n_keys, sizeof(const struct tuf_key *),
		    compare_ids);
	buf_add_str(out, "\"keys\":{");
	for (i = 0; i < f->n_keys; i++) {
		if (i > 0)
			buf_add_char(out, ',');
		add_digest(out, &keys[i]->id);
		buf_add_char(out, ':');
		add_key(out, keys[i]->public);
	}
	buf_add_char(out, '}');
	free(keys);
}

/* Without braces: "keyids" and what is left to the caller. */
static void
add_keyids(struct buf *out, const struct tuf_role *r)
{
	size_t i;

	buf_add_str(out, "\"keyids\":[");
	for (i = 0; i < r->n_keyids; i++) {
		if (i > 0)
			buf_add_char(out, ',');
		add_digest(out, &r->keyids[i]);
	}
	buf_add_char(out, ']');
}

static void
add_texts(struct buf *out, const char *name, const struct span *texts, size_t n)
{
	size_t i;

	buf_printf(out, ",\"%s\":[", name);
	for (i = 0; i < n; i++) {
		if (i > 0)
			buf_add_char(out, ',');
		canonical_string(out, texts[i]);
	}
	buf_add_char(out, ']');
}

static void
add_delegation(struct buf *out, const struct tuf_delegation *d)
{
	buf_add_char(out, '{');
	add_keyids(out, &d->role);
	buf_add_str(out, ",\"name\":");
	canonical_string(out, d->role.name);
	if (d->n_hash_prefixes > 0)
		add_texts(out, "path_hash_prefixes", d->hash_prefixes,
		    d->n_hash_prefixes);
	else
		add_texts(out, "paths", d->paths, d->n_paths);
	buf_printf(out, ",\"terminating\":%s,\"threshold\":%u}",
	    d->terminating ? "true" : "false", d->role.threshold);
}

static void
add_delegations(struct buf *out, const struct tuf_file *f)
{
	size_t i;

	buf_add_str(out, "\"delegations\":{");
	add_keys(out, f);
	buf_add_str(out, ",\"roles\":[");
	for (i = 0; i < f->n_delegations; i++) {
		if (i > 0)
			buf_add_char(out, ',');
		add_delegation(out, &f->delegations[i]);
	}
	buf_add_str(out, "]},");
}

static void
add_target(struct buf *out, const struct tuf_target *t)
{
	struct err e;

	canonical_string(out, t->path);
	buf_add_str(out, ":{");
	if (t->custom_json.len > 0 || t->custom != NULL) {
		buf_add_str(out, "\"custom\":");
		buf_add_span(out, t->custom_json);
	}
	/* Read from a file whose canonical form was made: it has one. */
	if (t->custom_json.len == 0 && t->custom != NULL &&
	    canonical_add(out, t->custom, &e) != 0)
		abort();
	if (t->custom_json.len > 0 || t->custom != NULL)
		buf_add_char(out, ',');
	buf_add_str(out, "\"hashes\":{\"sha256\":");
	add_digest(out, &t->sha256);
	buf_printf(out, "},\"length\":%" PRIu64 "}", t->size_bytes);
}

static void
add_targets(struct buf *out, const struct tuf_file *f)
{
	size_t i;

	buf_add_str(out, ",\"targets\":{");
	for (i = 0; i < f->n_targets; i++) {
		if (i > 0)
			buf_add_char(out, ',');
		add_target(out, &f->targets[i]);
	}
	buf_add_char(out, '}');
}

static void
add_one_meta(struct buf *out, const struct tuf_meta *m)
{
	canonical_string(out, m->name);
	buf_add_str(out, ":{");
	if (m->has_sha256) {
		buf_add_str(out, "\"hashes\":{\"sha256\":");
		add_digest(out, &m->sha256);
		buf_add_str(out, "},");
	}
	if (m->has_length)
		buf_printf(out, "\"length\":%" PRIu64 ",", m->size_bytes);
	buf_printf(out, "\"version\":%" PRIu64 "}", m->version);
}

static void
add_meta(struct buf *out, const struct tuf_file *f)
{
	size_t i;

	buf_add_str(out, ",\"meta\":{");
	for (i = 0; i < f->n_meta; i++) {
		if (i > 0)
			buf_add_char(out, ',');
		add_one_meta(out, &f->meta[i]);
	}
	buf_add_char(out, '}');
}

static void
add_root(struct buf *out, const struct tuf_file *f)
{
	/* By name, as they stand in a canonical object. */
	static const enum tuf_type order[] = { TUF_ROOT, TUF_SNAPSHOT,
		TUF_TARGETS, TUF_TIMESTAMP };
	size_t i;

	buf_add_char(out, ',');
	add_keys(out, f);
	buf_add_str(out, ",\"roles\":{");
	for (i = 0; i < N_TUF_TYPES; i++) {
		const struct tuf_role *r = &f->roles[order[i]];

		buf_printf(out, "%s\"%s\":{", i > 0 ? "," : "",
		    tuf_type_name(order[i]));
		add_keyids(out, r);
		buf_printf(out, ",\"threshold\":%u}", r->threshold);
	}
	buf_add_char(out, '}');
}

void
tuf_write_signed(struct buf *out, const struct tuf_file *f)
{
	char expires[CLOCK_TEXT_SIZE];

	buf_printf(out, "{\"_type\":\"%s\",", tuf_type_name(f->type));
	if (f->type == TUF_ROOT)
		buf_add_str(out, "\"consistent_snapshot\":true,");
	if (f->n_delegations > 0)
		add_delegations(out, f);
	buf_printf(out, "\"expires\":\"%s\"", clock_text(f->expires, expires));
	if (f->type == TUF_ROOT)
		add_root(out, f);
	else if (f->type != TUF_TARGETS)
		add_meta(out, f);
	buf_printf(out, ",\"spec_version\":\"%s\"", TUF_SPEC_VERSION);
	if (f->type == TUF_TARGETS)
		add_targets(out, f);
	buf_printf(out, ",\"version\":%" PRIu64 "}", f->version);
}

void
tuf_write_file(struct buf *out, struct span signed_bytes,
    const struct tuf_signature *signatures, size_t n)
{
	size_t i;

	buf_add_str(out, "{\"signatures\":[");
	for (i = 0; i < n; i++) {
		buf_printf(out, "%s{\"keyid\":", i > 0 ? "," : "");
		add_digest(out, &signatures[i].keyid);
		buf_add_str(out, ",\"sig\":");
		add_hex(out, signatures[i].bytes, TUF_SIGNATURE_SIZE);
		buf_add_char(out, '}');
	}
	buf_add_str(out, "],\"signed\":");
	buf_add_span(out, signed_bytes);
	buf_add_char(out, '}');
}
