/* SPDX-License-Identifier: Apache-2.0 */
#include "server/desk.h"

const struct desk_entry desk_results_entries[] = {
	{ 0 },
};
