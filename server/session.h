/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A browser that signed in: its token lies in a cookie, which is taken as if
 * it stood in Authorization. A browser sends it, and Basic credentials, by
 * itself, so what changes something must come from one of our own pages.
 */
#ifndef SERVER_SESSION_H
#define SERVER_SESSION_H

#include "server/request.h"

#define SESSION_TOKEN_MAX 256u /* bytes */

/*
 * "Bearer <token>" of the cookie, for access_check(); empty if there is none,
 * or it is no token by its form.
 */
struct span session_authorization(struct request *q);
/*
 * False: a browser says that another site's page had it sent (the fields
 * Sec-Fetch-Site, or Origin). What is no browser says neither.
 */
bool session_same_origin(const struct request *q);
/* Is it written as a token may be? */
bool session_valid_token(struct span token);
/*
 * A Set-Cookie that keeps the token until the browser closes, or with an
 * empty one drops it: HttpOnly, SameSite=Strict, over TLS also Secure and
 * bound to this host.
 */
struct span session_cookie(struct request *q, struct span token);
/* Does the client want a page rather than JSON? */
bool session_wants_page(struct request *q);

#endif
