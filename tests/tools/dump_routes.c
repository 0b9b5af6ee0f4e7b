/* SPDX-License-Identifier: Apache-2.0 */
/* Prints every route of the server: "GET /v1/cves/{id} read". */
#include <stdio.h>

#include "server/route.h"

int
main(void)
{
	const struct route *const *table;
	const struct route *r;

	for (table = route_tables; *table != NULL; table++)
		for (r = *table; r->path != NULL; r++)
			printf("%s %s %s\n", verb_name(r->verb), r->path,
			    scope_name(r->scope));
	return 0;
}
