/* SPDX-License-Identifier: Apache-2.0 */
#include <dlfcn.h>

#include "base/libcurl.h"

#define LIBRARY "libcurl.so.4" /* of libcurl's stable interface */

struct libcurl libcurl;

static int
find(void *library, const char *name, void **function, struct err *e)
{
	*function = dlsym(library, name);
	if (*function != NULL)
		return 0;
	return err_set(e, ERR_MISSING,
	    "the installed libcurl has no %s: version 7.87 or later is needed",
	    name);
}

int
libcurl_load(struct err *e)
{
	static void *library;
	struct libcurl found;

	if (library != NULL)
		return 0;
	library = dlopen(LIBRARY, RTLD_NOW | RTLD_LOCAL);
	if (library == NULL)
		return err_set(e, ERR_MISSING,
		    "libcurl is not installed: install Debian's libcurl4");
#define FIND(name)                                                      \
	if (find(library, "curl_" #name, (void **)&found.name, e) != 0) \
		goto fail;
	LIBCURL_FUNCTIONS(FIND)
#undef FIND
	libcurl = found;
	return 0;
fail:
	dlclose(library);
	library = NULL;
	return -1;
}
