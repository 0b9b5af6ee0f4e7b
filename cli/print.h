/* SPDX-License-Identifier: Apache-2.0 */
/* Text from outside, printed so that it cannot harm a terminal. */
#ifndef CLI_PRINT_H
#define CLI_PRINT_H

#include "base/out.h"

void print_safe(struct out *o, struct span s);

#endif
