/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libcurl, loaded when something is to be fetched over a network and not
 * before: the libraries that it brings along would take half of the time of a
 * scan just to be linked (docs/decisions/0004).
 */
#ifndef BASE_LIBCURL_H
#define BASE_LIBCURL_H

#include <curl/curl.h>

#include "base/err.h"

/* What we call of it, without "curl_". */
#define LIBCURL_FUNCTIONS(X)   \
	X(easy_cleanup)        \
	X(easy_getinfo)        \
	X(easy_header)         \
	X(easy_init)           \
	X(easy_pause)          \
	X(easy_perform)        \
	X(easy_reset)          \
	X(easy_setopt)         \
	X(getdate)             \
	X(global_cleanup)      \
	X(global_init)         \
	X(multi_add_handle)    \
	X(multi_cleanup)       \
	X(multi_info_read)     \
	X(multi_init)          \
	X(multi_perform)       \
	X(multi_poll)          \
	X(multi_remove_handle) \
	X(slist_append)        \
	X(slist_free_all)

struct libcurl {
#define LIBCURL_MEMBER(name) __typeof__(&curl_##name) name;
	LIBCURL_FUNCTIONS(LIBCURL_MEMBER)
#undef LIBCURL_MEMBER
};

/* Filled by libcurl_load(). */
extern struct libcurl libcurl;

/*
 * Loads it once; later calls do nothing. A process that will be narrowed calls
 * it before. ERR_MISSING if it is not installed.
 */
int libcurl_load(struct err *e);

#endif
