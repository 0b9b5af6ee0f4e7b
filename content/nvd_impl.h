/* SPDX-License-Identifier: Apache-2.0 */
/* What nvd.c, nvd_20.c and nvd_11.c share: see content/nvd.h. */
#ifndef CONTENT_NVD_IMPL_H
#define CONTENT_NVD_IMPL_H

#include "content/nvd.h"

/* Each fills *out from one element of the feed; all borrows from n and a. */
int nvd_20_record(const struct json_node *n, struct arena *a,
    struct nvd_cve *out, struct err *e);
int nvd_11_record(const struct json_node *n, struct arena *a,
    struct nvd_cve *out, struct err *e);

size_t nvd_count(const struct json_node *list);
/* The first element; NULL list is fine. */
const struct json_node *nvd_first(const struct json_node *list);

struct nvd_limit {
	const char *what;
	size_t max;
};

/*
 * Room for n items, so that arrays are made once. NULL and ERR_LIMIT above
 * the limit.
 */
void *nvd_room(size_t n, size_t size, struct nvd_limit limit, struct arena *a,
    struct err *e);
/* Room for a configuration's nodes and matches. */
int nvd_room_nodes(size_t n_nodes, size_t n_matches, struct arena *a,
    struct nvd_cve *out, struct err *e);
/* ERR_FORMAT if the text is there and no date. */
int nvd_time(struct span text, int64_t *ms, struct err *e);
struct nvd_number nvd_number(const struct json_node *n);
/* The strings of an array as lines. */
struct span nvd_lines(const struct json_node *array, struct arena *a);
/* The bounds that both shapes name alike; cpe and id are the caller's. */
void nvd_bounds(const struct json_node *n, struct nvd_match *m);
int nvd_descriptions(const struct json_node *list, struct arena *a,
    struct nvd_cve *out, struct err *e);
/* source: of all of them; empty: each names its own. */
int nvd_weaknesses(const struct json_node *list, struct span source,
    struct arena *a, struct nvd_cve *out, struct err *e);
/* source: the member that names it. */
int nvd_references(const struct json_node *list, const char *source,
    struct arena *a, struct nvd_cve *out, struct err *e);

#endif
