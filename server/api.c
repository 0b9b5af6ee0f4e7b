/* SPDX-License-Identifier: Apache-2.0 */
#include "server/api_impl.h"

#define GET(path, kind, handler)                             \
	{                                                    \
		VERB_GET, path, kind, SCOPE_READ, 0, handler \
	}

const struct route api_routes[] = {
	GET("/v1", ROUTE_FAST, api_get_root),
	GET("/v1/openapi.json", ROUTE_FAST, api_get_openapi),
	GET("/v1/scan.schema.json", ROUTE_FAST, api_get_scan_schema),
	GET("/v1/status", ROUTE_WORK, api_get_status),
	GET("/v1/sources", ROUTE_WORK, api_get_sources),
	GET("/v1/sources/{name}", ROUTE_WORK, api_get_source),
	GET("/v1/runs", ROUTE_WORK, api_get_runs),
	GET("/v1/generations", ROUTE_WORK, api_get_generations),
	GET("/v1/generations/{number}", ROUTE_WORK, api_get_generation),
	GET("/v1/changes", ROUTE_JUDGE, api_get_changes),
	GET("/v1/documents", ROUTE_WORK, api_get_documents),
	GET("/v1/documents/{name}", ROUTE_WORK, api_get_document),
	GET("/v1/search", ROUTE_WORK, api_get_search),
	GET("/v1/cves", ROUTE_WORK, api_get_cves),
	GET("/v1/cves/{id}", ROUTE_WORK, api_get_cve),
	GET("/v1/notices/{id}", ROUTE_WORK, api_get_notice),
	GET("/v1/advisories/{id}", ROUTE_WORK, api_get_advisory),
	GET("/v1/definitions/{id}", ROUTE_WORK, api_get_definition),
	GET("/v1/packages/{distribution}/{release}/{name}", ROUTE_WORK,
	    api_get_package),
	GET("/v1/bundles", ROUTE_WORK, api_get_bundles),
	GET("/v1/audit", ROUTE_WORK, api_get_audit),
	{ VERB_POST, "/v1/sync", ROUTE_WORK, SCOPE_SYNC, 0, api_post_sync },
	GET("/problems/{type}", ROUTE_FAST, api_get_problem),
	{ 0 },
};
