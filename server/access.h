/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Who asks, and what they may: tokens with scopes (RFC 6750), certificates
 * (mutual TLS), or nobody in particular. Tokens are kept as salted hashes; the
 * server process is handed the list and never sees a token but the one that a
 * request carries.
 */
#ifndef SERVER_ACCESS_H
#define SERVER_ACCESS_H

#include "base/arena.h"
#include "base/buf.h"
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

/* Has the scope: scopes & (1 << SCOPE_SCAN). admin has all. */
struct access {
	struct span name; /* of the token or certificate; empty: anonymous */
	unsigned scopes;
	bool refused; /* what was shown is not known, or has expired */
};

/* As it is kept: SHA-256 of salt and token. */
struct access_token {
	struct span name;
	unsigned char salt[16];
	struct digest hash;
	unsigned scopes;
	int64_t expires; /* 0: never */
};

struct access_list {
	struct arena arena;
	struct access_token *tokens;
	size_t n_tokens;
	bool anonymous; /* reads without a token */
};

const char *scope_name(enum scope s);
/* "read,scan"; false: no such scope. */
bool scope_parse(struct span text, unsigned *scopes);
/* Of an Authorization header, empty or not; in constant time a token. */
void access_check(const struct access_list *l, struct span authorization,
    int64_t now, struct access *out);
bool access_may(const struct access *a, enum scope s);
/* Between our processes; twins. Returns 0, or -1 if it makes no sense. */
void access_pack(struct buf *out, const struct access_list *l);
int access_unpack(struct access_list *l, struct span bytes, struct err *e);

#endif
