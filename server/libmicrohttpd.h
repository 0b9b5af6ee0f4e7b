/* SPDX-License-Identifier: Apache-2.0 */
/*
 * libmicrohttpd, loaded by the process that serves and by no other: GnuTLS,
 * which it brings along, would take longer to be linked than a scan may last
 * (docs/decisions/0004).
 */
#ifndef SERVER_LIBMICROHTTPD_H
#define SERVER_LIBMICROHTTPD_H

#include <gnutls/gnutls.h>
#include <gnutls/x509.h>
#include <microhttpd.h>

#include "base/err.h"

/* What we call of it, without "MHD_". */
#define LIBMICROHTTPD_FUNCTIONS(X)                            \
	X(add_response_header)                                \
	X(create_response_from_buffer_with_free_callback_cls) \
	X(create_response_from_callback)                      \
	X(create_response_from_fd_at_offset64)                \
	X(destroy_response)                                   \
	X(get_connection_info)                                \
	X(get_connection_values_n)                            \
	X(queue_response)                                     \
	X(quiesce_daemon)                                     \
	X(resume_connection)                                  \
	X(set_response_options)                               \
	X(start_daemon)                                       \
	X(stop_daemon)                                        \
	X(suspend_connection)

/* And of GnuTLS, without "gnutls_". */
#define LIBGNUTLS_FUNCTIONS(X)   \
	X(certificate_get_peers) \
	X(certificate_verify_peers)

struct libmicrohttpd {
#define LIBMICROHTTPD_MEMBER(name) __typeof__(&MHD_##name) name;
	LIBMICROHTTPD_FUNCTIONS(LIBMICROHTTPD_MEMBER)
#undef LIBMICROHTTPD_MEMBER
};

struct libgnutls {
#define LIBGNUTLS_MEMBER(name) __typeof__(&gnutls_##name) name;
	LIBGNUTLS_FUNCTIONS(LIBGNUTLS_MEMBER)
#undef LIBGNUTLS_MEMBER
};

/* Filled by libmicrohttpd_load(). */
extern struct libmicrohttpd libmicrohttpd;
extern struct libgnutls libgnutls;

/*
 * Loads it once; later calls do nothing. A process that will be narrowed calls
 * it before. ERR_MISSING if it is not installed.
 */
int libmicrohttpd_load(struct err *e);

#endif
