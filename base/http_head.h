/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the heads of HTTP answers say (RFC 9110): ranges, challenges, where
 * redirects may lead. Reads text, knows no transfer.
 */
#ifndef BASE_HTTP_HEAD_H
#define BASE_HTTP_HEAD_H

#include "base/arena.h"
#include "base/buf.h"

/* Limits of outside input. */
#define HTTP_CHALLENGE_MAX 8192u       /* bytes of WWW-Authenticate */
#define HTTP_CHALLENGE_VALUE_MAX 2048u /* bytes of one parameter */
#define HTTP_URL_MAX 4096

/* "bytes 5-9/10" is { 5, 9, 10, true }; a 416 has a star for the bytes. */
struct content_range {
	uint64_t first;
	uint64_t last;
	uint64_t total; /* 0: not told */
	bool has_bytes; /* else there is only the total */
};

/* False if it is no range of bytes, or says what cannot be. */
bool content_range_parse(struct span text, struct content_range *out);

enum http_scheme {
	HTTP_SCHEME_NONE = 0,
	HTTP_SCHEME_BASIC,  /* RFC 7617 */
	HTTP_SCHEME_BEARER, /* RFC 6750, with a realm to get a token from */
};

/* How a host wants to be shown who asks. */
struct http_challenge {
	enum http_scheme scheme;
	struct span realm;
	struct span service;
	struct span scope;
};

/*
 * Reads the value of a WWW-Authenticate, which may hold several challenges,
 * and keeps the best of them and of what *out has: Bearer, then Basic. What
 * makes no sense is passed over. Values are in the arena.
 */
void http_challenge_parse(
    struct span text, struct arena *a, struct http_challenge *out);

/* "https://host:port" of "https://host:port/path": who gets a secret. */
struct span http_origin(struct span url);
/* "host:port" of it. */
struct span http_host(struct span url);
bool http_is_plain(struct span url); /* not https: */
/* The same scheme, host and port, whether that is named or not. */
bool http_is_same_origin(struct span a, struct span b);
/*
 * Where a reference leads from there (RFC 3986 §5.2), but for dots in its
 * path, which stay; false if it is none, or too long.
 */
bool http_resolve(struct span base, struct span reference, struct buf *out);
/*
 * Is the host one of these "host" or "host:port" words, NULL at the end? A
 * word without a port stands for all ports. NULL is fine.
 */
bool http_host_is_one_of(struct span host, const char *const *words);
bool http_is_redirect(unsigned status);

#endif
