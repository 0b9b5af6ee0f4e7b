/* SPDX-License-Identifier: Apache-2.0 */
/* One file of a repository: named, fetched, proved, kept. */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>

#include "base/clock.h"
#include "base/mem.h"
#include "bundle/tuf_client_impl.h"

struct held *
held_new(struct span name)
{
	struct held *h = xcalloc(1, sizeof(*h));

	h->name = arena_span(&h->arena, name);
	return h;
}

void
held_free(struct held *h)
{
	if (h == NULL)
		return;
	buf_cleanup(&h->bytes);
	arena_cleanup(&h->arena);
	free(h);
}

struct signers
client_signers(const struct tuf_client *c, enum tuf_type type)
{
	const struct tuf_file *root = &c->top[TUF_ROOT]->file;

	return (struct signers){ root, &root->roles[type] };
}

/* The role's name, made fit for a file's. */
static void
client_role_name(struct span role, char text[TUF_FILE_NAME_MAX])
{
	size_t i, n = 0;

	for (i = 0; i < role.len && i < TUF_ROLE_NAME_MAX; i++) {
		char c = role.ptr[i];

		if (span_is_alpha(c) || span_is_digit(c) || c == '_' ||
		    c == '.' || c == '-' || c == '~')
			text[n++] = c;
		else
			n += (size_t)snprintf(text + n, TUF_FILE_NAME_MAX - n,
			    "%%%02X", (unsigned char)c);
	}
	text[n] = '\0';
}

/* "7.snapshot.json", or without 7 where names carry no version. */
static void
client_file_name(const struct tuf_client *c, struct span role, uint64_t version,
    char text[TUF_FILE_NAME_MAX])
{
	char name[TUF_FILE_NAME_MAX];

	client_role_name(role, name);
	if (c->top[TUF_ROOT]->file.is_consistent)
		snprintf(text, TUF_FILE_NAME_MAX, "%" PRIu64 ".%.192s.json",
		    version, name);
	else
		snprintf(text, TUF_FILE_NAME_MAX, "%.192s.json", name);
}

int
client_prove(
    struct held *h, enum tuf_type type, struct signers signers, struct err *e)
{
	if (tuf_parse(buf_span(&h->bytes), type, &h->arena, &h->file, e) != 0)
		return -1;
	return tuf_verify(
	    &h->file, signers.by->keys, signers.by->n_keys, signers.role, e);
}

static enum tuf_type
type_of(struct span role)
{
	enum tuf_type t;

	for (t = TUF_ROOT; t < N_TUF_TYPES; t++)
		if (span_is(role, tuf_type_name(t)))
			return t;
	return TUF_TARGETS;
}

int
client_load(struct tuf_client *c, struct span role, uint64_t version,
    struct signers signers, struct held **out, struct err *e)
{
	const struct tuf_trust *trust = &c->o.trust;
	char name[TUF_FILE_NAME_MAX];
	struct held *h = held_new(role);
	struct err why;
	int rc = 0;

	client_role_name(role, name);
	if (trust->load(trust->ctx, name, version, &h->bytes, e) != 0)
		rc = e->code == ERR_MISSING ? 0 : -1;
	else if (client_prove(h, type_of(role), signers, &why) == 0)
		rc = 1;
	if (rc == 1) {
		*out = h;
		return 1;
	}
	held_free(h);
	return rc;
}

/* Are these the bytes that meta speaks of? */
static int
check_bytes(const struct tuf_meta *meta, const struct buf *bytes, struct err *e)
{
	struct digest sha256;

	if (meta->has_length && bytes->len != meta->size_bytes)
		return refuse(e, REFUSAL_UNTRUSTED,
		    "%zu bytes in place of %" PRIu64, bytes->len,
		    meta->size_bytes);
	if (!meta->has_sha256)
		return 0;
	digest_of(buf_span(bytes), &sha256);
	if (digest_eq(&sha256, &meta->sha256))
		return 0;
	return refuse(
	    e, REFUSAL_UNTRUSTED, "not the bytes whose SHA-256 is listed");
}

static int
get(const struct tuf_client *c, const char *name, const struct tuf_meta *meta,
    size_t size_max, struct buf *out, struct err *e)
{
	const struct tuf_transport *t = &c->o.transport;

	if (meta->has_length && meta->size_bytes < size_max)
		size_max = (size_t)meta->size_bytes;
	if (t->get(t->ctx, name, size_max, out, e) == 0)
		return check_bytes(meta, out, e);
	if (e->code == ERR_MISSING)
		return refuse(e, REFUSAL_INCOMPLETE, "it is missing");
	if (e->code != ERR_LIMIT)
		return -1;
	return meta->has_length
	    ? refuse(e, REFUSAL_UNTRUSTED, "more than its %" PRIu64 " bytes",
		  meta->size_bytes)
	    : refuse(e, REFUSAL_SHAPE, "more than %zu bytes", size_max);
}

static int
check_version(const struct held *h, const struct tuf_meta *meta, struct err *e)
{
	if (h->file.version == meta->version)
		return 0;
	return refuse(e, REFUSAL_UNTRUSTED,
	    "version %" PRIu64 " in place of %" PRIu64, h->file.version,
	    meta->version);
}

int
client_obtain(struct tuf_client *c, struct span role,
    const struct tuf_meta *meta, struct signers signers, struct held **out,
    struct err *e)
{
	char name[TUF_FILE_NAME_MAX];
	enum tuf_type type = type_of(role);
	struct held *h = NULL;
	struct err why;
	int rc;

	rc = client_load(c, role, meta->version, signers, &h, e);
	if (rc == 1 && check_version(h, meta, &why) == 0 &&
	    check_bytes(meta, &h->bytes, &why) == 0) {
		*out = h;
		return 0;
	}
	held_free(h);
	if (rc < 0)
		return -1;
	h = held_new(role);
	client_file_name(c, role, meta->version, name);
	if (get(c, name, meta, tuf_size_max(type), &h->bytes, e) != 0 ||
	    client_prove(h, type, signers, e) != 0 ||
	    check_version(h, meta, e) != 0) {
		held_free(h);
		return err_context(e, "%s", name);
	}
	*out = h;
	return 1;
}

int
client_check_expiry(struct tuf_client *c, const struct held *h, struct err *e)
{
	char text[CLOCK_TEXT_SIZE];

	if (h->file.expires > c->o.now)
		return 0;
	if (c->o.accept_expired && h->file.type != TUF_ROOT) {
		c->is_expired = true;
		return 0;
	}
	return refuse(e, REFUSAL_EXPIRED,
	    "version %" PRIu64 " of %.*s expired at %s", h->file.version,
	    SPAN_ARG(h->name), clock_text(h->file.expires, text));
}

int
client_keep(struct tuf_client *c, const struct held *h, struct err *e)
{
	const struct tuf_trust *trust = &c->o.trust;
	char name[TUF_FILE_NAME_MAX];

	client_role_name(h->name, name);
	return trust->keep(
	    trust->ctx, name, h->file.version, buf_span(&h->bytes), e);
}
