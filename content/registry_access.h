/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Access to one image's registry, on the side of the main process: turns what
 * the parsing side asks (registry.h) into requests of the fetch process. It
 * holds the login and shows it to that registry, and to the token service that
 * the registry itself named, and to nobody else; whoever asks chooses no URL.
 */
#ifndef CONTENT_REGISTRY_ACCESS_H
#define CONTENT_REGISTRY_ACCESS_H

#include "base/proc_http.h"
#include "content/registry.h"
#include "content/registry_login.h"

/* Limits of outside input. */
#define REGISTRY_CA_MAX ((size_t)1024 * 1024) /* bytes of a CA file */

struct registry_options {
	struct http_options http; /* but for what is of one host */
	const char *ca_file;      /* NULL: none beside the system's */
};

/* What may be pushed. */
struct registry_source {
	void *ctx;
	/*
	 * The pieces with those of its bytes: at most HTTP_PIECES_MAX. Their
	 * descriptors live until the next call.
	 */
	int (*pieces)(void *ctx, uint64_t offset, uint64_t size_bytes,
	    struct http_piece *out, size_t *n, struct err *e);
	/* Now and then: the bytes before that offset went. May be NULL. */
	void (*sent)(void *ctx, uint64_t offset);
};

/* Start with registry_access_open(), end with registry_access_close(). */
struct registry_access {
	struct arena arena;
	struct registry_options options;
	struct registry_reference reference;
	const struct registry_source *source; /* NULL: nothing is pushed */
	struct buf upload; /* URL that the registry named for the next blob */
	struct buf ca_pem;
	struct buf host_ca_pem;
	struct proc fetch;
	struct ipc_message message;
	struct http_challenge challenge; /* the registry's last one */
	bool has_login; /* looked up, though there may be none */
	struct registry_login login;
};

/* text stands behind "docker://"; options must outlive it. */
int registry_access_open(struct registry_access *x,
    const struct registry_options *options, struct span text, struct err *e);
void registry_access_close(struct registry_access *x);
/*
 * fd gets the body. The answer's spans live until the next call. A challenge
 * with a scheme says that asking again can help, see struct registry_transport.
 * -1: nothing can be asked.
 */
int
registry_access_ask(struct registry_access *x, const struct registry_ask *ask,
    int fd, struct http_answer *out, struct err *e);
/* After each body. */
int registry_access_end(
    struct registry_access *x, struct http_end *out, struct err *e);

#endif
