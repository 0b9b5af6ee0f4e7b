/* SPDX-License-Identifier: Apache-2.0 */
#include <dlfcn.h>
#include <stddef.h>

#include "server/libmicrohttpd.h"

/* Of their stable interfaces. */
#define LIBRARY "libmicrohttpd.so.12"
#define LIBRARY_TLS "libgnutls.so.30"

struct libmicrohttpd libmicrohttpd;
struct libgnutls libgnutls;

static int
find(void *library, const char *name, void **function, struct err *e)
{
	*function = dlsym(library, name);
	if (*function != NULL)
		return 0;
	return err_set(e, ERR_MISSING,
	    "the installed libmicrohttpd has no %s: version 0.9.75 or later "
	    "is needed",
	    name);
}

static int
find_all(void *http, void *tls, struct err *e)
{
	struct libmicrohttpd found;
	struct libgnutls found_tls;

#define FIND(name)                                                  \
	if (find(http, "MHD_" #name, (void **)&found.name, e) != 0) \
		return -1;
#define FIND_TLS(name)                                                    \
	if (find(tls, "gnutls_" #name, (void **)&found_tls.name, e) != 0) \
		return -1;
	LIBMICROHTTPD_FUNCTIONS(FIND)
	LIBGNUTLS_FUNCTIONS(FIND_TLS)
#undef FIND
#undef FIND_TLS
	libmicrohttpd = found;
	libgnutls = found_tls;
	return 0;
}

int
libmicrohttpd_load(struct err *e)
{
	static void *http;
	void *tls;

	if (http != NULL)
		return 0;
	http = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	tls = dlopen(LIBRARY_TLS, RTLD_NOW | RTLD_LOCAL);
	if (http == NULL || tls == NULL)
		err_set(e, ERR_MISSING,
		    "libmicrohttpd is not installed: install Debian's "
		    "libmicrohttpd12");
	else if (find_all(http, tls, e) == 0)
		return 0;
	if (http != NULL)
		dlclose(http);
	if (tls != NULL)
		dlclose(tls);
	http = NULL;
	return -1;
}
