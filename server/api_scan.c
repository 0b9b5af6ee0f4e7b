/* SPDX-License-Identifier: Apache-2.0 */
#include "server/api_images.h"

#define GET(path, kind, handler)                             \
	{                                                    \
		VERB_GET, path, kind, SCOPE_READ, 0, handler \
	}

const struct route scan_routes[] = {
	GET("/v1/images", ROUTE_WORK, api_get_images),
	GET("/v1/images/compare", ROUTE_WORK, api_get_compare),
	GET("/v1/images/{id}", ROUTE_WORK, api_get_image),
	GET("/v1/images/{id}/verdicts", ROUTE_WORK, api_get_image_verdicts),
	GET("/v1/images/{id}/findings", ROUTE_WORK, api_get_image_findings),
	GET("/v1/images/{id}/packages", ROUTE_WORK, api_get_image_packages),
	GET("/v1/images/{id}/layers", ROUTE_WORK, api_get_image_layers),
	GET("/v1/images/{id}/explain/{what}", ROUTE_WORK,
	    api_get_image_explain),
	GET("/v1/inventories/{digest}", ROUTE_WORK, api_get_inventory),
	GET("/v1/verdicts/{digest}", ROUTE_WORK, api_get_verdict),
	GET("/v1/verdicts/{digest}/verify", ROUTE_WORK, api_get_verify),
	GET("/v1/cves/{id}/images", ROUTE_WORK, api_get_cve_images),
	{ 0 },
};
