/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of bundle/tuf_client share: not for others. */
#ifndef BUNDLE_TUF_CLIENT_IMPL_H
#define BUNDLE_TUF_CLIENT_IMPL_H

#include "bundle/refusal.h"
#include "bundle/tuf_client.h"

#define TUF_FILE_NAME_MAX ((size_t)3 * TUF_ROLE_NAME_MAX + 32)

/* A file that is held in memory: everything in it lives as long. */
struct held {
	struct held *next; /* of delegated roles */
	struct span name;  /* of its role */
	struct arena arena;
	struct buf bytes;
	struct tuf_file file;
};

struct tuf_client {
	struct tuf_client_options o;
	struct held *top[N_TUF_TYPES];
	struct held *roles; /* delegated ones */
	bool is_expired;    /* something that is used has */
	bool is_moved;      /* something new was accepted */
};

/* Who has to have signed a file. */
struct signers {
	const struct tuf_file *by; /* the file that names them */
	const struct tuf_role *role;
};

struct held *held_new(struct span name);
void held_free(struct held *h); /* NULL is fine */

/* The four, from the trusted root. */
struct signers client_signers(const struct tuf_client *c, enum tuf_type type);
/* Reads and verifies what h holds the bytes of. */
int client_prove(
    struct held *h, enum tuf_type type, struct signers signers, struct err *e);
/*
 * What was trusted, and holds by today's signers: 1, and *out is the caller's;
 * 0: there is none.
 */
int client_load(struct tuf_client *c, struct span role, uint64_t version,
    struct signers signers, struct held **out, struct err *e);
/*
 * The file that meta speaks of: the trusted one if it is that, else fetched,
 * and proved. *out is the caller's. 1: fetched; 0: it was trusted; -1.
 */
int client_obtain(struct tuf_client *c, struct span role,
    const struct tuf_meta *meta, struct signers signers, struct held **out,
    struct err *e);
/* REFUSAL_EXPIRED, unless that is accepted. */
int
client_check_expiry(struct tuf_client *c, const struct held *h, struct err *e);
int client_keep(struct tuf_client *c, const struct held *h, struct err *e);

#endif
