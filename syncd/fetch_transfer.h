/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One file on its way: the curl handle, what was received, and what the end
 * of it means. Only for fetch.c, which queues them.
 */
#ifndef SYNCD_FETCH_TRANSFER_H
#define SYNCD_FETCH_TRANSFER_H

#include "syncd/fetch.h"
#include "syncd/libcurl.h"

struct transfer {
	struct transfer *next;
	CURL *easy;
	struct curl_slist *headers;
	uint64_t id;
	unsigned group;
	char *url;
	char *host; /* scheme, host and port */
	int fd;
	bool conditional; /* validators were sent: 304 is an answer */
	uint64_t size_max;
	uint64_t size; /* bytes of the body so far */
	bool too_large;
	int write_errno; /* the disk's refusal, or 0 */
	bool active;
	unsigned tries;
	bool retry;             /* set by transfer_judge() */
	unsigned retry_after_s; /* what the server asked for, or 0 */
	int64_t not_before;     /* monotonic ms */
	int64_t told;           /* monotonic ms of the last progress */
};

struct transfer *
transfer_new(const struct fetch_request *r, const struct fetch_options *o);
/* The handle must not be in a multi any more. */
void transfer_free(struct transfer *t);
/* Another try: the file is emptied. */
void transfer_begin(struct transfer *t);
/* What the end means. The reply's spans live as long as the transfer. */
void
transfer_judge(struct transfer *t, CURLcode code, struct fetch_reply *reply);
/* As announced by the server; 0: it did not. */
uint64_t transfer_total(const struct transfer *t);

#endif
