/* SPDX-License-Identifier: Apache-2.0 */
/* How registries are asked, as the configuration has it. */
#ifndef CLI_REGISTRY_H
#define CLI_REGISTRY_H

#include "cli/cli.h"
#include "content/registry_access.h"

/* Lives as long as the configuration. */
void cli_registry_options(const struct cli *cli, struct registry_options *out);

#endif
