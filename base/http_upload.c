/* SPDX-License-Identifier: Apache-2.0 */
/* What a request sends: the pieces, one behind the other. */
#include <errno.h>
#include <stdio.h>
#include <unistd.h>

#include "base/http_impl.h"

/* Of the pieces' bytes those from `at` on; 0: that was all, -1: unreadable. */
static ssize_t
read_at(const struct http_request *r, uint64_t at, char *ptr, size_t size)
{
	const struct http_piece *p = r->pieces, *end = p + r->n_pieces;
	ssize_t n;

	for (; p < end && at >= p->size_bytes; p++)
		at -= p->size_bytes;
	if (p == end)
		return 0;
	if (size > p->size_bytes - at)
		size = (size_t)(p->size_bytes - at);
	do
		n = pread(p->fd, ptr, size, (off_t)(p->offset + at));
	while (n < 0 && errno == EINTR);
	return n > 0 ? n : -1;
}

static void
tell_sent(struct exchange *x)
{
	if (x->request->sent == NULL ||
	    x->sent < x->sent_told + HTTP_PROGRESS_BYTES)
		return;
	x->sent_told = x->sent;
	x->request->sent(x->ctx, x->sent);
}

/* libcurl's read callback. */
static size_t
send_more(char *ptr, size_t size, size_t n, void *ctx)
{
	struct exchange *x = ctx;
	ssize_t got = read_at(x->request, x->sent, ptr, size * n);

	if (got < 0) {
		x->unreadable = true;
		return CURL_READFUNC_ABORT;
	}
	x->sent += (uint64_t)got;
	x->any_sent = true;
	tell_sent(x);
	return (size_t)got;
}

/* libcurl's seek callback: from the start, on a connection that was dead. */
static int
send_from(void *ctx, curl_off_t offset, int origin)
{
	struct exchange *x = ctx;

	if (origin != SEEK_SET || offset < 0)
		return CURL_SEEKFUNC_FAIL;
	x->sent = (uint64_t)offset;
	return CURL_SEEKFUNC_OK;
}

uint64_t
exchange_upload_size(const struct exchange *x)
{
	const struct http_request *r = x->request;
	uint64_t size = 0;
	size_t i;

	for (i = 0; i < r->n_pieces; i++)
		size += r->pieces[i].size_bytes;
	return size;
}

static void
set_put(struct exchange *x)
{
	CURL *c = x->http->easy;

	libcurl.easy_setopt(c, CURLOPT_UPLOAD, 1L);
	libcurl.easy_setopt(
	    c, CURLOPT_INFILESIZE_LARGE, (curl_off_t)exchange_upload_size(x));
	libcurl.easy_setopt(c, CURLOPT_READFUNCTION, send_more);
	libcurl.easy_setopt(c, CURLOPT_READDATA, x);
	libcurl.easy_setopt(c, CURLOPT_SEEKFUNCTION, send_from);
	libcurl.easy_setopt(c, CURLOPT_SEEKDATA, x);
}

void
exchange_set_method(struct exchange *x)
{
	CURL *c = x->http->easy;

	switch (x->request->method) {
	case HTTP_GET:
		break;
	case HTTP_HEAD:
		libcurl.easy_setopt(c, CURLOPT_NOBODY, 1L);
		break;
	case HTTP_POST:
		libcurl.easy_setopt(c, CURLOPT_POST, 1L);
		libcurl.easy_setopt(
		    c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)0);
		libcurl.easy_setopt(c, CURLOPT_COPYPOSTFIELDS, "");
		break;
	case HTTP_PUT:
		set_put(x);
		break;
	}
}
