/* SPDX-License-Identifier: Apache-2.0 */
/* "os/architecture[/variant]", as images name what they run on. */
#ifndef SCANNER_IMAGE_PLATFORM_H
#define SCANNER_IMAGE_PLATFORM_H

#include "base/json.h"

/* The platform of an object that has os, architecture and variant. */
struct span platform_of(const struct json_node *n, struct arena *a);
/* True if it is the one asked for; a variant counts only if it is asked for. */
bool platform_fits(struct span platform, const char *asked);

#endif
