/* SPDX-License-Identifier: Apache-2.0 */
#include "server/route.h"

const struct route *const route_tables[] = {
	mirror_routes,
	nvd_api_routes,
	oci_routes,
	api_routes,
	scan_routes,
	page_routes,
	health_routes,
	NULL,
};
