/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/buf.h"
#include "base/file.h"
#include "base/mem.h"
#include "syncd/fetch_transfer.h"

/* Answers that mean "not now": throttled, or a server in trouble. */
static bool
is_throttling(long status)
{
	return status == 403 || status == 408 || status == 429 || status >= 500;
}

/* Only the body of a plain 200 is kept; what comes with others is dropped. */
static size_t
on_body(char *ptr, size_t size, size_t n, void *ctx)
{
	struct transfer *t = ctx;
	size_t len = size * n;
	struct err e;
	long status = 0;

	libcurl.easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	t->size += len;
	if (t->size > t->size_max) {
		t->too_large = true;
		return 0;
	}
	if (status != 200 || len == 0)
		return len;
	if (file_write_all(t->fd, span_make(ptr, len), &e) != 0) {
		t->write_errno = errno;
		return 0;
	}
	return len;
}

static void
set_protocols(struct transfer *t)
{
	const char *scheme =
	    strncmp(t->url, "https:", 6) == 0 ? "https" : "http";

	libcurl.easy_setopt(t->easy, CURLOPT_PROTOCOLS_STR, scheme);
	libcurl.easy_setopt(t->easy, CURLOPT_REDIR_PROTOCOLS_STR, scheme);
	libcurl.easy_setopt(t->easy, CURLOPT_FOLLOWLOCATION, 1L);
	libcurl.easy_setopt(
	    t->easy, CURLOPT_MAXREDIRS, (long)FETCH_REDIRECTS_MAX);
}

static void
set_limits(struct transfer *t, const struct fetch_options *o)
{
	CURL *c = t->easy;

	libcurl.easy_setopt(
	    c, CURLOPT_MAXFILESIZE_LARGE, (curl_off_t)t->size_max);
	libcurl.easy_setopt(c, CURLOPT_CONNECTTIMEOUT_MS, (long)o->connect_ms);
	libcurl.easy_setopt(c, CURLOPT_LOW_SPEED_TIME, (long)o->slow_s);
	libcurl.easy_setopt(c, CURLOPT_LOW_SPEED_LIMIT, (long)o->slow_rate);
	libcurl.easy_setopt(c, CURLOPT_NOSIGNAL, 1L);
	libcurl.easy_setopt(c, CURLOPT_USERAGENT, o->user_agent);
	if (o->ca_file != NULL)
		libcurl.easy_setopt(c, CURLOPT_CAINFO, o->ca_file);
	if (o->proxy != NULL)
		libcurl.easy_setopt(c, CURLOPT_PROXY, o->proxy);
}

/* A validator is sent as it came; one that could break a header is not. */
static void
add_header(struct transfer *t, const char *name, struct span value)
{
	struct buf line = { 0 };
	size_t i;

	for (i = 0; i < value.len; i++)
		if ((unsigned char)value.ptr[i] < ' ')
			return;
	if (value.len == 0 || value.len > FETCH_VALIDATOR_MAX)
		return;
	buf_printf(&line, "%s: %.*s", name, SPAN_ARG(value));
	t->headers = libcurl.slist_append(t->headers, buf_str(&line));
	t->conditional = true;
	buf_cleanup(&line);
}

static char *
host_of(const char *url)
{
	const char *slashes = strstr(url, "://");
	const char *end = slashes == NULL ? NULL : strchr(slashes + 3, '/');
	char *host = xstrdup(url);

	if (end != NULL)
		host[end - url] = '\0';
	return host;
}

static char *
str_of(struct span s)
{
	char *copy = xmalloc(s.len + 1);

	memcpy(copy, s.ptr, s.len);
	copy[s.len] = '\0';
	return copy;
}

struct transfer *
transfer_new(const struct fetch_request *r, const struct fetch_options *o)
{
	struct transfer *t = xcalloc(1, sizeof(*t));

	t->id = r->id;
	t->group = r->group;
	t->fd = r->fd;
	t->size_max = r->size_max;
	t->url = str_of(r->url);
	t->host = host_of(t->url);
	t->easy = libcurl.easy_init();
	if (t->easy == NULL)
		abort(); /* no memory */
	libcurl.easy_setopt(t->easy, CURLOPT_URL, t->url);
	libcurl.easy_setopt(t->easy, CURLOPT_WRITEFUNCTION, on_body);
	libcurl.easy_setopt(t->easy, CURLOPT_WRITEDATA, t);
	set_protocols(t);
	set_limits(t, o);
	add_header(t, "If-None-Match", r->etag);
	add_header(t, "If-Modified-Since", r->last_modified);
	libcurl.easy_setopt(t->easy, CURLOPT_HTTPHEADER, t->headers);
	return t;
}

void
transfer_free(struct transfer *t)
{
	libcurl.easy_cleanup(t->easy);
	libcurl.slist_free_all(t->headers);
	close(t->fd);
	free(t->url);
	free(t->host);
	free(t);
}

void
transfer_begin(struct transfer *t)
{
	t->tries++;
	t->size = 0;
	t->too_large = false;
	t->write_errno = 0;
	t->retry = false;
	t->retry_after_s = 0;
	t->not_before = 0;
	if (ftruncate(t->fd, 0) != 0 || lseek(t->fd, 0, SEEK_SET) != 0)
		t->write_errno = errno;
}

uint64_t
transfer_total(const struct transfer *t)
{
	curl_off_t total = -1;

	libcurl.easy_getinfo(
	    t->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &total);
	return total > 0 ? (uint64_t)total : 0;
}

static struct span
header_of(const struct transfer *t, const char *name)
{
	struct curl_header *h = NULL;

	if (libcurl.easy_header(t->easy, name, 0, CURLH_HEADER, -1, &h) !=
		CURLHE_OK ||
	    strlen(h->value) > FETCH_VALIDATOR_MAX)
		return SPAN_NONE;
	return span_of(h->value);
}

/* What libcurl met, in our words. */
static int
explain(struct transfer *t, CURLcode code, struct err *e)
{
	long os = 0;

	libcurl.easy_getinfo(t->easy, CURLINFO_OS_ERRNO, &os);
	switch (code) {
	case CURLE_COULDNT_RESOLVE_HOST:
	case CURLE_COULDNT_RESOLVE_PROXY:
		return err_set(e, ERR_NETWORK, "the host's name is not known");
	case CURLE_COULDNT_CONNECT:
		return err_set(e, ERR_NETWORK, "no connection: %s",
		    os != 0 ? strerror((int)os) : "nobody answers");
	case CURLE_OPERATION_TIMEDOUT:
		return err_set(e, ERR_NETWORK,
		    "no answer, or too slow: given up after %llu bytes",
		    (unsigned long long)t->size);
	case CURLE_PARTIAL_FILE:
		return err_set(e, ERR_NETWORK, "ended after %llu of %llu bytes",
		    (unsigned long long)t->size,
		    (unsigned long long)transfer_total(t));
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
		return err_set(e, ERR_UNTRUSTED,
		    "the host's certificate is not one that this system "
		    "trusts");
	case CURLE_SSL_CONNECT_ERROR:
		return err_set(e, ERR_NETWORK, "no TLS connection");
	case CURLE_GOT_NOTHING:
		return err_set(e, ERR_NETWORK, "the host answered nothing");
	case CURLE_TOO_MANY_REDIRECTS:
		return err_set(e, ERR_NETWORK, "more than %d redirects",
		    FETCH_REDIRECTS_MAX);
	case CURLE_UNSUPPORTED_PROTOCOL:
		return err_set(e, ERR_UNTRUSTED,
		    "redirected to another scheme, which is not followed");
	default:
		return err_set(e, ERR_NETWORK,
		    "the transfer broke off after %llu bytes (curl %d)",
		    (unsigned long long)t->size, (int)code);
	}
}

/* Would another try help? */
static bool
is_passing(CURLcode code)
{
	switch (code) {
	case CURLE_PEER_FAILED_VERIFICATION:
	case CURLE_SSL_CACERT_BADFILE:
	case CURLE_TOO_MANY_REDIRECTS:
	case CURLE_UNSUPPORTED_PROTOCOL:
	case CURLE_URL_MALFORMAT:
		return false;
	default:
		return true;
	}
}

static void
judge_broken(struct transfer *t, CURLcode code, struct err *e)
{
	if (t->too_large || code == CURLE_FILESIZE_EXCEEDED) {
		err_set(e, ERR_LIMIT, "larger than %llu bytes",
		    (unsigned long long)t->size_max);
	} else if (t->write_errno != 0) {
		errno = t->write_errno;
		err_system(e, "cannot be written");
	} else {
		explain(t, code, e);
		t->retry = is_passing(code);
	}
}

static void
judge_status(struct transfer *t, struct fetch_reply *reply)
{
	curl_off_t wait = 0;

	if (reply->status == 200) {
		reply->result = FETCH_BODY;
	} else if (reply->status == 304 && t->conditional) {
		reply->result = FETCH_NOT_MODIFIED;
	} else if (reply->status == 404 || reply->status == 410) {
		reply->result = FETCH_ABSENT;
	} else {
		err_set(&reply->error, ERR_NETWORK, "the host answered %u",
		    reply->status);
		t->retry = is_throttling((long)reply->status);
		libcurl.easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &wait);
		t->retry_after_s =
		    wait < 0 || wait > INT32_MAX ? 0 : (unsigned)wait;
	}
}

void
transfer_judge(struct transfer *t, CURLcode code, struct fetch_reply *reply)
{
	const char *url = NULL;
	long status = 0;

	*reply = (struct fetch_reply){ .id = t->id, .tries = t->tries };
	libcurl.easy_getinfo(t->easy, CURLINFO_RESPONSE_CODE, &status);
	libcurl.easy_getinfo(t->easy, CURLINFO_EFFECTIVE_URL, &url);
	reply->status = (unsigned)status;
	reply->size_bytes = t->size;
	reply->url = span_first(span_of(url), FETCH_URL_MAX);
	if (code != CURLE_OK || t->write_errno != 0)
		judge_broken(t, code, &reply->error);
	else
		judge_status(t, reply);
	reply->etag = header_of(t, "ETag");
	reply->last_modified = header_of(t, "Last-Modified");
}
