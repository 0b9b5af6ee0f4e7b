/* SPDX-License-Identifier: Apache-2.0 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "base/file.h"
#include "base/http_impl.h"
#include "base/http_trouble.h"
#include "base/jitter.h"
#include "base/mem.h"

const struct http_options http_defaults = {
	.user_agent = "scapcache/" SCAPCACHE_VERSION,
	.retries = 3,
	.retry_delay_ms = 1000,
	.retry_max_ms = 5 * 60 * 1000,
	.connect_ms = 30 * 1000,
	.slow_s = 60,
	.slow_rate = 1000,
};

int
http_open(struct http **out, const struct http_options *options, struct err *e)
{
	struct http *h;

	if (libcurl_load(e) != 0)
		return -1;
	if (libcurl.global_init(CURL_GLOBAL_DEFAULT) != CURLE_OK)
		return err_set(e, ERR_SYSTEM, "HTTP cannot be set up");
	h = xcalloc(1, sizeof(*h));
	h->options = *options;
	h->easy = libcurl.easy_init();
	if (h->easy == NULL)
		abort(); /* no memory */
	*out = h;
	return 0;
}

void
http_close(struct http *h)
{
	if (h == NULL)
		return;
	libcurl.easy_cleanup(h->easy);
	libcurl.global_cleanup();
	free(h);
}

/* Authentication-free success: 206 is only asked for by us. */
static bool
is_good(unsigned status)
{
	return status == 200 || status == 206;
}

bool
http_has_body(const struct http_answer *a)
{
	return is_good(a->status) && !a->is_bare;
}

static bool
is_done(unsigned status)
{
	return status >= 200 && status < 300;
}

bool
http_is_done(const struct http_answer *a)
{
	return a->is_bare && is_done(a->status);
}

/* --- the answer's head --- */

static struct span
header(const struct exchange *x, const char *name, size_t index, size_t max)
{
	struct curl_header *h = NULL;

	if (libcurl.easy_header(x->http->easy, name, index, CURLH_HEADER, -1,
		&h) != CURLHE_OK ||
	    strlen(h->value) > max)
		return SPAN_NONE;
	return span_of(h->value);
}

static unsigned
status_of(const struct exchange *x)
{
	long status = 0;

	libcurl.easy_getinfo(x->http->easy, CURLINFO_RESPONSE_CODE, &status);
	return (unsigned)status;
}

static void
read_challenges(
    const struct exchange *x, struct arena *a, struct http_challenge *out)
{
	struct span text;
	size_t i;

	for (i = 0; i < 8; i++) {
		text = header(x, "WWW-Authenticate", i, HTTP_CHALLENGE_MAX);
		if (text.ptr != NULL)
			http_challenge_parse(text, a, out);
	}
}

static void
tell(struct exchange *x, unsigned status, const struct err *error)
{
	struct http_answer answer = { .status = status,
		.is_bare = exchange_is_bare(x),
		.has_size = x->has_total,
		.size_bytes = x->total };
	struct arena a = { 0 };
	struct buf location = { 0 };

	if (error != NULL)
		answer.error = *error;
	if (status != 0)
		answer.content_digest =
		    header(x, "Docker-Content-Digest", 0, 256);
	if (status == 401 && exchange_is_own_origin(x))
		read_challenges(x, &a, &answer.challenge);
	if (http_is_done(&answer) &&
	    http_resolve(span_of(x->url),
		header(x, "Location", 0, HTTP_URL_MAX), &location))
		answer.location = buf_span(&location);
	x->told = true;
	x->answer(x->ctx, &answer);
	arena_cleanup(&a);
	buf_cleanup(&location);
}

/* The body comes from its start. */
static enum body_use
begin_whole(struct exchange *x)
{
	curl_off_t length = -1;

	libcurl.easy_getinfo(
	    x->http->easy, CURLINFO_CONTENT_LENGTH_DOWNLOAD_T, &length);
	if (length >= 0) {
		if (x->has_total && x->total != (uint64_t)length)
			return BODY_REFUSED;
		x->has_total = true;
		x->total = (uint64_t)length;
	}
	x->skip = x->at;
	return BODY_KEEP;
}

/* The rest comes, if it is the rest of what we have. */
static enum body_use
begin_rest(struct exchange *x)
{
	struct content_range r;

	if (!content_range_parse(header(x, "Content-Range", 0, 256), &r) ||
	    !r.has_bytes || r.first != x->at ||
	    (r.total != 0 && x->has_total && r.total != x->total))
		return BODY_REFUSED;
	if (r.total != 0) {
		x->has_total = true;
		x->total = r.total;
	}
	return BODY_KEEP;
}

static void
look_at_head(struct exchange *x)
{
	unsigned status = status_of(x);

	x->http->was_heard = x->http->was_heard || status != 0;
	if (exchange_is_bare(x))
		x->use = BODY_NOISE;
	else if (status == 200)
		x->use = begin_whole(x);
	else if (status == 206 && x->at > 0)
		x->use = begin_rest(x);
	else
		x->use = status == 206 ? BODY_REFUSED : BODY_NOISE;
	if (x->use == BODY_KEEP && x->has_total &&
	    x->total > x->request->size_max) {
		x->too_large = true;
		x->use = BODY_REFUSED;
	}
	if (x->use == BODY_KEEP && !x->told)
		tell(x, status, NULL);
}

/* --- bytes --- */

static bool
keep(struct exchange *x, const char *ptr, size_t len)
{
	size_t skip = x->skip < len ? (size_t)x->skip : len;
	struct err e;

	x->skip -= skip;
	ptr += skip;
	len -= skip;
	if (len > x->request->size_max - x->at) {
		x->too_large = true;
		return false;
	}
	if (len > 0 &&
	    file_write_all(x->request->fd, span_make(ptr, len), &e) != 0) {
		x->write_errno = errno;
		return false;
	}
	x->at += len;
	return true;
}

size_t
exchange_body(char *ptr, size_t size, size_t n, void *ctx)
{
	struct exchange *x = ctx;
	size_t len = size * n;

	if (x->use == BODY_UNSEEN)
		look_at_head(x);
	if (x->use == BODY_KEEP)
		return keep(x, ptr, len) ? len : 0;
	x->noise += len;
	return x->use == BODY_REFUSED || x->noise > HTTP_NOISE_MAX ? 0 : len;
}

/* --- what its end means --- */

/* RFC 9110 §15.4: of the others a GET would become. */
static bool
keeps_method(unsigned status)
{
	return status == 307 || status == 308;
}

/* 1: there it goes on; -1: not followed. */
static int
follow(struct exchange *x, struct err *e)
{
	const char *url = NULL;

	libcurl.easy_getinfo(x->http->easy, CURLINFO_REDIRECT_URL, &url);
	if (url == NULL)
		return err_set(e, ERR_NETWORK, "redirected to nowhere");
	if (x->request->form.len > 0)
		return err_set(
		    e, ERR_UNTRUSTED, "redirected with a secret in hand");
	if (x->request->method > HTTP_HEAD && !keeps_method(status_of(x)))
		return err_set(e, ERR_NETWORK,
		    "redirected by a %u with something to send", status_of(x));
	if (++x->redirects > HTTP_REDIRECTS_MAX)
		return err_set(e, ERR_NETWORK, "more than %d redirects",
		    HTTP_REDIRECTS_MAX);
	if (exchange_check_url(x, span_of(url), e) != 0)
		return err_context(e, "redirected");
	exchange_move(x, span_of(url));
	return 1;
}

static bool
is_busy(unsigned status)
{
	return status == 408 || status == 429 || status == 500 ||
	    (status >= 502 && status <= 504);
}

/* False: the host asks for more patience than we have. */
static bool
wait_for_next(struct exchange *x)
{
	const struct http_options *o = &x->http->options;
	unsigned doublings = x->failures - 1 < 16 ? x->failures - 1 : 16;
	uint64_t ms = (uint64_t)o->retry_delay_ms << doublings;
	struct timespec t;
	curl_off_t after = 0;

	ms = jitter_up_to(ms < o->retry_max_ms ? ms : o->retry_max_ms);
	libcurl.easy_getinfo(x->http->easy, CURLINFO_RETRY_AFTER, &after);
	if (after > o->retry_max_ms / 1000)
		return false;
	if (after > 0)
		ms = (uint64_t)after * 1000 + jitter_up_to(100);
	t.tv_sec = (time_t)(ms / 1000);
	t.tv_nsec = (long)(ms % 1000) * 1000000;
	while (nanosleep(&t, &t) != 0 && errno == EINTR)
		;
	return true;
}

/* True if there is another try, now. */
static bool
will_retry(struct exchange *x)
{
	if (x->told && !x->request->immutable)
		return false;
	if (x->at >= x->most + HTTP_PROGRESS_BYTES)
		x->failures = 0;
	x->most = x->at > x->most ? x->at : x->most;
	if (++x->failures > x->http->options.retries || !wait_for_next(x))
		return false;
	x->redirects = 0;
	exchange_move(x, x->request->url);
	return true;
}

static int
is_too_large(const struct exchange *x, struct err *e)
{
	return err_set(e, ERR_LIMIT, "larger than %llu bytes",
	    (unsigned long long)x->request->size_max);
}

/* There is no answer, or not all of it; true if another try may help. */
static bool
explain(struct exchange *x, CURLcode code, struct err *e)
{
	const struct http_trouble t = { x->http->easy, code, NULL,
		x->use != BODY_UNSEEN, x->at };

	if (x->too_large) {
		is_too_large(x, e);
	} else if (x->unreadable) {
		err_set(e, ERR_SYSTEM, "what is to be sent cannot be read");
	} else if (x->write_errno != 0) {
		errno = x->write_errno;
		err_system(e, "cannot be handed on");
	} else if (x->use == BODY_REFUSED) {
		err_set(e, ERR_NETWORK,
		    "goes on with other bytes than were asked for");
	} else if (code == CURLE_OK || (x->use == BODY_KEEP && x->has_total)) {
		err_set(e, ERR_NETWORK, "ended after %llu of %llu bytes",
		    (unsigned long long)x->at, (unsigned long long)x->total);
		return true;
	} else {
		http_explain(&t, e);
		if (x->any_sent)
			return false;
		/* Where nobody ever answered there is nobody. */
		return http_may_go_better(code) &&
		    (x->http->was_heard ||
			(code != CURLE_COULDNT_CONNECT &&
			    code != CURLE_COULDNT_RESOLVE_HOST &&
			    code != CURLE_SSL_CONNECT_ERROR));
	}
	return false;
}

static bool
is_whole(const struct exchange *x, CURLcode code)
{
	return code == CURLE_OK && x->use == BODY_KEEP &&
	    (!x->has_total || x->at == x->total) && x->skip == 0;
}

/* The status is the answer, though its unwanted body may have broken off. */
static bool
has_status(const struct exchange *x, CURLcode code)
{
	return x->use == BODY_NOISE &&
	    (code == CURLE_OK || code == CURLE_WRITE_ERROR ||
		code == CURLE_PARTIAL_FILE || code == CURLE_RECV_ERROR ||
		code == CURLE_SEND_ERROR);
}

static void
give_up(struct exchange *x, unsigned status, const struct err *why)
{
	if (!x->told) {
		tell(x, status, why);
		return;
	}
	x->end->status = status;
	x->end->error = *why;
}

static void
explain_status(const struct exchange *x, unsigned status, struct err *e)
{
	curl_off_t after = 0;

	libcurl.easy_getinfo(x->http->easy, CURLINFO_RETRY_AFTER, &after);
	if (is_busy(status) && after > 0)
		err_set(e, ERR_NETWORK,
		    "the host answered %u: to be asked again in %lld seconds",
		    status, (long long)after);
	else
		err_set(e, ERR_NETWORK, "the host answered %u", status);
}

/* True if there is another try. */
static bool
judge_status(struct exchange *x)
{
	unsigned status = status_of(x);
	struct err why = { 0 };

	if (http_is_redirect(status)) {
		if (follow(x, &why) == 1)
			return true;
		give_up(x, 0, &why);
		return false;
	}
	if (exchange_is_bare(x) && is_done(status)) {
		tell(x, status, NULL);
		return false;
	}
	if (is_busy(status) && will_retry(x))
		return true;
	explain_status(x, status, &why);
	give_up(x, status, &why);
	return false;
}

/* True if there is another try. */
static bool
judge(struct exchange *x, CURLcode code)
{
	struct err why = { 0 };

	if (code == CURLE_OK && x->use == BODY_UNSEEN)
		look_at_head(x);
	if (is_whole(x, code))
		return false;
	if (has_status(x, code))
		return judge_status(x);
	if (explain(x, code, &why) && will_retry(x))
		return true;
	give_up(x, 0, &why);
	return false;
}

void
http_run(struct http *h, const struct http_request *r,
    void (*answer)(void *ctx, const struct http_answer *a), void *ctx,
    struct http_end *end)
{
	struct exchange x = { .http = h,
		.request = r,
		.answer = answer,
		.ctx = ctx,
		.end = end,
		.at = r->offset,
		.most = r->offset };
	struct err why = { 0 };

	*end = (struct http_end){ 0 };
	exchange_move(&x, r->url);
	if (exchange_check_url(&x, r->url, &why) != 0 ||
	    r->offset > r->size_max) {
		if (why.code == ERR_NONE)
			is_too_large(&x, &why);
		tell(&x, 0, &why);
	} else {
		do
			exchange_set_up(&x);
		while (judge(&x, libcurl.easy_perform(h->easy)));
	}
	end->offset = x.at;
	libcurl.slist_free_all(x.headers);
	free(x.url);
}
