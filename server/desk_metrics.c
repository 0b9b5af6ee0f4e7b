/* SPDX-License-Identifier: Apache-2.0 */
#include "server/desk.h"

const struct desk_entry desk_metrics_entries[] = {
	{ 0 },
};
