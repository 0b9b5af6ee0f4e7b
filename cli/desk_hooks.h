/* SPDX-License-Identifier: Apache-2.0 */
/* What the server's desks ask of the command line: server/desk.h. */
#ifndef CLI_DESK_HOOKS_H
#define CLI_DESK_HOOKS_H

#include "server/desk.h"

extern const struct desk_hooks cli_desk_hooks;

#endif
