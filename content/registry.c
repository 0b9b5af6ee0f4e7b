/* SPDX-License-Identifier: Apache-2.0 */
#include <string.h>
#include <errno.h>
#include <unistd.h>

#include "base/json.h"
#include "base/pack.h"
#include "content/registry.h"
#include "content/registry_reference.h"

#define READ_CHUNK ((size_t)64 * 1024)

void
registry_cleanup(struct registry *r)
{
	if (r->token.len > 0)
		explicit_bzero(r->token.ptr, r->token.len);
	buf_cleanup(&r->token);
}

void
registry_asked_text(
    struct buf *b, const struct registry_ask *ask, const struct http_answer *a)
{
	static const char *const names[] = {
		[REGISTRY_MANIFEST] = "manifest",
		[REGISTRY_BLOB] = "blob",
		[REGISTRY_TOKEN] = "token",
		[REGISTRY_HAS] = "is there blob",
		[REGISTRY_HAS_MANIFEST] = "is there manifest",
		[REGISTRY_OPEN] = "open upload",
		[REGISTRY_PUT] = "put blob",
		[REGISTRY_PUT_MANIFEST] = "put manifest",
	};
	char hex[DIGEST_HEX_SIZE] = "named";

	if (ask->has_digest)
		digest_hex(&ask->digest, hex);
	buf_printf(b, "fetch: %s %.12s: status=%u offset=%llu size=%llu",
	    names[ask->kind], hex, a->status, (unsigned long long)ask->offset,
	    (unsigned long long)a->size_bytes);
}

/* --- the ask as a message --- */

void
registry_ask_pack(struct buf *b, const struct registry_ask *ask)
{
	pack_uint(b, ask->kind);
	pack_uint(b, ask->has_digest);
	pack_digest(b, &ask->digest);
	pack_uint(b, ask->offset);
	pack_uint(b, ask->size_max);
	pack_span(b, ask->token);
}

/* RFC 6750's b64token, loosely: what can stand in a header as one word. */
static bool
is_token(struct span s)
{
	size_t i;

	for (i = 0; i < s.len; i++)
		if (s.ptr[i] <= ' ' || s.ptr[i] > '~')
			return false;
	return s.len <= REGISTRY_TOKEN_MAX;
}

/* Where bytes are spoken of they can be counted. */
static bool
makes_sense(const struct registry_ask *ask)
{
	switch (ask->kind) {
	case REGISTRY_MANIFEST:
	case REGISTRY_TOKEN:
		return ask->offset == 0;
	case REGISTRY_BLOB:
		return ask->has_digest && ask->offset <= ask->size_max;
	case REGISTRY_OPEN:
		return ask->offset == 0 && ask->size_max == 0;
	case REGISTRY_HAS:
	case REGISTRY_HAS_MANIFEST:
		return ask->has_digest && ask->offset == 0 &&
		    ask->size_max == 0;
	case REGISTRY_PUT:
	case REGISTRY_PUT_MANIFEST:
		return ask->has_digest &&
		    ask->offset <= INT64_MAX - ask->size_max;
	default:
		return false;
	}
}

bool
registry_ask_read(struct span payload, struct registry_ask *ask)
{
	struct unpack u = unpack_of(payload);

	*ask = (struct registry_ask){ 0 };
	ask->kind = (enum registry_kind)unpack_max(&u, REGISTRY_PUT_MANIFEST);
	ask->has_digest = unpack_max(&u, 1) == 1;
	unpack_digest(&u, &ask->digest);
	ask->offset = unpack_uint(&u);
	ask->size_max = unpack_uint(&u);
	ask->token = unpack_span(&u);
	return unpack_done(&u) && is_token(ask->token) &&
	    ask->size_max <= INT64_MAX && makes_sense(ask);
}

/* --- bodies --- */

static int
end_body(struct registry *r, int *fd, struct http_end *end, struct err *e)
{
	close(*fd);
	*fd = -1;
	return r->transport.end(r->transport.ctx, end, e);
}

static ssize_t
read_some(int fd, char *ptr, size_t size)
{
	ssize_t n;

	do
		n = read(fd, ptr, size);
	while (n < 0 && errno == EINTR);
	return n;
}

/* All of a small body; nobody but the sender bounds it but max. */
static int
read_small(
    struct registry *r, int fd, uint64_t max, struct buf *out, struct err *e)
{
	struct http_end end;
	ssize_t n;

	do {
		buf_reserve(out, READ_CHUNK);
		n = read_some(fd, out->ptr + out->len, READ_CHUNK);
		out->len += n > 0 ? (size_t)n : 0;
		out->ptr[out->len] = '\0';
	} while (n > 0 && out->len <= max);
	if (end_body(r, &fd, &end, e) != 0)
		return -1;
	if (out->len > max)
		return err_set(e, ERR_LIMIT, "larger than %llu bytes",
		    (unsigned long long)max);
	if (end.error.code == ERR_NONE)
		return 0;
	*e = end.error;
	return -1;
}

static int
refused(
    const struct registry_ask *ask, const struct http_answer *a, struct err *e)
{
	if (a->status == 404 && ask->kind == REGISTRY_MANIFEST)
		return err_set(
		    e, ERR_MISSING, "the registry has no such image");
	if (a->status == 404)
		return err_set(e, ERR_MISSING, "the registry does not have it");
	if (a->error.code == ERR_NONE)
		return err_set(
		    e, ERR_NETWORK, "the registry answered %u", a->status);
	*e = a->error;
	return -1;
}

/* --- tokens --- */

/* {"token": "…"}, or "access_token" */
static int
read_token(struct registry *r, struct span json, struct err *e)
{
	const struct json_node *doc;
	struct arena a = { 0 };
	struct span token;
	int rc = json_parse(json, &a, &doc, e);

	if (rc == 0) {
		token = json_text(json_get(doc, "token"));
		if (token.len == 0)
			token = json_text(json_get(doc, "access_token"));
		if (token.len == 0 || !is_token(token))
			rc = err_set(e, ERR_FORMAT, "holds no token");
		else
			buf_add_span(&r->token, token);
	}
	arena_cleanup(&a);
	return rc == 0 ? 0 : err_context(e, "the token service's answer");
}

static int
get_token(struct registry *r, struct err *e)
{
	const struct registry_ask ask = { .kind = REGISTRY_TOKEN,
		.size_max = REGISTRY_TOKEN_ANSWER_MAX };
	struct http_answer answer;
	struct buf json = { 0 };
	int fd = -1;
	int rc = -1;

	buf_reset(&r->token);
	if (r->transport.ask(r->transport.ctx, &ask, &answer, &fd, e) != 0)
		return -1;
	if (!http_has_body(&answer))
		refused(&ask, &answer, e);
	else if (read_small(r, fd, ask.size_max, &json, e) == 0)
		rc = read_token(r, buf_span(&json), e);
	if (json.len > 0)
		explicit_bzero(json.ptr, json.len);
	buf_cleanup(&json);
	return rc;
}

int
registry_asked(struct registry *r, struct registry_ask *ask,
    struct http_answer *answer, int *fd, struct err *e)
{
	bool again = false;

	for (;;) {
		ask->token = buf_span(&r->token);
		if (r->transport.ask(r->transport.ctx, ask, answer, fd, e) != 0)
			return -1;
		if (answer->status != 401 || again ||
		    answer->challenge.scheme == HTTP_SCHEME_NONE)
			return 0;
		if (answer->challenge.scheme == HTTP_SCHEME_BEARER &&
		    get_token(r, e) != 0)
			return -1;
		again = true;
	}
}

static int
open_body(struct registry *r, struct registry_ask *ask,
    struct http_answer *answer, int *fd, struct err *e)
{
	if (registry_asked(r, ask, answer, fd, e) != 0)
		return -1;
	return http_has_body(answer) ? 0 : refused(ask, answer, e);
}

/* --- manifests --- */

static int
check_digest(
    struct span bytes, const struct digest *want, bool is_asked, struct err *e)
{
	struct digest d;

	digest_of(bytes, &d);
	if (digest_eq(&d, want))
		return 0;
	return err_set(e, ERR_UNTRUSTED,
	    "the manifest's bytes do not have the digest that %s",
	    is_asked ? "it was asked for by" : "the registry says");
}

static int
manifest_once(struct registry *r, struct registry_ask *ask, struct buf *out,
    struct err *e)
{
	struct http_answer answer;
	struct digest told;
	bool is_told;
	int fd = -1;

	if (open_body(r, ask, &answer, &fd, e) != 0)
		return -1;
	is_told = registry_digest_parse(answer.content_digest, &told);
	buf_reset(out);
	if (read_small(r, fd, ask->size_max, out, e) != 0)
		return err_context(e, "the manifest");
	if (ask->has_digest)
		return check_digest(buf_span(out), &ask->digest, true, e);
	return is_told ? check_digest(buf_span(out), &told, false, e) : 0;
}

int
registry_manifest(struct registry *r, const struct digest *digest,
    struct buf *out, struct err *e)
{
	struct registry_ask ask = { .kind = REGISTRY_MANIFEST,
		.has_digest = digest != NULL,
		.size_max = REGISTRY_MANIFEST_MAX };
	unsigned tries = 0;
	int rc;

	if (digest != NULL)
		ask.digest = *digest;
	do
		rc = manifest_once(r, &ask, out, e);
	while (rc != 0 && e->code == ERR_NETWORK && out->len > 0 &&
	    ++tries < REGISTRY_TRIES_MAX);
	return rc;
}

/* --- blobs --- */

static int
blob_ask(struct registry_blob *b, struct err *e)
{
	struct http_answer answer;

	b->ask.offset = b->at;
	return open_body(b->registry, &b->ask, &answer, &b->fd, e);
}

int
registry_blob_open(struct registry_blob *b, struct registry *r,
    const struct digest *digest, uint64_t size_max, struct err *e)
{
	*b = (struct registry_blob){ .registry = r, .fd = -1 };
	b->ask = (struct registry_ask){ .kind = REGISTRY_BLOB,
		.has_digest = true,
		.digest = *digest,
		.size_max = size_max };
	return blob_ask(b, e);
}

/* May a token that ran out in the middle be made anew? */
static bool
may_renew(struct registry_blob *b, const struct http_end *end)
{
	if (end->status != 401)
		return false;
	if (b->at >= b->renewed_at + HTTP_PROGRESS_BYTES)
		b->renewals = 0;
	b->renewed_at = b->at;
	return ++b->renewals <= REGISTRY_RENEWALS_MAX;
}

/* 1: there is more after all; 0: the end. */
static int
blob_end(struct registry_blob *b, struct err *e)
{
	struct http_end end;

	if (end_body(b->registry, &b->fd, &end, e) != 0)
		return -1;
	if (end.error.code == ERR_NONE)
		return 0;
	if (may_renew(b, &end))
		return blob_ask(b, e) == 0 ? 1 : -1;
	*e = end.error;
	return -1;
}

int
registry_blob_read(void *ctx, char *ptr, size_t size, size_t *n, struct err *e)
{
	struct registry_blob *b = ctx;
	ssize_t got = 0;
	int more = 1;

	while (more == 1 && b->fd != -1) {
		got = read_some(b->fd, ptr, size);
		if (got < 0)
			return err_system(e, "cannot be read");
		if (got > 0)
			break;
		more = blob_end(b, e);
	}
	if (more == -1)
		return -1;
	*n = (size_t)got;
	b->at += *n;
	return 0;
}

void
registry_blob_close(struct registry_blob *b)
{
	struct http_end end;
	struct err ignored;

	if (b->fd != -1)
		end_body(b->registry, &b->fd, &end, &ignored);
}
