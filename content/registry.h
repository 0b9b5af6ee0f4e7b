/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pulling from a registry (FORMATS §12.4), on the side that parses: asks for
 * manifests, blobs and tokens, reads what came, proves manifests. Pushing is
 * registry_push.h. It has no
 * network and knows neither host nor password: what it asks goes through a
 * transport to registry_access.h, which makes a request of it. Blobs are
 * proved by who reads them to their end.
 */
#ifndef CONTENT_REGISTRY_H
#define CONTENT_REGISTRY_H

#include "base/buf.h"
#include "base/digest.h"
#include "base/http.h"

/* Limits of outside input. */
#define REGISTRY_MANIFEST_MAX ((uint64_t)4 * 1024 * 1024) /* bytes */
#define REGISTRY_TOKEN_ANSWER_MAX 65536u                  /* bytes */
#define REGISTRY_TOKEN_MAX 16384u                         /* bytes */
#define REGISTRY_RENEWALS_MAX 3u /* tokens for one blob, without progress */
#define REGISTRY_TRIES_MAX 3u    /* of a manifest that broke off */

enum registry_kind {
	REGISTRY_MANIFEST = 1,
	REGISTRY_BLOB,
	REGISTRY_TOKEN,
	/* Only of who may push. */
	REGISTRY_HAS,          /* the blob? */
	REGISTRY_HAS_MANIFEST, /* under the name that the user gave? */
	REGISTRY_OPEN,         /* an upload, where the next blob is put */
	REGISTRY_PUT,
	REGISTRY_PUT_MANIFEST, /* under the name that the user gave */
};

/* What may be asked; host and name are those that the user named. */
struct registry_ask {
	enum registry_kind kind;
	bool has_digest; /* a manifest without: the one that the user named */
	struct digest digest;
	uint64_t offset; /* of the first byte wanted; where what is put lies */
	uint64_t size_max; /* of the whole body; of what is put, its size */
	struct span token; /* a bearer's; empty: none yet */
};

struct registry_transport {
	void *ctx;
	/*
	 * *fd is the body, where there is one (http_has_body()). The answer's
	 * spans live until the next call; its challenge has a scheme if asking
	 * again can help: after a token was asked for, with BEARER. -1: there
	 * can be no answer.
	 */
	int (*ask)(void *ctx, const struct registry_ask *ask,
	    struct http_answer *out, int *fd, struct err *e);
	/* Once after each body, when it was read or closed. */
	int (*end)(void *ctx, struct http_end *out, struct err *e);
};

/* Start with { .transport = … }, end with registry_cleanup(). */
struct registry {
	struct registry_transport transport;
	struct buf token;
};

void registry_cleanup(struct registry *r);
/*
 * Asks; where the registry wants to know who we are, once more with that. Any
 * status is an answer; *fd is the body where there is one. -1: none.
 */
int registry_asked(struct registry *r, struct registry_ask *ask,
    struct http_answer *answer, int *fd, struct err *e);
/*
 * A manifest or index: by digest, which proves it, or NULL: the one that the
 * user named, proved if the registry says its digest.
 */
int registry_manifest(struct registry *r, const struct digest *digest,
    struct buf *out, struct err *e);

/* A blob on its way. */
struct registry_blob {
	struct registry *registry;
	struct registry_ask ask;
	int fd;      /* -1: closed */
	uint64_t at; /* bytes read */
	unsigned renewals;
	uint64_t renewed_at;
};

/* ERR_MISSING: the registry does not have it. */
int registry_blob_open(struct registry_blob *b, struct registry *r,
    const struct digest *digest, uint64_t size_max, struct err *e);
/* The read of a struct stream_pull; ctx is the blob. */
int
registry_blob_read(void *ctx, char *ptr, size_t size, size_t *n, struct err *e);
void registry_blob_close(struct registry_blob *b);

/* For a log, appended: what was asked and how it went; no token. */
void registry_asked_text(
    struct buf *b, const struct registry_ask *ask, const struct http_answer *a);

/* --- the ask as a message --- */

/* Matched by registry_ask_read(). */
void registry_ask_pack(struct buf *b, const struct registry_ask *ask);
/* False if it makes no sense. Spans live in the payload. */
bool registry_ask_read(struct span payload, struct registry_ask *ask);

#endif
