/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A bundle on its way to a registry or from one. A bundle process reads and
 * proves; it has no network and asks the main process for what is in the
 * registry (content/registry_fetch.h).
 */
#ifndef BUNDLE_TRANSFER_H
#define BUNDLE_TRANSFER_H

#include "content/registry_fetch.h"

struct transfer_options {
	const char *target; /* "docker://…" */
	const struct registry_options *registry;
	void *ctx; /* of progress, which may be NULL */
	void (*progress)(void *ctx, uint64_t bytes, uint64_t of_bytes);
	/* See struct registry_fetch; may be NULL. */
	void (*told)(
	    const struct registry_ask *asked, const struct http_answer *a);
};

struct transfer_result {
	struct digest manifest; /* what a registry calls the bundle */
	uint64_t size_bytes;    /* of the file */
	uint64_t n_blobs;       /* with the manifest */
	uint64_t n_sent;        /* of them; the registry had the others */
	uint64_t sent_bytes;
};

/* The bundle process' own side. */
struct transfer_child {
	struct ipc *ipc;
	struct registry *registry;
	struct transfer_result result;
	uint64_t told; /* of its progress */
};

void
transfer_progress(struct transfer_child *c, uint64_t bytes, uint64_t of_bytes);

/* What the process does, with which of our descriptors. */
struct transfer_work {
	int (*run)(struct transfer_child *c, void *ctx, struct err *e);
	void *ctx;
	const int *keep;
	size_t n_keep;
	const struct registry_source *source; /* NULL: nothing is pushed */
};

int
transfer_run(const struct transfer_options *o, const struct transfer_work *work,
    struct transfer_result *out, struct err *e);

#endif
