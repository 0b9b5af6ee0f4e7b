/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What both /v1/ and the pages show, as the JSON that docs/api.md describes:
 * /v1/ sends it, a page reads it (base/json.h) and writes HTML.
 */
#ifndef SERVER_API_H
#define SERVER_API_H

#include "server/desk.h"
#include "server/request.h"

#define API_LIMIT 50u       /* of a page, unless asked otherwise */
#define API_LIMIT_MAX 1000u /* of a page */

/* As `show --json` of an id or a package. 1; 0: nothing is known; -1. */
int
api_record(struct request *q, struct span id, struct out *out, struct err *e);
/* One call of the desk whose answer is JSON. */
int api_desk(struct request *q, enum desk_call call, struct span question,
    struct out *out, struct err *e);

#endif
