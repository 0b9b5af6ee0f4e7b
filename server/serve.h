/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The HTTP server. Three kinds of processes: main holds the listening sockets
 * and the state directory, watches for new generations, and starts the others;
 * `serve` answers requests, narrowed to reading store, index, tuf and bundles;
 * a desk for each of its workers (server/desk.h). A reload starts a new serve
 * process on the same sockets and lets the old one finish what it has begun.
 */
#ifndef SERVER_SERVE_H
#define SERVER_SERVE_H

#include "base/config.h"
#include "base/state.h"
#include "server/desk.h"

struct serve_options {
	const char *state;
	const char *config_path; /* read again on SIGHUP; NULL: the default */
	struct config *config;   /* the first one; stays the caller's */
	const char *const *source_names; /* for config_open() */
	const char *listen;              /* --listen; NULL: serve.listen */
	const struct desk_hooks *hooks;
	bool quiet;
};

/*
 * Does `serve.*` make sense, as far as one can tell without reading a file or
 * listening?
 */
int serve_check(struct config *config, struct err *e);
/* Until SIGTERM or SIGINT, which drain. 0, or -1: it could not start. */
int serve_run(const struct serve_options *o, struct err *e);

#endif
