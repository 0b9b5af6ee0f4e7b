/* SPDX-License-Identifier: Apache-2.0 */
/* What libcurl met when there is no answer, or not all of it, in our words. */
#ifndef BASE_HTTP_TROUBLE_H
#define BASE_HTTP_TROUBLE_H

#include "base/libcurl.h"
#include "base/span.h"

#define HTTP_NO_TLS "no TLS connection"

struct http_trouble {
	CURL *easy;
	CURLcode code;
	const char *ca_file; /* NULL: the system's */
	bool answered;       /* the head of an answer was seen */
	uint64_t size_bytes; /* of the body that came */
};

int http_explain(const struct http_trouble *t, struct err *e);
/* Would another try help? */
bool http_may_go_better(CURLcode code);

#endif
