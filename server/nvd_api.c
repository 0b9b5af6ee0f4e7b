/* SPDX-License-Identifier: Apache-2.0 */
#include "server/route.h"

const struct route nvd_api_routes[] = {
	{ 0 },
};
