/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The CVSS entries of a CVE as nvd_cve.metrics has them: which row of
 * nvd_rating, which word is the source, in the order of the record.
 */
#ifndef EVAL_NVD_METRIC_H
#define EVAL_NVD_METRIC_H

#include "base/pack.h"

struct nvd_metric_ref {
	uint32_t rating;
	uint32_t source;
	bool is_primary;
};

static inline void
nvd_metric_pack(struct buf *b, const struct nvd_metric_ref *m)
{
	pack_uint(b, (uint64_t)m->rating << 1 | m->is_primary);
	pack_uint(b, m->source);
}

/* False: that was all, or what is left is damaged; ask unpack_done(). */
static inline bool
nvd_metric_next(struct unpack *u, struct nvd_metric_ref *m)
{
	uint64_t rating;

	if (u->rest.len == 0 || u->failed)
		return false;
	rating = unpack_uint(u);
	m->is_primary = (rating & 1) != 0;
	m->rating = (uint32_t)(rating >> 1);
	m->source = unpack_max(u, UINT32_MAX);
	return !u->failed;
}

#endif
