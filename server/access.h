/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who asks, and what they may: tokens with scopes (RFC 6750), certificates
 * (mutual TLS), or nobody in particular. Tokens are kept as salted hashes; the
 * server process is handed the list and never sees a token but the one that a
 * request carries.
 *
 * For each request: access_check() of its Authorization header, or where it
 * has none and a client certificate was proved, access_certificate() of that
 * one's common name; then access_status() of the route's scope, and where it
 * is not 0 access_challenge() in the answer.
 */
#ifndef SERVER_ACCESS_H
#define SERVER_ACCESS_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/catalog.h"
#include "base/digest.h"

enum scope {
	SCOPE_NONE = 0, /* anybody, always: health */
	SCOPE_READ,     /* anybody, unless serve.anonymous is no */
	SCOPE_SCAN,     /* hands in images */
	SCOPE_SYNC,     /* asks for a sync */
	SCOPE_ADMIN,    /* all of it; the audit log */
	N_SCOPES,
};

#define ACCESS_NAME_MAX 64u /* bytes */
#define ACCESS_TOKENS_MAX 1024u
#define ACCESS_SALT_SIZE 16u
/* "scapcache_" and 64 hex digits: 256 bits of chance. */
#define ACCESS_PREFIX "scapcache_"
#define ACCESS_SECRET_SIZE (sizeof(ACCESS_PREFIX) + 64) /* with the NUL */

/* Has the scope: scopes & (1 << SCOPE_SCAN). admin has all. */
struct access {
	struct span name; /* of the token or certificate; empty: anonymous;
			     lives as long as the list */
	unsigned scopes;
	bool refused; /* what was shown is not known, or has expired */
};

/* As it is kept: SHA-256 of salt and token. */
struct access_token {
	struct span name;
	bool is_certificate; /* no secret: salt and hash are zeros */
	unsigned char salt[ACCESS_SALT_SIZE];
	struct digest hash;
	unsigned scopes;
	int64_t made;    /* not handed over */
	int64_t expires; /* 0: never */
};

/* Start with { 0 }; access_cleanup(). */
struct access_list {
	struct arena arena;
	struct access_token *tokens; /* by name */
	size_t n_tokens;
	bool anonymous; /* reads without a token */
};

const char *scope_name(enum scope s);
/* "read,scan"; false: no such scope. */
bool scope_parse(struct span text, unsigned *scopes);
/* Appends the same. */
void scope_add(struct buf *out, unsigned scopes);
/* UTF-8 without control characters, no blank at its ends, not too long. */
bool access_valid_name(struct span name);
/* The hash of a secret, with t->salt. */
void access_hash(
    const struct access_token *t, struct span secret, struct digest *out);

/*
 * Of an Authorization header, empty or not: "Bearer TOKEN", or "Basic" with
 * the token as the password, whoever the user is. Every token is compared, in
 * constant time. An empty header is anybody.
 */
void access_check(const struct access_list *l, struct span authorization,
    int64_t now, struct access *out);
/*
 * Of the common name of a certificate that was proved. One that no entry
 * names, or whose entry has expired, is anybody: browsers show theirs unasked.
 */
void access_certificate(const struct access_list *l, struct span name,
    int64_t now, struct access *out);
bool access_may(const struct access *a, enum scope s);
/*
 * 0: go on. 401: it takes a token, or the one that came does not hold, which
 * is told where anybody may read, too; 403: the token's scopes are too small.
 */
unsigned access_status(const struct access *a, enum scope s);
/*
 * Appends what WWW-Authenticate says of that. Programs that speak to
 * registries ask for a token elsewhere unless /v2/ says Basic alone; a browser
 * asks its user for every Basic, but not below /v1/.
 */
void access_challenge(
    struct buf *out, const struct access *a, enum scope s, struct span path);

/* From the catalog, which may be NULL; *out is cleaned up by the caller. */
int access_read(
    struct access_list *out, struct db *catalog, bool anonymous, struct err *e);
/* Between our processes; twins. Returns 0, or -1 if it makes no sense. */
void access_pack(struct buf *out, const struct access_list *l);
int access_unpack(struct access_list *l, struct span bytes, struct err *e);
void access_cleanup(struct access_list *l);

#endif
