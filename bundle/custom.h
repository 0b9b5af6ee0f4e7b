/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The `custom` part of a target (DISTRIBUTION.md §1): where a mirrored file
 * came from and how it was proved. Keys are printable ASCII, values strings:
 * etag fetched last-modified licence media-type origin proof source; a time is
 * "2026-01-02T03:04:05Z".
 */
#ifndef BUNDLE_CUSTOM_H
#define BUNDLE_CUSTOM_H

#include "base/arena.h"
#include "base/buf.h"
#include "base/json.h"

struct target_custom {
	struct span source;     /* name in the sources table */
	struct span origin;     /* "upstream", a URL or a folder */
	struct span media_type; /* "application/x-bzip2" */
	struct span etag;
	struct span last_modified;
	struct span proof;   /* proof_name(); empty: no document */
	struct span licence; /* one line */
	int64_t fetched;
};

/* Appends canonical JSON; empty members are left out. */
void custom_write(struct buf *out, const struct target_custom *c);
/* What is missing is empty; NULL is fine. Spans live with the tree. */
void custom_read(const struct json_node *n, struct target_custom *out);
/* By the end of a name: "application/x-bzip2". */
struct span custom_media_type(struct span path);

#endif
