/* SPDX-License-Identifier: Apache-2.0 */
/* What the HTTP engine has to know of the registry. */
#ifndef SERVER_OCI_H
#define SERVER_OCI_H

#include "server/request.h"
#include "server/response.h"

/*
 * A problem of an address below /v2/ becomes one as registries tell it
 * (distribution-spec 1.1, "Error Codes"): JSON of any other form is not
 * allowed there. Status and headers stay; other responses do, too.
 */
void oci_problem(struct request *q, struct response *s);

#endif
