/* SPDX-License-Identifier: Apache-2.0 */
/* Answers of server/desk_catalog.c's table that stand in other files. */
#ifndef SERVER_DESK_CATALOG_H
#define SERVER_DESK_CATALOG_H

#include "server/desk.h"

typedef int desk_answer(struct desk_server *d, struct span question, int fd,
    struct out *out, int *answer_fd, struct err *e);

/* server/desk_hooked.c: through what cli handed in */
desk_answer desk_answer_status, desk_answer_sources, desk_answer_sync;
/* server/desk_past.c: of generations before */
desk_answer desk_answer_as_of, desk_answer_changes;

/*
 * Where something came from, for everybody: of a file or folder of this
 * machine the name alone, else as it is. Borrows.
 */
struct span desk_origin(struct span origin);

#endif
