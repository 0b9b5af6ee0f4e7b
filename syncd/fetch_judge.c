/* SPDX-License-Identifier: Apache-2.0 */
/* What the end of a try means: a reply, another try, or another place. */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <strings.h>

#include "base/http_trouble.h"
#include "syncd/fetch_resume.h"
#include "syncd/fetch_transfer.h"

/* Answers that mean "not now": throttled, or a server in trouble. */
static bool
is_throttling(unsigned status)
{
	return status == 403 || status == 408 || status == 429 || status >= 500;
}

static int
broke_off(const struct transfer *t, struct err *e)
{
	if (transfer_total(t) > 0)
		return err_set(e, ERR_NETWORK, "ended after %llu of %llu bytes",
		    (unsigned long long)t->size,
		    (unsigned long long)transfer_total(t));
	return err_set(e, ERR_NETWORK, "ended after %llu bytes",
	    (unsigned long long)t->size);
}

/* What libcurl met, in our words. */
static int
explain(const struct transfer *t, CURLcode code, struct err *e)
{
	const struct http_trouble trouble = { t->easy, code,
		t->run->options.ca_file, t->use != BODY_UNSEEN, t->size };

	if (code == CURLE_PARTIAL_FILE ||
	    (code == CURLE_RECV_ERROR && trouble.answered))
		return broke_off(t, e);
	return http_explain(&trouble, e);
}

static void
judge_broken(struct transfer *t, CURLcode code, struct err *e)
{
	if (t->too_large || code == CURLE_FILESIZE_EXCEEDED) {
		t->too_large = true;
		err_set(e, ERR_LIMIT, "larger than %llu bytes",
		    (unsigned long long)t->size_max);
	} else if (t->lacking > 0 && t->total == 0) {
		err_set(e, ERR_SYSTEM,
		    "its size is not told, and the disk has room for %llu "
		    "bytes only",
		    (unsigned long long)t->disk_free);
	} else if (t->lacking > 0) {
		err_set(e, ERR_SYSTEM,
		    "%llu bytes are to come, and the disk has room for %llu",
		    (unsigned long long)t->lacking,
		    (unsigned long long)t->disk_free);
	} else if (t->write_errno != 0) {
		errno = t->write_errno;
		err_system(e, "cannot be written");
	} else {
		explain(t, code, e);
		t->retry = http_may_go_better(code) ? RETRY_LATER : RETRY_NEVER;
	}
}

/*
 * A part that the host does not go on with is of no use, unless it is all
 * that there is: then the next try asks if it is current.
 */
static void
start_again(struct transfer *t, struct fetch_reply *reply)
{
	struct content_range r;

	err_set(
	    &reply->error, ERR_NETWORK, "the host answered %u", reply->status);
	if (!t->ranged)
		return;
	if (reply->status == 416 &&
	    content_range_parse(transfer_header(t, "Content-Range"), &r) &&
	    !r.has_bytes && r.total == t->size)
		t->total = t->size;
	else
		transfer_empty(t);
	t->retry = RETRY_AT_ONCE;
}

/* Up to FETCH_REDIRECTS_MAX, and never to another scheme. */
static void
follow(struct transfer *t, const char *url, struct fetch_reply *reply)
{
	size_t scheme = strcspn(t->first_url, ":") + 1;

	if (strncasecmp(url, t->first_url, scheme) != 0) {
		err_set(&reply->error, ERR_UNTRUSTED,
		    "redirected to another scheme, which is not followed");
	} else if (strlen(url) > FETCH_URL_MAX) {
		err_set(&reply->error, ERR_LIMIT,
		    "redirected to a URL of more than %d bytes", FETCH_URL_MAX);
	} else if (++t->redirects > FETCH_REDIRECTS_MAX) {
		err_set(&reply->error, ERR_NETWORK, "more than %d redirects",
		    FETCH_REDIRECTS_MAX);
	} else {
		transfer_move(t, url);
		t->retry = RETRY_AT_ONCE;
	}
}

/* Not now, or not at all. */
static void
judge_refusal(struct transfer *t, struct fetch_reply *reply)
{
	curl_off_t wait = 0;

	err_set(
	    &reply->error, ERR_NETWORK, "the host answered %u", reply->status);
	if (!is_throttling(reply->status))
		return;
	t->retry = RETRY_LATER;
	libcurl.easy_getinfo(t->easy, CURLINFO_RETRY_AFTER, &wait);
	t->retry_after_s = wait < 0 || wait > INT32_MAX ? 0 : (unsigned)wait;
}

static void
judge_status(struct transfer *t, struct fetch_reply *reply)
{
	const char *url = NULL;

	libcurl.easy_getinfo(t->easy, CURLINFO_REDIRECT_URL, &url);
	if (reply->status == 304 && t->complete)
		reply->result = FETCH_BODY;
	else if (reply->status == 304 && t->conditional)
		reply->result = FETCH_NOT_MODIFIED;
	else if (reply->status == 404 || reply->status == 410)
		reply->result = FETCH_ABSENT;
	else if (reply->status == 206 || reply->status == 416)
		start_again(t, reply);
	else if (http_is_redirect(reply->status) && url != NULL)
		follow(t, url, reply);
	else
		judge_refusal(t, reply);
}

/* A body that we keep; it is whole if it has as many bytes as was said. */
static void
judge_body(struct transfer *t, CURLcode code, struct fetch_reply *reply)
{
	if (code != CURLE_OK || t->write_errno != 0 || t->lacking > 0) {
		judge_broken(t, code, &reply->error);
	} else if (t->total > 0 && t->size != t->total) {
		broke_off(t, &reply->error);
		t->retry = RETRY_LATER;
	} else {
		reply->result = FETCH_BODY;
	}
}

/* An answer, though its unwanted body may not have come to its end. */
static bool
has_answer(const struct transfer *t, CURLcode code, unsigned status)
{
	if (status == 0 || status == 200)
		return false;
	if (status == 206 &&
	    (t->use != BODY_REFUSED || t->too_large || t->lacking > 0))
		return false;
	return code == CURLE_OK || code == CURLE_WRITE_ERROR ||
	    code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR ||
	    code == CURLE_FILESIZE_EXCEEDED;
}

static void
judge_end(struct transfer *t, CURLcode code, struct fetch_reply *reply)
{
	if (code == CURLE_OK && t->use == BODY_UNSEEN)
		transfer_head(t);
	if (t->run->bytes_spent && code == CURLE_WRITE_ERROR)
		err_set(&reply->error, ERR_LIMIT,
		    "ended after %llu bytes: a run may fetch %llu",
		    (unsigned long long)t->size,
		    (unsigned long long)t->run->options.run_bytes_max);
	else if (t->use != BODY_KEEP && has_answer(t, code, reply->status))
		judge_status(t, reply);
	else
		judge_body(t, code, reply);
}

/* What a 206 or 304 does not repeat is as it was. */
static void
add_validators(const struct transfer *t, struct fetch_reply *reply)
{
	bool is_etag = t->validator != NULL && t->validator[0] == '"';

	reply->etag = transfer_header(t, "ETag");
	reply->last_modified = transfer_header(t, "Last-Modified");
	if (reply->result != FETCH_BODY || t->validator == NULL)
		return;
	if (is_etag && reply->etag.len == 0)
		reply->etag = span_of(t->validator);
	if (!is_etag && reply->last_modified.len == 0)
		reply->last_modified = span_of(t->validator);
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
	reply->url = span_first(span_of(url), FETCH_URL_MAX);
	judge_end(t, code, reply);
	reply->size_bytes = t->size;
	reply->received_bytes = t->received_bytes;
	reply->resumable =
	    reply->result == FETCH_FAILED && transfer_is_resumable(t);
	add_validators(t, reply);
}
