/* SPDX-License-Identifier: Apache-2.0 */
/* What [sync] of the configuration says of transfers. */
#ifndef SYNCD_HTTP_OPTIONS_H
#define SYNCD_HTTP_OPTIONS_H

#include "base/arena.h"
#include "base/config.h"
#include "base/http.h"
#include "syncd/fetch.h"

/* Texts live in a or in the configuration. */
void
fetch_options_of(struct config *c, struct arena *a, struct fetch_options *out);
/*
 * The same for base/http; hosts without TLS and authorities are the caller's
 * to name.
 */
void
http_options_of(struct config *c, struct arena *a, struct http_options *out);

#endif
