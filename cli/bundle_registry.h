/* SPDX-License-Identifier: Apache-2.0 */
/* `bundle push` and `bundle pull`: what they share. */
#ifndef CLI_BUNDLE_REGISTRY_H
#define CLI_BUNDLE_REGISTRY_H

#include "bundle/transfer.h"
#include "cli/bundle.h"
#include "syncd/progress.h"

/* A bundle on its way, as a person sees it. */
struct bundle_way {
	struct registry_options registry;
	struct transfer_options options;
	struct progress *progress;
	struct span name; /* of the file */
};

/* target, docker://…, and file's name must outlive it. */
void bundle_way_open(const struct cli *cli, struct bundle_way *w,
    const char *target, const char *file);
void bundle_way_close(struct bundle_way *w);
/* "sha256:<hex>" to standard output. */
void bundle_way_print(const struct transfer_result *r);
/* True for docker://…; else it was told. */
bool bundle_way_is_target(const struct cli *cli, const char *text);

#endif
