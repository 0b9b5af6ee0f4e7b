/* SPDX-License-Identifier: Apache-2.0 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/buf.h"
#include "base/http_impl.h"
#include "base/mem.h"

/* Fewer are sent without asking first whether they are wanted. */
#define EXPECT_BYTES ((uint64_t)1024 * 1024)

bool
exchange_is_own_origin(const struct exchange *x)
{
	return http_is_same_origin(span_of(x->url), x->request->url);
}

void
exchange_move(struct exchange *x, struct span url)
{
	struct buf b = { 0 };

	buf_add_span(&b, url);
	free(x->url);
	x->url = xstrdup(buf_str(&b));
	buf_cleanup(&b);
}

int
exchange_check_url(const struct exchange *x, struct span url, struct err *e)
{
	struct span host = http_host(url);

	if (url.len > HTTP_URL_MAX)
		return err_set(
		    e, ERR_LIMIT, "a URL of more than %d bytes", HTTP_URL_MAX);
	if (span_has_prefix(url, "https://") &&
	    span_find(host, '@') == host.len)
		return 0;
	if (span_has_prefix(url, "http://") &&
	    http_host_is_one_of(host, x->http->options.plain))
		return 0;
	return err_set(e, ERR_UNTRUSTED, "%.*s:// is not used for %.*s",
	    SPAN_ARG(span_first(url, span_find(url, ':'))), SPAN_ARG(host));
}

/* What could break a header or end it early is not sent. */
static void
add_header(struct exchange *x, const char *name, struct span value)
{
	struct buf line = { 0 };
	size_t i;

	if (value.len == 0)
		return;
	for (i = 0; i < value.len; i++)
		if ((unsigned char)value.ptr[i] < ' ')
			return;
	buf_printf(&line, "%s: ", name);
	buf_add_span(&line, value);
	x->headers = libcurl.slist_append(x->headers, buf_str(&line));
	buf_cleanup(&line);
}

static void
set_headers(struct exchange *x)
{
	const struct http_request *r = x->request;
	char range[40];

	libcurl.slist_free_all(x->headers);
	x->headers = NULL;
	add_header(x, "Accept", r->accept);
	add_header(x, "Content-Type", r->content_type);
	/* None of these, where libcurl would have one. */
	if (r->method == HTTP_POST)
		x->headers = libcurl.slist_append(x->headers, "Content-Type:");
	if (r->method == HTTP_PUT && exchange_upload_size(x) < EXPECT_BYTES)
		x->headers = libcurl.slist_append(x->headers, "Expect:");
	if (exchange_is_own_origin(x))
		add_header(x, "Authorization", r->authorization);
	if (x->at > 0) {
		snprintf(range, sizeof(range), "bytes=%llu-",
		    (unsigned long long)x->at);
		add_header(x, "Range", span_of(range));
	}
	libcurl.easy_setopt(x->http->easy, CURLOPT_HTTPHEADER, x->headers);
}

static void
set_tls(struct exchange *x)
{
	const struct http_options *o = &x->http->options;
	struct span host = http_host(span_of(x->url));
	bool own = o->host != NULL && span_is_nocase(host, o->host);
	struct span pem = own ? o->host_ca_pem : o->ca_pem;
	struct curl_blob blob = { .flags = CURL_BLOB_COPY };
	CURL *c = x->http->easy;

	if (http_host_is_one_of(host, o->insecure)) {
		libcurl.easy_setopt(c, CURLOPT_SSL_VERIFYPEER, 0L);
		libcurl.easy_setopt(c, CURLOPT_SSL_VERIFYHOST, 0L);
	} else if (pem.len > 0) {
		blob.len = pem.len;
		memcpy(&blob.data, &pem.ptr, sizeof(blob.data));
		libcurl.easy_setopt(c, CURLOPT_CAINFO_BLOB, &blob);
	}
}

static void
set_limits(struct exchange *x)
{
	const struct http_options *o = &x->http->options;
	CURL *c = x->http->easy;

	libcurl.easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)o->connect_ms);
	libcurl.easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)o->slow_s);
	libcurl.easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, (long)o->slow_rate);
	libcurl.easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	libcurl.easy_setopt(c, CURLOPT_USERAGENT, o->user_agent);
	libcurl.easy_setopt(c, CURLOPT_HEADEROPT, (long)CURLHEADER_SEPARATE);
	if (o->proxy != NULL)
		libcurl.easy_setopt(c, CURLOPT_PROXY, o->proxy);
}

void
exchange_set_up(struct exchange *x)
{
	const struct http_request *r = x->request;
	CURL *c = x->http->easy;

	libcurl.easy_reset(c); /* its connections stay */
	libcurl.easy_setopt(c, CURLOPT_URL, x->url);
	libcurl.easy_setopt(c, CURLOPT_PROTOCOLS_STR,
	    http_is_plain(span_of(x->url)) ? "http" : "https");
	libcurl.easy_setopt(c, CURLOPT_FOLLOWLOCATION, 0L);
	libcurl.easy_setopt(c, CURLOPT_WRITEFUNCTION, exchange_body);
	libcurl.easy_setopt(c, CURLOPT_WRITEDATA, x);
	if (r->form.len > 0 && exchange_is_own_origin(x)) {
		libcurl.easy_setopt(
		    c, CURLOPT_POSTFIELDSIZE_LARGE, (curl_off_t)r->form.len);
		libcurl.easy_setopt(c, CURLOPT_COPYPOSTFIELDS, r->form.ptr);
	}
	exchange_set_method(x);
	set_limits(x);
	set_tls(x);
	set_headers(x);
	x->use = BODY_UNSEEN;
	x->skip = x->noise = 0;
	x->too_large = false;
	x->write_errno = 0;
	x->sent = x->sent_told = 0;
	x->any_sent = x->unreadable = false;
}
