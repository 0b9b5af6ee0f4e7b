/* SPDX-License-Identifier: Apache-2.0 */
#include <inttypes.h>

#include "base/log.h"
#include "indexer/gc.h"
#include "syncd/collect.h"

static int
log_removed(void *ctx, const struct gc_item *item, struct err *e)
{
	(void)ctx;
	(void)e;
	log_info(
	    "gc: %s: removed bytes=%" PRIu64, item->name, item->freed_bytes);
	return 0;
}

void
collect_garbage(
    const struct state *s, struct db *catalog, struct config *config)
{
	const struct gc_report report = { NULL, log_removed };
	const struct gc_options o = {
		.generations = config_uint(config, "retention.generations"),
		.days = config_uint(config, "retention.days"),
		.blob_days = config_uint(config, "retention.blob_days"),
	};
	struct gc_result result;
	struct err e = { 0 };

	if (gc_run(s, catalog, &o, &report, &result, &e) != 0)
		log_warn("gc: %s", e.msg);
}
