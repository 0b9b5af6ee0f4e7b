/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Files of a TUF repository over HTTP(S), by a fetch process: the transport
 * that proc_tuf.h needs in main, and the bodies of targets. Main passes on
 * what comes and reads none of it.
 */
#ifndef BUNDLE_TUF_FETCH_H
#define BUNDLE_TUF_FETCH_H

#include "base/proc_http.h"
#include "bundle/tuf_client.h"

struct tuf_fetch {
	struct proc proc;
	struct ipc_message message;
	const char *metadata_url; /* of the folder; "/" at its end or not */
};

/* The URL and what the options point to must outlive f. */
int tuf_fetch_open(struct tuf_fetch *f, const char *metadata_url,
    const struct http_options *options, struct err *e);
void tuf_fetch_close(struct tuf_fetch *f); /* fine twice, and after failure */
/* Its get() asks for <metadata_url>/<name>. */
struct tuf_transport tuf_fetch_transport(struct tuf_fetch *f);
/*
 * The body of any URL, to the end of fd. ERR_MISSING: the host says that it
 * is not there; ERR_LIMIT: more than size_max bytes. Errors name the URL.
 */
int tuf_fetch_url(struct tuf_fetch *f, struct span url, uint64_t size_max,
    int fd, struct err *e);
/*
 * Appends the URL of a target: its path, percent-encoded but for '/', behind
 * base; with a hash, that and a dot before the last part of the path.
 */
void tuf_fetch_target_url(struct buf *out, struct span base, struct span path,
    const struct digest *hash);

#endif
