/* SPDX-License-Identifier: Apache-2.0 */
#include "content/members.h"

int
members_read(struct stream *in, const struct member_sink *sink, struct err *e)
{
	(void)in;
	(void)sink;
	return err_set(e, ERR_FORMAT, "archives are not read yet");
}
