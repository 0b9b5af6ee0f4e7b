/* SPDX-License-Identifier: Apache-2.0 */
/* What the files of a view share. Only for view*.c. */
#ifndef SERVER_VIEW_PARTS_H
#define SERVER_VIEW_PARTS_H

#include "base/pack.h"
#include "server/view.h"

struct view *view_new(void);
/* Once all of it is there. */
void view_index(struct view *v);

#endif
