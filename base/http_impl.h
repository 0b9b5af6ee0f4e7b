/* SPDX-License-Identifier: Apache-2.0 */
/* One request with all its tries. Only for http.c and http_try.c. */
#ifndef BASE_HTTP_IMPL_H
#define BASE_HTTP_IMPL_H

#include "base/http.h"
#include "base/libcurl.h"

struct http {
	struct http_options options;
	CURL *easy;     /* keeps its connections */
	bool was_heard; /* somebody answered once: there is a network */
};

/* What is done with the bytes of the answer that is coming in. */
enum body_use {
	BODY_UNSEEN = 0, /* its head was not looked at */
	BODY_KEEP,
	BODY_NOISE, /* counted and dropped */
	BODY_REFUSED,
};

/* A request with all its tries. */
struct exchange {
	struct http *http;
	const struct http_request *request;
	void (*answer)(void *ctx, const struct http_answer *a);
	void *ctx;
	struct http_end *end;
	bool told;     /* the head was */
	uint64_t at;   /* offset of the byte that is to come next */
	uint64_t most; /* at which it was when a try failed last */
	uint64_t total;
	bool has_total;
	unsigned failures;
	char *url; /* where redirects led */
	unsigned redirects;

	/* Of this try. */
	struct curl_slist *headers;
	enum body_use use;
	uint64_t skip; /* bytes that were there already */
	uint64_t noise;
	bool too_large;
	int write_errno;
	uint64_t sent; /* of the pieces: where it stands */
	uint64_t sent_told;
	bool any_sent;
	bool unreadable; /* what is to be sent */
};

static inline bool
exchange_is_bare(const struct exchange *x)
{
	return x->request->method != HTTP_GET;
}

/* libcurl's write callback; ctx is the exchange. */
size_t exchange_body(char *ptr, size_t size, size_t n, void *ctx);

/* --- http_try.c --- */

/* Is it the host that was asked first? Secrets are for that one. */
bool exchange_is_own_origin(const struct exchange *x);
void exchange_move(struct exchange *x, struct span url);
/* May the URL be asked? Without TLS only where that is allowed. */
int
exchange_check_url(const struct exchange *x, struct span url, struct err *e);
/* Makes the handle ready for another try. */
void exchange_set_up(struct exchange *x);

/* --- http_upload.c --- */

/* Bytes of the pieces. */
uint64_t exchange_upload_size(const struct exchange *x);
/* Makes the handle send what the method has to send. */
void exchange_set_method(struct exchange *x);

#endif
