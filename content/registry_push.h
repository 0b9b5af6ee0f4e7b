/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Pushing to a registry (OCI distribution-spec 1.1, "Push"), on the side that
 * parses: what is there already is not sent, what broke off is sent again.
 * It names bytes of a file by where they lie; the main process, which has that
 * file, hands them to the fetch process (registry_access.h).
 */
#ifndef CONTENT_REGISTRY_PUSH_H
#define CONTENT_REGISTRY_PUSH_H

#include "content/registry.h"

/* Bytes of what is pushed. */
struct registry_bytes {
	struct digest sha256;
	uint64_t offset;
	uint64_t size_bytes;
};

/* 1: sent; 0: the registry has it; -1. */
int registry_push_blob(
    struct registry *r, const struct registry_bytes *b, struct err *e);
/* The same under the name that the user gave; its blobs are there. */
int registry_push_manifest(
    struct registry *r, const struct registry_bytes *b, struct err *e);

#endif
