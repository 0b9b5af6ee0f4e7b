/* SPDX-License-Identifier: Apache-2.0 */
/* So that clients that began together do not come back together. */
#ifndef BASE_JITTER_H
#define BASE_JITTER_H

#include <stdint.h>

/* Anything from 0 to max; max itself where the kernel has no chance to give. */
uint64_t jitter_up_to(uint64_t max);

#endif
