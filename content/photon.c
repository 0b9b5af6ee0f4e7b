/* SPDX-License-Identifier: Apache-2.0 */
#include "content/photon.h"

int
photon_read(struct stream *in, const struct advisory_sink *sink,
    struct arena *a, struct advisory_about *about, struct err *e)
{
	(void)in;
	(void)sink;
	(void)a;
	(void)about;
	return err_set(e, ERR_FORMAT, "this format is not read yet");
}
