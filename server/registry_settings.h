/* SPDX-License-Identifier: Apache-2.0 */
/* How registries are asked, as the configuration has it. */
#ifndef SERVER_REGISTRY_SETTINGS_H
#define SERVER_REGISTRY_SETTINGS_H

#include "base/config.h"
#include "content/registry_access.h"

/* Lives as long as the configuration. */
void registry_settings(struct config *c, struct registry_options *out);

#endif
