/* SPDX-License-Identifier: Apache-2.0 */
/* `sync --from tuf+https://…`: what it prints, and how it ends. */
#ifndef CLI_SYNC_MIRROR_H
#define CLI_SYNC_MIRROR_H

#include "cli/cli.h"
#include "syncd/mirror.h"

/* Runs it and prints; the exit status. */
int cli_sync_mirror(struct cli *cli, const struct mirror_options *o, bool json);

#endif
