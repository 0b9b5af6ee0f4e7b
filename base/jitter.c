/* SPDX-License-Identifier: Apache-2.0 */
#include <sys/random.h>

#include "base/jitter.h"

uint64_t
jitter_up_to(uint64_t max)
{
	uint32_t random = 0;

	if (getrandom(&random, sizeof(random), 0) != sizeof(random))
		random = UINT32_MAX;
	return max * random / UINT32_MAX;
}
