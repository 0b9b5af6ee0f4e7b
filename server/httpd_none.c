/* SPDX-License-Identifier: Apache-2.0 */
/* Stands in for server/httpd.c until that is there. */
#include "server/httpd.h"

#define WEAK __attribute__((weak))

WEAK int
httpd_prepare(struct err *e)
{
	return err_set(e, ERR_MISSING, "the server is not built yet");
}

WEAK int
httpd_start(struct httpd **out, const struct httpd_options *o, struct err *e)
{
	(void)out;
	(void)o;
	return httpd_prepare(e);
}

WEAK void
httpd_set_view(struct httpd *h, struct view *v)
{
	(void)h;
	view_drop(v);
}

WEAK void
httpd_set_access(struct httpd *h, struct access_list *l)
{
	(void)h;
	(void)l;
}

WEAK void
httpd_drain(struct httpd *h, unsigned timeout_s)
{
	(void)h;
	(void)timeout_s;
}

WEAK void
httpd_stop(struct httpd *h)
{
	(void)h;
}
