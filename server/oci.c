/* SPDX-License-Identifier: Apache-2.0 */
#include "server/route.h"

const struct route oci_routes[] = {
	{ 0 },
};
