/* SPDX-License-Identifier: Apache-2.0 */
#include "content/registry_push.h"
#include "content/registry_reference.h"

/* What is wrong, where no other try helps. */
static int
refused(const struct http_answer *a, struct err *e)
{
	switch (a->status) {
	case 403:
		return err_set(
		    e, ERR_UNTRUSTED, "the registry lets nobody push there");
	case 404:
		return err_set(e, ERR_MISSING,
		    "the registry has no such name, or takes nothing");
	case 405:
		return err_set(e, ERR_NETWORK, "the registry takes nothing");
	case 413:
		return err_set(
		    e, ERR_LIMIT, "the registry takes nothing of that size");
	default:
		break;
	}
	if (a->error.code == ERR_NONE)
		return err_set(
		    e, ERR_NETWORK, "the registry answered %u", a->status);
	*e = a->error;
	return -1;
}

/* What the registry calls it is what it is. */
static int
check_digest(
    const struct registry_bytes *b, const struct http_answer *a, struct err *e)
{
	struct digest told;

	if (a->content_digest.len == 0)
		return 0;
	if (registry_digest_parse(a->content_digest, &told) &&
	    digest_eq(&told, &b->sha256))
		return 0;
	return err_set(e, ERR_UNTRUSTED,
	    "the registry says that it has other bytes than were sent");
}

/* 1: it has just that; 0: not; -1. */
static int
is_there(struct registry *r, const struct registry_bytes *b,
    enum registry_kind kind, struct err *e)
{
	struct registry_ask ask = {
		.kind = kind, .has_digest = true, .digest = b->sha256
	};
	struct http_answer a;
	struct digest told;
	int fd = -1;

	if (registry_asked(r, &ask, &a, &fd, e) != 0)
		return -1;
	if (a.status == 404)
		return 0;
	if (!http_is_done(&a))
		return refused(&a, e);
	/* A tag may stand for something else. */
	return kind == REGISTRY_HAS ||
	    (registry_digest_parse(a.content_digest, &told) &&
		digest_eq(&told, &b->sha256));
}

/* 0; -1: refused, and *again where another try may help. */
static int
put(struct registry *r, const struct registry_bytes *b, enum registry_kind kind,
    bool *again, struct err *e)
{
	struct registry_ask ask = { .kind = kind,
		.has_digest = true,
		.digest = b->sha256,
		.offset = b->offset,
		.size_max = b->size_bytes };
	struct http_answer a;
	int fd = -1;

	if (registry_asked(r, &ask, &a, &fd, e) != 0)
		return -1;
	if (http_is_done(&a))
		return check_digest(b, &a, e);
	/* Broken off, or the upload is forgotten. */
	*again = (a.status == 0 && a.error.code == ERR_NETWORK) ||
	    a.status == 404 || a.status == 416 || a.status >= 500;
	return refused(&a, e);
}

static int
open_upload(struct registry *r, struct err *e)
{
	struct registry_ask ask = { .kind = REGISTRY_OPEN };
	struct http_answer a;
	int fd = -1;

	if (registry_asked(r, &ask, &a, &fd, e) != 0)
		return -1;
	return http_is_done(&a) ? 0 : refused(&a, e);
}

/* 1: sent; 0: it was there; -1, and *again. */
static int
push_once(struct registry *r, const struct registry_bytes *b,
    enum registry_kind kind, bool *again, struct err *e)
{
	bool is_blob = kind == REGISTRY_PUT;
	int rc =
	    is_there(r, b, is_blob ? REGISTRY_HAS : REGISTRY_HAS_MANIFEST, e);

	if (rc != 0)
		return rc == 1 ? 0 : -1;
	if (is_blob && open_upload(r, e) != 0)
		return -1;
	return put(r, b, kind, again, e) == 0 ? 1 : -1;
}

static int
push(struct registry *r, const struct registry_bytes *b,
    enum registry_kind kind, struct err *e)
{
	unsigned tries = 0;
	bool again;
	int rc;

	do {
		again = false;
		rc = push_once(r, b, kind, &again, e);
	} while (rc == -1 && again && ++tries < REGISTRY_TRIES_MAX);
	return rc;
}

int
registry_push_blob(
    struct registry *r, const struct registry_bytes *b, struct err *e)
{
	return push(r, b, REGISTRY_PUT, e);
}

int
registry_push_manifest(
    struct registry *r, const struct registry_bytes *b, struct err *e)
{
	return push(r, b, REGISTRY_PUT_MANIFEST, e);
}
