/* SPDX-License-Identifier: Apache-2.0 */
/*
 * When each host may be asked again: the least time between two requests, and
 * the rest that it asked for or needs. Only for fetch.c.
 */
#ifndef SYNCD_FETCH_HOSTS_H
#define SYNCD_FETCH_HOSTS_H

#include "syncd/fetch.h"

struct fetch_host {
	char *name;    /* scheme, host and port */
	int64_t asked; /* monotonic ms of the last request */
	int64_t rests; /* until then */
};

/* Of more hosts than fit the one asked longest ago is forgotten. */
struct fetch_hosts {
	struct fetch_host hosts[FETCH_HOSTS_MAX];
	size_t n;
};

void hosts_cleanup(struct fetch_hosts *h);
/* The monotonic ms from which a request may be sent. */
int64_t
hosts_due(const struct fetch_hosts *h, const char *name, unsigned interval_ms);
void hosts_asked(struct fetch_hosts *h, const char *name, int64_t now);
/* No request before until. */
void hosts_rest(struct fetch_hosts *h, const char *name, int64_t until);

#endif
